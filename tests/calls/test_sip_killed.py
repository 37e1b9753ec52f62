"""A switch that is killed with calls up: its next life ends them all, on both sides, and keeps none."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.centre import free_sip_port
from tests.support.sipp import Sipp

pytestmark = pytest.mark.calls

CALLS = 200


class Killable:
    """The switch as a process of its own, with a journal on disk."""

    def __init__(self, port: int, target: int, journal: Path) -> None:
        command = [sys.executable, "-m", "tests.support.switch", "--port", str(port), "--to", f"127.0.0.1:{target}"]
        self.process = subprocess.Popen([*command, "--journal", str(journal)], stdout=subprocess.PIPE, text=True)
        assert self.line().startswith("ready")

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the switch has ended"
        return line

    def report(self) -> dict[str, Any]:
        self.process.send_signal(signal.SIGUSR1)
        return dict(json.loads(self.line()))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


async def test_two_hundred_calls_of_a_killed_switch_are_ended_on_both_sides_within_ten_seconds(tmp_path: Path) -> None:
    port, target = free_sip_port(), free_sip_port()
    switch = Killable(port, target, tmp_path / "journal")
    options = ("-r", "100", "-l", str(CALLS))
    callees = Sipp("answer", port, port=target, calls=CALLS)
    callers = Sipp("call_until_bye", port, port=free_sip_port(), calls=CALLS, options=options)
    try:
        async with asyncio.timeout(20):
            while switch.report()["journalled"] < 2 * CALLS:
                await asyncio.sleep(0.2)
        await asyncio.sleep(0.5)  # an entry stands before its 200 is sent: let the last caller have its own
        switch.kill()
        reborn_at = time.monotonic()
        switch = Killable(port, target, tmp_path / "journal")
        # Each of them ends well only when its call got a BYE.
        await asyncio.to_thread(callers.wait)
        await asyncio.to_thread(callees.wait)
        assert time.monotonic() - reborn_at < 10
        async with asyncio.timeout(10):
            while (left := switch.report())["journalled"]:
                await asyncio.sleep(0.1)
        assert (left["legs"], left["dialogs"], left["calls"]) == (0, 0, 0)
    finally:
        callers.stop()
        callees.stop()
        switch.stop()
