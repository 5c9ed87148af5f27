"""Where DynamoDB answers in a region, by the rules that botocore goes by.

Left out are endpoints that name the account, which botocore prefers where credentials tell it:
Lambda's do not.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-account-endpoints.html
"""

from collections.abc import Mapping

_LOCAL = "http://localhost:8000"  # DynamoDB local's, which botocore calls in the region "local"

# What a region's name starts with, and the DNS suffixes of its partition: plain, and dual stack.
# The last is every other region's. A test compares them with botocore's.
_SUFFIXES = {
    "cn-": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "eusc-": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "us-iso-": ("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-": ("sc2s.sgov.gov", "api.aws.scloud"),
    "us-isof-": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    "eu-isoe-": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "": ("amazonaws.com", "api.aws"),
}


def url(region: str, environment: Mapping[str, str]) -> str:
    """Return the URL that a region's calls go to.

    Args:
        region: such as us-east-1.
        environment: where AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL may name a URL, and
            AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT ask for others than the plain one.
            https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html

    Raises:
        ValueError: it names a URL and asks for another.
    """
    fips = _is_on("AWS_USE_FIPS_ENDPOINT", environment)
    dual_stack = _is_on("AWS_USE_DUALSTACK_ENDPOINT", environment)
    named = _named(environment) or (_LOCAL if region == "local" else None)
    if named is None:
        return f"https://{_host(region, fips=fips, dual_stack=dual_stack)}"
    if fips or dual_stack:
        raise ValueError(
            f"{named} leaves no choice to AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT: "
            "unset these two, or AWS_ENDPOINT_URL"
        )
    return named


def _named(environment: Mapping[str, str]) -> str | None:
    if _is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", environment):
        return None
    return environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")


def _is_on(name: str, environment: Mapping[str, str]) -> bool:
    return environment.get(name, "").lower() == "true"


def _host(region: str, *, fips: bool, dual_stack: bool) -> str:
    # GovCloud's plain host is its FIPS one.
    plain = not fips or (region.startswith("us-gov-") and not dual_stack)
    service = "dynamodb" if plain else "dynamodb-fips"
    suffixes = next(found for start, found in _SUFFIXES.items() if region.startswith(start))
    return f"{service}.{region}.{suffixes[dual_stack]}"
