"""Nodes that verify, pay, call back, rate, lead elsewhere and walk other flows; and what is told of a walk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.flows.dialogue import GOES, SILENCE, ScriptedDialogue
from yuelai.flows.loader import load
from yuelai.flows.model import Flow, Walked
from yuelai.flows.ports import Digits, HangUp, Left, LookUpFailed, Money, Outcome, Prompt, ToNumber, ToQueue
from yuelai.flows.runtime import run

CALLER = {"customer": {"id": "c1"}, "ani": "13800000001", "interaction_id": "i1"}
Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Systems:
    """What each look-up answers, one answer after the other, the last for ever; an exception is raised."""

    def __init__(self, **answers: list[Any]) -> None:
        self._answers = {name.replace("__", "."): list(each) for name, each in answers.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((name, dict(arguments)))
        answers = self._answers[name]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Mapping)
        return answer


def flow_of(nodes: dict[str, Any], code: str = "test", **frame: Any) -> Flow:
    ends = {
        "good": {"kind": "hangup", "served": True},
        "bad": {"kind": "queue", "queue": "bad"},
        "other": {"kind": "queue", "queue": "other"},
        "agent": {"kind": "queue", "queue": "general"},
    }
    used = str(nodes)
    nodes = {**nodes, **{name: node for name, node in ends.items() if name == "agent" or f"'{name}'" in used}}
    handlers = {"failed": "agent", "error": "agent", "no_match": ["wrong_key"], "no_input": ["no_input"]}
    document = {"id": code, "version": 3, "start": "first", "handlers": handlers, "nodes": nodes, **frame}
    return load(document)


async def walked(
    flow: Flow, answers: list[str], systems: Any = None, **context: Any
) -> tuple[Outcome, ScriptedDialogue, dict[str, Any]]:
    dialogue = ScriptedDialogue(answers)
    outcome = await run(flow, dialogue, systems or Systems(), {**CALLER, **context})
    return outcome, dialogue, dialogue.steps[-2][2] if len(dialogue.steps) > 1 else {}  # type: ignore[return-value]


# --- asking ---------------------------------------------------------------------------------------------------------

MENU = flow_of(
    {
        "first": {
            "kind": "menu", "say": ["main_menu"], "save": "chosen",
            "choices": {"1": {"next": "end", "words": ["余额", "话费"]}, "2": {"next": "end"}},
        },
        "end": {"kind": "queue", "queue": "kept", "attributes": {"chosen": "chosen"}},
    }
)  # fmt: skip


@pytest.mark.parametrize(("answer", "key"), [("1", "1"), ("话费", "1"), ("2", "2")])
async def test_a_key_or_a_word_for_it_chooses_and_is_kept(answer: str, key: str) -> None:
    outcome, _, step = await walked(MENU, [answer])
    assert outcome == ToQueue("kept", {"language": "zh-CN", "chosen": key})
    assert step.get("spoken") == (True if answer != key else None)


CONFIRM = flow_of(
    {
        "first": {"kind": "collect", "say": ["main_menu"], "save": "no", "maximum": 8, "confirm": True, "next": "end"},
        "end": {"kind": "queue", "queue": "kept", "attributes": {"no": "no"}},
    }
)


async def test_keys_are_said_back_and_only_those_agreed_to_are_kept() -> None:
    outcome, dialogue, _ = await walked(CONFIRM, ["123#", "2", "456#", "1"])
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["no"] == "456"
    assert dialogue.said[1:4] == [Prompt("you_entered"), Digits("123"), Prompt("confirm_or_again")]
    assert Digits("456") in dialogue.said


async def test_who_neither_agrees_nor_tries_again_goes_where_mistakes_lead() -> None:
    outcome, dialogue, _ = await walked(CONFIRM, ["123#", SILENCE, "7", SILENCE])
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "general"
    assert dialogue.prompts.count("confirm_or_again") == 3


async def test_who_never_agrees_is_not_asked_for_ever() -> None:
    outcome, dialogue, _ = await walked(CONFIRM, ["123#", "2"] * 500)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "general"
    assert dialogue.prompts.count("you_entered") <= CONFIRM.maximum_steps


AMOUNT = flow_of(
    {
        "first": {"kind": "collect", "as": "amount", "say": [], "save": "no", "maximum": 13, "next": "end"},
        "end": {"kind": "queue", "queue": "kept", "attributes": {"no": "no"}},
    }
)


@pytest.mark.parametrize(
    ("keys", "minor"),
    [
        ("50#", 5000), ("48*6#", 4860), ("48*60", 4860), ("0*01#", 1), ("*5#", 50), ("7*#", 700), ("007#", 700),
        ("0#", 0), ("999999999*99#", 99_999_999_999),
    ],
)  # fmt: skip
async def test_the_star_is_the_point_of_an_amount(keys: str, minor: int) -> None:
    outcome, _, step = await walked(AMOUNT, [keys])
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["no"] == minor
    assert step == {"label": "", "save": "no", "amount_minor": minor}


@pytest.mark.parametrize("keys", ["*#", "**5#", "1*2*3#", "1*234#", "1234567890#", "#", SILENCE])
async def test_what_is_no_amount_is_a_mistake(keys: str) -> None:
    outcome, dialogue, _ = await walked(AMOUNT, [keys, "5#"])
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["no"] == 500
    assert dialogue.prompts == ["wrong_key" if keys.strip("#") else "no_input"]


async def test_an_amount_is_said_back_as_money_and_a_secret_one_is_not_on_the_trail() -> None:
    collect = {"kind": "collect", "as": "amount", "say": [], "save": "no", "maximum": 9, "next": "agent"}
    _, dialogue, _ = await walked(flow_of({"first": {**collect, "confirm": True}}), ["48*6#", "1"])
    assert dialogue.said == [Prompt("you_entered"), Money(4860), Prompt("confirm_or_again")]
    _, _, step = await walked(flow_of({"first": {**collect, "secret": True}}), ["48*6#"])
    assert step == {"label": "", "save": "no", "length": 4}


RATING = flow_of(
    {
        "first": {"kind": "rating", "say": ["main_menu"], "maximum": 5, "next": "end"},
        "end": {"kind": "queue", "queue": "kept", "attributes": {"rating": "rating"}},
    }
)


@pytest.mark.parametrize(
    ("answers", "given", "asked"),
    [(["5"], 5, 1), (["6", "0", "3"], 3, 3), ([SILENCE], None, 1), (["9", "9", "9"], None, 3)],
)
async def test_a_rating_is_on_the_trail_and_holds_nobody_back(
    answers: list[str], given: int | None, asked: int
) -> None:
    outcome, dialogue, step = await walked(RATING, answers)
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["rating"] == given
    assert step == {"label": "", "rating": given}
    assert dialogue.prompts.count("main_menu") == asked


# --- who it is ------------------------------------------------------------------------------------------------------

VERIFY = flow_of(
    {
        "first": {
            "kind": "verify", "say": ["enter_pin"], "wrong": ["pin_wrong"], "minimum": 4, "maximum": 6,
            "next": "end", "failed": "bad", "locked": "other",
        },
        "end": {"kind": "queue", "queue": "right", "attributes": {"verified": "verified"}},
    }
)  # fmt: skip
RIGHT, WRONG = {"ok": True, "locked": False, "left": 5}, {"ok": False, "locked": False, "left": 2}
LOCKED = {"ok": False, "locked": True, "left": 0}


async def test_the_right_pin_verifies_and_is_seen_nowhere_but_in_the_look_up() -> None:
    systems, heard = Systems(identity__pin=[WRONG, RIGHT]), []
    with capture_logs() as logs:
        outcome, dialogue, _ = await walked(VERIFY, ["4711#", "271828"], systems)
    assert outcome == ToQueue("right", {"language": "zh-CN", "verified": True})
    assert systems.asked == [
        ("identity.pin", {"customer_id": "c1", "pin": "4711"}),
        ("identity.pin", {"customer_id": "c1", "pin": "271828"}),
    ]
    assert dialogue.prompts == ["enter_pin", "pin_wrong", "enter_pin"]
    for secret in ("4711", "271828"):
        assert secret not in f"{dialogue.steps}{outcome}{dialogue.said}{logs}{heard}"


@pytest.mark.parametrize(
    ("answers", "found", "queue", "asked"),
    [
        (["1111", "2222", "3333"], [WRONG], "bad", 3),
        (["1111"], [LOCKED], "other", 1),
        (["1111", "2222"], [WRONG, LOCKED], "other", 2),
        (["1111"], [LookUpFailed()], "bad", 1),
        (["12", SILENCE, "123#"], [RIGHT], "bad", 0),
        (["1111", "2222", "3333"], [{}], "bad", 3),
        (["1111", "2222", "3333"], [{"ok": "yes"}], "bad", 3),
    ],
)
async def test_a_pin_that_is_not_right_leads_away(answers: list[str], found: list[Any], queue: str, asked: int) -> None:
    systems = Systems(identity__pin=found)
    outcome, dialogue, _ = await walked(VERIFY, answers, systems)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == queue
    assert len(systems.asked) == asked
    assert not any(pin and pin in str(dialogue.steps) for pin in answers)


async def test_nobody_can_prove_to_be_a_stranger() -> None:
    outcome, dialogue, _ = await walked(VERIFY, ["1111"], customer=None)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "bad"
    assert dialogue.prompts == []


async def test_who_was_verified_once_is_not_when_the_next_try_fails() -> None:
    flow = flow_of(
        {
            "first": {"kind": "verify", "say": [], "next": "again", "failed": "bad", "locked": "bad"},
            "again": {"kind": "verify", "say": [], "next": "bad", "failed": "end", "locked": "bad"},
            "end": {"kind": "queue", "queue": "right", "attributes": {"verified": "verified"}},
        }
    )
    outcome, _, _ = await walked(flow, ["1111"] * 4, Systems(identity__pin=[RIGHT, WRONG]))
    assert outcome == ToQueue("right", {"language": "zh-CN", "verified": False})


# --- paying ---------------------------------------------------------------------------------------------------------

PAY: dict[str, Any] = {
    "kind": "pay", "account": "'a1'", "amount": "arrears", "save": "paid",
    "next": "good", "failed": "bad", "unknown": "other",
}  # fmt: skip
PAYING = flow_of({"first": PAY})
PAID, REFUSED = {"ok": True, "paid_minor": 500}, {"ok": False, "reason": "limit"}


async def test_what_is_paid_is_asked_for_by_a_key_of_its_own() -> None:
    systems = Systems(bss__pay=[PAID])
    outcome, _, step = await walked(PAYING, [], systems, arrears=500)
    assert outcome == HangUp(served=True)
    key = "i1/first/1"
    asked = {"account_id": "a1", "customer_id": "c1", "amount_minor": 500, "key": key}
    assert systems.asked == [("bss.pay", asked)]
    assert step == {"label": "", "ok": True, "payment": key, "amount_minor": 500}


@pytest.mark.parametrize(
    ("answers", "exit_", "times"),
    [
        ([REFUSED], "bad", 1),
        ([LookUpFailed("time-out"), PAID], "good", 2),
        ([LookUpFailed("time-out"), REFUSED], "other", 2),
        ([LookUpFailed("time-out")], "other", 2),
        ([LookUpFailed("circuit open", sent=False)], "bad", 1),
        ([LookUpFailed("time-out"), LookUpFailed("circuit open", sent=False)], "other", 2),
        ([ZeroDivisionError()], "other", 2),
        ([{}], "other", 2),
        ([{"ok": "yes"}], "other", 2),
        ([{"ok": None}, PAID], "good", 2),
    ],
)
async def test_a_payment_is_repeated_by_the_same_key_and_never_called_failed_when_it_may_be_made(
    answers: list[Any], exit_: str, times: int
) -> None:
    systems = Systems(bss__pay=answers)
    outcome, _, _ = await walked(PAYING, [], systems, arrears=500)
    assert outcome == (HangUp(True) if exit_ == "good" else ToQueue(exit_, {"language": "zh-CN"}))
    assert len(systems.asked) == times
    assert len({arguments["key"] for _, arguments in systems.asked}) == 1


AGAIN = flow_of(
    {
        "first": {**PAY, "next": "more", "unknown": "more", "failed": "more"},
        "more": {
            "kind": "menu",
            "say": [],
            "choices": {"1": {"next": "first"}, "2": {"next": "less"}, "3": {"next": "whole"}},
        },
        "whole": {"kind": "set", "values": {"arrears": "500"}, "next": "first"},
        "less": {"kind": "set", "values": {"arrears": "arrears - 100"}, "next": "first"},
    }
)


async def keys(answers: list[Any], pressed: list[str], **context: Any) -> list[str]:
    systems, dialogue = Systems(bss__pay=answers), ScriptedDialogue(pressed)
    with pytest.raises(Left):
        await run(AGAIN, dialogue, systems, {**CALLER, "arrears": 500, **context})
    return [arguments["key"] for _, arguments in systems.asked]


async def test_another_payment_has_another_key_but_not_one_of_which_nothing_is_known() -> None:
    assert await keys([PAID], ["1", "1"]) == ["i1/first/1", "i1/first/2", "i1/first/3"]
    assert await keys([REFUSED], ["1"]) == ["i1/first/1", "i1/first/2"]
    assert await keys([LookUpFailed(), LookUpFailed(), PAID], ["1", "1"]) == [*["i1/first/1"] * 3, "i1/first/2"]
    assert await keys([LookUpFailed(), LookUpFailed(), PAID], ["2"]) == ["i1/first/1", "i1/first/1", "i1/first/2"]
    there_and_back = [*["i1/first/1"] * 2, *["i1/first/2"] * 2, *["i1/first/1"] * 2]
    assert await keys([LookUpFailed()], ["2", "3"]) == there_and_back
    assert await keys([PAID], ["1"], walk=2) == ["i1/first/2.1", "i1/first/2.2"]


async def test_who_leaves_while_paying_leaves_its_key_and_breaks_nothing_off() -> None:
    sent, answer = asyncio.Event(), asyncio.Event()
    made: list[str] = []

    async def system(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        sent.set()
        await answer.wait()
        made.append(arguments["key"])
        return PAID

    dialogue = ScriptedDialogue([])
    with capture_logs() as logs:
        call = asyncio.create_task(run(PAYING, dialogue, system, {**CALLER, "arrears": 500}))
        await sent.wait()
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled()
        answer.set()
        for _ in range(5):
            await asyncio.sleep(0)
    began = {"label": "", "begun": True, "payment": "i1/first/1", "amount_minor": 500}
    assert dialogue.steps == [("first", "pay", began)]
    assert made == ["i1/first/1"]
    assert next(one for one in logs if one["event"] == "paid_after_the_customer_left")["ok"] is True


@pytest.mark.parametrize("arrears", [0, -5, True, 1.5, "500", None])
async def test_nothing_is_paid_that_is_no_amount(arrears: Any) -> None:
    systems = Systems(bss__pay=[PAID])
    kept = {"kind": "queue", "queue": "kept", "attributes": {"paid": "paid"}}
    flow = flow_of({"first": {**PAY, "failed": "kept"}, "kept": kept})
    outcome, dialogue, _ = await walked(flow, [], systems, arrears=arrears)
    assert outcome == ToQueue("kept", {"language": "zh-CN", "paid": {"ok": False, "reason": "amount"}})
    assert dialogue.steps[0] == ("first", "pay", {"label": "", "ok": False, "reason": "amount"})
    assert systems.asked == []


async def test_the_number_of_a_card_is_not_on_the_trail() -> None:
    flow = flow_of(
        {
            "first": {"kind": "collect", "say": [], "save": "card", "maximum": 16, "secret": True, "next": "pay"},
            "pay": {key: value for key, value in {**PAY, "card": "card"}.items() if key != "amount"},
        }
    )
    systems = Systems(bss__pay=[REFUSED])
    _, dialogue, _ = await walked(flow, ["4000123412341234"], systems)
    assert systems.asked[0][1]["card"] == "4000123412341234"
    assert "1234" not in str(dialogue.steps)


# --- called back, sent elsewhere ------------------------------------------------------------------------------------

CALLBACK = flow_of({"first": {"kind": "callback", "say": ["one_moment"], "next": "good", "failed": "bad"}})


@pytest.mark.parametrize(
    ("answer", "ani", "good"),
    [
        ({"ok": True}, "13800000001", True),
        ({"ok": False}, "13800000001", False),
        (LookUpFailed(), "13800000001", False),
        ({"ok": True}, "", False),
        ({"ok": True}, None, False),
    ],
)
async def test_a_callback_is_promised_only_when_it_is_booked(answer: Any, ani: str | None, good: bool) -> None:
    systems = Systems(callback__book=[answer])
    outcome, _, _ = await walked(CALLBACK, [], systems, ani=ani)
    assert isinstance(outcome, HangUp) is good
    assert systems.asked == ([("callback.book", {"number": ani})] if ani else [])


async def test_a_transfer_ends_at_the_number() -> None:
    flow = flow_of({"first": {"kind": "transfer", "say": ["connecting"], "to": "02088886666"}})
    outcome, dialogue, _ = await walked(flow, [])
    assert outcome == ToNumber("02088886666")
    assert dialogue.prompts == ["connecting"]
    assert dialogue.steps == [("first", "transfer", {"label": "", "number": "02088886666"})]


# --- flows inside flows ---------------------------------------------------------------------------------------------

OUTER = flow_of(
    {
        "first": {"kind": "set", "values": {"a": "1"}, "next": "inner"},
        "inner": {"kind": "flow", "flow": "inner", "next": "after", "failed": "bad"},
        "after": {"kind": "queue", "queue": "after", "attributes": {"a": "a", "b": "b"}},
    },
    "outer",
)
INNER = flow_of(
    {
        "first": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "add"}, "2": {"next": "other"}}},
        "add": {"kind": "set", "values": {"a": "a + 1", "b": "'new'"}, "next": "good"},
    },
    "inner",
)


async def through(outer: Flow, answers: list[str], *inner: Flow) -> tuple[Outcome, ScriptedDialogue, list[Walked]]:
    dialogue, told = ScriptedDialogue(answers), list[Walked]()
    flows = {flow.id: flow for flow in inner}
    outcome = await run(outer, dialogue, Systems(), CALLER, flows=flows, on_walked=told.append)
    return outcome, dialogue, told


async def test_a_flow_inside_another_shares_its_variables_and_comes_back() -> None:
    outcome, dialogue, told = await through(OUTER, ["1"], INNER)
    assert outcome == ToQueue("after", {"language": "zh-CN", "a": 2, "b": "new"})
    assert [(one.flow, one.depth, one.nodes, one.outcome) for one in told] == [
        ("inner", 1, ("first", "add", "good"), "served"),
        ("outer", 0, ("first", "inner", "after"), "queue"),
    ]
    assert dialogue.steps[2][2]["flow"] == "inner"
    assert "flow" not in dialogue.steps[0][2]


async def test_its_queue_ends_all() -> None:
    outcome, _, told = await through(OUTER, ["2"], INNER)
    assert outcome == ToQueue("other", {"language": "zh-CN"})
    assert [(one.flow, one.outcome, one.last) for one in told] == [
        ("inner", "queue", "other"),
        ("outer", "queue", "inner"),
    ]


async def test_who_was_served_in_it_was_served() -> None:
    nodes = {
        "first": {"kind": "set", "values": {"a": "1"}, "next": "inner"},
        "inner": {"kind": "flow", "flow": "inner", "next": "end", "failed": "bad"},
        "end": {"kind": "hangup", "served": False},
    }
    assert (await through(flow_of(nodes, "outer"), ["1"], INNER))[0] == HangUp(served=True)
    unserved = flow_of({"first": {"kind": "hangup", "served": False}}, "inner")
    assert (await through(flow_of(nodes, "outer"), [], unserved))[0] == HangUp(served=False)


async def test_one_that_is_not_there_or_breaks_is_gone_round() -> None:
    broken = flow_of({"first": {"kind": "say", "say": [{"money": "nothing"}], "next": "good"}}, "inner")
    for inner in ([], [broken]):
        outcome, _, told = await through(OUTER, [], *inner)
        assert outcome == ToQueue("bad", {"language": "zh-CN"})
    assert [(one.flow, one.outcome) for one in told] == [("inner", "failed"), ("outer", "queue")]


async def test_flows_that_lead_into_one_another_end_at_the_eighth() -> None:
    """The validator refuses it, where it knows the others; they may have changed since."""
    node = {"first": {"kind": "flow", "flow": "a", "next": "good", "failed": "bad"}}
    other = {"first": {"kind": "flow", "flow": "b", "next": "good", "failed": "bad"}}
    outcome, _, told = await through(flow_of(other, "outer"), [], flow_of(node, "b"), flow_of(other, "a"))
    assert outcome == ToQueue("bad", {"language": "zh-CN"})
    assert max(one.depth for one in told) == 8


async def test_steps_are_counted_together_and_none_of_them_goes_on_beyond() -> None:
    outer = flow_of(
        {"first": {"kind": "flow", "flow": "inner", "next": "good", "failed": "bad"}}, "outer", maximum_steps=10
    )
    inner = flow_of({"first": {"kind": "menu", "say": [], "repeat": "#", "choices": {"1": {"next": "good"}}}}, "inner")
    outcome, dialogue, told = await through(outer, ["#"] * 100, inner)
    assert outcome == ToQueue("general", {"language": "zh-CN"})
    assert [(one.flow, one.outcome) for one in told] == [("inner", "failed"), ("outer", "failed")]
    assert len(dialogue.steps) <= 13


# --- what is told of a walk -----------------------------------------------------------------------------------------


async def told_of(flow: Flow, answers: list[str], systems: Any = None, **context: Any) -> Walked:
    told: list[Walked] = []
    with contextlib.suppress(Left):
        await run(flow, ScriptedDialogue(answers), systems or Systems(), {**CALLER, **context}, on_walked=told.append)
    (one,) = told
    return one


async def test_a_walk_is_told_with_its_way_and_its_mistakes() -> None:
    one = await told_of(MENU, ["9", SILENCE, "1"])
    assert (one.flow, one.version, one.nodes, one.outcome, one.last, one.mistakes, one.depth) == (
        "test", 3, ("first", "end"), "queue", "end", {"first": 2}, 0,
    )  # fmt: skip
    assert one.seconds >= 0
    assert (await told_of(PAYING, [], Systems(bss__pay=[PAID]), arrears=1)).outcome == "served"


async def test_it_is_told_of_who_left_and_of_what_broke_too() -> None:
    left = await told_of(MENU, ["9", GOES])
    assert (left.outcome, left.last, left.mistakes) == ("left", "first", {"first": 1})
    broken = await told_of(flow_of({"first": {"kind": "set", "values": {"a": "1 // 0"}, "next": "agent"}}), [])
    assert (broken.outcome, broken.last, broken.nodes) == ("failed", "agent", ("first",))


async def test_it_is_told_when_the_program_ends_in_the_middle() -> None:
    class Waiting(ScriptedDialogue):
        async def collect(self, *arguments: Any, **options: Any) -> Any:
            await asyncio.Event().wait()

    told: list[Walked] = []
    task = asyncio.ensure_future(run(MENU, Waiting([]), Systems(), CALLER, on_walked=told.append))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [one.outcome for one in told] == ["left"]


async def test_who_cannot_take_it_down_costs_the_customer_nothing() -> None:
    def refuse(one: Walked) -> None:
        raise OSError

    outcome = await run(MENU, ScriptedDialogue(["1"]), Systems(), CALLER, on_walked=refuse)
    assert isinstance(outcome, ToQueue)


async def test_a_very_long_way_is_told_by_its_beginning() -> None:
    flow = flow_of(
        {"first": {"kind": "menu", "say": [], "choices": {"1": {"next": "first"}, "2": {"next": "good"}}}},
        maximum_steps=2000,
    )
    one = await told_of(flow, [*["1"] * 900, "2"])
    assert (len(one.nodes), one.last, one.outcome) == (500, "good", "served")
