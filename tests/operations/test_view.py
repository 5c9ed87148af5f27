"""Whom the operators' commands ask for a name."""

import pytest

from infra.errors import InfraError
from infra.operations.view import name_server


@pytest.mark.parametrize(
    ("given", "address", "port"),
    [("192.0.2.1", "192.0.2.1", 53), ("192.0.2.1:5353", "192.0.2.1", 5353), ("::1", "::1", 53)],
)
def test_a_name_server_is_an_address_and_maybe_a_port(given: str, address: str, port: int) -> None:
    found = name_server(given)
    assert (found.address, found.port) == (address, port)


def test_a_name_server_with_no_such_port_is_refused() -> None:
    with pytest.raises(InfraError, match=r"--name-server is .192\.0\.2\.1:dns."):
        name_server("192.0.2.1:dns")
