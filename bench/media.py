"""What one core carries of sound: `make bench-media` (about six minutes alone on the machine).

A media worker of its own process, telephones as a load in another one (`media_load.py`), and Debian's rtpengine with
the same relays as the baseline. Each scenario runs at 60 % of its aim; printed are the worker's CPU seconds a
second and what follows from them for a whole core, what was lost, and how late ticks began.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import media_browsers
import media_load
import psutil
from media_rtpengine import rtpengine
from prometheus_client.parser import text_string_to_metric_families
from tables import write_between

from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.ports import LegKind, MediaFull
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.platform.ipc import IpcClient
from yuelai.wire.sdp import parse_sdp

SHARE = 0.6
LATENESS = "yuelai_media_tick_late_seconds"


@dataclass(frozen=True)
class Scenario:
    name: str
    aim: int
    """Calls, conferences or legs a core."""
    legs: int
    """Legs of one of them."""


RELAY = Scenario("two-party relays", 700, 2)
MIX = Scenario("three-party mixes", 400, 3)
RECORDED = Scenario("recorded two-party calls", 300, 2)
BROWSER = Scenario("browser legs", 50, 1)


@dataclass(frozen=True)
class Figure:
    what: str
    count: int
    aim: int
    cpu: float
    """CPU seconds a second."""
    loss: float
    gap_p99_ms: float
    late_p99_ms: float | None
    load_late: int

    @property
    def core(self) -> int:
        return int(self.count / self.cpu) if self.cpu else 0


class Worker:
    """A media worker in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, rtp_ports="20000-49999", media_workers=1)
        environment = os.environ | {
            "YUELAI_HOME": str(home), "YUELAI_RTP_PORTS": self.settings.rtp_ports, "YUELAI_MEDIA_WORKERS": "1"
        }  # fmt: skip
        self._process = subprocess.Popen([sys.executable, "-m", "yuelai", "run", "media"], env=environment)
        self.usage = psutil.Process(self._process.pid)

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    async def lateness(self) -> dict[float, float]:
        """Return how many ticks so far began at most so many seconds late."""
        client = IpcClient(self.settings.socket("media-1"))
        await client.start(wait=5)
        try:
            page = await client.request("metrics")
        finally:
            await client.close()
        found: dict[float, float] = {}
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                if sample.name == f"{LATENESS}_bucket":
                    found[float(sample.labels["le"])] = sample.value
        return found


@contextmanager
def worker() -> Iterator[Worker]:
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        running = Worker(Path(folder))
        try:
            yield running
        finally:
            running.end()


def quantile(before: dict[float, float], after: dict[float, float], share: float = 0.99) -> float | None:
    """Return the upper bound in ms of the histogram's bucket that holds the quantile."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in sorted(after)}
    if not counts:
        return None
    total = max(counts.values())
    return next((bound * 1000 for bound, count in counts.items() if count >= share * total), None)


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def measure(
    process: psutil.Process, load: subprocess.Popen[str], seconds: float
) -> tuple[float, media_load.Result]:
    """Return CPU seconds a second in the middle of the load, and what the load says."""
    await asyncio.sleep(2.5)
    before, began = cpu_of(process), asyncio.get_running_loop().time()
    await asyncio.sleep(seconds - 1)
    spent, took = cpu_of(process) - before, asyncio.get_running_loop().time() - began
    return spent / took, await asyncio.to_thread(media_load.result, load)


async def _opened(engine: EmbeddedMediaEngine, leg: LegId, offer: str, beside: LegId) -> str:
    while True:
        try:
            return await engine.create_leg(leg, LegKind.PLAIN, lambda _: None, offer=offer, beside=beside)
        except MediaFull:
            # Hundreds of legs at once are more than a worker takes before it has seen what they cost.
            await asyncio.sleep(0.6)


Join = Callable[[EmbeddedMediaEngine, list[LegId], Path], Awaitable[None]]


async def relayed(engine: EmbeddedMediaEngine, legs: list[LegId], home: Path) -> None:
    await engine.bridge(*legs)


async def conference(engine: EmbeddedMediaEngine, legs: list[LegId], home: Path) -> None:
    for number, one in enumerate(legs):
        for other in legs[number + 1 :]:
            await engine.bridge(one, other)


async def recorded(engine: EmbeddedMediaEngine, legs: list[LegId], home: Path) -> None:
    recording = RecordingId(new_id())
    await engine.bridge(*legs)
    await engine.record(recording, legs[0], home / "recordings" / f"{recording}.yrec", os.urandom(32))


async def ours(scenario: Scenario, count: int, seconds: float, join: Join) -> Figure:
    """Run one scenario on a fresh worker."""
    with worker() as running:
        engine = EmbeddedMediaEngine(running.settings)
        await engine.start(wait=20)
        sock, targets = media_load.open_socket(), []
        for _ in range(count):
            legs = [LegId(new_id()) for _ in range(scenario.legs)]
            for leg in legs:
                answer = await _opened(engine, leg, media_load.description(sock), legs[0])
                targets.append(parse_sdp(answer).audio.port)
            await join(engine, legs, running.settings.folder)
        before = await running.lateness()
        cpu, heard = await measure(running.usage, media_load.start(sock, targets, seconds), seconds)
        late = quantile(before, await running.lateness())
        await engine.disconnect()
        sock.close()
    assert heard.legs_heard == len(targets), f"{len(targets) - heard.legs_heard} legs heard nothing"
    return Figure(scenario.name, count, scenario.aim, cpu, heard.loss, heard.gap_p99_ms, late, heard.late_ticks)


async def theirs(count: int, seconds: float) -> Figure | None:
    """The same relays through rtpengine."""
    with rtpengine(50000, 59998) as engine:
        if engine is None:
            return None
        sock, targets = media_load.open_socket(), []
        for number in range(count):
            targets += engine.relay(number, media_load.description(sock))
        load = media_load.start(sock, targets, seconds)
        cpu, heard = await measure(psutil.Process(engine.process.pid), load, seconds)
        sock.close()
    return Figure("rtpengine, two-party relays", count, 0, cpu, heard.loss, heard.gap_p99_ms, None, heard.late_ticks)


async def browsers(count: int, seconds: float) -> Figure:
    with worker() as running:
        engine = EmbeddedMediaEngine(running.settings)
        await engine.start(wait=20)
        before = await running.lateness()
        pages = await media_browsers.join(engine, count)
        cpu_before, began = cpu_of(running.usage), asyncio.get_running_loop().time()
        heard = await media_browsers.talk(pages, seconds)
        cpu = (cpu_of(running.usage) - cpu_before) / (asyncio.get_running_loop().time() - began)
        late = quantile(before, await running.lateness())
        await media_browsers.leave(pages)
        await engine.disconnect()
    return Figure(BROWSER.name, count, BROWSER.aim, cpu, heard.loss, heard.gap_p99_ms, late, heard.late_ticks)


def table(figures: list[Figure], baseline: Figure | None) -> str:
    lines = [
        "| what | at | CPU of a core | a core carries | aim | loss | p99 of heard gaps | p99 tick lateness |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for figure in figures:
        late = "" if figure.late_p99_ms is None else f"≤ {figure.late_p99_ms:.1f} ms"
        ratio = ""
        if baseline is not None and figure.what == RELAY.name:
            ratio = f" ({figure.cpu / figure.count / (baseline.cpu / baseline.count):.1f} × rtpengine's CPU)"
        lines.append(
            f"| {figure.what} | {figure.count} | {figure.cpu:.2f}{ratio} | {figure.core} | {figure.aim or ''} "
            f"| {figure.loss:.3%} | 20 ± {figure.gap_p99_ms:.1f} ms | {late} |"
        )
    return "\n".join(lines)


async def run(seconds: float, only: list[str]) -> str:
    figures: list[Figure] = []
    baseline = await theirs(int(RELAY.aim * SHARE), seconds) if "relay" in only else None
    if baseline:
        figures.append(baseline)
    for name, scenario, join in (
        ("relay", RELAY, relayed), ("mix", MIX, conference), ("recorded", RECORDED, recorded)
    ):  # fmt: skip
        if name in only:
            figures.append(await ours(scenario, int(scenario.aim * SHARE), seconds, join))
            print(table(figures[-1:], baseline).splitlines()[-1], flush=True)
    if "browser" in only:
        figures.append(await browsers(int(BROWSER.aim * SHARE), seconds))
    late = sum(figure.load_late for figure in figures)
    note = f"\n\nThe load itself was late {late} times." if late else ""
    return table(figures, baseline) + note


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="of each scenario")
    parser.add_argument("--only", nargs="*", default=["relay", "mix", "recorded", "browser"])
    parser.add_argument("--write", action="store_true", help="put the table into docs/reference/performance.md")
    arguments = parser.parse_args()
    text = asyncio.run(run(arguments.seconds, arguments.only))
    print(text)
    if arguments.write:
        write_between("bench-media", text)


if __name__ == "__main__":
    main()
