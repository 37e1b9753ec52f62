"""Calls at a rate through the back-to-back user agent, with random hang-ups, crossings and losses (`make soak-sip`).

Callers cancel, talk for a random while and take refusals as they come; callees are busy, slow, never there, or hang up
first. Between the callers and the switch, and between the switch and the callees, a relay loses, doubles and reorders
messages. At the end both ends go away without a word while calls stand; then nothing may be left: no call, leg, dialog,
transaction nor timer, no entry in the journal, and no more memory than after a third of the time (until then Python's
own pools fill).

Ends with status 1 when something is left or memory has grown by more than a tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from sip_calls import free_port
from sip_peers import HERE, SCENARIOS

from tests.support.lossy import LossyRelay, Weather

QUIET_SECONDS = 400.0
"""In which everything must be gone once the peers are: a silent peer is asked after 90 s and waited for 32 s."""
GONE = ("legs", "dialogs", "calls", "journalled", "transactions")


class Soaked:
    """The switch as a process that reports when asked."""

    def __init__(self, port: int, target: int, journal: Path) -> None:
        command = [sys.executable, "-m", "tests.support.switch", "--port", str(port), "--to", f"127.0.0.1:{target}"]
        command += ["--journal", str(journal), "--timeout", "20"]
        environment = {**os.environ, "YUELAI_LOG_LEVEL": "error"}
        self._process = subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True, env=environment)
        self._line()
        self.idle_timers = self.report()["timers"]

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the switch has ended")
        return line

    def report(self) -> dict[str, Any]:
        self._process.send_signal(10)
        return dict(json.loads(self._line()))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


def sipp(scenario: str, port: int, folder: Path, *options: str, **words: str) -> subprocess.Popen[bytes]:
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for word, value in words.items():
        text = text.replace(word, value)
    file = folder / f"{scenario}.xml"
    file.write_text(text)
    command = ["sipp", "-sf", str(file), "-i", "127.0.0.1", "-p", str(port), "-nostdin", "-buff_size", "4194304"]
    command += ["-recv_timeout", "40000", *options]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def soak(rate: float, seconds: float, weather: Weather, seed: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="soak-sip-") as name:
        folder = Path(name)
        port, target = free_port(), free_port()
        async with LossyRelay(target, weather, seed=seed) as there, LossyRelay(port, weather, seed=seed + 1) as here:
            switch = Soaked(port, there.port, folder / "journal")
            callee = sipp("restless_callee", target, folder, CONTACT=str(there.port))
            await asyncio.sleep(0.5)
            calls = int(rate * seconds)
            options = ("-r", f"{rate:.0f}", "-m", str(calls), "-l", "100000", "-s", "2000", f"127.0.0.1:{here.port}")
            callers = sipp("restless_caller", free_port(), folder, *options)
            first, seen = await watch(switch, seconds)
            for peer in (callers, callee):
                peer.kill()
                peer.wait()
            left = await until_quiet(switch)
            print(f"relays: {here.count}, {there.count}")
            switch.stop()
    grown = left["rss"] / first
    memory = f"memory {first / 1e6:.1f} MB after a third of the time, {grown:.2f} of it at the end"
    print(f"{calls} calls begun, at most {seen} at once; {memory}")
    print(f"left at the end: { {what: left[what] for what in (*GONE, 'timers')} }, timers before {switch.idle_timers}")
    return all(left[what] == 0 for what in GONE) and left["timers"] <= switch.idle_timers and grown <= 1.1


async def watch(switch: Soaked, seconds: float) -> tuple[int, int]:
    """Return the memory after a third of the time, and the most calls at once."""
    began, first, most = time.monotonic(), 0, 0
    while (passed := time.monotonic() - began) < seconds:
        await asyncio.sleep(min(10.0, seconds / 10))
        report = await asyncio.to_thread(switch.report)
        most = max(most, report["calls"])
        if not first and passed >= seconds / 3:
            first = report["rss"]
        print(f"{passed:6.0f} s {json.dumps(report)}", flush=True)
    return first or report["rss"], most


async def until_quiet(switch: Soaked) -> dict[str, Any]:
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        report = await asyncio.to_thread(switch.report)
        if not any(report[what] for what in GONE) or time.monotonic() > deadline:
            return report
        await asyncio.sleep(2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--loss", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    weather = Weather(loss=asked.loss, double=0.02, delay=(0.0, 0.01), late=0.02, lateness=0.1)
    os.nice(5)
    raise SystemExit(0 if uvloop.run(soak(asked.rate, asked.minutes * 60, weather, asked.seed)) else 1)


if __name__ == "__main__":
    main()
