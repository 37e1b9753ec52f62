"""Restless customers and telephones for `call_soak.py`, in processes of their own that may be killed.

`callers PORT LINES SEED` keeps so many lines calling until SIGTERM; calls that stand then end by themselves.
`phones PORT SEED NUMBER …` registers telephones; prints `registered` once they are.
Both print, at their end, how many calls there were.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections import Counter
from pathlib import Path

from queue_centre import ACCESS_NUMBER, PASSWORD, customers

from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.registration import RegistrationFailed
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place
from yuelai.entrypoints.caller.sources import tone
from yuelai.platform import logging
from yuelai.platform.config import Settings

KEYS = ("", "0", "1", "2", "3", "9", "#,0", "*", ",,1,,1", ",,2,,,,,,")
"""For a menu, and in a queue: a call back, a message."""


def plan(rng: random.Random, known: list[str]) -> Plan:
    """Anybody with any wish, who hangs up at any moment: within the first second, or after half a minute."""
    return Plan(
        from_number=rng.choice(known) if rng.random() < 0.9 else "anonymous",
        to_number=rng.choice((ACCESS_NUMBER, ACCESS_NUMBER, "10000")),
        keys=rng.choice(KEYS),
        keys_after=rng.uniform(0.0, 2.0),
        hold=rng.choice((rng.uniform(0.0, 1.0), rng.expovariate(1 / 8.0), rng.uniform(5.0, 30.0))),
        hold_from=HoldFrom.ANSWER if rng.random() < 0.3 else HoldFrom.DIGITS,
        timeout=40.0,
        tone_hz=rng.choice((0.0, 440.0, 440.0)),
    )


async def callers(port: int, lines: int, seed: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    rng, known, seen = random.Random(seed), customers(), Counter[str]()

    async def line() -> None:
        while not stop.is_set():
            await asyncio.sleep(rng.uniform(0.0, 2.0))
            try:
                report = await place(("127.0.0.1", port), plan(rng, known))
            except OSError as error:
                seen[repr(error)] += 1
            else:
                seen[str(report.status)] += 1

    await asyncio.gather(*(line() for _ in range(lines)))
    print(dict(seen), flush=True)


async def phones(port: int, seed: int, numbers: list[str]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    rng = random.Random(seed)

    def picks_up() -> float | None:
        return None if rng.random() < 0.05 else rng.uniform(0.05, 3.0)

    def talks() -> float | None:
        return None if rng.random() < 0.2 else rng.choice((rng.uniform(0.05, 1.0), rng.expovariate(1 / 8.0)))

    made = [
        Phone(
            ("127.0.0.1", port), number, PASSWORD,
            answer_after=picks_up, hangup_after=talks, source=lambda: tone(520), decline=486 if seldom else None,
        )
        for number, seldom in ((number, rng.random() < 0.05) for number in numbers)
    ]  # fmt: skip
    for each in made:
        while True:
            try:
                await each.start()
                break
            except RegistrationFailed:
                await each.close()
                await asyncio.sleep(0.5)
    print("registered", flush=True)
    await stop.wait()
    print(sum(len(each.calls) for each in made), flush=True)
    await asyncio.gather(*(each.close() for each in made))


if __name__ == "__main__":
    logging.configure("soak", Settings(home=Path(), log_level="error", log_json=False))
    what, where, *rest = sys.argv[1:]
    if what == "callers":
        asyncio.run(callers(int(where), int(rest[0]), int(rest[1])))
    else:
        asyncio.run(phones(int(where), int(rest[0]), rest[1:]))
