"""A whole centre with a certificate: HTTPS, SIP over TLS, and what is said when the certificate cannot be used."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import httpx
import pytest

from tests.support.centre import Centre, free_sip_port
from tests.support.certificates import Authority
from yuelai.entrypoints.centre import run_centre
from yuelai.platform.config import Settings
from yuelai.platform.supervisor import StartFailed
from yuelai.wire.sip import Request

pytestmark = pytest.mark.timeout(180)


def two_ports() -> int:
    """Return a free port whose next one is free too."""
    while True:
        port = free_sip_port()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.mark.centre
def test_a_centre_with_a_certificate_serves_https_and_sip_over_tls(home: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    pair = authority.issue("localhost", addresses=("127.0.0.1",))
    port = two_ports()
    extra = {"YUELAI_TLS_CERT": str(pair.cert), "YUELAI_TLS_KEY": str(pair.key), "YUELAI_SIP_PORT": str(port)}
    centre = Centre(home / "home", extra)
    trusting = ssl.create_default_context(cafile=authority.file)
    try:
        centre.start()  # which waits until every part serves, by HTTPS
        health = httpx.get(f"https://127.0.0.1:{centre.http_port}/health", verify=trusting)
        assert health.status_code == 200
        with (
            socket.create_connection(("127.0.0.1", port + 1), timeout=5) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as phone,
        ):
            request = Request("OPTIONS", "sip:127.0.0.1")
            request.add("via", "SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKtls;rport")
            request.add("from", "<sip:phone@127.0.0.1>;tag=1")
            request.add("to", "<sip:127.0.0.1>")
            request.add("call-id", "tls")
            request.add("cseq", "1 OPTIONS")
            phone.sendall(request.to_bytes())
            assert phone.recv(65536).startswith(b"SIP/2.0 200")
    finally:
        if centre.process is not None and centre.process.poll() is None:
            assert centre.stop() == 0


@pytest.mark.parametrize(
    ("cert", "key", "said"),
    [
        ("one.pem", None, "go only together"),
        ("none.pem", "one.key", "none.pem is not there"),
        ("one.pem", "other.key", "do not belong together"),
    ],
)
async def test_a_certificate_that_cannot_be_used_is_said_before_anything_starts(
    home: Path, cert: str, key: str | None, said: str
) -> None:
    authority = Authority(home / "ca")
    for name in ("one", "other"):
        pair = authority.issue(f"{name}.test")
        pair.cert.rename(home / f"{name}.pem")
        pair.key.rename(home / f"{name}.key")
    settings = Settings(
        home=home / "home", tls_cert=home / cert, tls_key=home / key if key else None, sip_port=free_sip_port()
    )
    with pytest.raises(StartFailed, match=said):
        await asyncio.wait_for(run_centre(settings), 30)
