"""Who calls AWS: the credentials that Lambda gives to a function.

Lambda puts them in the environment, and they last as long as it does. Functions with SnapStart
find the address of a service on the loopback there instead, which hands out new ones; botocore
asks it, and renews them in time. Other sources that botocore knows, profiles among them, are not
asked.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-security.html
"""

import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botocore.credentials import Credentials

_SERVICE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
# botocore asks up to three times; by itself it would wait 2 s for each and pause for 1 s.
_SERVICE_SECONDS = 0.4

# Half of a cold start: spared those who have no use for it, and done before the snapshot for those
# who have.
if _SERVICE in os.environ:
    importlib.import_module("botocore.credentials")


class CredentialsError(Exception):
    """There are no credentials to sign with."""


class Keys(NamedTuple):
    """An access key, its secret, and the session token if it is a temporary one."""

    access_key: str
    secret_key: str
    token: str | None


def load() -> Callable[[], Keys]:
    """Return what returns the keys to sign with now, at each call.

    Both raise CredentialsError.
    """
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        keys = Keys(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN"))
        return lambda: keys
    if _SERVICE in os.environ:
        return _Service()
    raise CredentialsError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")


class _Service:
    """Returns the keys that Lambda's service hands out, from the first call on."""

    def __init__(self) -> None:
        # Here, for the reason that is given at the top.
        from botocore.credentials import ContainerProvider  # noqa: PLC0415
        from botocore.httpsession import URLLib3Session  # noqa: PLC0415
        from botocore.utils import ContainerMetadataFetcher  # noqa: PLC0415

        session = URLLib3Session(timeout=_SERVICE_SECONDS)  # type: ignore[arg-type] # a float will do
        fetcher = ContainerMetadataFetcher(session, sleep=lambda _seconds: None)
        self._provider = ContainerProvider(fetcher=fetcher)  # type: ignore[arg-type] # the stub errs
        self._credentials: Credentials | None = None

    def __call__(self) -> Keys:
        try:
            self._credentials = self._credentials or self._provider.load()
            frozen = self._credentials.get_frozen_credentials()
        except Exception as error:  # noqa: BLE001 -- botocore raises what a bad answer makes of it
            raise CredentialsError(type(error).__name__) from None
        return Keys(frozen.access_key or "", frozen.secret_key or "", frozen.token)
