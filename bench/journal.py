"""What it costs to have a decision on disk before acting on it: `python bench/journal.py [--folder F]`.

Writers append one fact at a time, as calls do. Printed are appends a second and the wait of one append (p50, p99) for
several numbers of writers, and the ratio of the wait to a bare fdatasync of the same disk in the same run: disks and
machines differ, the ratio is what can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yuelai.platform.facts import Fact, Record, fact
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.journal import Journal


@fact("bench.happened")
@dataclass(frozen=True, kw_only=True)
class Happened(Fact):
    number: int


def bare_sync(folder: Path, rounds: int = 200) -> float:
    """Return the median seconds of writing and syncing one line."""
    waits = []
    with (folder / "bare").open("wb", buffering=0) as file:
        for _ in range(rounds):
            began = time.perf_counter()
            file.write(b"x" * 250)
            os.fdatasync(file.fileno())
            waits.append(time.perf_counter() - began)
    return statistics.median(waits)


async def measure(folder: Path, writers: int, seconds: float) -> list[float]:
    """Return the waits of all appends made in `seconds`."""
    journal = await Journal.open(folder / f"w{writers}", owner="bench")
    waits: list[float] = []
    end = time.perf_counter() + seconds

    async def writer(number: int) -> None:
        while (began := time.perf_counter()) < end:
            happened = Happened(at=datetime.now(UTC), tenant_id=SAMPLE_TENANT, number=number)
            await journal.append(Record(happened, {"ani": "13800000001"}))
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0)

    await asyncio.gather(*(writer(number) for number in range(writers)))
    await journal.close()
    return waits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each number of writers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        bare = bare_sync(folder)
        print(f"bare fdatasync: {bare * 1000:.2f} ms")
        print("writers  appends/s  p50 ms  p99 ms  p50 / fdatasync")
        for writers in (1, 10, 100):
            waits = sorted(asyncio.run(measure(folder, writers, arguments.seconds)))
            p50, p99 = (waits[int(len(waits) * part)] for part in (0.5, 0.99))
            rate = len(waits) / arguments.seconds
            print(f"{writers:7}  {rate:9.0f}  {p50 * 1000:6.2f}  {p99 * 1000:6.2f}  {p50 / bare:15.1f}")


if __name__ == "__main__":
    main()
