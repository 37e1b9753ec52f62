"""Many callers and telephones in a process of their own, which can be killed: `python -m tests.support.crowd`.

`callers PORT COUNT SECONDS PREFIX` calls 10000 from numbers beginning with PREFIX: a quarter stay in the menu, most
wait for an agent, some hang up early; each stays SECONDS at most. Prints what became of them as JSON.
`phones PORT NUMBER=BEHAVIOUR …` registers telephones: `talk` answers and stays, `brief` hangs up soon, `ring` answers
late. Prints `registered` once they are, and works until killed.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from contextlib import suppress

from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place
from yuelai.entrypoints.caller.sources import tone

PASSWORD = "demo"
CALLERS_EACH_SECOND = 8


def plan(rng: random.Random, number: int, seconds: float, prefix: str) -> Plan:
    kind = number % 8
    keys = "" if kind in (0, 1) else "0"
    stay = rng.uniform(1, 8) if kind == 7 else seconds
    return Plan(f"{prefix}{number:04}", "10000", keys=keys, keys_after=0.5, hold=stay, hold_from=HoldFrom.ANSWER)


async def callers(port: int, count: int, seconds: float, prefix: str) -> None:
    rng = random.Random(count)

    async def one(number: int) -> dict[str, object]:
        await asyncio.sleep(number / CALLERS_EACH_SECOND)
        return (await place(("127.0.0.1", port), plan(rng, number, seconds, prefix))).as_json()

    reports = await asyncio.gather(*(one(number) for number in range(count)), return_exceptions=True)
    tell(json.dumps([each if isinstance(each, dict) else repr(each) for each in reports]))


ANSWERS = {"talk": (0.3, None), "brief": (0.3, 1.5), "ring": (90.0, None)}


async def phones(port: int, behaviours: dict[str, str]) -> None:
    made = []
    for number, behaviour in behaviours.items():
        answer_after, hangup_after = ANSWERS[behaviour]
        made.append(
            Phone(
                ("127.0.0.1", port), number, PASSWORD,
                answer_after=answer_after, hangup_after=hangup_after, source=lambda: tone(520),
            )
        )  # fmt: skip
    for each in made:
        await each.start()
    tell("registered")
    await asyncio.Event().wait()


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Crowd:
    """The process, as tests hold it."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crowd", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def registered(self) -> None:
        assert self._process.stdout is not None
        said = []
        while (line := self._process.stdout.readline()) and line.strip() != "registered":
            said.append(line)
        assert line, "".join(said)

    def over(self, timeout: float) -> list[dict[str, object]]:
        """What became of the callers, once all are done."""
        out, _ = self._process.communicate(timeout=timeout)
        return list(json.loads(out.splitlines()[-1]))

    def kill(self) -> None:
        """Gone without a word."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    what, port, *rest = sys.argv[1:]
    if what == "callers":
        asyncio.run(callers(int(port), int(rest[0]), float(rest[1]), rest[2]))
    else:
        asyncio.run(phones(int(port), dict(word.split("=") for word in rest)))
