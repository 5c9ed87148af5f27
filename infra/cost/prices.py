"""The unit prices, each service's with its date and its source; see prices.toml for the form."""

import copy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from infra.errors import InfraError

_OURS = Path(__file__).with_name("prices.toml")
_ABOUT = ("dated", "source")


@dataclass(frozen=True)
class Prices:
    """A price book, checked.

    Attributes:
        book: by service, its prices by name, or by region and name where they differ.
        origin: the file that it was read from last.
    """

    book: Mapping[str, Mapping[str, Any]]
    origin: Path

    def of(self, service: str, name: str, region: str | None = None) -> float:
        """Return a price in US dollars for the unit that its name ends with.

        Raises:
            InfraError: the book has none.
        """
        prices = self.book[service] if region is None else self.book[service].get(region, {})
        if name not in prices:
            raise InfraError(
                f"there is no price for {'.'.join(filter(None, (service, region, name)))}: put it "
                f"into a file of the form of infra/cost/prices.toml, and give that with --prices"
            )
        return float(prices[name])

    def sources(self) -> Iterator[tuple[str, date, str]]:
        """Yield each service with the day its prices are of, and where they are from."""
        for service, prices in self.book.items():
            yield service, prices["dated"], prices["source"]


def read(path: Path | None = None) -> Prices:
    """Return the project's prices, with those of a file in front where one is given.

    Raises:
        InfraError: the file is no such file; the text names what is wrong in it.
    """
    ours = tomllib.loads(_OURS.read_text())
    if path is None:
        return Prices(ours, _OURS)
    try:
        theirs = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InfraError(f"--prices {path} can't be read: {error}") from error
    for service, prices in theirs.items():
        _check_service(f"--prices {path}: {service}", prices, ours.get(service))
    return Prices({name: _merged(ours[name], theirs.get(name, {})) for name in ours}, path)


def _check_service(label: str, prices: object, ours: Mapping[str, Any] | None) -> None:
    if ours is None or not isinstance(prices, dict):
        raise InfraError(f"{label} is not a table of a priced service: see infra/cost/prices.toml")
    if type(prices.get("dated")) is not date or not isinstance(prices.get("source"), str):
        raise InfraError(
            f"{label} must say when and where its prices are from: dated = 2026-11-25 and "
            'source = "..."'
        )
    regional = [table for table in ours.values() if isinstance(table, dict)]
    known = set(regional[0]) if regional else set(ours) - set(_ABOUT)
    for name, value in prices.items():
        if name in _ABOUT:
            continue
        if not regional:
            _check_price(f"{label}.{name}", name, value, known)
        elif not isinstance(value, dict):
            raise InfraError(f"{label}.{name} is {value!r}: it must be the table of a region")
        else:
            for inner, price in value.items():
                _check_price(f"{label}.{name}.{inner}", inner, price, known)


def _check_price(label: str, name: str, value: object, known: set[str]) -> None:
    if name not in known:
        raise InfraError(f"{label} is no known price: use {', '.join(sorted(known))}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise InfraError(f"{label} is {value!r}: use US dollars, 0 or more")


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(dict(ours))
    for name, value in theirs.items():
        merged[name] = merged.get(name, {}) | value if isinstance(value, dict) else value
    return merged
