"""Walks a flow with one customer through the `Dialogue` port, until it ends in a queue or a hang-up.

`Left` is raised through when the customer goes. Anything else that goes wrong inside the flow leads to the flow's
error handler, and if that fails too, to what its node says without its trimmings: a customer is never left in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import structlog

from yuelai.flows import model
from yuelai.flows.expressions import CannotEvaluate, evaluate
from yuelai.flows.ports import (
    Collected,
    Dialogue,
    Digits,
    HangUp,
    Instant,
    Left,
    LookUp,
    LookUpFailed,
    Money,
    Number,
    Outcome,
    Prompt,
    Text,
    ToQueue,
    Utterance,
)

log = structlog.get_logger()

_AGREES, _DECLINES = "1", "2"


class FlowBroken(Exception):
    """The flow cannot go on: too many steps, or a value that cannot be spoken."""


async def run(flow: model.Flow, dialogue: Dialogue, lookup: LookUp, context: Mapping[str, Any]) -> Outcome:
    """Walk the flow; `context` gives its first variables. Raises `Left` when the customer has gone."""
    walk = _Walk(flow, dialogue, lookup, dict(context))
    try:
        return await walk.from_node(flow.start)
    except Left:
        raise
    except Exception as error:
        log.exception("flow_failed", flow=flow.id, version=flow.version, node=walk.at)
        await dialogue.step(walk.at, "error", {"error": type(error).__name__})
        return await walk.give_up()


class _Walk:
    def __init__(self, flow: model.Flow, dialogue: Dialogue, lookup: LookUp, variables: dict[str, Any]) -> None:
        self._flow, self._dialogue, self._lookup, self._variables = flow, dialogue, lookup, variables
        self.at = flow.start
        self._steps = 0

    async def from_node(self, name: str) -> Outcome:
        while True:
            self.at = name
            self._steps += 1
            if self._steps > self._flow.maximum_steps:
                raise FlowBroken(f"more than {self._flow.maximum_steps} steps")
            node = self._flow.nodes[name]
            if isinstance(node, model.Queue):
                return await self._queue(node)
            if isinstance(node, model.HangUpNode):
                return await self._hang_up(node)
            name = await self._pass(node)

    async def give_up(self) -> Outcome:
        """Go to the error handler, without relying on anything but its own fields."""
        node = self._flow.nodes[self._flow.handlers.error]
        prompts = [Prompt(item.text) for item in node.say if item.kind == "prompt"]
        try:
            await self._dialogue.say(prompts)
        except Left:
            raise
        except Exception:
            log.exception("flow_error_handler_is_silent", flow=self._flow.id, node=node.name)
        if isinstance(node, model.Queue):
            await self._dialogue.step(node.name, "queue", {"label": node.label, "queue": node.queue})
            return ToQueue(node.queue, {"language": self._dialogue.language})
        await self._dialogue.step(node.name, "hangup", {"label": node.label, "served": False})
        return HangUp(served=False)

    async def _pass(self, node: model.Node) -> str:
        """Do what a node says and return the name of the next one."""
        if isinstance(node, model.Menu):
            return await self._menu(node)
        if isinstance(node, model.Collect):
            return await self._collect(node)
        if isinstance(node, model.Notice):
            await self._step(node, "notice")
            await self._say(node.say, interruptible=node.interruptible)
            return node.next
        if isinstance(node, model.Consent):
            return await self._consent(node)
        if isinstance(node, model.Say):
            await self._step(node, "say")
            await self._say(node.say, interruptible=node.interruptible, by_speech=node.by_speech)
            return node.next
        await self._say(node.say)
        if isinstance(node, model.LookUpNode):
            return await self._look_up(node)
        if isinstance(node, model.Hours):
            return await self._hours(node)
        if isinstance(node, model.Condition):
            return await self._condition(node)
        if isinstance(node, model.Set):
            await self._step(node, "set", names=sorted(node.values))
            self._variables.update({name: self._value(text) for name, text in node.values.items()})
            return node.next
        if isinstance(node, model.Language):
            await self._dialogue.set_language(node.language)
            await self._step(node, "language", language=node.language)
            return node.next
        raise FlowBroken(f"nothing is known about {type(node).__name__}")

    async def _menu(self, node: model.Menu) -> str:
        preface: Sequence[model.SayItem] = ()
        mistakes = 0
        while mistakes < self._flow.handlers.attempts:
            pressed = await self._ask([*preface, *node.say], maximum=1, first_timeout=node.first_timeout)
            key = pressed.digits
            choice = node.choices.get(key)
            if choice is not None:
                await self._step(node, "menu", key=key, choice=choice.label)
                return choice.next
            if key and key == node.repeat:
                preface = ()
                self._count_repeat()
                await self._step(node, "menu", key=key, repeat=True)
                continue
            mistakes += 1
            preface = await self._mistake(node, "menu", key, mistakes)
            if not key and node.silence:
                return node.silence
        return self._flow.handlers.failed

    def _count_repeat(self) -> None:
        """Repeating is no mistake, but a stuck key must not repeat a menu for ever."""
        self._steps += 1
        if self._steps > self._flow.maximum_steps:
            raise FlowBroken(f"more than {self._flow.maximum_steps} steps")

    async def _collect(self, node: model.Collect) -> str:
        preface: Sequence[model.SayItem] = ()
        for mistakes in range(1, self._flow.handlers.attempts + 1):
            pressed = await self._ask(
                [*preface, *node.say],
                maximum=node.maximum,
                first_timeout=node.first_timeout,
                next_timeout=node.next_timeout,
                terminators=node.terminators,
            )
            if node.minimum <= len(pressed.digits) <= node.maximum:
                self._variables[node.save] = pressed.digits
                shown = {"length": len(pressed.digits)} if node.secret else {"digits": pressed.digits}
                await self._step(node, "collect", save=node.save, **shown)
                return node.next
            preface = await self._mistake(node, "collect", "" if node.secret else pressed.digits, mistakes)
        return self._flow.handlers.failed

    async def _mistake(self, node: model.Node, kind: str, key: str, mistakes: int) -> Sequence[model.SayItem]:
        """Note a wrong or missing input; return what to say before asking again."""
        problem = "no_match" if key else "no_input"
        await self._step(node, kind, key=key or None, problem=problem, attempt=mistakes)
        return self._flow.handlers.no_match if key else self._flow.handlers.no_input

    async def _look_up(self, node: model.LookUpNode) -> str:
        arguments = {name: self._value(text) for name, text in node.arguments.items()}
        try:
            self._variables[node.save] = dict(await self._lookup(node.lookup, arguments))
        except LookUpFailed:
            await self._step(node, "lookup", lookup=node.lookup, ok=False)
            return node.failed
        await self._step(node, "lookup", lookup=node.lookup, ok=True)
        return node.next

    async def _consent(self, node: model.Consent) -> str:
        preface: Sequence[model.SayItem] = ()
        key = ""
        for _ in range(self._flow.handlers.attempts):
            key = (await self._ask([*preface, *node.say], maximum=1, first_timeout=node.first_timeout)).digits
            if key in (_AGREES, _DECLINES):
                break
            preface = self._flow.handlers.no_match if key else self._flow.handlers.no_input
        given = key == _AGREES
        self._variables["consent"] = given
        await self._dialogue.consented(given)
        await self._step(node, "consent", key=key or None, consent=given)
        return node.next

    async def _hours(self, node: model.Hours) -> str:
        try:
            found = await self._lookup("hours", {"queue": node.queue})
        except LookUpFailed:
            found = {"open": True}
        state = "open" if found.get("open") else "holiday" if found.get("holiday") else "closed"
        await self._step(node, "hours", queue=node.queue, hours=state)
        if state == "open":
            return node.open
        return (node.holiday if state == "holiday" else "") or node.closed

    async def _condition(self, node: model.Condition) -> str:
        exit_ = next((case.next for case in node.cases if self._value(case.when)), node.otherwise)
        await self._step(node, "condition", exit=exit_)
        return exit_

    async def _queue(self, node: model.Queue) -> Outcome:
        attributes = {name: self._value(text) for name, text in node.attributes.items()}
        await self._step(node, "queue", queue=node.queue)
        await self._say(node.say)
        return ToQueue(node.queue, {"language": self._dialogue.language, **attributes})

    async def _hang_up(self, node: model.HangUpNode) -> Outcome:
        await self._step(node, "hangup", served=node.served)
        await self._say(node.say)
        return HangUp(node.served)

    async def _ask(
        self,
        items: Sequence[model.SayItem],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
    ) -> Collected:
        return await self._dialogue.collect(
            [self._utterance(item) for item in items],
            maximum=maximum,
            first_timeout=first_timeout,
            next_timeout=next_timeout,
            terminators=terminators,
        )

    async def _say(
        self, items: Sequence[model.SayItem], *, interruptible: bool = True, by_speech: bool = False
    ) -> None:
        if items:
            said = [self._utterance(item) for item in items]
            await self._dialogue.say(said, interruptible=interruptible, by_speech=by_speech)

    async def _step(self, node: model.Node, kind: str, **data: Any) -> None:
        await self._dialogue.step(node.name, kind, {"label": node.label, **data})

    def _value(self, text: str) -> Any:
        return evaluate(text, self._variables)

    def _utterance(self, item: model.SayItem) -> Utterance:
        if item.kind == "prompt":
            return Prompt(item.text)
        value = self._value(item.text)
        if item.kind == "digits" and isinstance(value, str):
            return Digits(value)
        if item.kind == "text" and isinstance(value, str):
            return Text(value)
        if item.kind == "date" and isinstance(value, str | date):
            return _instant(value)
        if item.kind == "money" and isinstance(value, int) and not isinstance(value, bool):
            return Money(value, item.currency)
        if item.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
            return Number(value)
        raise CannotEvaluate(f"{item.text} is no {item.kind}: {type(value).__name__}")


def _instant(value: str | date) -> Instant:
    """From an ISO 8601 date or instant; a clock time is spoken only where one was given."""
    clock = isinstance(value, datetime) or (isinstance(value, str) and "T" in value)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise CannotEvaluate(str(error)) from error
    at = value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=None)
    return Instant(at, clock=clock)
