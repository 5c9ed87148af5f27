"""Nobody can agree on TLS with the region."""

import contextlib
import ssl
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def tls(scene: Scene) -> AsyncIterator[None]:
    """Fail every TLS handshake: the region has no certificate to show."""
    async with scene.front.presenting(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)):
        yield


FAULT = Fault(
    name="tls",
    does="TLS handshakes with the region fail",
    on_aws="the custom domain has lost its certificate",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=tls,
)
