"""Whose certificates are taken: Amazon's authorities first, the system's if those don't do."""

import contextlib
import http.server
import re
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import botocore
import pytest
import trustme

from chalicelib.dynamodb import CallError, Client
from infra import ROOT
from tests.store.conftest import ClientAt

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def _certificates(path: Path) -> set[str]:
    return set(_PEM.findall(path.read_text(encoding="utf-8")))


@contextlib.contextmanager
def _https_table(authority: trustme.CA) -> Iterator[str]:
    """Serve empty answers over TLS, with a certificate of this authority; yield the URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- overridden
            """Stay quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"https://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _file(authority: trustme.CA, folder: Path) -> str:
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def test_amazons_roots_are_botocores_and_last() -> None:
    own = _certificates(ROOT / "chalicelib" / "amazon_trust.pem")
    assert len(own) == 5
    assert own <= _certificates(Path(botocore.__file__).with_name("cacert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata="\n".join(own))
    for certificate in context.get_ca_certs():
        expires = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        assert expires - time.time() > 365 * 24 * 3600
        assert re.search("'Amazon'|'Starfield Technologies, Inc.'", str(certificate["subject"]))


def _assert_refused(client: Client) -> None:
    with pytest.raises(CallError, match="SSLCertVerificationError"):
        client.call("Scan", {})


def test_an_authority_that_nobody_knows_is_refused(
    client_at: ClientAt, authority: trustme.CA
) -> None:
    with _https_table(authority) as url:
        _assert_refused(client_at(url))


def test_an_authority_that_the_system_knows_is_taken(
    client_at: ClientAt, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", _file(authority, tmp_path))
    with _https_table(authority) as url:
        assert client_at(url).call("Scan", {}) == {}


def test_aws_ca_bundle_is_taken_and_nothing_else(
    client_at: ClientAt, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = trustme.CA()
    monkeypatch.setenv("SSL_CERT_FILE", _file(other, tmp_path))
    (tmp_path / "bundle").mkdir()
    monkeypatch.setenv("AWS_CA_BUNDLE", _file(authority, tmp_path / "bundle"))
    with _https_table(authority) as url:
        assert client_at(url).call("Scan", {}) == {}
    with _https_table(other) as url:
        _assert_refused(client_at(url))


def test_a_certificate_for_another_host_is_refused(
    client_at: ClientAt, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", _file(authority, tmp_path))
    with _https_table(authority) as url:
        _assert_refused(client_at(url.replace("localhost", "127.0.0.1")))
