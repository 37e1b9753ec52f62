"""Simulated customers: who calls, what they want, how patient they are."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice

import structlog

from yuelai.channels.voice.speech import prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place
from yuelai.entrypoints.sample.generate import Generator
from yuelai.entrypoints.simulator.choices import AGENT, choose

log = structlog.get_logger()

ACCESS_NUMBER = "10000"
SPECIAL = ("13800000002", "13800000003", "13800009999")
"""Numbers that the README tells of, but for the first of them: that one is a newcomer's, and knows no agent yet."""
PAUSE = (20.0, 60.0)
"""Seconds a simulated customer rests between two calls; four of them make a call about every 20 s."""
STAY = (90.0, 150.0)
"""Seconds of waiting and talking after which somebody who wants an agent has had enough."""
WHILE_WAITING = "," * 45
"""Presses nothing for so many seconds; whoever talks by then loses nothing by a key."""
SAID = (8.0, 14.0)
"""Seconds to hear what one wanted to know, once the last key is pressed."""


@dataclass(frozen=True)
class Wish:
    """What a customer calls for, and `about` which business of `choices`: keys to press (a comma is a second), the
    seconds they stay after the last one, and the language they speak. `weight` is among those about the same.
    `numbers` are those who alone have this wish. `helps_itself` needs nobody of the centre."""

    name: str
    about: str
    keys: str
    stay: tuple[float, float]
    weight: int
    language: str = "zh-CN"
    numbers: tuple[str, ...] = ()
    helps_itself: bool = False


WISHES = (
    # What a machine knows.
    Wish("balance", "bill", "1", (12.0, 20.0), 15, helps_itself=True),
    Wish("last_bill", "bill", "4,1", SAID, 6, helps_itself=True),
    Wish("bill_in_detail", "bill", "4,1,,,1", (16.0, 24.0), 4, helps_itself=True),
    Wish("bill_by_text", "bill", "4,1,,,9", SAID, 3, helps_itself=True),
    Wish("this_month", "bill", "4,2", SAID, 5, helps_itself=True),
    # Nobody pays: that would change what the README tells of.
    Wish("last_payment", "payment", "4,3", SAID, 5, helps_itself=True),
    Wish("arrears", "payment", "4,6", SAID, 3, helps_itself=True),
    Wish("order", "order", "4,5,1", SAID, 1, helps_itself=True),
    Wish("tariff", "tariff", "6,1,3", SAID, 1, helps_itself=True),
    Wish("outlet", "outlet", "6,2", (12.0, 18.0), 1, helps_itself=True),
    Wish("directory", "directory", "6,3,874#", SAID, 1, helps_itself=True),
    Wish("weather", "information", "6,4,1", SAID, 1, helps_itself=True),
    # Reported by keys where one is local; an agent asks all others.
    Wish("fault_by_keys", "fault", "2,1", (20.0, 30.0), 5),
    Wish("fault", "fault", "2", STAY, 4),
    Wish("complaint_message", "complaint", "3,1", (18.0, 30.0), 2, helps_itself=True),
    Wish("complaint", "complaint", "3", STAY, 3),
    # Those who would rather not wait leave word, or are called back at their own number.
    Wish("message", "complaint", f"3{WHILE_WAITING}2", (15.0, 30.0), 1),
    Wish("call_back", AGENT, f"0{WHILE_WAITING}1,,,,,,,,1", (20.0, 40.0), 2),
    # Who wants somebody to talk to.
    Wish("agent", AGENT, "0", STAY, 18),
    Wish("menu_again", AGENT, "#,,0", STAY, 3),
    Wish("balance_then_agent", AGENT, "1,,,,,,,,,,,,0", STAY, 2),
    # Gone before most agents answer: in the queue or while it rings.
    Wish("impatient", AGENT, "0", (3.0, 7.0), 3),
    Wish("gives_up_in_the_menu", AGENT, "", (2.0, 9.0), 2),
    Wish("english", AGENT, "0", STAY, 2, "en", ("13800000002", "057188886666")),
    # Says nothing at all: somebody important need not.
    Wish("vip", AGENT, "", STAY, 2, "zh-CN", ("13800000003",)),
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
    """Choose who calls next and what for; a third of the calls come from the special numbers, some from numbers that
    nobody knows."""
    caller = choose(rng)
    about = [wish for wish in WISHES if wish.about == caller.wishes[0]]
    [wish] = rng.choices(about, [each.weight for each in about])
    plan = Plan(
        from_number=_number(rng, wish, known if caller.known else ()),
        to_number=ACCESS_NUMBER,
        keys=wish.keys,
        keys_after=rng.uniform(1.5, 4.0),
        hold=rng.uniform(*wish.stay),
        hold_from=HoldFrom.DIGITS,
        source=partial(speaking, wish.language),
    )
    return wish, plan


def _number(rng: random.Random, wish: Wish, known: Sequence[str]) -> str:
    if wish.numbers:
        return rng.choice(wish.numbers)
    if not known:
        return f"139{rng.randrange(10**8):08d}"
    return rng.choice(SPECIAL if rng.random() < 0.36 else known)


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


def speaking(language: str = "zh-CN") -> sources.Source:
    """A customer's half of a talk."""
    return sources.files([prompt_path(f"demo_caller_{n}", language) for n in (1, 2)], pause=6.0, loop=True)
