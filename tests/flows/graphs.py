"""Flows drawn at random, callers who do anything, and systems that answer anything: for properties and many walks.

All randomness comes from a `Random`; whoever gives the same one gets the same flow and the same walk.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from yuelai.flows import schema
from yuelai.flows.model import Flow, Walked
from yuelai.flows.ports import Collected, HangUp, Left, LookUpFailed, Outcome, Recorded, ToNumber, ToQueue, Utterance
from yuelai.flows.runtime import run
from yuelai.flows.walk import MOST_BUSINESSES, NO_WORDS

CODES = ("inner_a", "inner_b", "inner_c")
SENSIBLE = (
    "1", "a == 1", "account.minor < 0", "customer.id", "not verified", "rating == 5", "chosen", "100", "account.minor",
    "chosen in ['1', '2', '3', '4']", "paid.ok or a", "customer.class != 'vip' and true", "chosen + 'x' == '1x'",
)  # fmt: skip
ODD = ("missing < 1", "1 // 0", "a + 1", "[a, a]", "a + a", "-a", "a * 1000")
BUSINESSES = ("balance", "paying", "tariffs")
VARIABLES = ("a", "b", "account", "chosen", "paid")
PROMPTS = ("greeting", "main_menu", "one_moment")


def _expression(chance: Random) -> str:
    return chance.choice(ODD if chance.random() < 0.1 else SENSIBLE)


# --- flows ----------------------------------------------------------------------------------------------------------


def drawn(chance: Random, size: int, code: str = "drawn") -> dict[str, Any]:
    """Return a flow that keeps the rules by the way it is made: what asks nothing leads to later nodes only, and every
    node has a way to a later one; the last ones end."""
    kinds = [chance.choice(sorted(schema.NODES.keys() - schema.ENDS)) for _ in range(size)]
    kinds += [chance.choice(sorted(schema.ENDS)) for _ in range(chance.randint(0, 2))] + ["queue"]
    names = [f"n{at}" for at in range(len(kinds))]
    handles = [name for name, kind in zip(names, kinds, strict=True) if kind in ("queue", "hangup")]
    nodes = {}
    for at, kind in enumerate(kinds):
        anywhere, later = names, names[at + 1 :]
        nodes[names[at]] = _node(chance, kind, anywhere if kind in schema.ASKS else later, later)
    document = {
        "id": code,
        "version": 1,
        "start": names[0],
        "maximum_steps": chance.choice((5, 40, 200)),
        "handlers": {
            "attempts": chance.randint(1, 4),
            "failed": chance.choice(names),
            "error": chance.choice(handles),
            "no_input": ["no_input"],
        },
        "nodes": nodes,
    }
    for node in nodes.values():
        if node["kind"] == "flow":
            node["flow"] = chance.choice([one for one in CODES if one != code])
    _prune(document)
    return document


def mutated(chance: Random, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with one to three things changed that a designer may get wrong."""
    copied: dict[str, Any] = copy.deepcopy(dict(document))
    for _ in range(chance.randint(1, 3)):
        nodes = copied["nodes"]
        name = chance.choice(sorted(nodes))
        match chance.randint(0, 4):
            case 0:
                _lead(chance, nodes[name], chance.choice([*nodes, "nowhere", ""]))
            case 1:
                _lead(chance, nodes[name], name)
            case 2 if len(nodes) > 1:
                del nodes[name]
            case 3:
                copied["handlers"][chance.choice(("failed", "error"))] = name
            case _:
                nodes[f"m{len(nodes)}"] = _node(chance, chance.choice(sorted(schema.NODES)), [*nodes], [*nodes])
    return copied


def _node(chance: Random, kind: str, anywhere: Sequence[str], later: Sequence[str]) -> dict[str, Any]:
    """`later` are where at least one of the exits leads."""
    node: dict[str, Any] = {"kind": kind, "say": _said(chance)}
    if chance.random() < 0.2:
        node["business"] = chance.choice(BUSINESSES)
    if "served" in schema.NODES[kind]["properties"] and chance.random() < 0.5:
        node["served"] = chance.random() < 0.7
    required = schema.NODES[kind]["required"]
    for name in schema.EXITS[kind]:
        if name in required or chance.random() < 0.3:
            node[name] = chance.choice(anywhere)
    if kind == "menu":
        node["choices"] = {
            key: {"next": chance.choice(anywhere), **({"words": [f"word {key}"]} if chance.random() < 0.3 else {})}
            for key in chance.sample("0123456789*", chance.randint(1, 9))
        }
        node["choices"][next(iter(node["choices"]))]["next"] = chance.choice(later)
        node |= chance.choice(({}, {"repeat": "#"}, {"save": "chosen"}))
    elif kind == "condition":
        node["cases"] = [
            {"when": _expression(chance), "next": chance.choice(anywhere)} for _ in range(chance.randint(1, 3))
        ]
    elif "next" in node:
        node["next"] = chance.choice(later)
    match kind:
        case "hours" | "queue":
            node["queue"] = "general"
        case "collect":
            node |= {"save": "a", "maximum": chance.randint(1, 6)}
            node |= chance.choice(({"secret": True}, {"confirm": True}, {"confirm": True, "terminators": ""}, {}))
            if chance.random() < 0.3:
                node |= {"as": "amount", "terminators": "#"}
        case "verify":
            # Strangers go there without having been asked anything.
            node |= {"minimum": 2, "maximum": chance.randint(2, 6), "failed": chance.choice(later)}
            node |= chance.choice(({}, {"by": "pin"}, {"by": "code"}))
        case "record":
            # Where nothing can be recorded nobody has been asked anything, either.
            node |= {"queue": "general", "save": "a", "failed": chance.choice(later)}
            node |= chance.choice(({}, {"maximum_seconds": 5}))
        case "message":
            node |= {"template": "bill", "save": "a", "values": {"sum": _expression(chance)}}
            node |= chance.choice(({}, {"to": _expression(chance)}))
        case "lookup":
            node |= {"lookup": "bss.any", "save": chance.choice(VARIABLES)}
            node["arguments"] = {"x": _expression(chance)}
        case "pay":
            node |= {"account": "'a1'", chance.choice(("amount", "card")): _expression(chance), "save": "paid"}
        case "flow":
            node["flow"] = chance.choice(CODES)
        case "set":
            node["values"] = {chance.choice(VARIABLES): _expression(chance)}
        case "language":
            node["language"] = chance.choice(("en", "zh-CN"))
        case "transfer":
            node["to"] = "10010"
        case "hangup":
            node["served"] = chance.random() < 0.5
    if kind == "queue" and chance.random() < 0.3:
        node["attributes"] = {"a": _expression(chance)}
    return node


def _said(chance: Random) -> list[Any]:
    said: list[Any] = [chance.choice(PROMPTS)]
    if chance.random() < 0.1:
        said.append(chance.choice(({"money": "account.minor"}, {"digits": "chosen"}, {"number": "100"})))
    if chance.random() < 0.02:
        said.append({chance.choice(("money", "digits", "number", "date", "text")): _expression(chance)})
    return said


def _lead(chance: Random, node: dict[str, Any], target: str) -> None:
    """Have one of the exits lead there."""
    holders = [(node, name) for name in schema.EXITS[node["kind"]] if name in node]
    holders += [(one, "next") for one in (*node.get("choices", {}).values(), *node.get("cases", []))]
    if holders:
        holder, name = chance.choice(holders)
        holder[name] = target


def _prune(document: dict[str, Any]) -> None:
    """Leave out what no path leads to."""
    nodes, handlers = document["nodes"], document["handlers"]
    reached: set[str] = set()
    open_ = [document["start"], handlers["failed"], handlers["error"]]
    while open_:
        name = open_.pop()
        if name not in reached:
            reached.add(name)
            node = nodes[name]
            open_ += [node[exit_] for exit_ in schema.EXITS[node["kind"]] if exit_ in node]
            open_ += [one["next"] for one in (*node.get("choices", {}).values(), *node.get("cases", []))]
    document["nodes"] = {name: node for name, node in nodes.items() if name in reached}


# --- callers and systems --------------------------------------------------------------------------------------------


@dataclass
class Caller:
    """A dialogue with somebody who presses, says or does anything. `patience` questions, then they go; with `broken`
    some of what is said cannot be heard; a `stuck` key is pressed whatever they are asked."""

    chance: Random
    patience: int
    broken: bool = False
    stuck: str = ""
    language: str = "zh-CN"
    asked: int = 0
    seconds: float = 0.0
    is_served: bool = False
    trail: list[tuple[str, str]] = field(default_factory=list)

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        if self.broken and self.chance.random() < 0.3:
            raise OSError("no sound")
        return not interruptible or self.chance.random() < 0.8

    async def collect(
        self,
        utterances: Sequence[Utterance],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] = NO_WORDS,
    ) -> Collected:
        self.asked += 1
        if self.asked > self.patience:
            raise Left
        await self.say(utterances)
        if self.stuck:
            return Collected(self.stuck)
        pick = self.chance.random()
        if pick < 0.2:
            self.seconds += first_timeout
            return Collected("")
        if words and pick < 0.4:
            key = self.chance.choice(sorted(words))
            return Collected(key, spoken=words[key][0])
        if terminators and pick > 0.9:
            return Collected("", terminated=True, terminator=self.chance.choice(terminators))
        return Collected("".join(self.chance.choices("0123456789*#", k=self.chance.randint(1, maximum))))

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        self.asked += 1
        if self.asked > self.patience:
            raise Left
        await self.say([])
        seconds = 0.0 if self.stuck else self.chance.choice((0.0, 2.5, float(maximum_seconds)))
        self.seconds += min(seconds, 60.0)
        return Recorded(seconds)

    async def set_language(self, language: str) -> None:
        self.language = language

    async def consented(self, given: bool) -> None:
        pass

    async def served(self, so_far: bool = True) -> None:
        self.is_served = so_far

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        self.trail.append((node, kind))


@dataclass
class AnySystem:
    """Answers rightly, wrongly, late, not at all, or breaks."""

    chance: Random

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        match self.chance.randint(0, 20):
            case 0:
                await asyncio.sleep(0)
                raise LookUpFailed("time-out")
            case 1:
                raise LookUpFailed("circuit open", sent=False)
            case 2:
                raise ZeroDivisionError
            case 3:
                return {}
            case 4:
                return {"ok": "perhaps", "minor": "a lot", "open": None}
            case 5:
                return {"ok": False, "locked": self.chance.random() < 0.5}
            case 6:
                return {"ok": False, "locked": False, "left": 0, "reason": "none"}
        return {"ok": True, "minor": -120, "open": True}


# --- one walk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Went:
    """`outcome` is None for who left."""

    outcome: Outcome | None
    caller: Caller
    told: Sequence[Walked]


async def goes(
    flow: Flow, chance: Random, flows: Mapping[str, Flow], patience: int = 1_000_000, *, broken: bool = False
) -> Went:
    stuck = chance.choice("012#") if chance.random() < 0.15 else ""
    caller, told = Caller(chance, patience, broken, stuck), list[Walked]()
    customer = {"id": "c1"} if chance.random() < 0.7 else None
    context = {"customer": customer, "ani": "13800000001", "interaction_id": "i1", "account": {"minor": -120}}
    context |= {"a": 1, "chosen": chance.choice("1234"), "paid": {"ok": True}, "rating": 5}
    outcome: Outcome | None
    try:
        outcome = await run(flow, caller, AnySystem(chance), context, flows=flows, on_walked=told.append)
    except Left:
        outcome = None
    return Went(outcome, caller, told)


def check_walk(flow: Flow, flows: Mapping[str, Flow], went: Went) -> None:
    """Assert that nobody was trapped, and that what is told of it is true."""
    outcome, told = went.outcome, went.told
    attempts = max(one.handlers.attempts for one in (flow, *flows.values()))
    bound = flow.maximum_steps + 1
    # Each step asks for so many keys at most, and after each of them whether they were right.
    assert went.caller.asked <= bound * attempts * (1 + attempts)
    assert went.caller.seconds <= 60.0 * went.caller.asked
    assert len(went.caller.trail) <= bound * (1 + attempts * (1 + attempts)) + 2
    own = [one for one in told if one.depth == 0]
    assert len(own) == 1
    assert told[-1] is own[0]
    for one in told:
        walked = flow if one.depth == 0 else flows[one.flow]
        assert set(one.nodes) | {one.last} | set(one.mistakes) <= walked.nodes.keys()
        assert one.depth <= 8
    assert sum(len(one.nodes) for one in told) <= bound + len(told)
    how = own[0].outcome
    served = own[0].served
    assert went.caller.is_served == served
    assert not any(one.served or one.businesses for one in told if one.depth)
    businesses = own[0].businesses
    assert all(one.code != other.code for one, other in pairwise(businesses))
    named = {node.business for each in (flow, *flows.values()) for node in each.nodes.values()}
    assert {one.code for one in businesses} <= named
    assert {one.outcome for one in businesses[:-1]} <= {"served", "unserved"}
    if 0 < len(businesses) < MOST_BUSINESSES:
        # Whoever was served in the last one was served, and what became of the rest of the way is the last one's.
        assert served == (businesses[-1].outcome == "served")
        assert businesses[-1].outcome in ("served", how)
    match outcome:
        case None:
            assert how == ("served" if served else "left")
        case HangUp():
            assert outcome.served == (how == "served")
            assert how == "failed" or outcome.served == served
            assert how in ("failed", "served", "unserved")
        case ToQueue():
            assert how in ("failed", "queue")
        case ToNumber():
            assert how == "transfer"
