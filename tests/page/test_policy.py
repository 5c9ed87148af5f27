"""The page's answer: what it lets a browser do, and what it costs to have it ready."""

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from chalice.test import Client

import app as api
from infra import ROOT
from infra.package import package
from tests.checkouts import copy_checkout

_PAGE = (ROOT / "chalicelib" / "page.html").read_text()


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
    """The headers that the page comes with."""
    answer = Client(api.app).http.get("/")
    assert answer.status_code == 200
    assert answer.body.decode() == _PAGE
    found: dict[str, str] = answer.headers
    return found


def _digest(element: str) -> str:
    (text,) = re.findall(f"<{element}>(.*?)</{element}>", _PAGE, re.DOTALL)
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_runs_but_the_pages_own_script_and_style(headers: dict[str, str]) -> None:
    assert headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        f"script-src {_digest('script')}",
        f"style-src {_digest('style')}",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def test_the_page_is_html_that_names_its_region_and_is_asked_for_anew(
    headers: dict[str, str],
) -> None:
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Region"]


def test_an_answer_leaves_the_next_one_as_it_was() -> None:
    first, second = (Client(api.app).http.get("/") for _ in range(2))
    assert first.headers == second.headers


def test_the_page_needs_nothing_from_elsewhere() -> None:
    assert re.findall(r"https?:|//[a-z]|@import|url\(|\bsrc=|\bhref=|<link", _PAGE) == []


def test_what_comes_from_the_api_never_becomes_markup_or_stays() -> None:
    forbidden = ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("]
    forbidden += ["localStorage", "sessionStorage", "indexedDB", "cookie", "history.", "location"]
    assert [name for name in forbidden if name in _PAGE] == []


def test_the_page_is_in_the_package(tmp_path: Path) -> None:
    for module in package(copy_checkout(tmp_path)):
        with zipfile.ZipFile(module / "deployment.zip") as archive:
            assert archive.read("chalicelib/page.html").decode() == _PAGE


def test_having_the_page_ready_costs_a_cold_start_next_to_nothing() -> None:
    timed = (
        "import app, importlib, time; from chalicelib import home;"  # its own imports aside
        "times = []\n"
        "for _ in range(20):\n"
        "    start = time.process_time(); importlib.reload(home)\n"
        "    times.append(time.process_time() - start)\n"
        "print(min(times))"
    )
    run = subprocess.run(
        [sys.executable, "-c", timed], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(run.stdout) < 0.005
    assert len(_PAGE.encode()) < 22 * 1024
