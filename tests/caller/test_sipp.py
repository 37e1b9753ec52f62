"""A foreign peer: sipp answers our caller, and calls our phone."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place

pytestmark = [pytest.mark.calls, pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@asynccontextmanager
async def sipp(*arguments: str, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *("sipp", *arguments, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin"),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_sipp_answers_echoes_our_tone_and_takes_our_bye(tmp_path: Path) -> None:
    port, media = free_port(), free_port()
    arguments = ("-sn", "uas", "-p", str(port), "-mp", str(media), "-rtp_echo", "-m", "1")
    async with sipp(*arguments, folder=tmp_path) as peer:
        plan = Plan("1", "service", hold=2.0, hold_from=HoldFrom.ANSWER, tone_hz=440)
        result = await place(("127.0.0.1", port), plan)
        assert await asyncio.wait_for(peer.wait(), 10) == 0
    assert result.status == 200
    assert result.tones[0].hz == pytest.approx(440, abs=2)
    assert result.tones[0].seconds > 1.2


async def test_sipp_calls_our_phone_and_is_served(tmp_path: Path) -> None:
    async with Phone(("127.0.0.1", 9), "x", None, register=False, source=lambda: sources.tone(620)) as phone:
        arguments = ("-sn", "uac", "-m", "3", "-d", "200", "-p", str(free_port()), f"127.0.0.1:{phone.agent.port}")
        async with sipp(*arguments, folder=tmp_path) as peer:
            assert await asyncio.wait_for(peer.wait(), 20) == 0
        assert [call.ended_by for call in phone.calls] == ["remote"] * 3
