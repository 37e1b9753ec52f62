"""Nodes that send something to the customer, or take something from them for somebody to hear."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.flows.dialogue import GOES, SILENCE
from tests.flows.test_nodes import LOCKED, RIGHT, WRONG, Systems, flow_of, walked
from tests.flows.test_served import walked as told_of
from yuelai.flows.model import BusinessWalked
from yuelai.flows.ports import Digits, HangUp, LookUpFailed, Prompt, ToQueue

SENT, NOT_SENT = {"ok": True, "to_last4": "0001", "reason": None}, {"ok": False, "reason": "too_many"}
CODE: dict[str, Any] = {
    "kind": "verify", "by": "code", "say": ["one_moment", {"digits": "code.to_last4"}], "wrong": ["pin_wrong"],
    "next": "end", "failed": "failed", "locked": "other",
}  # fmt: skip
VERIFY = flow_of(
    {
        "first": CODE,
        "end": {"kind": "queue", "queue": "right", "attributes": {"verified": "verified", "code": "code"}},
        "failed": {"kind": "queue", "queue": "failed", "attributes": {"reason": "code.reason"}},
    }
)


async def test_who_is_locked_out_of_codes_is_told_so_though_none_is_sent() -> None:
    systems = Systems(identity__send_code=[{"ok": False, "reason": "locked"}])
    code = {"kind": "verify", "by": "code", "say": ["enter_code"], "next": "end", "failed": "bad", "locked": "other"}
    nodes = {"first": code, "end": {"kind": "hangup", "served": True}}
    outcome, _, _ = await walked(flow_of(nodes), [], systems)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "other"


async def test_a_code_is_sent_and_the_right_one_verifies_and_is_seen_nowhere_else() -> None:
    systems = Systems(identity__send_code=[SENT], identity__code=[WRONG, RIGHT])
    with capture_logs() as logs:
        outcome, dialogue, _ = await walked(VERIFY, ["471100#", "271828#"], systems)
    assert outcome == ToQueue("right", {"language": "zh-CN", "verified": True, "code": SENT})
    assert systems.asked == [
        ("identity.send_code", {"customer_id": "c1", "key": "i1/first/1"}),
        ("identity.code", {"customer_id": "c1", "code": "471100"}),
        ("identity.code", {"customer_id": "c1", "code": "271828"}),
    ]
    assert dialogue.said[:3] == [Prompt("one_moment"), Digits("0001"), Prompt("pin_wrong")]
    for secret in ("471100", "271828"):
        assert secret not in f"{dialogue.steps}{outcome}{dialogue.said}{logs}"


async def test_the_star_sends_another_one_twice_at_most_each_by_a_key_of_its_own() -> None:
    systems = Systems(identity__send_code=[SENT], identity__code=[RIGHT])
    outcome, dialogue, _ = await walked(VERIFY, ["*", "12*", "*", "271828#"], systems)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "right"
    keys = [arguments["key"] for name, arguments in systems.asked if name == "identity.send_code"]
    assert keys == ["i1/first/1", "i1/first/2", "i1/first/3"]
    assert dialogue.prompts.count("pin_wrong") == 1, "the third star is a mistake"


async def test_who_presses_nothing_but_stars_is_let_go() -> None:
    systems = Systems(identity__send_code=[SENT])
    outcome, dialogue, _ = await walked(VERIFY, ["*"] * 500, systems)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "failed"
    assert len(systems.asked) == 3
    assert len(dialogue.steps) < 12


@pytest.mark.parametrize(
    ("answers", "sends", "found", "queue", "reason", "asked"),
    [
        ([], [NOT_SENT], [], "failed", "too_many", 0),
        ([], [LookUpFailed("time-out")], [], "failed", "unavailable", 0),
        ([], [{}], [], "failed", None, 0),
        ([], [{"ok": "yes"}], [], "failed", None, 0),
        (["*"], [SENT, NOT_SENT], [], "failed", "too_many", 0),
        (["1111"] * 3, [SENT], [WRONG], "failed", None, 3),
        (["1111"], [SENT], [LOCKED], "other", None, 1),
        (["1111"], [SENT], [LookUpFailed("time-out")], "failed", None, 1),
        (["12#", SILENCE, "#"], [SENT], [], "failed", None, 0),
    ],
)
async def test_a_code_that_is_not_sent_or_not_right_leads_away(
    answers: list[str], sends: list[Any], found: list[Any], queue: str, reason: str | None, asked: int
) -> None:
    systems = Systems(identity__send_code=sends, identity__code=found)
    answers = [f"{each}#" if each.isdigit() else each for each in answers]
    outcome, _, _ = await walked(VERIFY, answers, systems)
    assert isinstance(outcome, ToQueue)
    assert (outcome.queue, outcome.attributes.get("reason")) == (queue, reason)
    assert len([name for name, _ in systems.asked if name == "identity.code"]) == asked


async def test_a_stranger_is_sent_nothing() -> None:
    systems = Systems(identity__send_code=[SENT])
    outcome, _, _ = await walked(VERIFY, [], systems, customer=None)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "failed"
    assert systems.asked == []


@pytest.mark.parametrize(("more", "queue"), [({"none": "other"}, "other"), ({}, "bad")])
async def test_who_has_no_pin_is_not_told_that_it_is_wrong(more: dict[str, str], queue: str) -> None:
    node = {"kind": "verify", "say": ["enter_pin"], "next": "good", "failed": "bad", "locked": "bad", **more}
    systems = Systems(identity__pin=[{"ok": False, "locked": False, "left": 0, "reason": "none"}])
    outcome, dialogue, step = await walked(flow_of({"first": node}), ["271828"] * 3, systems)
    assert outcome == ToQueue(queue, {"language": "zh-CN"})
    assert dialogue.prompts == ["enter_pin"]
    assert step["problem"] == "none"


# --- in writing -----------------------------------------------------------------------------------------------------

MESSAGE: dict[str, Any] = {
    "kind": "message", "say": ["one_moment"], "template": "bill", "values": {"sum": "account.minor"}, "save": "sent",
    "served": True, "business": "bill", "next": "good", "failed": "failed",
}  # fmt: skip
FAILED = {"kind": "queue", "queue": "failed", "attributes": {"reason": "sent.reason"}}
SENDING = flow_of({"first": MESSAGE, "failed": FAILED})
OK, NO = {"ok": True, "reason": None}, {"ok": False, "reason": "number"}


async def test_a_message_is_sent_to_who_calls_and_its_values_are_on_no_trail() -> None:
    systems = Systems(messages__send=[OK])
    outcome, dialogue, step = await walked(SENDING, [], systems, account={"minor": 271828})
    assert outcome == HangUp(served=True)
    key = "i1/first/1"
    asked = {"template": "bill", "to": "13800000001", "values": {"sum": 271828}, "customer_id": "c1", "key": key}
    assert systems.asked == [("messages.send", asked)]
    assert step == {"label": "", "business": "bill", "ok": True, "template": "bill", "message": key}
    assert "271828" not in str(dialogue.steps)
    assert "13800000001" not in str(dialogue.steps)


@pytest.mark.parametrize(
    ("answers", "reason", "times"),
    [
        ([NO], "number", 1),
        ([LookUpFailed("time-out"), OK], None, 2),
        ([LookUpFailed("time-out"), NO], "number", 2),
        ([LookUpFailed("time-out")], "unavailable", 2),
        ([LookUpFailed("circuit open", sent=False)], "unavailable", 1),
        ([{"ok": "yes"}], None, 1),
    ],
)
async def test_a_message_is_asked_for_twice_by_one_key(answers: list[Any], reason: str | None, times: int) -> None:
    systems = Systems(messages__send=answers)
    outcome, _, _ = await walked(SENDING, [], systems)
    if OK in answers:
        assert outcome == HangUp(served=True)
    else:
        assert outcome == ToQueue("failed", {"language": "zh-CN", "reason": reason})
    assert len(systems.asked) == times
    assert len({arguments["key"] for _, arguments in systems.asked}) == 1


async def test_who_asks_again_for_what_may_be_sent_asks_by_the_same_key_and_for_another_by_another() -> None:
    ask = {"kind": "menu", "say": [], "choices": {"1": {"next": "first"}}}
    flow = flow_of({"first": {**MESSAGE, "next": "ask", "failed": "ask"}, "ask": ask})
    systems = Systems(messages__send=[LookUpFailed("time-out")] * 2 + [OK])
    await told_of(flow, ["1", "1", GOES], systems)
    assert [arguments["key"] for _, arguments in systems.asked] == ["i1/first/1"] * 3 + ["i1/first/2"]


async def test_a_stranger_may_have_it_sent_elsewhere() -> None:
    systems = Systems(messages__send=[OK])
    flow = flow_of({"first": {**MESSAGE, "to": "number"}, "failed": FAILED})
    await walked(flow, [], systems, customer=None, number="13900000002")
    (asked,) = systems.asked
    assert asked[1]["to"] == "13900000002"
    assert "customer_id" not in asked[1]


# --- left -----------------------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "kind": "record", "say": ["leave_message"], "queue": "complaints", "save": "left", "served": True,
    "business": "complaint", "next": "end", "failed": "bad",
}  # fmt: skip
END = {"kind": "queue", "queue": "kept", "attributes": {"left": "left"}}
LEAVING = flow_of({"first": RECORD, "end": END})


async def test_a_message_is_taken_for_a_queue_and_its_length_is_known() -> None:
    outcome, dialogue, step = await walked(LEAVING, ["12.34"])
    assert outcome == ToQueue("kept", {"language": "zh-CN", "left": {"seconds": 12.3}})
    assert dialogue.messages == [("complaints", 180)]
    assert dialogue.prompts == ["leave_message"]
    assert step == {"label": "", "business": "complaint", "ok": True, "queue": "complaints", "seconds": 12.3}


async def test_without_a_word_there_is_no_message() -> None:
    (walk,), dialogue = await told_of(LEAVING, [SILENCE])
    assert (walk.last, walk.served) == ("bad", False)
    assert dialogue.serves == []


@pytest.mark.parametrize(("answer", "outcome"), [("3", "served"), (GOES, "left")])
async def test_who_has_left_one_was_served(answer: str, outcome: str) -> None:
    ask = {"kind": "menu", "say": [], "choices": {"1": {"next": "end"}}}
    flow = flow_of({"first": {**RECORD, "next": "ask", "maximum_seconds": 30}, "ask": ask, "end": END})
    (walk,), dialogue = await told_of(flow, [answer, GOES])
    assert walk.outcome == outcome
    assert walk.businesses == (BusinessWalked("complaint", "served" if outcome == "served" else "left"),)
    assert dialogue.messages == [("complaints", 30)]
