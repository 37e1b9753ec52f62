"""Many damaged messages and descriptions through the parsers, counted and timed."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil

from tests.fuzz import seeds
from tests.fuzz.mutation import Mutator
from tests.fuzz.oracle import examine, examine_sdp, examine_stream

SLOW = 0.25
"""Seconds of our own processor time that no input may take; the longest ones are 70 KB."""
MOST_GROWTH = 16 * 1024 * 1024


@dataclass
class Outcome:
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: float = 0.0
    """Processor seconds of the worst input."""
    rss: list[int] = field(default_factory=list)
    """Bytes after a tenth of the inputs, and at the end."""

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.counts.items()))
        memory = " → ".join(f"{size / 2**20:.1f}" for size in self.rss)
        return (
            f"parsers: {self.counts.total():,} inputs in {self.seconds:.0f} s ({kinds}); "
            f"slowest {self.slowest * 1000:.1f} ms; memory {memory} MB"
        )


def parsers(count: int, *, number: int = 1) -> Outcome:
    """Look at this many inputs: messages, streams of them, descriptions. Raises what the oracle finds.

    The input that broke something is in the note of what is raised.
    """
    messages = Mutator(seeds.MESSAGES, number)
    descriptions = Mutator([text.encode() for text in seeds.DESCRIPTIONS], number)
    dice, outcome, began = random.Random(number), Outcome(), time.monotonic()
    for at in range(count):
        fate = dice.random()
        data = descriptions.make() if fate < 0.15 else messages.make()
        start = time.thread_time()
        try:
            if fate < 0.15:
                kind = "description " + examine_sdp(data.decode("utf-8", "replace"))
            elif fate < 0.25:
                kind = examine_stream(data + messages.make(), [dice.randrange(2000) for _ in range(4)])
            else:
                kind = examine(data)
        except Exception as error:
            error.add_note(f"input {at} of number {number}: {data!r}")
            raise
        outcome.slowest = max(outcome.slowest, time.thread_time() - start)
        outcome.counts[kind] += 1
        if at in (count // 10, count - 1):
            outcome.rss.append(psutil.Process().memory_info().rss)
    outcome.seconds = time.monotonic() - began
    return outcome
