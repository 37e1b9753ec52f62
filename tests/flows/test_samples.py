"""What the sample's flows do with answers that a real business system gives now and then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.flows.dialogue import GOES, SILENCE, ScriptedDialogue
from yuelai.flows.loader import sample, shipped
from yuelai.flows.ports import Digits, HangUp, Left, LookUpFailed, Outcome, ToQueue, Utterance
from yuelai.flows.runtime import run

MAIN = sample("main")
WANG = {
    "ani": "13800000001",
    "interaction_id": "i1",
    "match": "one",
    "customer": {"id": "c1", "name": "王芳", "class": "gold", "local": True},
}
TOLD = {
    "found": True,
    "text": "",
    "at": "2026-01-01T08:00:00+08:00",
    "kind": "fog",
    "high": 8,
    "low": 1,
    "digits": "12",
}
OUTLET = {"count": 1, "name": "东门", "phone": "057100000", "open": True, "text": "东门"}
ANSWERS: Mapping[str, Any] = {
    "identity.pin": {"ok": True, "locked": False, "left": 3, "reason": None},
    "bss.tariff": {"found": True, "name": "云盘", "price_minor": 500, "text": "云盘"},
    "bss.outage": {"outage": False, "area": None, "until": None},
    "bss.order97": {"ok": True, "no": "20001", "reason": None},
    "bss.fault": {"ok": True, "no": "20001", "until": None},
    "bss.bill": {"month": "2026-01-01", "total_minor": 5900, "due_on": "2026-02-20", "paid": False, "lines": []},
}


class Mute(ScriptedDialogue):
    """Breaks when a number is to be said."""

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        if any(isinstance(one, Digits) for one in utterances):
            raise RuntimeError("the recordings are gone")
        return await super().say(utterances, interruptible=interruptible, by_speech=by_speech)


async def walk(dialogue: ScriptedDialogue, answers: Mapping[str, Any]) -> Outcome | None:
    """Return what came of it; None where the customer left."""

    async def look(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = (ANSWERS | answers).get(name)
        if answer is None:
            raise LookUpFailed(name)
        return dict(answer)

    try:
        return await run(MAIN, dialogue, look, WANG, flows=shipped())
    except Left:
        return None


@pytest.mark.parametrize(
    ("keys", "answer", "at"),
    [
        ("62", OUTLET, "outlet_open"),
        ("62", OUTLET | {"open": False}, "outlet_closed"),
        ("62", OUTLET | {"open": None}, "outlet_phone"),
        ("62", OUTLET | {"phone": ""}, "outlet_text"),
        ("641", TOLD, "degrees"),
        ("641", TOLD | {"high": None}, "weather_fog"),
        ("641", TOLD | {"found": False, "kind": ""}, "not_known"),
        ("642", TOLD, "say_time"),
        ("642", TOLD | {"found": False, "at": None}, "not_known"),
        ("643", TOLD, "say_draw"),
        ("643", TOLD | {"found": False, "digits": ""}, "not_known"),
    ],
)
async def test_what_nobody_knows_is_not_said(keys: str, answer: Mapping[str, Any], at: str) -> None:
    dialogue = ScriptedDialogue([*keys, SILENCE])
    await walk(dialogue, {"bss.outlets": answer, "information": answer})
    told = [node for node in dialogue.path if node.startswith(("outlet_", "degrees", "weather_", "not_known", "say_"))]
    assert at in told
    assert not {"outlet_open", "outlet_closed", "degrees", "say_time", "say_draw"} & {*told} - {at}


@pytest.mark.parametrize(
    ("keys", "attributes"),
    [
        (["4", "5", "2", "1", "246810", "5", "1"], {"topic": "order", "order": "20001"}),
        (["2", "1"], {"topic": "fault", "ticket": "20001"}),
    ],
)
async def test_an_agent_knows_what_was_taken_before_a_flow_broke(
    keys: list[str], attributes: Mapping[str, str]
) -> None:
    taken = {"ok": True, "no": "20001", "until": None, "reason": None}
    outcome = await walk(Mute(keys), {"bss.order97": taken, "bss.fault": taken})
    assert isinstance(outcome, ToQueue)
    assert attributes.items() <= outcome.attributes.items()


async def test_nobody_is_told_that_an_order_was_not_taken_when_that_is_not_known() -> None:
    dialogue = ScriptedDialogue(["4", "5", "2", "1", "246810", "5", "1"])
    outcome = await walk(dialogue, {"bss.order97": None})
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["order"] == "unknown"
    assert "order_unknown" in dialogue.prompts
    assert "system_down" not in dialogue.prompts


async def test_whoever_will_not_be_called_back_is_told() -> None:
    dialogue = ScriptedDialogue(["4", "5", "2", "1", "246810", "5", "1", "1", SILENCE])
    assert await walk(dialogue, {}) == HangUp(served=True)  # of the order
    assert dialogue.prompts[-3:] == ["callback_failed", "more_or_hangup", "goodbye"]


async def test_a_bill_without_details_says_so() -> None:
    nothing = dict.fromkeys(f"{kind}_minor" for kind in ("plan", "broadband", "extra", "usage", "other", "discount"))
    details = nothing | {"count": 0, "total_minor": 5900, "lines": [], "text": ""}
    dialogue = ScriptedDialogue(["4", "1", "1", GOES])
    assert await walk(dialogue, {"bss.details": details}) is None
    assert "details_none" in dialogue.prompts
