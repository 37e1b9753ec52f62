"""Many simulated customers walk what ships with the program, in virtual time: what they want comes from the simulator's
mix, how they get there is their own affair, and what they were told and where they came to is in a log of their own.

All randomness comes from a `Random`; whoever gives the same one gets the same day.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from yuelai.entrypoints.simulator.choices import AGENT, Caller, choose
from yuelai.flows import model
from yuelai.flows.ports import Collected, Left, LookUpFailed, Outcome, Recorded, ToNumber, ToQueue, Utterance
from yuelai.flows.runtime import run
from yuelai.flows.walk import NO_WORDS, Walk

Place = tuple[str, str]
"""A flow and a node of it."""
PIN, CODE = "246810", "135790"
FAR = 10_000
WEATHER = ("sunny", "cloudy", "overcast", "light_rain", "heavy_rain", "snow", "fog", "wind")


# --- the way there --------------------------------------------------------------------------------------------------


def _exits(node: model.Node) -> Iterator[str]:
    if isinstance(node, model.Menu):
        yield from (choice.next for choice in node.choices.values())
    if isinstance(node, model.Condition):
        yield from (case.next for case in node.cases)
    for name in ("next", "otherwise", "silence", "failed", "locked", "unknown", "none", "open", "closed", "holiday"):
        if leads := getattr(node, name, ""):
            yield leads


class Ways:
    """How far it is from each node to what somebody wants, over flows inside flows and out of them again."""

    def __init__(self, flows: Mapping[str, model.Flow]) -> None:
        self._flows = flows
        self._before: dict[Place, list[Place]] = {}
        callers: dict[str, list[Place]] = {}
        for flow in flows.values():
            for node in flow.nodes.values():
                if isinstance(node, model.SubFlow):
                    callers.setdefault(node.flow, []).append((flow.id, node.next))
        for flow in flows.values():
            for node in flow.nodes.values():
                for to in _exits(node):
                    self._before.setdefault((flow.id, to), []).append((flow.id, node.name))
                if isinstance(node, model.SubFlow) and node.flow in flows:
                    inner = (node.flow, flows[node.flow].start)
                    self._before.setdefault(inner, []).append((flow.id, node.name))
                if isinstance(node, model.HangUpNode):
                    for back in callers.get(flow.id, ()):
                        self._before.setdefault(back, []).append((flow.id, node.name))
        self._far: dict[str, Mapping[Place, int]] = {}

    def far(self, wish: str, place: Place) -> int:
        """Return how many nodes are before it; a great number where no way leads."""
        if wish not in self._far:
            self._far[wish] = self._distances(wish)
        return self._far[wish].get(place, FAR)

    def _distances(self, wish: str) -> dict[Place, int]:
        found = {
            (flow.id, node.name): 0
            for flow in self._flows.values()
            for node in flow.nodes.values()
            if (isinstance(node, model.Queue) if wish == AGENT else node.business == wish)
        }
        edge, far = list(found), 0
        while edge:
            far += 1
            before = dict.fromkeys(one for place in edge for one in self._before.get(place, ()) if one not in found)
            found |= dict.fromkeys(before, far)
            edge = list(before)
        return found


# --- one of them ----------------------------------------------------------------------------------------------------


@dataclass
class Log:
    """What the customer noticed. `told` has each business they came to, and whether they got what it is for: heard what
    tells it to its end, or had it paid, sent or left. `satisfied` is true while nothing else has begun since."""

    told: list[tuple[str, bool]] = field(default_factory=list)
    satisfied: bool = False
    met: str = ""
    """`agent` or `outside` when they were given to somebody."""


@dataclass
class Customer:
    """A dialogue with one of the population."""

    chance: Random
    caller: Caller
    ways: Ways
    log: Log = field(default_factory=Log)
    language: str = "zh-CN"
    walks: list[Walk] = field(default_factory=list)
    _wishes: list[str] = field(default_factory=list)
    _troubles: int = 0
    _seen: set[tuple[Place, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._wishes = list(self.caller.wishes)

    # What becomes of them

    def began(self, walk: Walk) -> None:
        del self.walks[walk.depth :]
        self.walks.append(walk)

    def ended(self, walked: model.Walked) -> None:
        del self.walks[walked.depth :]

    @property
    def place(self) -> Place:
        return self.walks[-1].flow.id, self.walks[-1].at

    @property
    def node(self) -> model.Node:
        return self.walks[-1].flow.nodes[self.walks[-1].at]

    @property
    def wish(self) -> str | None:
        if self._wishes and self._troubles > self.caller.patience:
            return AGENT
        return self._wishes[0] if self._wishes else None

    def _look(self) -> None:
        business = self.node.business
        if business and (not self.log.told or self.log.told[-1][0] != business):
            self.log.told.append((business, False))
            self.log.satisfied = False

    def _got(self) -> None:
        """They have what they came for; whether anybody counts that is not theirs to know."""
        self.log.satisfied = True
        if self.log.told:
            business, _ = self.log.told[-1]
            self.log.told[-1] = (business, True)
            if business in self._wishes and self._wishes[0] != AGENT:
                self._wishes.remove(business)

    # The dialogue

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        """Those who know the way press a key at once, or in the middle."""
        self._look()
        hasty = interruptible and self.chance.randrange(100) < self.caller.slips
        await asyncio.sleep((0.5 if hasty else 1.5) * len(utterances))
        if self.chance.random() < 0.002:
            raise Left
        node = self.node
        heard = isinstance(node, model.HangUpNode) or (isinstance(node, model.Say) and not hasty)
        if heard and getattr(node, "served", False):
            self._got()
        return not hasty

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
        self._look()
        wish = self.wish
        if self.chance.randrange(100) < self.caller.gives_up or (wish is None and self.chance.random() < 0.6):
            raise Left
        await asyncio.sleep(self.chance.uniform(0.5, 5.0))
        if wish is None:
            await asyncio.sleep(first_timeout)
            return Collected("")
        if self.chance.randrange(100) < self.caller.slips:
            return Collected(self.chance.choice(("", "8", "7#"[:maximum])))
        keys = self._answer(wish, [getattr(one, "name", "") for one in utterances])
        return Collected(keys[:maximum])

    def _answer(self, wish: str, said: Sequence[str]) -> str:
        node = self.node
        if isinstance(node, model.Menu):
            return self._chosen(node, wish)
        if model.CONFIRMING[0] in said or isinstance(node, model.Consent):
            return "1"
        if isinstance(node, model.Verify):
            if node.by == "pin":
                return PIN if self.caller.knows_pin else "0000"
            return CODE
        if isinstance(node, model.Rating):
            return str(self.chance.randint(1, node.maximum))
        assert isinstance(node, model.Collect)
        return "50" if node.as_amount else "".join(self.chance.choices("23456789", k=max(node.minimum, 4)))

    def _chosen(self, menu: model.Menu, wish: str) -> str:
        """Take what leads there soonest, as far as they can tell; who has been here for the same thing is annoyed."""
        if (self.place, wish) in self._seen:
            self._troubles += 1
        self._seen.add((self.place, wish))
        flow = self.walks[-1].flow
        if self.language != self.caller.language:
            other = [key for key, choice in menu.choices.items() if "English" in choice.words]
            if other:
                return other[0]
        by = {choice.next: key for key, choice in menu.choices.items()}
        verifying = {node.by: by[name] for name in by if isinstance(node := flow.nodes[name], model.Verify)}
        if len(verifying) == 2:
            return verifying["pin" if self.caller.knows_pin else "code"]
        if self.log.told and self.log.told[-1] == (wish, False):
            # They are there: any of what is offered may be what they are after, but for the ways out of it.
            inside = [key for key, choice in menu.choices.items() if self._stays(flow, choice.next)]
            if inside:
                return self.chance.choice(inside)
        if wish == AGENT and (people := [key for key, choice in menu.choices.items() if "人工" in choice.label]):
            return people[0]
        far = {
            key: self.ways.far(wish, (flow.id, choice.next)) + self.chance.uniform(0, 2)
            for key, choice in menu.choices.items()
        }
        key = min(far, key=lambda each: far[each])
        return key if far[key] < FAR else ""

    def _stays(self, flow: model.Flow, name: str) -> bool:
        node = flow.nodes[name]
        leaves = isinstance(node, model.Queue | model.Transfer | model.HangUpNode | model.SubFlow)
        return not leaves and not (isinstance(node, model.Set) and "after" in node.values)

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        await asyncio.sleep(20)
        return Recorded(20.0)

    async def set_language(self, language: str) -> None:
        self.language = language

    async def consented(self, given: bool) -> None:
        pass

    async def served(self, so_far: bool = True) -> None:
        """What is counted about them they do not hear."""

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        self._look()
        self._troubles += data.get("ok") is False
        here = self.node
        done = isinstance(here, model.Pay | model.Message | model.Record) and data.get("ok") is True
        if getattr(here, "served", False) and (done or (isinstance(here, model.HangUpNode) and not here.say)):
            self._got()


# --- what they ask of -----------------------------------------------------------------------------------------------


@dataclass
class System:
    """The business system and what else is looked up: right as a rule, down for one question of fifty."""

    chance: Random

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        await asyncio.sleep(self.chance.uniform(0.02, 0.4))
        if self.chance.random() < 0.02:
            await asyncio.sleep(2)
            raise LookUpFailed("time-out", sent=name == "bss.pay")
        return self._answer(name, arguments)

    def _answer(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        chance = self.chance
        minor, rarely = chance.randint(100, 30_000), chance.random() < 0.05
        match name:
            case "hours":
                open_ = chance.random() < 0.8
                return {"open": open_, "holiday": not open_ and rarely}
            case "balance":
                bill = None if rarely else minor // 2
                return {"minor": minor, "currency": "CNY", "bill_minor": bill, "bill_month": "2026-01-01"}
            case "bss.account":
                owes = chance.choice((0, 0, minor))
                account = {"account_id": "a1", "no": "1", "balance_minor": minor, "status": "active"}
                return {**account, "arrears_minor": owes}
            case "bss.bill":
                bill_of = {"month": None if rarely else "2026-01-01", "total_minor": minor, "due_on": "2026-01-20"}
                return {**bill_of, "paid": chance.random() < 0.5, "lines": []}
            case "bss.details":
                kinds = ("plan", "broadband", "extra", "usage", "other", "discount")
                had = {f"{kind}_minor": 500 for kind in kinds if chance.random() < 0.5}
                nothing = dict.fromkeys((f"{kind}_minor" for kind in kinds), None)
                count = 9 if rarely else len(had)
                return {**nothing, **had, "count": count, "total_minor": minor, "lines": [], "text": "套餐 59 元"}
            case "bss.payments":
                return {"count": int(not rarely), "last_on": "2026-01-03", "last_minor": minor, "last_method": "card"}
            case "bss.order":
                about = {"no": "1001", "ordered_on": "2026-01-02", "subject": "broadband"}
                status = chance.choice(("open", "done", "cancelled"))
                return {"count": int(not rarely), "status": status, **about}
            case "bss.outage":
                known = chance.random() < 0.4
                until = "2026-01-02T18:00:00+08:00" if known and chance.random() < 0.5 else None
                return {"outage": known, "area": "东区" if known else None, "until": until}
            case "bss.fault":
                return {"ok": True, "no": "20001", "until": "2026-01-02T18:00:00+08:00" if rarely else None}
            case "bss.pay":
                if chance.random() < 0.15:
                    reason = chance.choice(("card_wrong", "card_used", "locked", "amount_refused", "declined"))
                    return {"ok": False, "paid_minor": 0, "balance_minor": None, "reason": reason}
                return {"ok": True, "paid_minor": minor, "balance_minor": None if rarely else minor, "reason": None}
            case "identity.pin":
                right = arguments["pin"] == PIN
                return {"ok": right, "locked": not right and rarely, "left": 2, "reason": "none" if rarely else None}
            case "identity.code":
                return {"ok": arguments["code"] == CODE, "locked": False, "left": 2}
            case "bss.tariff":
                return {"found": not rarely, "name": "畅享", "price_minor": 5900, "text": "畅享 59 元"}
            case "bss.outlets":
                open_ = chance.random() < 0.7
                return {"count": int(not rarely), "name": "东门", "phone": "057100000", "open": open_, "text": "东门"}
            case "directory":
                return {"count": chance.choice((0, 1, 1, 2)), "name": "医院", "number": "057112345"}
            case "information":
                kind = chance.choice(WEATHER)
                told = {"at": "2026-01-01T08:00:00+08:00", "kind": kind, "high": 8, "low": 1, "digits": "123"}
                return {"found": True, "text": kind, **told}
            case "bss.order97":
                reason = chance.choice(("held", "not_sold")) if chance.random() < 0.2 else None
                return {"ok": reason is None, "no": "20001", "reason": reason}
        # What is sent or booked is taken as a rule.
        return {"ok": not rarely, "to_last4": "0001", "reason": "no_provider" if rarely else None, "no": "20001"}


# --- the day --------------------------------------------------------------------------------------------------------

Keep = Callable[[UUID, model.Walked], None]


@dataclass(frozen=True)
class Went:
    """One contact; `outcome` is None for who hung up."""

    interaction: UUID
    log: Log
    outcome: Outcome | None


async def day(flow: str, flows: Mapping[str, model.Flow], callers: int, seed: int, keep: Keep) -> list[Went]:
    """Have so many call a flow in the course of a day; `keep` is told of each walk at its end."""
    ways = Ways(flows)

    async def calls(number: int) -> Went:
        chance = Random(f"{seed} {number}")
        await asyncio.sleep(chance.uniform(0, 86_400))
        customer = Customer(chance, choose(chance), ways)
        return await call(flows[flow], flows, customer, UUID(int=number + 1), keep)

    return list(await asyncio.gather(*(calls(number) for number in range(callers))))


async def call(
    flow: model.Flow, flows: Mapping[str, model.Flow], customer: Customer, interaction: UUID, keep: Keep
) -> Went:
    """Have one customer walk a flow; `keep` is told of each walk at its end, before the customer is."""
    chance, caller = customer.chance, customer.caller
    kind = "vip" if chance.random() < 0.03 else "gold"
    card = {"id": str(interaction), "class": kind, "local": chance.random() < 0.9} if caller.known else None
    context = {"ani": "13800000001", "dnis": "10000", "interaction_id": str(interaction), "customer": card, "walk": 1}
    context["match"] = "one" if card else "new"

    def told(walked: model.Walked) -> None:
        keep(interaction, walked)
        customer.ended(walked)

    outcome: Outcome | None = None
    with contextlib.suppress(Left):
        outcome = await run(flow, customer, System(chance), context, flows=flows, on_walked=told, watch=customer.began)
    customer.log.met = "agent" if isinstance(outcome, ToQueue) else "outside" if isinstance(outcome, ToNumber) else ""
    return Went(interaction, customer.log, outcome)
