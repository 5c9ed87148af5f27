"""A region's API as the emulator holds it: its custom domain names and DNS targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import InfraError

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient


@dataclass(frozen=True)
class Endpoint:
    """The names of one region's API.

    Attributes:
        hosts: by custom domain name, the Host by which the emulator tells the region.
        targets: the names that DNS records point to, which AWS owns.
    """

    hosts: Mapping[str, str]
    targets: frozenset[str]


def endpoint(client: "APIGatewayClient", own_name: str) -> Endpoint:
    """Read the custom domain names of a region.

    The emulator can't tell two regions that share a name apart, so each request goes to it under
    the region's own name: to the same API and stage, as the mappings must say.

    Raises:
        InfraError: a name is mapped to another API than the region's own name is.
    """
    names = client.get_domain_names()["items"]
    mapped = {n["domainName"]: _mappings(client, n["domainName"]) for n in names}
    strays = [name for name in mapped if mapped[name] != mapped.get(own_name)]
    if strays:
        raise InfraError(f"{', '.join(strays)} is mapped to another API than {own_name} is")
    return Endpoint(
        {name.lower(): own_name for name in mapped},
        frozenset(n["regionalDomainName"].lower() for n in names),
    )


def _mappings(client: "APIGatewayClient", name: str) -> list[tuple[str, str, str]]:
    mappings = client.get_base_path_mappings(domainName=name).get("items", [])
    return sorted((m.get("basePath", ""), m["restApiId"], m.get("stage", "")) for m in mappings)
