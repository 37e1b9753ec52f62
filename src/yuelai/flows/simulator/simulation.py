"""One flow that is tried out: it runs until it asks something, and goes on with what is put in.

It has a time of its own, in which saying something takes about as long as it would and a silence is over at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from yuelai.flows import model
from yuelai.flows.plain import plain, readable
from yuelai.flows.ports import Collected, Left, LookUp, LookUpFailed, Outcome, Recorded, ToNumber, ToQueue, Utterance
from yuelai.flows.refusals import SimulationOver
from yuelai.flows.runtime import run
from yuelai.flows.simulator.words import Texts, Understands, contained, said, seconds
from yuelai.flows.walk import Walk

log = structlog.get_logger()

MOST_EVENTS = 2000
MOST_CHARACTERS = 500_000
"""Of all events together: they are kept, and sent whole with each answer."""
PATIENCE_SECONDS = 5.0
"""How long an answer waits for the flow to get to its next question: look-ups of our own tables take milliseconds."""
_LONGEST_VALUE = 2000
_HIDDEN = frozenset({"pin", "card"})
"""Arguments of look-ups, whoever asks for them. What was keyed in where it is secret is hidden by itself."""
_CODE_OF = "identity.code"
"""Elsewhere `code` is that of a product, which is no secret."""
_MASK = "***"


@dataclass(frozen=True)
class Input:
    """What the customer does: one of these."""

    keys: str = ""
    words: str = ""
    silence: bool = False
    hangup: bool = False


@dataclass(frozen=True)
class Waiting:
    """What the flow waits for, `seconds` long. `keys` are those that mean something. `flow` is that of the node, where
    it is one inside."""

    node: str
    flow: str
    kind: str
    seconds: float
    keys: Sequence[str]


@dataclass
class Simulation:
    id: UUID
    tenant_id: UUID
    person_id: UUID
    language: str
    understands: Understands = contained
    """What the customer's words mean."""
    texts: Texts = field(default_factory=dict)
    """What prompts say, where it is not what the shipped ones do."""
    events: list[dict[str, Any]] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    waiting: Waiting | None = None
    ended: dict[str, Any] | None = None
    seconds: float = 0.0
    """Of its own time, since it began."""
    _told: int = 0
    """Characters of its events."""
    _seen: dict[str, Any] = field(default_factory=dict)
    """The variables' values as they were last looked at: one that is still the same thing has not changed."""
    _walks: list[tuple[Walk, str]] = field(default_factory=list)
    """The flow and those it walks inside, each with the node of the one around it."""
    _inputs: asyncio.Queue[Input] = field(default_factory=asyncio.Queue)
    _keys: str = ""
    """Pressed and not taken yet."""
    _secrets: set[str] = field(default_factory=set)
    """Keyed in where nobody is to see it."""
    _hidden: set[str] = field(default_factory=set)
    """Variables that have such a thing."""
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    # --- for whoever tries it out -----------------------------------------------------------------------------------

    async def begin(
        self, flow: model.Flow, flows: Mapping[str, model.Flow], lookup: LookUp, context: Mapping[str, Any]
    ) -> None:
        """Walk up to the first question, or to the end."""
        self._task = asyncio.create_task(self._walk(flow, flows, lookup, context), name="simulation")
        await self._until_settled()

    async def put(self, given: Input) -> None:
        """Go on with what the customer does. Raises `SimulationOver`."""
        if self.ended is not None or self.waiting is None:
            raise SimulationOver()
        self.waiting = None
        self._settled.clear()
        self._inputs.put_nowait(given)
        await self._until_settled()

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _until_settled(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._settled.wait()
        except TimeoutError:
            log.warning("simulation_slow", simulation=str(self.id))

    @property
    def node(self) -> str:
        return self._walks[-1][0].at if self._walks else ""

    @property
    def flow(self) -> str:
        """The flow inside the one that is tried out, while it is walked."""
        return self._walks[-1][0].flow.id if len(self._walks) > 1 else ""

    # --- the flow ---------------------------------------------------------------------------------------------------

    async def _walk(
        self, flow: model.Flow, flows: Mapping[str, model.Flow], lookup: LookUp, context: Mapping[str, Any]
    ) -> None:
        how: dict[str, Any] = {"outcome": "failed"}
        try:
            outcome = await run(
                flow,
                self,
                self._asking(lookup),
                context,
                flows=flows,
                on_walked=lambda walked: how.update(outcome=walked.outcome) if walked.depth == 0 else None,
                watch=self._look_on,
            )
            how.update(_led(outcome))
        except Left:
            pass
        except Exception:
            log.exception("simulation_broke", simulation=str(self.id))
        self._changes()
        if self._too_long:
            how = {"outcome": "failed", "reason": "too_long"}
        self._tell("end", how["outcome"], how)
        self.ended, self.waiting = how, None
        self._settled.set()

    @property
    def _too_long(self) -> bool:
        return len(self.events) >= MOST_EVENTS or self._told >= MOST_CHARACTERS

    def _look_on(self, walk: Walk) -> None:
        self._walks = [*self._walks[: walk.depth], (walk, self.node)]

    def _here(self) -> Walk:
        """The innermost flow that is walked: one inside another is over once the outer one has gone on."""
        while len(self._walks) > 1 and self._walks[-2][0].at != self._walks[-1][1]:
            self._walks.pop()
        return self._walks[-1][0]

    def _asking(self, lookup: LookUp) -> LookUp:
        async def ask(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            hidden = _HIDDEN | {"code"} if name == _CODE_OF else _HIDDEN
            shown: dict[str, Any] = {key: _MASK if key in hidden else value for key, value in arguments.items()}
            if name == "messages.send":
                shown["values"] = dict.fromkeys(arguments["values"], _MASK)
            try:
                answer = await lookup(name, arguments)
            except LookUpFailed as error:
                self._tell("step", "", {"lookup": name, "arguments": shown, "ok": False, "reason": str(error)})
                raise
            self._tell("step", "", {"lookup": name, "arguments": shown, "ok": True, "answer": dict(answer)})
            return answer

        return ask

    def _tell(self, kind: str, text: str, data: Mapping[str, Any] | None = None) -> None:
        node = self._here().at if self._walks else ""
        shown = {name: self._shown(value) for name, value in (data or {}).items()}
        self._told += len(text) + sum(_length(value) for value in shown.values())
        told = {"ms": round(self.seconds * 1000), "kind": kind, "flow": self.flow, "node": node, "text": text}
        self.events.append({**told, "data": shown})

    def _shown(self, value: Any) -> Any:
        return _without(plain(value, _LONGEST_VALUE), self._secrets)

    def _changes(self) -> None:
        """Tell which variables have become different."""
        if not self._walks:
            return
        for name, value in self._walks[0][0].variables.items():
            if name in self._seen and self._seen[name] is value:
                continue
            self._seen[name] = value
            shown = _MASK if name in self._hidden else self._shown(value)
            if name not in self.variables or self.variables[name] != shown:
                self.variables[name] = shown
                self._tell("variable", name, {"name": name, "value": shown})

    # --- `ports.Dialogue` -------------------------------------------------------------------------------------------

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        if interruptible and self._keys:
            return False
        if utterances:
            text = readable(said(utterances, self.language, self.texts), _LONGEST_VALUE)
            self._tell("say", text, {"language": self.language})
            self.seconds += seconds(text, self.language)
        await self._breathe()
        return True

    async def collect(
        self,
        utterances: Sequence[Utterance],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] | None = None,
    ) -> Collected:
        self._changes()
        if not self._keys:
            await self.say(utterances)
        while True:
            taken = _taken(self._keys, maximum, terminators)
            if taken is not None:
                self._keys = self._keys[len(taken.digits) + taken.terminated :]
                return self._kept(taken)
            given = await self._asked(next_timeout if self._keys else first_timeout, maximum, terminators)
            if given.keys:
                shown = _MASK if self._secret() else given.keys
                self._tell("key", shown, {"keys": shown})
                self._keys += given.keys
            elif given.silence:
                self.seconds += next_timeout if self._keys else first_timeout
                self._tell("key", "", {"silence": True})
                digits, self._keys = self._keys, ""
                return self._kept(Collected(digits))
            else:
                self._tell("key", given.words, {"words": given.words})
                self._keys = ""
                # Comparing takes its time with many words, and others are tried out beside this one.
                key = await asyncio.to_thread(self.understands, given.words, words or {}, self.language)
                # What nobody understands is a wrong answer to a menu; digits are not asked for in words.
                return Collected(key or ("?" if self._chooses() else ""), spoken=given.words)

    async def _asked(self, timeout: float, maximum: int, terminators: str) -> Input:
        """Wait for the next input. Raises `Left` when it is that the customer goes."""
        node = self._stands()
        if isinstance(node, model.Menu):
            keys = [*node.choices, *([node.repeat] if node.repeat else [])]
        else:
            keys = [*"0123456789", *terminators]
        return await self._given("menu" if self._chooses() else "collect", timeout, keys)

    async def _given(self, kind: str, timeout: float, keys: Sequence[str]) -> Input:
        self.waiting = Waiting(self._here().at, self.flow, kind, timeout, keys)
        self._settled.set()
        given = await self._inputs.get()
        if given.hangup:
            self._tell("key", "", {"hangup": True})
            raise Left
        return given

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        """What is put in as words is said; a silence or a key is a message without a word."""
        self._changes()
        self._keys = ""
        given = await self._given("record", float(maximum_seconds), ["#"])
        said = min(seconds(given.words, self.language), float(maximum_seconds))
        self.seconds += said
        # What is in a message is for the queue to hear.
        self._tell("key", "", {"words": _MASK} if given.words else {"silence": True})
        return Recorded(said)

    def _stands(self) -> model.Node:
        walk = self._here()
        return walk.flow.nodes[walk.at]

    def _chooses(self) -> bool:
        return isinstance(self._stands(), model.Menu | model.Consent | model.Rating)

    def _secret(self) -> bool:
        node = self._stands()
        return isinstance(node, model.Verify) or (isinstance(node, model.Collect) and node.secret)

    def _kept(self, taken: Collected) -> Collected:
        """Remember what nobody is to see. What is very short would hide half of what there is."""
        node = self._stands()
        if self._secret() and len(taken.digits) > 2:
            self._secrets.add(taken.digits)
        if isinstance(node, model.Collect) and node.secret:
            self._hidden.add(node.save)
        return taken

    async def set_language(self, language: str) -> None:
        self.language = language

    async def consented(self, given: bool) -> None:
        pass

    async def served(self, so_far: bool = True) -> None:
        self._tell("step", "", {"kind": "served", "served": so_far})

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        shown = {name: value for name, value in data.items() if value is not None and name != "label"}
        self._tell("step", str(data.get("label") or ""), {"kind": kind, **shown})
        self._changes()
        await self._breathe()

    async def _breathe(self) -> None:
        """Let others go on, and end a flow that would tell for ever."""
        if self._too_long:
            raise Left
        await asyncio.sleep(0)


def _taken(keys: str, maximum: int, terminators: str) -> Collected | None:
    """Return what the keys come to; None while more may come."""
    for place, key in enumerate(keys[: maximum + 1]):
        if key in terminators:
            return Collected(keys[:place], terminated=True, terminator=key)
    return Collected(keys[:maximum]) if len(keys) >= maximum else None


def _led(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, ToQueue):
        return {"queue": outcome.queue, "attributes": dict(outcome.attributes)}
    return {"number": outcome.number} if isinstance(outcome, ToNumber) else {}


def _without(value: Any, secrets: Set[str]) -> Any:
    """Return what is shown of a value with a mask wherever a secret stands for itself, as a text or as a number."""
    if not secrets:
        return value
    if isinstance(value, Mapping):
        return {name: _without(part, secrets) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, secrets) for part in value]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return _MASK if str(value) in secrets else value
    return value


def _length(value: Any) -> int:
    """Return about how long what is shown of a value is, written down."""
    return len(json.dumps(value, ensure_ascii=False))
