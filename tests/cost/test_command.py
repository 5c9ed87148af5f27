"""`python -m infra cost` as it is called, and the table of docs/cost.md."""

import json
from pathlib import Path

import pytest

from infra import ROOT
from tests.commands import Called, call


def cost(*options: str) -> Called:
    return call("cost", *options)


def test_the_page_holds_what_the_command_prints() -> None:
    page = (ROOT / "docs/cost.md").read_text()
    assert f"```\n{cost().stdout}```\n" in page, "run `python -m infra cost`, and put it there"


def test_machines_get_the_sums_of_the_table_and_every_line() -> None:
    document = json.loads(cost("--json").stdout)
    assert len(document["estimates"]) == 12
    table = cost().stdout
    for estimate in document["estimates"]:
        assert f"{estimate['total']:,.2f}" in table
        parts = sum(line["cost"] for line in estimate["lines"])
        assert estimate["total"] == pytest.approx(parts, abs=0.005)
    assert document["prices"]["lambda"]["dated"] == "2026-09-19"


def test_the_detail_adds_up_to_the_table() -> None:
    said = cost("--detail", "--requests", "5000000", "--stored-gb", "20").stdout
    detail, _, table = said.partition("US dollars a month")
    sums = next(row for row in detail.splitlines() if row.startswith("all ")).split()[1:]
    rows = [row.split() for row in table.splitlines() if row.startswith("active-")]
    assert [row[-1] for row in rows] == sums
    assert "api_gateway: requests, million" in detail
    assert "5 M" in table


def test_prices_of_ones_own_are_used_and_named(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(
        '[route53]\ndated = 2027-01-31\nsource = "our contract"\nhealth_check_month = 1000.5\n'
    )
    said = cost("--prices", str(file), "--json").stdout
    document = json.loads(said)
    for ours, theirs in zip(
        json.loads(cost("--json").stdout)["estimates"], document["estimates"], strict=True
    ):
        assert theirs["total"] - ours["total"] == pytest.approx(6 * 1000)
    assert "our contract" in cost("--prices", str(file)).stdout


def test_a_region_without_prices_is_refused_with_the_way_out() -> None:
    done = cost("--secondary-region", "eu-west-1")
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no price for lambda.eu-west-1.requests_million")
    assert "--prices" in done.stderr


def test_snapshots_are_in_the_sums_where_they_are_asked_for() -> None:
    plain, snapped = (
        {found["name"]: found["total"] for found in json.loads(said)["estimates"]}
        for said in (
            cost("--requests", "0", "--json").stdout,
            cost("--requests", "0", "--json", "--snap-start").stdout,
        )
    )
    assert set(snapped) == {"active-standby, cold", "active-active, cold"}
    # Two functions in two regions, at $1.98 each.
    assert snapped["active-standby, cold"] - plain["active-standby, cold"] == pytest.approx(
        4 * 1.977, abs=0.01
    )
