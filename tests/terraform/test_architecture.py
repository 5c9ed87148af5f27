"""The picture of the architecture shows what Terraform makes, and no more."""

import re
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest

from infra import ROOT
from infra.architecture import ARROWS, PARTS, REGIONS, Part, drawn_into
from tests.terraform.checkouts import Checkout, said

_ADDRESS = re.compile(r'^ *"([^"]+)" \[label=', re.MULTILINE)
_DEPENDENCY = re.compile(r'^ *"([^"]+)" -> "([^"]+)";$', re.MULTILINE)
# They ask AWS something, and make nothing.
_QUESTIONS = re.compile(r"data\.aws_(caller_identity|partition|region)\.\w+$")


@dataclass(frozen=True)
class Graph:
    """What `terraform graph` says.

    Attributes:
        resources: their addresses.
        dependencies: for each address those that it needs, at whatever remove.
    """

    resources: frozenset[str]
    dependencies: dict[str, frozenset[str]]


@pytest.fixture(scope="module")
def graph(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("graph")
    infra = folder / "infra"
    shutil.copytree(checkout.infra, infra)
    # `graph` wants a backend that is initialised.
    (infra / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    copy = Checkout(infra, folder / "data", checkout.environment)
    for command in (("init", "-input=false", "-no-color"), ("graph",)):
        done = copy.terraform(*command)
        assert done.returncode == 0, said(done)
    resources = frozenset(a for a in _ADDRESS.findall(done.stdout) if not _QUESTIONS.search(a))
    direct: dict[str, set[str]] = {}
    for start, end in _DEPENDENCY.findall(done.stdout):
        direct.setdefault(start, set()).add(end)
    return Graph(resources, {address: _reached(address, direct) for address in resources})


def test_the_readme_has_the_picture_of_today() -> None:
    text = (ROOT / "README.md").read_text()
    assert text == drawn_into(text), "`make docs` draws it"


def test_every_resource_stands_in_one_part_of_the_picture(graph: Graph) -> None:
    assert len(graph.resources) > 100
    places = {address: [p.name for p in PARTS if _in(address, p)] for address in graph.resources}
    assert {address: found for address, found in places.items() if len(found) != 1} == {}


def test_every_part_of_the_picture_is_made_of_something_in_each_region(graph: Graph) -> None:
    missing = [
        (part.name, pattern, region)
        for part in PARTS
        for pattern in part.resources
        for region in REGIONS
        if not any(_matches(address, pattern, part, region) for address in graph.resources)
    ]
    assert missing == []


def test_every_arrow_between_resources_is_a_dependency(graph: Graph) -> None:
    parts = {part.name: part for part in PARTS}
    drawn = [(parts[arrow.start], parts[arrow.end]) for arrow in ARROWS]
    loose = [
        (start.name, end.name, region)
        for start, end in drawn
        for region in REGIONS
        if start.resources and end.resources and not _depend(graph, start, end, region)
    ]
    assert loose == []


def test_a_text_without_a_place_for_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the picture"):
        drawn_into("# Other text\n")


def _reached(start: str, direct: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def _depend(graph: Graph, start: Part, end: Part, region: str) -> bool:
    """Tell whether a resource of one part needs one of the other, whichever way."""
    ends = [{a for a in graph.resources if _in(a, part, region)} for part in (start, end)]
    return any(graph.dependencies[a] & ends[1] for a in ends[0]) or any(
        graph.dependencies[a] & ends[0] for a in ends[1]
    )


def _in(address: str, part: Part, region: str | None = None) -> bool:
    regions = REGIONS if region is None else (region,)
    return any(_matches(address, p, part, r) for p in part.resources for r in regions)


def _matches(address: str, pattern: str, part: Part, region: str) -> bool:
    if pattern.startswith("root:"):
        return fnmatchcase(address, pattern.removeprefix("root:"))
    where = f"module.{region}." if part.kind == "region" else ""
    return fnmatchcase(address, where + pattern)
