"""Walks a flow with one customer through the `Dialogue` port, until it ends in a queue, at a number or in a hang-up.

`Left` is raised through when the customer goes. Anything else that goes wrong inside the flow leads to the flow's
error handler, and if that fails too, to what its node says without its trimmings: a customer is never left in silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

import structlog

from yuelai.flows import asking, business, model
from yuelai.flows.plain import plain
from yuelai.flows.ports import Dialogue, HangUp, Left, LookUp, Outcome, ToNumber, ToQueue
from yuelai.flows.walk import MOST_BUSINESSES, Shared, TooManySteps, Walk

log = structlog.get_logger()

OnWalked = Callable[[model.Walked], None]
_NO_FLOWS: Mapping[str, model.Flow] = MappingProxyType({})


def _nobody(walk: Walk) -> None:
    """Looks on."""


async def run(
    flow: model.Flow,
    dialogue: Dialogue,
    lookup: LookUp,
    context: Mapping[str, Any],
    *,
    flows: Mapping[str, model.Flow] = _NO_FLOWS,
    on_walked: OnWalked | None = None,
    watch: Callable[[Walk], None] | None = None,
) -> Outcome:
    """Walk the flow; `context` gives its first variables, `flows` are those it may walk into. Raises `Left` when the
    customer has gone. `on_walked` is told at the end, however it ends: of the flows walked inside this one, too.
    `watch` is given each walk as it begins, for somebody who looks on and touches nothing."""
    shared = Shared(dialogue, lookup, flows, dict(context), flow.maximum_steps, watch=watch or _nobody)
    walk = Walk(flow, shared)
    shared.watch(walk)
    how: model.Ending = "left"
    try:
        try:
            outcome = await _through(walk, on_walked)
        except Left:
            raise
        except Exception as error:
            how = "failed"
            log.exception("flow_failed", flow=flow.id, version=flow.version, node=walk.at)
            await dialogue.step(walk.at, "error", {"error": type(error).__name__})
            return await _give_up(walk)
        how = _how(outcome)
        return outcome
    except Left:
        how = "left"
        raise
    finally:
        _tell(walk, how, on_walked)


async def _through(walk: Walk, on_walked: OnWalked | None) -> Outcome:
    """Go on from node to node until the flow ends."""
    name = walk.flow.start
    while True:
        node = walk.enter(name)
        if node.business:
            await walk.about(node.business)
        if isinstance(node, model.Queue | model.Transfer | model.HangUpNode):
            return await _end(walk, node)
        if isinstance(node, model.SubFlow):
            following = await _inside(walk, node, on_walked)
            if not isinstance(following, str):
                return following
            name = following
        else:
            name = await _PASSING[type(node)](walk, node)


async def _end(walk: Walk, node: model.Queue | model.Transfer | model.HangUpNode) -> Outcome:
    if isinstance(node, model.HangUpNode):
        await walk.step(node, "hangup", served=node.served)
        await walk.say(node.say)
        if node.served:
            await walk.serve()
        return HangUp(walk.served)
    if isinstance(node, model.Transfer):
        await walk.step(node, "transfer", number=node.to)
        await walk.say(node.say)
        return ToNumber(node.to)
    attributes = plain({name: walk.value(text) for name, text in node.attributes.items()})
    await walk.step(node, "queue", queue=node.queue)
    await walk.say(node.say)
    return ToQueue(node.queue, {"language": walk.dialogue.language, **attributes})


async def _give_up(walk: Walk) -> Outcome:
    """Go to the error handler, without relying on anything but its own fields."""
    node = walk.flow.nodes[walk.handlers.error]
    walk.stand(node.name)
    try:
        await walk.say([item for item in node.say if item.kind == "prompt"])
    except Left:
        raise
    except Exception:
        log.exception("flow_error_handler_is_silent", flow=walk.flow.id, node=node.name)
    if isinstance(node, model.Queue):
        await walk.dialogue.step(node.name, "queue", {"label": node.label, "queue": node.queue})
        return ToQueue(node.queue, {"language": walk.dialogue.language})
    # Whatever they got before: a flow that breaks has failed, and the channel says so, too.
    await walk.dialogue.step(node.name, "hangup", {"label": node.label, "served": False})
    return HangUp(False)


# --- a flow inside a flow -------------------------------------------------------------------------------------------


async def _inside(walk: Walk, node: model.SubFlow, on_walked: OnWalked | None) -> Outcome | str:
    """Walk another flow here; return the name of the next node, or what ends all. What breaks in it is its own: the
    flow outside goes on at `failed`."""
    await walk.say(node.say)
    flow = walk.shared.flows.get(node.flow)
    if flow is None or walk.depth >= model.MAXIMUM_DEPTH:
        await walk.step(node, "flow", into=node.flow, ok=False)
        return node.failed
    await walk.step(node, "flow", into=node.flow, ok=True)
    inner = Walk(flow, walk.shared, walk.depth + 1)
    walk.shared.watch(inner)
    how: model.Ending = "left"
    try:
        outcome = await _through(inner, on_walked)
        how = _how(outcome)
    except (Left, TooManySteps) as error:
        how = "left" if isinstance(error, Left) else "failed"
        raise
    except Exception as error:
        how = "failed"
        log.exception("flow_failed", flow=flow.id, version=flow.version, node=inner.at)
        await walk.dialogue.step(inner.at, "error", {"flow": flow.id, "error": type(error).__name__})
        return node.failed
    finally:
        _tell(inner, how, on_walked)
    return node.next if isinstance(outcome, HangUp) else outcome


# --- nodes that go on by themselves ---------------------------------------------------------------------------------


async def _say(walk: Walk, node: model.Say) -> str:
    await walk.step(node, "say")
    heard = await walk.say(node.say, interruptible=node.interruptible, by_speech=node.by_speech)
    if node.served and heard:
        await walk.serve()
    return node.next


async def _notice(walk: Walk, node: model.Notice) -> str:
    await walk.step(node, "notice")
    await walk.say(node.say, interruptible=node.interruptible)
    return node.next


async def _condition(walk: Walk, node: model.Condition) -> str:
    exit_ = next((case.next for case in node.cases if walk.value(case.when)), node.otherwise)
    await walk.step(node, "condition", exit=exit_)
    return exit_


async def _set(walk: Walk, node: model.Set) -> str:
    await walk.step(node, "set", names=sorted(node.values))
    walk.variables.update({name: walk.value(text) for name, text in node.values.items()})
    return node.next


async def _language(walk: Walk, node: model.Language) -> str:
    await walk.dialogue.set_language(node.language)
    await walk.step(node, "language", language=node.language)
    return node.next


_Does = Callable[[Walk, Any], Awaitable[str]]


def _saying_first(does: _Does) -> _Does:
    async def passing(walk: Walk, node: model.Node) -> str:
        if node.say:
            await walk.say(node.say)
        return await does(walk, node)

    return passing


_PASSING: Mapping[type[model.Node], _Does] = {
    model.Menu: asking.menu,
    model.Collect: asking.collect,
    model.Consent: asking.consent,
    model.Verify: asking.verify,
    model.Rating: asking.rating,
    model.Record: asking.record,
    model.Say: _say,
    model.Notice: _notice,
    **{
        kind: _saying_first(cast(_Does, does))
        for kind, does in (
            (model.LookUpNode, business.look_up),
            (model.Hours, business.hours),
            (model.Pay, business.pay),
            (model.Message, business.message),
            (model.Callback, business.callback),
            (model.Condition, _condition),
            (model.Set, _set),
            (model.Language, _language),
        )
    },
}


# --- what is told afterwards ----------------------------------------------------------------------------------------


def _how(outcome: Outcome) -> Literal["served", "unserved", "queue", "transfer"]:
    if isinstance(outcome, HangUp):
        return "served" if outcome.served else "unserved"
    return "queue" if isinstance(outcome, ToQueue) else "transfer"


def _came_of(shared: Shared, how: model.Ending) -> Iterable[model.BusinessWalked]:
    """Yield what came of each business; what became of the whole contact became of the last one."""
    for at, one in enumerate(shared.businesses[:MOST_BUSINESSES], start=1):
        last = at == len(shared.businesses)
        yield model.BusinessWalked(one.code, "served" if one.served else how if last else "unserved")


def _tell(walk: Walk, how: model.Ending, on_walked: OnWalked | None) -> None:
    if on_walked is None:
        return
    if how == "left" and walk.served:
        how = "served"
    outermost = walk.depth == 0
    seconds = asyncio.get_running_loop().time() - walk.began
    walked = model.Walked(
        walk.flow.id,
        walk.flow.version,
        tuple(walk.nodes),
        how,
        walk.at,
        dict(walk.mistakes),
        seconds,
        walk.depth,
        outermost and walk.shared.served,
        tuple(_came_of(walk.shared, how)) if outermost else (),
    )
    try:
        on_walked(walked)
    except Exception:
        log.exception("walk_not_told", flow=walk.flow.id)
