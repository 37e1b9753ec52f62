"""Debian's coturn on free ports of the loopback interface, with a secret of its own."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.centre import free_sip_port


@dataclass(frozen=True)
class Coturn:
    port: int
    secret: str
    log: Path

    @property
    def urls(self) -> str:
        """As the setting `turn_urls` takes them: by UDP, and by TCP for networks that let nothing else out."""
        return f"turn:127.0.0.1:{self.port}?transport=udp,turn:127.0.0.1:{self.port}?transport=tcp"

    @property
    def relayed(self) -> int:
        """How many sessions were given a relay since it began."""
        return self.log.read_text(errors="replace").count("ALLOCATE processed, success")


@contextmanager
def coturn(folder: Path) -> Iterator[Coturn]:
    found = shutil.which("turnserver")
    assert found, "coturn is missing: `make test` installs it"
    running = Coturn(free_sip_port(), secrets.token_hex(16), folder / "coturn.log")
    low = 50_000 + secrets.randbelow(70) * 200
    configuration = folder / "coturn.conf"
    configuration.write_text(
        f"""listening-port={running.port}
listening-ip=127.0.0.1
relay-ip=127.0.0.1
min-port={low}
max-port={low + 199}
use-auth-secret
static-auth-secret={running.secret}
realm=yuelai.example
allow-loopback-peers
fingerprint
verbose
no-cli
no-tls
no-dtls
no-multicast-peers
userdb={folder / "coturn.sqlite"}
pidfile={folder / "coturn.pid"}
log-file={running.log}
simple-log
"""
    )
    process = subprocess.Popen(
        [found, "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    try:
        deadline = time.monotonic() + 10
        while True:
            assert process.poll() is None, running.log.read_text() if running.log.exists() else "coturn ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", running.port)) == 0:
                    break
            assert time.monotonic() < deadline, "coturn did not get ready"
            time.sleep(0.05)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
