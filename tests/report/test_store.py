"""The folder of reports: the last runs stay, and so does whatever a person put there."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.errors import InfraError
from infra.report import machine
from infra.report.store import Store
from tests.report.runs import report


def write(store: Store, *days: int) -> list[Path]:
    return [
        store.write(replace(report(), began=f"2026-01-{day:02}T03:04:05+00:00")) for day in days
    ]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_run_is_a_page_and_its_json(tmp_path: Path) -> None:
    [page] = write(Store(tmp_path), 2)
    assert page.name == "rehearsal-20260102T030405Z.html"
    assert "Rehearsal: the loss of us-east-1" in page.read_text()
    assert machine.read(page.with_suffix(".json")).passed
    assert names(tmp_path) == ["rehearsal-20260102T030405Z.html", "rehearsal-20260102T030405Z.json"]


def test_two_runs_that_began_at_once_are_two(tmp_path: Path) -> None:
    first, second = write(Store(tmp_path), 2, 2)
    assert first != second
    assert Store(tmp_path).last_runs() == [first.with_suffix(".json"), second.with_suffix(".json")]


def test_the_last_runs_are_kept_and_older_ones_removed(tmp_path: Path) -> None:
    pages = write(Store(tmp_path, keep=2), 1, 2, 3, 4)
    assert Store(tmp_path).last_runs() == [page.with_suffix(".json") for page in pages[2:]]
    assert len(names(tmp_path)) == 4


def test_what_a_person_put_there_is_never_removed(tmp_path: Path) -> None:
    theirs = tmp_path / "rehearsal-20200101T000000Z.json"
    theirs.write_text("from somewhere else")
    (tmp_path / "notes.txt").write_text("mine")
    store = Store(tmp_path, keep=1)
    [first] = write(store, 1)
    first.rename(tmp_path / "baseline.html")
    write(store, 2, 3)
    assert names(tmp_path) == [
        "baseline.html",
        "notes.txt",
        "rehearsal-20200101T000000Z.json",
        "rehearsal-20260103T030405Z.html",
        "rehearsal-20260103T030405Z.json",
    ]


def test_without_the_list_of_what_was_written_nothing_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=1)
    write(store, 1)
    (tmp_path / ".runs").unlink()
    write(store, 2)
    assert len(store.last_runs()) == 2


def test_a_folder_that_cant_be_written_to_is_found_out_before_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InfraError, match=r"no report can be written to .*file.*--reports"):
        Store(tmp_path / "file").require_writable()


def test_a_run_that_ends_early_leaves_no_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    store.require_writable()
    assert names(tmp_path) == []
    write(store, 1)
    assert len(store.last_runs()) == 1


@pytest.mark.parametrize("suffix", ["", ".json", ".html"])
def test_a_run_is_found_by_its_name_and_by_its_path(suffix: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    [page] = write(store, 1)
    found = page.with_suffix(".json")
    assert store.find(f"{page.stem}{suffix}") == found
    assert Store(tmp_path / "other").find(f"{page.with_suffix('')}{suffix}") == found


def test_a_run_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    write(Store(tmp_path), 1)
    with pytest.raises(InfraError, match=r"no report last; .*: rehearsal-20260101T030405Z"):
        Store(tmp_path).find("last")
