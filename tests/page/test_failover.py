"""The page before the rehearsal's two regions, one of which is lost and healed."""

import asyncio
import base64
import contextlib
import hashlib
import itertools
import re
from pathlib import Path

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from selenium.common.exceptions import TimeoutException

from infra.clock import Clock
from infra.rehearsal.deploy import Deployed
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.harness import Harness, harness_around
from infra.rehearsal.scenario import promise_of
from tests.conftest import Operated
from tests.page.browser import FAILED, Browser, browser
from tests.page.proxy import Proxy

pytestmark = pytest.mark.rehearsal

_SPEED = 3
_REQUESTS = ("GET", "POST")
# Beyond what is promised: a poll that is under way, and the browser's own pace.
_PATIENCE = 30.0


def test_the_page_shows_a_failover_as_it_happens_and_the_way_back(
    operated: Operated, tmp_path: Path
) -> None:
    _delete_all_items(operated.emulator)
    asyncio.run(_watch(operated.deployed, operated.emulator, tmp_path))


def _delete_all_items(emulator: Emulator) -> None:
    """Empty the table, in which other tests may have written."""
    dynamodb = boto3.Session("test", "test", region_name="us-east-1").resource(
        "dynamodb", endpoint_url=emulator.endpoint
    )
    table = dynamodb.Table("multi-region-api-items")
    while items := table.scan(ProjectionExpression="ItemId")["Items"]:
        with table.batch_writer() as batch:
            for item in items:
                batch.delete_item(Key=item)


async def _watch(deployed: Deployed, emulator: Emulator, tmp_path: Path) -> None:
    clock = Clock(_SPEED)
    async with (
        harness_around(deployed, emulator.environment(), clock) as harness,
        Proxy(harness.target, clock) as proxy,
    ):
        limit = clock.real(promise_of(harness).outage.high) + _PATIENCE
        # Checkers have to see both regions well before one can be missed.
        await clock.sleep(40)
        keys = ",".join(await asyncio.gather(*(_key(harness, a) for a in harness.regions)))
        flags = [f"--proxy-server={proxy.url}", f"--ignore-certificate-errors-spki-list={keys}"]
        with browser(tmp_path / "profile", *flags) as page:
            await asyncio.to_thread(_use, page, deployed)
            async with harness.fronts["us-east-1"].lost():
                await asyncio.to_thread(_see_the_loss, page, limit)
            await asyncio.to_thread(_see_the_return, page, limit)


async def _key(harness: Harness, address: str) -> str:
    """Return the digest of a front's public key, once the throwaway authority vouches for it."""
    name = harness.target.domain_name
    _, writer = await asyncio.open_connection(
        address, harness.target.ports[443], ssl=harness.target.tls, server_hostname=name
    )
    peer = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    certificate = x509.load_der_x509_certificate(peer)
    writer.close()
    await writer.wait_closed()
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _use(page: Browser, deployed: Deployed) -> None:
    """Write with a wrong key and the right one, while all is well."""
    page.open(f"https://{deployed.deployment.domain_name}/")
    page.until("status", "us-east-1 answers")
    page.until("listed", "Page 1: 0 items from us-east-1")
    assert page.complaints() == []

    page.fill("ItemId", "kept")
    page.fill("Data", "[12345678901234567890, 1.0]")
    page.fill("API key", "a-wrong-key")
    page.click("Write")
    refused = page.until("written", "HTTP 403")
    assert "Forbidden" in refused

    page.fill("API key", deployed.api_key or "")
    page.click("Write")
    page.until("written", "Written in us-east-1")
    page.until("listed", "1 item from us-east-1")
    assert page.rows("items")[0][:2] == ["kept", "[12345678901234567890, 1.0]"]
    complaints = page.complaints()
    assert len(complaints) == 1, complaints
    assert "403" in complaints[0], "all but the refused write went without a complaint"


def _see_the_loss(page: Browser, limit: float) -> None:
    """See failures, then the other region, which has what was written."""
    page.until("status", "No answer since", seconds=15)
    page.until("status", "us-west-2 answers, after", seconds=limit)
    assert re.search(f"A[{FAILED}\u00b7]*{FAILED}[{FAILED}\u00b7]*B", "".join(page.cells())), (
        page.cells()
    )
    _click_until(page, "Read", "listed", "1 item from us-west-2")
    assert page.rows("items")[0][:2] == ["kept", "[12345678901234567890, 1.0]"]
    page.fill("ItemId", "written meanwhile")
    _click_until(page, "Write", "written", "Written in us-west-2")


def _see_the_return(page: Browser, limit: float) -> None:
    """See the first region again, with what was written while it was lost."""
    page.until("status", "us-east-1 answers", seconds=limit)
    _click_until(page, "Read", "listed", "2 items from us-east-1")
    assert {row[0] for row in page.rows("items")} == {"kept", "written meanwhile"}
    changes = [row[3] for row in reversed(page.rows("log")) if not row[1].startswith(_REQUESTS)]
    answered = [
        region for region, _ in itertools.groupby(c for c in changes if c.startswith("us-"))
    ]
    assert answered == ["us-east-1", "us-west-2", "us-east-1"]
    assert [line for line in page.complaints() if "Content Security Policy" in line] == []


def _click_until(page: Browser, button: str, element: str, says: str) -> None:
    """Click, again while the browser has connections to a region that is gone, or no longer due."""
    for _ in range(3):
        page.click(button)
        with contextlib.suppress(TimeoutException):
            page.until(element, says, seconds=5)
            return
    pytest.fail(f"{element} never says {says!r}, but {page.text(element)!r}")
