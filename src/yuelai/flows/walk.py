"""One customer's way through a flow: where they are, what is known, how much of it they have used up.

What a node of each kind does stands in `asking`, `passing` and `business`; they do it by means of this.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import structlog

from yuelai.flows import model
from yuelai.flows.expressions import evaluate
from yuelai.flows.plain import plain
from yuelai.flows.ports import CannotSay, Collected, Dialogue, LookUp, Prompt, Utterance
from yuelai.flows.speaking import utterance

log = structlog.get_logger()

LONGEST_TRAIL = 500
MOST_BUSINESSES = 100
NO_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({})


class FlowBroken(Exception):
    """The flow cannot go on."""


class TooManySteps(FlowBroken):
    """The bound on what one contact may pass is reached; no flow that is walked inside another one goes on, either."""


@dataclass
class Business:
    """What the contact is, or was, about."""

    code: str
    served: bool = False


@dataclass
class Shared:
    """What a flow and those walked inside it have in common."""

    dialogue: Dialogue
    lookup: LookUp
    flows: Mapping[str, model.Flow]
    variables: dict[str, Any]
    maximum_steps: int
    watch: Callable[[Walk], None]
    steps: int = 0
    served: bool = False
    """The customer has got what they came for, and has not come to anything else since."""
    serves: int = 0
    """How often they have got something."""
    businesses: list[Business] = field(default_factory=list)
    visits: Counter[str] = field(default_factory=Counter)
    unsettled: dict[tuple[str, str], str] = field(default_factory=dict)
    """Payments and messages of which nobody can say whether they were made: their keys by node and what was asked."""


@dataclass
class Walk:
    flow: model.Flow
    shared: Shared
    depth: int = 0
    at: str = ""
    nodes: list[str] = field(default_factory=list)
    mistakes: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    since: float = 0.0
    """When it came to the node where it is, by the loop's clock as `began`."""
    serves_before: int = 0
    """What they had got when it began is no merit of this flow."""

    def __post_init__(self) -> None:
        self.serves_before = self.shared.serves

    @property
    def served(self) -> bool:
        """The customer has got in it, or in a flow inside it, what they came for."""
        return self.shared.served and self.shared.serves > self.serves_before

    @property
    def dialogue(self) -> Dialogue:
        return self.shared.dialogue

    @property
    def variables(self) -> dict[str, Any]:
        return self.shared.variables

    @property
    def handlers(self) -> model.Handlers:
        return self.flow.handlers

    def enter(self, name: str) -> model.Node:
        """Go to a node. Raises `TooManySteps`."""
        self.stand(name)
        if len(self.nodes) < LONGEST_TRAIL:
            self.nodes.append(name)
        self.count()
        return self.flow.nodes[name]

    async def about(self, code: str) -> None:
        """The contact is about this business from now on. Who was served in another one is not served in it."""
        shared = self.shared
        if not code or (shared.businesses and shared.businesses[-1].code == code):
            return
        if shared.served:
            await self.dialogue.served(False)
            shared.served = False
        shared.businesses.append(Business(code))

    async def serve(self) -> None:
        """The customer has got what they came for. Raises `Left` if they have gone before that."""
        await self.dialogue.served()
        self.shared.served = True
        self.shared.serves += 1
        if self.shared.businesses:
            self.shared.businesses[-1].served = True

    def stand(self, name: str) -> None:
        self.at, self.since = name, asyncio.get_running_loop().time()

    def count(self) -> None:
        """One more step. Repeating is no mistake and no new node, but a stuck key must not repeat one for ever."""
        self.shared.steps += 1
        if self.shared.steps > self.shared.maximum_steps:
            raise TooManySteps(f"more than {self.shared.maximum_steps} steps")

    def new_key(self, name: str) -> str:
        """Return what makes what is done at a node now one thing, however often it is asked for."""
        self.shared.visits[name] += 1
        visit = str(self.shared.visits[name])
        # Who is sent to a flow again within one contact does another thing there.
        times = self.variables.get("walk", 1)
        return f"{self.variables.get('interaction_id')}/{name}/{visit if times == 1 else f'{times}.{visit}'}"

    def value(self, text: str) -> Any:
        return evaluate(text, self.shared.variables)

    async def say(self, items: Sequence[model.SayItem], *, interruptible: bool = True, by_speech: bool = False) -> bool:
        """Return whether all of it was said, to its end. What cannot be said is left out: words must not undo what
        has been done, and the trail tells of it."""
        if not items:
            return True
        wanted, whole = await self._utterances(items)
        while wanted:
            try:
                return await self.dialogue.say(wanted, interruptible=interruptible, by_speech=by_speech) and whole
            except CannotSay as error:
                wanted, whole = await self._without(wanted, error.utterance), False
        return False

    async def ask(
        self,
        items: Sequence[model.SayItem | Utterance],
        *,
        maximum: int,
        first_timeout: float = 5.0,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] = NO_WORDS,
    ) -> Collected:
        wanted, whole = await self._utterances(items)
        while wanted or whole:
            try:
                return await self.dialogue.collect(
                    wanted,
                    maximum=maximum,
                    first_timeout=first_timeout,
                    next_timeout=next_timeout,
                    terminators=terminators,
                    words=words,
                )
            except CannotSay as error:
                wanted, whole = await self._without(wanted, error.utterance), False
        raise FlowBroken("nothing of a question can be said")

    async def step(self, node: model.Node, kind: str, **data: Any) -> None:
        inside = {"flow": self.flow.id} if self.depth else {}
        about = {"business": node.business} if node.business else {}
        await self.dialogue.step(node.name, kind, {"label": node.label, **inside, **about, **plain(data)})

    async def mistake(self, node: model.Node, kind: str, key: str, attempt: int) -> Sequence[model.SayItem]:
        """Note a wrong or missing input, `key` as far as it may be seen; return what to say before asking again."""
        self.mistakes[node.name] += 1
        problem = "no_match" if key else "no_input"
        await self.step(node, kind, key=key or None, problem=problem, attempt=attempt)
        return self.handlers.no_match if key else self.handlers.no_input

    async def _utterances(self, items: Sequence[model.SayItem | Utterance]) -> tuple[list[Utterance], bool]:
        """Return what can be said of them, and whether that is all."""
        try:  # as nearly always
            return [utterance(one, self.variables) if isinstance(one, model.SayItem) else one for one in items], True
        except CannotSay:
            pass
        found = list[Utterance]()
        for one in items:
            try:
                found.append(utterance(one, self.variables) if isinstance(one, model.SayItem) else one)
            except CannotSay as error:
                await self._unsaid(error.utterance)
        return found, len(found) == len(items)

    async def _without(self, utterances: Sequence[Utterance], unsayable: Utterance) -> list[Utterance]:
        await self._unsaid(unsayable)
        return [one for one in utterances if one != unsayable]

    async def _unsaid(self, utterance: Utterance) -> None:
        """Whatever it was, it may be nobody's to see; of a prompt the name helps."""
        kind = type(utterance).__name__.lower()
        prompt = utterance.name if isinstance(utterance, Prompt) else None
        log.warning("left_unsaid", flow=self.flow.id, node=self.at, what=kind, prompt=prompt)
        await self.step(self.flow.nodes[self.at], "unsaid", unsaid=prompt or kind)
