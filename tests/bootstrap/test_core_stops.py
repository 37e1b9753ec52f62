"""Core does not go on half-alive when its disk has failed: it ends, so that the supervisor starts it anew."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.centre import free_sip_port
from yuelai.bootstrap import core
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT


@pytest.fixture
def settings(postgres_dsn: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="yl") as home:
        yield Settings(home=Path(home), database_url=postgres_dsn, sip_port=free_sip_port())


def invite(port: int) -> bytes:
    lines = [
        "INVITE sip:10000@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK1;rport",
        "From: <sip:13800000001@127.0.0.1>;tag=caller",
        "To: <sip:10000@127.0.0.1>",
        "Call-ID: one",
        "CSeq: 1 INVITE",
        f"Contact: <sip:13800000001@127.0.0.1:{port}>",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_core_ends_when_the_journal_can_no_longer_be_written(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO access_numbers VALUES ('10000', $1, 'main')", SAMPLE_TENANT)
    from yuelai.platform import journal_writer

    def failing(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with capture_logs() as lines, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.bind(("127.0.0.1", 0))
        caller.setblocking(False)
        serving = asyncio.ensure_future(core.serve(settings))
        async with asyncio.timeout(20):
            while not any(line["event"] == "core_ready" for line in lines):
                assert not serving.done(), serving
                await asyncio.sleep(0.01)
        monkeypatch.setattr(journal_writer, "_sync", failing)
        caller.sendto(invite(caller.getsockname()[1]), ("127.0.0.1", settings.sip_port))
        answers = b""
        async with asyncio.timeout(core.GIVE_UP_SECONDS - 2):
            assert await serving is False
            while b"503" not in answers:
                answers = await asyncio.get_running_loop().sock_recv(caller, 65535)
    assert [line["log_level"] for line in lines if line["event"] == "core_stops"] == ["critical"]


def test_its_process_then_ends_with_an_error_and_otherwise_without(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cannot_go_on(_: Settings) -> bool:
        return False

    async def was_asked_to_end(_: Settings) -> bool:
        return True

    monkeypatch.setattr(core, "serve", cannot_go_on)
    with pytest.raises(SystemExit) as ended:
        core.run_core(Settings())
    assert ended.value.code == 1
    monkeypatch.setattr(core, "serve", was_asked_to_end)
    core.run_core(Settings())
