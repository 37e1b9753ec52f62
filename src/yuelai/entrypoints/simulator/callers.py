"""Simulated customers: who calls, what they want, how patient they are."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import structlog

from yuelai.channels.voice.speech import prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place
from yuelai.entrypoints.sample.generate import Generator

log = structlog.get_logger()

ACCESS_NUMBER = "10000"
SPECIAL = ("13800000001", "13800000002", "13800000003", "13800009999")
PAUSE = (25.0, 75.0)
"""Seconds a simulated customer rests between two calls; three of them make a call about every 30 s."""


@dataclass(frozen=True)
class Wish:
    """What a customer calls for: keys to press, and the seconds they stay after the last one."""

    name: str
    keys: str
    stay: tuple[float, float]
    weight: int


WISHES = (
    Wish("agent", "0", (90.0, 150.0), 45),
    Wish("fault", "2", (90.0, 150.0), 14),
    Wish("complaint", "3", (90.0, 150.0), 8),
    Wish("menu_again", "#,,0", (90.0, 150.0), 5),
    Wish("balance", "1", (25.0, 35.0), 20),
    # Gone before most agents answer: in the queue or while it rings.
    Wish("impatient", "0", (3.0, 7.0), 8),
)


def numbers(count: int = 300) -> list[str]:
    """Return mobile numbers of generated customers."""
    generator = Generator(datetime.now(UTC).date())
    generator.special()
    found = []
    for customer in islice(generator.others(count), count):
        found += [raw for kind, _, raw, _ in customer.identities if kind == "phone" and raw.startswith("1")][:1]
    return found


def next_plan(rng: random.Random, known: Sequence[str]) -> tuple[Wish, Plan]:
    """Choose who calls next and what for; a third of the calls come from the four special numbers."""
    number = rng.choice(SPECIAL if rng.random() < 0.33 else known)
    [wish] = rng.choices(WISHES, [w.weight for w in WISHES])
    plan = Plan(
        from_number=number,
        to_number=ACCESS_NUMBER,
        keys=wish.keys,
        keys_after=rng.uniform(1.5, 4.0),
        hold=rng.uniform(*wish.stay),
        hold_from=HoldFrom.DIGITS,
        source=speaking,
    )
    return wish, plan


async def keep_calling(server: tuple[str, int], rng: random.Random, known: Sequence[str], first_after: float) -> None:
    """One customer after the other on one line, until cancelled."""
    pause = first_after
    while True:
        await asyncio.sleep(pause)
        wish, plan = next_plan(rng, known)
        report = await place(server, plan)
        log.info(
            "simulated_call",
            wish=wish.name,
            status=report.status,
            seconds=report.duration_s,
            ended_by=report.ended_by,
            lost=report.rtp_lost,
        )
        pause = rng.uniform(*PAUSE)


def speaking() -> sources.Source:
    """A customer's half of a talk."""
    return sources.files([prompt_path(f"demo_caller_{n}", "zh-CN") for n in (1, 2)], pause=6.0, loop=True)
