"""The price book: what is in it, and what a user may put in front of it."""

import datetime as dt
from pathlib import Path

import pytest

from infra.cost import prices
from infra.errors import InfraError


def test_every_service_says_of_what_day_and_from_where_its_prices_are() -> None:
    found = list(prices.read().sources())
    assert len(found) == 9
    for service, dated, source in found:
        assert dt.date(2024, 1, 1) < dated <= dt.date(2026, 11, 25), service
        assert source, service


def test_both_regions_have_every_price_that_differs_by_region() -> None:
    book = prices.read().book
    for service, tables in book.items():
        names = [set(table) for table in tables.values() if isinstance(table, dict)]
        assert all(found == names[0] for found in names), service
        assert len(names) in {0, 2}, service


def test_one_price_may_be_put_in_front_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        'lambda = { dated = 2027-01-31, source = "our contract", us-east-1 = { gb_second = 1 } }'
    )
    ours, theirs = prices.read(), prices.read(file)
    assert theirs.of("lambda", "gb_second", "us-east-1") == 1
    for name, region in (("gb_second", "us-west-2"), ("requests_million", "us-east-1")):
        assert theirs.of("lambda", name, region) == ours.of("lambda", name, region)
    assert ("lambda", dt.date(2027, 1, 31), "our contract") in list(theirs.sources())


def test_a_region_may_be_added_and_one_without_a_price_is_named_with_the_way_out(
    tmp_path: Path,
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('kms = { dated = 2027-01-31, source = "x", eu-west-1 = { key_month = 2.5 } }')
    assert prices.read(file).of("kms", "key_month", "eu-west-1") == 2.5
    with pytest.raises(InfraError, match=r"no price for kms\.eu-west-1\.key_month: .*--prices"):
        prices.read().of("kms", "key_month", "eu-west-1")


ABOUT = 'dated = 2027-01-31\nsource = "x"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kms = 1", "kms is not a table of a priced service"),
        (f"[s3]\n{ABOUT}", "s3 is not a table of a priced service"),
        ("[kms.us-east-1]\nkey_month = 2", "kms must say when and where its prices are from"),
        ('[kms]\ndated = "2027"\nsource = "x"', "kms must say when"),
        (f"[kms]\n{ABOUT}\nkey_month = 2", "kms.key_month is 2: it must be the table of a region"),
        (
            f"[kms]\n{ABOUT}\n[kms.us-east-1]\nkey = 2",
            "kms.us-east-1.key is no known price: use key_month",
        ),
        (
            f"[route53]\n{ABOUT}\nqueries = 2",
            "route53.queries is no known price: use health_check_feature_month, health",
        ),
        (
            f"[kms]\n{ABOUT}\n[kms.us-east-1]\nkey_month = -1",
            "kms.us-east-1.key_month is -1: use US dollars, 0 or more",
        ),
        (
            f'[kms]\n{ABOUT}\n[kms.us-east-1]\nkey_month = "1"',
            "kms.us-east-1.key_month is '1': use US dollars",
        ),
        ("kms = ", "can't be read: Invalid value"),
    ],
)
def test_a_file_that_would_be_misread_is_refused_with_what_is_wrong(
    text: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(InfraError) as refusal:
        prices.read(file)
    assert str(refusal.value).startswith(f"--prices {file}")
    assert said in str(refusal.value)
