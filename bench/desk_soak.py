"""CALLS=200 calls served at three desks in Chromium (`make soak-desk`): an hour of work, pressed together.

Callers come as fast as three agents can serve them. At the end nobody is stuck, every call has ended and says how, the
agents' figures are those recounted from the kept records, what `tests/support/settled.py` asks of the records is true,
and the pages' memory is what it was after a quarter of the calls.

Ends with status 1 when something is not as it should be.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from tests.support.centre import Centre, eventually, running_centre
from tests.support.chromium import chromium
from tests.support.desk_crew import Crew, counted, crew, told
from tests.support.settled import WRONG

AGENTS = ("agent01", "agent02", "agent03")
RATE = 0.45
"""Calls a second: what three agents serve who talk for 1 to 3 s and wrap up in 2."""
GROWTH = 1.15
"""A page's memory at the end is at most so many times what it was after a quarter."""


def heaps(people: Crew) -> list[float]:
    return [agent.heap() for agent in people.agents]


def _since(before: dict[str, int], centre: Centre, agents: Iterable[str]) -> dict[str, int]:
    """Contacts that each of the agents has spoken in since then, from the records."""
    now = counted(centre)
    return {number: now.get(number, 0) - before.get(number, 0) for number in agents}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    calls = parser.parse_args().calls
    wrong: list[str] = []
    with TemporaryDirectory() as folder, running_centre() as centre, chromium(660.0, Path(folder)) as browser:
        before = counted(centre)  # what the sample has of former days
        with crew(browser, centre, AGENTS) as people:
            began, first = time.monotonic(), [0.0] * len(AGENTS)
            callers = centre.call(
                *("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "120", "--hold-from", "digits"),
                *("--count", str(calls), "--rate", str(RATE)),
            )
            # What it tells of each call would fill the pipe, and it would wait for ever.
            Thread(target=callers.communicate, daemon=True).start()
            limit = began + calls * 15 + 120
            while time.monotonic() < limit and (callers.poll() is None or not people.idle):
                people.work(time.monotonic() + 1)
                if not any(first) and people.served * 4 >= calls:
                    first = heaps(people)
            if callers.poll() is None:
                wrong.append("calls are left")
            if not people.idle:
                wrong.append(f"stuck: {[(agent.username, agent.story[-5:]) for agent in people.agents]}")
            wrong += [f"{agent.username}: {trouble}" for agent in people.agents for trouble in agent.troubles]
            figures, last = told(centre, AGENTS), heaps(people)
            print(f"{people.served} of {calls} calls served in {(time.monotonic() - began) / 60:.1f} min")
            for agent, early, late in zip(people.agents, first, last, strict=True):
                print(f"{agent.username}: {agent.served} served, page {early / 1e6:.1f} → {late / 1e6:.1f} MB")
                if late > early * GROWTH:
                    wrong.append(f"the page of {agent.username} has grown")
        try:
            eventually(lambda: _since(before, centre, figures) == figures, 30)
        except AssertionError:
            wrong.append(f"agents are told {figures}, the records say {_since(before, centre, figures)}")
        try:
            eventually(lambda: not centre.ask(WRONG["recordings that still run"]), 60)
        except AssertionError:
            wrong.append("recordings still run")
        for what, query in WRONG.items():
            if found := centre.ask(query):
                wrong.append(f"{len(found)} {what}, such as {dict(found[0])}")
        if (legs := centre.figure("yuelai_sip_legs")) != 0:
            wrong.append(f"{legs:.0f} legs stand")
    for line in wrong:
        print("WRONG:", line)
    print("all is as it should be" if not wrong else f"{len(wrong)} things are not as they should be")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
