"""Whatever is drawn, the validator accepts it or names what is wrong; what it accepts traps nobody, whatever they do.

`bench/flows.py --walks 1000000` walks many more of them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.graphs import CODES, AnySystem, Caller, check_walk, drawn, goes, mutated
from yuelai.flows.checking import check
from yuelai.flows.loader import load, shipped
from yuelai.flows.model import Collect, Flow, Verify
from yuelai.flows.ports import Collected, Left, Utterance
from yuelai.flows.runtime import run
from yuelai.flows.walk import Walk


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks is logged with all its circumstances, which takes longer than the walk."""
    monkeypatch.setattr("yuelai.flows.runtime.log", structlog.wrap_logger(None, processors=[_drop]))
    monkeypatch.setattr("yuelai.flows.business.log", structlog.wrap_logger(None, processors=[_drop]))


def _drop(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    raise structlog.DropEvent


def inner(chance: Random) -> dict[str, Flow]:
    """Flows to walk into, some of them not there; they may lead into each other and back."""
    return {code: load(drawn(chance, chance.randint(1, 5), code)) for code in CODES if chance.random() < 0.8}


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1 << 40), size=st.integers(0, 10))
async def test_a_flow_that_keeps_the_rules_is_accepted_and_traps_nobody(seed: int, size: int) -> None:
    chance = Random(seed)
    document = drawn(chance, size)
    assert check(document) == []
    flow, flows = load(document), inner(chance)
    for _ in range(3):
        check_walk(flow, flows, await goes(flow, chance, flows, chance.choice((0, 2, 1_000_000))))


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1 << 40), size=st.integers(0, 8))
async def test_a_flow_with_mistakes_is_accepted_or_told_where_and_what_is_accepted_traps_nobody(
    seed: int, size: int
) -> None:
    chance = Random(seed)
    document = mutated(chance, drawn(chance, size))
    problems = check(document)
    for problem in problems:
        assert problem.severity == "error"
        assert problem.node in document["nodes"] or problem.exit in ("start", "handlers.failed", "handlers.error")
    if not problems:
        flow, flows = load(document), inner(chance)
        for _ in range(3):
            check_walk(flow, flows, await goes(flow, chance, flows))


async def test_mistakes_are_made_of_every_kind_and_neither_all_nor_none_are_accepted() -> None:
    """Else the test above says little."""
    codes, accepted = set(), 0
    for seed in range(400):
        chance = Random(seed)
        problems = check(mutated(chance, drawn(chance, chance.randint(0, 8))))
        codes |= {problem.code for problem in problems}
        accepted += not problems
    assert codes >= {"open_exit", "no_such_node", "unreachable", "busy_loop", "no_end", "error_must_end"}
    assert 40 < accepted < 360


async def test_a_flow_in_which_nothing_can_be_said_ends_as_well() -> None:
    for seed in range(200):
        chance = Random(seed)
        flow, flows = load(drawn(chance, 6)), inner(chance)
        check_walk(flow, flows, await goes(flow, chance, flows, broken=True))


async def test_every_outcome_is_come_to_and_every_node_of_the_shipped_flows_lets_people_go() -> None:
    seen = set()
    for seed in range(600):
        chance = Random(seed)
        flow, flows = load(drawn(chance, chance.randint(0, 8))), inner(chance)
        went = await goes(flow, chance, flows, chance.choice((1, 5, 1_000_000)))
        check_walk(flow, flows, went)
        seen |= {one.outcome for one in went.told}
    assert seen == {"served", "unserved", "queue", "transfer", "left", "failed"}
    for flow in shipped().values():
        for seed in range(200):
            chance = Random(seed)
            check_walk(flow, shipped(), await goes(flow, chance, shipped(), chance.choice((1, 5, 1_000_000))))


class Secretive(Caller):
    """Presses eights where it is secret, and nowhere else; keeps what is told of it."""

    def __init__(self, chance: Random) -> None:
        super().__init__(chance, 40)
        self.walk: Walk | None = None
        self.told: list[Mapping[str, Any]] = []

    async def collect(self, utterances: Sequence[Utterance], *, maximum: int, **options: Any) -> Collected:
        assert self.walk is not None
        node = self.walk.flow.nodes[self.walk.at]
        if isinstance(node, Verify) or (isinstance(node, Collect) and node.secret):
            self.asked += 1
            if self.asked > self.patience:
                raise Left
            return Collected("8" * maximum, terminated=True, terminator=self.chance.choice(("#", "#", "*")))
        given = await super().collect(utterances, maximum=maximum, **options)
        return Collected(given.digits.replace("8", "3"), given.terminated, given.spoken, given.terminator)

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        # Keys of what was asked for have counts in them, and a message may be eighteen seconds long.
        self.told.append({name: value for name, value in data.items() if name not in ("payment", "message", "seconds")})


class Asked(AnySystem):
    """Remembers what it was given."""

    given: list[str]

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self.given += [str(value) for key, value in arguments.items() if key in ("pin", "code", "card", "values")]
        return await super().__call__(name, arguments)


async def test_what_is_secret_is_given_to_systems_and_never_on_the_trail() -> None:
    given = 0
    for seed in range(300):
        chance = Random(seed)
        flow, caller, systems = load(drawn(chance, 5)), Secretive(chance), Asked(chance)
        systems.given = []
        watch = partial(setattr, caller, "walk")
        with contextlib.suppress(Left):
            await run(flow, caller, systems, {"customer": {"id": "c1"}, "ani": "1"}, watch=watch)
        assert "8" not in str(caller.told), seed
        given += sum("88" in one for one in systems.given)
    assert given > 20, "else this says little"


async def test_who_is_asked_for_ever_does_not_hold_up_the_others() -> None:
    """Typing ahead takes no time; a hundred who do so are walked beside one another."""
    chance = Random(1)
    flow = load(drawn(chance, 8))
    async with asyncio.timeout(20):
        await asyncio.gather(*(goes(flow, Random(seed), {}) for seed in range(100)))
