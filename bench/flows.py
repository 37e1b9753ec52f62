"""What a step of a flow costs, and many walks through flows drawn at random (`make bench-flows`).

A flow of ten kinds of node is walked by one process, with a dialogue that answers at once: what passes is the
processor time of the runtime, of its expressions and of what it puts on the trail. A step is one node passed. The
baseline, in turn with it, is the plainest walk over the same names: a dictionary of functions, each of which gives the
next name.

`--walks` walks that many times instead through flows that the validator accepted, with callers who press, say and leave
as they like and systems that answer anything, and asserts that nobody is trapped (`tests.flows.graphs`).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

import structlog
from tables import write_between

from tests.flows.graphs import CODES, check_walk, drawn, goes, mutated
from yuelai.flows.checking import check
from yuelai.flows.loader import load, sample
from yuelai.flows.model import Flow
from yuelai.flows.ports import Collected, Recorded
from yuelai.flows.runtime import run

ROUNDS = 20
"""How often one walk goes round: ten nodes each time."""
WALKS_A_FLOW = 500


def circle() -> dict[str, Any]:
    """Return a flow that goes round until `left` is 0."""
    nodes: dict[str, Any] = {
        "greet": {"kind": "say", "say": ["greeting", {"money": "account.minor"}], "next": "count"},
        "count": {"kind": "set", "values": {"left": "left - 1"}, "next": "who"},
        "who": {
            "kind": "condition",
            "cases": [{"when": "customer.class == 'vip' and left > 0", "next": "end"}],
            "otherwise": "hours",
        },
        "hours": {"kind": "hours", "queue": "general", "open": "menu", "closed": "end"},
        "menu": {
            "kind": "menu",
            "say": ["main_menu"],
            "choices": {str(key): {"next": "collect", "label": "余额"} for key in range(1, 5)},
        },
        "collect": {"kind": "collect", "say": ["main_menu"], "save": "no", "maximum": 1, "next": "account"},
        "account": {
            "kind": "lookup",
            "lookup": "bss.account",
            "arguments": {"customer_id": "customer.id"},
            "save": "account",
            "next": "language",
            "failed": "end",
        },
        "language": {"kind": "language", "language": "zh-CN", "next": "notice"},
        "notice": {"kind": "notice", "say": [{"number": "left"}], "next": "done"},
        "done": {"kind": "condition", "cases": [{"when": "left == 0", "next": "end"}], "otherwise": "greet"},
        "end": {"kind": "queue", "queue": "general", "attributes": {"no": "no"}},
    }
    handlers = {"failed": "end", "error": "end"}
    frame = {"id": "circle", "version": 1, "start": "greet", "maximum_steps": 10_000, "handlers": handlers}
    return {**frame, "nodes": nodes}


class Ready:
    """A dialogue with somebody who always presses 1, at once."""

    language = "zh-CN"

    def __init__(self) -> None:
        self.steps = 0

    async def say(self, utterances: Sequence[Any], **options: Any) -> bool:
        return True

    async def collect(self, utterances: Sequence[Any], **options: Any) -> Collected:
        return Collected("1")

    async def set_language(self, language: str) -> None:
        pass

    async def consented(self, given: bool) -> None:
        pass

    async def served(self, so_far: bool = True) -> None:
        pass

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        return Recorded(0)

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        self.steps += 1


async def answer(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"open": True, "minor": -4860, "account_id": "a1"}


async def walk(flow: Flow) -> int:
    """Return the steps of one walk."""
    dialogue = Ready()
    context = {"customer": {"id": "c1", "class": "gold"}, "account": {"minor": 1}, "left": ROUNDS}
    await run(flow, dialogue, answer, context)
    return dialogue.steps


def bare() -> tuple[Mapping[str, Callable[[dict[str, int]], str]], dict[str, int]]:
    """Return the same way round as functions of a state, by name."""
    names = ["greet", "count", "who", "hours", "menu", "collect", "account", "language", "notice", "done"]

    def leads(to: str) -> Callable[[dict[str, int]], str]:
        return lambda state: to

    def count(state: dict[str, int]) -> str:
        state["left"] -= 1
        return "who"

    graph = {name: leads(to) for name, to in pairwise(names)}
    graph |= {"count": count, "done": lambda state: "greet" if state["left"] else "end"}
    return graph, {"left": ROUNDS}


def plain() -> int:
    """Return the steps of one walk of the baseline."""
    graph, state = bare()
    name, steps = "greet", 1
    while name != "end":
        name = graph[name](state)
        steps += 1
    return steps


async def measure(seconds: float) -> list[str]:
    """Return the rows of the table: both in turn, in slices, until each has had so many seconds."""
    flow = load(circle())
    assert await walk(flow) == plain()
    ours, theirs, longest = list[float](), list[float](), list[float]()
    began = time.monotonic()
    while time.monotonic() - began < 2 * seconds:
        steps, spent = 0, time.thread_time()
        for _ in range(20):
            one = time.thread_time()
            steps += await walk(flow)
            longest.append((time.thread_time() - one) * 1000)
        ours.append(steps / (time.thread_time() - spent))
        steps, spent = 0, time.thread_time()
        for _ in range(400):
            steps += plain()
        theirs.append(steps / (time.thread_time() - spent))
    rate, base = statistics.median(ours), statistics.median(theirs)
    longest.sort()
    main, document = sample("main"), circle()
    spent = time.thread_time()
    for _ in range(20):
        check(document)
    checking = (time.thread_time() - spent) / 20 * 1000
    return [
        "| what | figure | beside it |",
        "|---|---|---|",
        f"| flow steps, one process | {rate:,.0f}/s ({1e6 / rate:.1f} µs a step) | "
        f"{base / rate:.0f} times the baseline |",
        f"| baseline: bare functions by name | {base:,.0f}/s | |",
        f"| a walk of {ROUNDS * 10 + 1} steps, p50 / p99 | {longest[len(longest) // 2]:.2f} / "
        f"{longest[int(len(longest) * 0.99)]:.2f} ms | |",
        f"| checking that flow of {len(document['nodes'])} nodes, as a designer does | {checking:.1f} ms | "
        f"the sample centre's has {len(main.nodes)} |",
    ]


async def many(walks: int) -> None:
    """Walk so many times. Raises AssertionError for the first customer who is trapped, naming its seed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began, done, steps, seed, refused = time.monotonic(), 0, 0, 0, 0
    outcomes: dict[str, int] = {}
    while done < walks:
        seed += 1
        chance = Random(seed)
        document = drawn(chance, chance.randint(2, 14))
        if chance.random() < 0.5:
            document = mutated(chance, document)
        if check(document):
            refused += 1
            continue
        flow = load(document)
        flows = {code: load(drawn(chance, chance.randint(1, 5), code)) for code in CODES if chance.random() < 0.8}
        for _ in range(min(WALKS_A_FLOW, walks - done)):
            went = await goes(flow, chance, flows, chance.choice((3, 1_000_000)), broken=chance.random() < 0.1)
            try:
                check_walk(flow, flows, went)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, walk {done}") from error
            done += 1
            steps += sum(len(one.nodes) for one in went.told)
            how = went.told[-1].outcome
            outcomes[how] = outcomes.get(how, 0) + 1
        if seed % 50 == 0:
            print(f"{done:,} walks, {steps:,} steps, {time.monotonic() - began:.0f} s", flush=True)
    told = ", ".join(f"{how} {count:,}" for how, count in sorted(outcomes.items()))
    print(
        f"{done:,} walks through {seed - refused:,} flows ({refused:,} more were refused), {steps:,} steps, "
        f"{time.monotonic() - began:.0f} s: {told}; nobody was trapped"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of measuring each")
    parser.add_argument("--walks", type=int, help="walk so many times instead")
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    asked = parser.parse_args()
    if asked.walks:
        asyncio.run(many(asked.walks))
        return
    text = "\n".join([f"{datetime.now(UTC):%Y-%m-%d}:", "", *asyncio.run(measure(asked.seconds)), ""])
    print(text)
    if asked.write:
        write_between("bench-flows", text)


if __name__ == "__main__":
    main()
