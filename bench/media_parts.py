"""What the steps of a mixing tick cost: `python bench/media_parts.py [--legs N] [--ticks N]`.

Jitter buffers (written and read, also with sound missing), reception, levels and the mix, each for all legs at once and
without sockets. Printed are CPU microseconds a tick, the median and the 90th of 100; a tick has 20,000.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.levels import Leveller
from yuelai.media.embedded.mixer import Mixer
from yuelai.media.embedded.receptions import Receptions
from yuelai.wire.g711 import Law, Samples

T = TypeVar("T")

_SETTLED = 20
"""Ticks before anything is measured."""


class Stopwatch:
    """Collects the CPU time of named steps."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}

    def time(self, name: str, step: Callable[..., T], *arguments: object) -> T:
        before = time.thread_time()
        done = step(*arguments)
        self.spent.setdefault(name, []).append(time.thread_time() - before)
        return done


def voice(ticks: int) -> Samples:
    """int16 (ticks, FRAME) of something with a pitch."""
    at = np.arange(ticks * FRAME) / RATE
    sound = sum(np.sin(2 * np.pi * 140 * n * at + n) / n for n in range(1, 12)) * (0.6 + 0.4 * np.sin(20 * at))
    return (3000 * sound).astype(np.int16).reshape(ticks, FRAME)


def buffers(watch: Stopwatch, legs: int, ticks: int, missing: float) -> None:
    """Write and read a frame of each leg a tick, `missing` of them lost at random."""
    bank, chance, slots = Bank(), np.random.default_rng(1), np.arange(legs)
    for slot in range(legs):
        bank.open(slot)
    timestamps = chance.integers(0, 1 << 32, legs).astype(np.uint32)
    for frame in voice(ticks):
        came = slots[chance.random(legs) >= missing]
        frames = np.repeat(frame[None], len(came), axis=0)
        watch.time(f"bank written, {missing:.0%} missing", bank.write_frames, came, timestamps[came], frames)
        watch.time(f"bank read, {missing:.0%} missing", bank.read, slots)
        timestamps += np.uint32(FRAME)


def others(watch: Stopwatch, legs: int, ticks: int) -> None:
    """Count, level, mix in pairs, limit and encode."""
    slots, receptions, leveller = np.arange(legs), Receptions(), Leveller()
    for slot in range(legs):
        receptions.open(slot, RATE)
        leveller.open(slot)
    mixer = Mixer([Law.PCMA] * legs, [(row ^ 1, row, 1.0) for row in range(legs - legs % 2)])
    for tick, frame in enumerate(voice(ticks)):
        said = np.repeat(frame[None], legs, axis=0)
        sequences, stamps = np.full(legs, tick & 0xFFFF), np.full(legs, tick * FRAME)
        arrival = np.full(legs, tick * 0.02)
        watch.time("reception counted", receptions.packets, slots, sequences, stamps, slots, arrival)
        watch.time("levelled", leveller.apply, slots, said)
        heard = watch.time("mixed in pairs", mixer.mix, said)
        watch.time("limited and encoded", mixer.encode, heard)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--legs", type=int, default=1000)
    parser.add_argument("--ticks", type=int, default=300)
    options = parser.parse_args()
    watch = Stopwatch()
    for missing in (0.0, 0.02, 0.1):
        buffers(watch, options.legs, options.ticks, missing)
    others(watch, options.legs, options.ticks)
    print(f"{options.legs} legs {'':>20} median us    90th")
    for name, spent in watch.spent.items():
        median, high = np.percentile(np.array(spent[_SETTLED:]) * 1e6, [50, 90])
        print(f"{name:<30} {median:>9.0f} {high:>7.0f}")


if __name__ == "__main__":
    main()
