"""One packaged, initialised copy of infra/ for all these tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.package import package
from infra.provider_mirror import cli_configuration
from tests.checkouts import copy_checkout
from tests.terraform.checkouts import REGION, Checkout, said
from tests.terraform.providers import attached


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A copy, so that these tests neither need nor touch what is in infra/build."""
    root = copy_checkout(tmp_path_factory.mktemp("checkout"))
    package(root)
    scratch = tmp_path_factory.mktemp("terraform")
    checkout = Checkout(root / "infra", scratch / "data", cli_configuration(scratch))
    _initialise(checkout, "")
    with attached(checkout.data) as attachment:
        checkout = replace(checkout, environment=checkout.environment | attachment)
        _initialise(checkout, REGION)
        yield checkout


@pytest.fixture(scope="session")
def without_the_firewall(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return checkout.without_the_firewall(tmp_path_factory.mktemp("unguarded") / "infra")


def _initialise(checkout: Checkout, module: str) -> None:
    done = checkout.terraform("init", "-backend=false", "-input=false", "-no-color", module=module)
    assert done.returncode == 0, said(done)
    left = list(checkout.infra.rglob(".terraform"))
    assert not left, f"init wrote {left} in spite of TF_DATA_DIR"
