from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flows.dialogue import GOES, SILENCE, ScriptedDialogue
from yuelai.flows.loader import load, sample, shipped
from yuelai.flows.model import Flow, HangUpNode, Queue
from yuelai.flows.ports import (
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
)  # fmt: skip
from yuelai.flows.runtime import run
from yuelai.platform.ipc import sendable

MAIN = sample("main")
WANG = {"customer": {"id": "c1", "name": "王芳", "class": "gold"}, "match": "one"}


MENU = ["main_menu", "menu_more", "menu_services", "menu_language"]


async def walk(dialogue: ScriptedDialogue, lookup: LookUp, context: Mapping[str, Any]) -> Outcome:
    return await run(MAIN, dialogue, lookup, context, flows=shipped())


async def balance(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if name == "bss.outage":
        return {"outage": False, "area": None, "until": None}
    if name != "balance":
        raise LookUpFailed(name)
    assert (name, dict(arguments)) == ("balance", {"customer_id": "c1"})
    return {"minor": -4860, "currency": "CNY", "bill_minor": 12900, "bill_month": "2026-01-01"}


async def failing(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    raise LookUpFailed("time-out")


@pytest.mark.parametrize(
    ("keys", "queue", "heard"),
    [
        (["0"], "general", []),
        (["2"], "fault", []),
        (["3", SILENCE], "complaint", ["complaint_menu"]),
        (["3", "0"], "complaint", ["complaint_menu"]),
    ],
)
async def test_a_key_leads_to_its_queue(keys: list[str], queue: str, heard: list[str]) -> None:
    dialogue = ScriptedDialogue(keys)
    outcome = await walk(dialogue, failing, WANG)
    assert isinstance(outcome, ToQueue)
    assert (outcome.queue, outcome.attributes["language"]) == (queue, "zh-CN")
    assert dialogue.prompts == ["greeting", *MENU, *heard, "connecting"]


async def test_the_path_and_the_keys_are_on_the_trail_with_labels() -> None:
    dialogue = ScriptedDialogue(["0"])
    await walk(dialogue, failing, WANG)
    assert dialogue.path == ["greeting", "who_calls", "main_menu", "agent_hours", "to_agent"]
    _, kind, data = dialogue.steps[2]
    assert (kind, data["key"], data["label"], data["choice"]) == ("menu", "0", "主菜单", "人工服务")


async def test_key_one_speaks_balance_and_bill_and_silence_then_ends_it_served() -> None:
    dialogue = ScriptedDialogue(["1", SILENCE])
    outcome = await walk(dialogue, balance, WANG)
    assert outcome == HangUp(served=True)
    assert Money(-4860) in dialogue.said
    assert Money(12900) in dialogue.said
    assert dialogue.prompts[-2:] == ["more_or_hangup", "goodbye"]


async def test_a_customer_without_a_bill_hears_only_the_balance() -> None:
    async def no_bill(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"minor": 0, "currency": "CNY", "bill_minor": None, "bill_month": None}

    dialogue = ScriptedDialogue(["1", SILENCE])
    assert await walk(dialogue, no_bill, WANG) == HangUp(served=True)
    assert [one for one in dialogue.said if isinstance(one, Money)] == [Money(0)]


async def test_after_the_balance_the_menu_can_be_heard_again() -> None:
    dialogue = ScriptedDialogue(["1", "#", "2", SILENCE])
    outcome = await walk(dialogue, balance, WANG)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "fault"
    assert dialogue.prompts.count("main_menu") == 2


async def test_an_unknown_caller_is_told_so_and_nobody_is_looked_up() -> None:
    dialogue = ScriptedDialogue(["1", "0"])
    outcome = await walk(dialogue, failing, {"customer": None, "match": "new"})
    assert isinstance(outcome, ToQueue)
    assert "not_identified" in dialogue.prompts
    assert not any(kind == "lookup" for _, kind, _ in dialogue.steps)


async def test_a_failed_look_up_is_said_and_the_customer_goes_on() -> None:
    dialogue = ScriptedDialogue(["1", "0"])
    outcome = await walk(dialogue, failing, WANG)
    assert isinstance(outcome, ToQueue)
    assert "lookup_failed" in dialogue.prompts
    (data,) = [data for node, _, data in dialogue.steps if node == "balance"]
    assert (data["label"], data["lookup"], data["ok"]) == ("查询余额和账单", "balance", False)


@pytest.mark.parametrize("answers", [["9", "8", "7"], [SILENCE] * 3, ["9", SILENCE, "*"]])
async def test_three_wrong_entries_or_silences_go_to_an_agent(answers: list[str]) -> None:
    dialogue = ScriptedDialogue(answers)
    outcome = await walk(dialogue, failing, WANG)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "general"
    assert dialogue.prompts.count("main_menu") == 3


async def test_a_wrong_key_and_a_silence_are_answered_differently() -> None:
    dialogue = ScriptedDialogue(["9", SILENCE, "0"])
    await walk(dialogue, failing, WANG)
    assert dialogue.prompts == [
        "greeting", *MENU, "wrong_key", *MENU, "no_input", *MENU, "connecting",
    ]  # fmt: skip


async def test_the_pound_key_repeats_without_counting_as_a_mistake() -> None:
    dialogue = ScriptedDialogue(["#", "#", "#", "9", "9", "0"])
    outcome = await walk(dialogue, failing, WANG)
    assert isinstance(outcome, ToQueue)
    assert dialogue.path[-1] == "to_agent"
    assert dialogue.prompts.count("main_menu") == 6


async def test_a_customer_who_leaves_ends_the_flow_at_once() -> None:
    dialogue = ScriptedDialogue(["1", GOES])
    with pytest.raises(Left):
        await walk(dialogue, balance, WANG)
    assert "say_balance_and_bill" in dialogue.path
    assert "more_served" not in dialogue.path


async def test_a_stuck_key_ends_at_the_error_handler_not_never() -> None:
    dialogue = ScriptedDialogue(["#"] * 10_000)
    outcome = await walk(dialogue, failing, WANG)
    assert isinstance(outcome, ToQueue)
    assert outcome.queue == "general"
    assert len(dialogue.steps) <= MAIN.maximum_steps + 3


@pytest.mark.parametrize("answer", [{"minor": "a lot"}, {}, {"minor": 1.5}, {"minor": True}])
async def test_an_answer_that_cannot_be_spoken_leads_to_the_error_handler(answer: dict[str, Any]) -> None:
    async def strange(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return answer

    dialogue = ScriptedDialogue(["1"])
    outcome = await walk(dialogue, strange, WANG)
    assert isinstance(outcome, ToQueue)
    assert ("say_balance", "error") in {(node, kind) for node, kind, _ in dialogue.steps}


async def test_a_look_up_that_breaks_in_an_unforeseen_way_still_reaches_an_agent() -> None:
    async def broken(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ZeroDivisionError

    outcome = await walk(ScriptedDialogue(["1"]), broken, WANG)
    assert isinstance(outcome, ToQueue)


async def test_sound_that_fails_for_good_still_reaches_an_agent() -> None:
    class Mute(ScriptedDialogue):
        async def say(self, utterances: object, **options: object) -> bool:
            raise OSError("no media")

    outcome = await walk(Mute([]), failing, WANG)
    assert isinstance(outcome, ToQueue)


def flow_of(nodes: dict[str, Any], **handlers: Any) -> Flow:
    nodes = {**nodes, "end": {"kind": "hangup", "served": True}, "agent": {"kind": "queue", "queue": "general"}}
    return load(
        {
            "id": "test",
            "version": 1,
            "start": "first",
            "handlers": {"failed": "agent", "error": "agent", **handlers},
            "nodes": nodes,
        }
    )


async def test_collected_keys_become_a_variable_and_secret_ones_stay_off_the_trail() -> None:
    flow = flow_of(
        {
            "first": {"kind": "collect", "say": ["main_menu"], "save": "account", "maximum": 6, "next": "pin"},
            "pin": {
                "kind": "collect", "say": ["main_menu"], "save": "pin", "minimum": 4, "maximum": 4, "secret": True,
                "next": "read",
            },
            "read": {"kind": "say", "say": [{"digits": "account"}], "next": "end"},
        }
    )  # fmt: skip
    dialogue = ScriptedDialogue(["123#", "77", "4711"])
    assert await run(flow, dialogue, failing, {}) == HangUp(served=True)
    assert Digits("123") in dialogue.said
    trail = str(dialogue.steps)
    assert "123" in trail
    assert "4711" not in trail
    assert "77" not in trail


async def test_too_few_keys_three_times_go_to_an_agent() -> None:
    flow = flow_of(
        {"first": {"kind": "collect", "say": ["main_menu"], "save": "a", "minimum": 2, "maximum": 4, "next": "end"}}
    )
    outcome = await run(flow, ScriptedDialogue(["1", SILENCE, "#"]), failing, {})
    assert isinstance(outcome, ToQueue)


async def test_values_are_set_language_is_switched_and_both_go_along() -> None:
    flow = flow_of(
        {
            "first": {"kind": "language", "language": "en", "next": "compute"},
            "compute": {"kind": "set", "values": {"owed": "-account.minor", "vip": "'yes'"}, "next": "speak"},
            "speak": {
                "kind": "say",
                "say": ["greeting", {"number": "owed"}, {"date": "account.due"}, {"date": "account.at"}],
                "next": "go",
            },
            "go": {"kind": "queue", "queue": "fault", "attributes": {"vip": "vip", "owed": "owed"}},
            "later": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "end"}}},
        },
        failed="later",
    )
    dialogue = ScriptedDialogue([])
    variables = {"account": {"minor": -5, "due": "2026-02-03", "at": "2026-02-03T10:00:00+00:00"}}
    outcome = await run(flow, dialogue, failing, variables)
    assert outcome == ToQueue("fault", {"language": "en", "vip": "yes", "owed": 5})
    assert dialogue.said == [
        Prompt("greeting"),
        Number(5),
        Instant(datetime(2026, 2, 3), clock=False),  # noqa: DTZ001 - a date has no zone
        Instant(datetime.fromisoformat("2026-02-03T10:00:00+00:00"), clock=True),
    ]


async def test_what_a_customer_says_stays_off_the_trail() -> None:
    choices = {"1": {"next": "end", "label": "余额", "words": ["我叫王芳查余额"]}, "2": {"next": "agent"}}
    flow = flow_of({"first": {"kind": "menu", "say": ["main_menu"], "choices": choices}})
    dialogue = ScriptedDialogue(["我叫王芳查余额"])
    assert await run(flow, dialogue, failing, {}) == HangUp(served=True)
    ((_, _, data), *_) = dialogue.steps
    assert (data["key"], data["choice"], data["spoken"]) == ("1", "余额", True)
    assert "王芳" not in str(dialogue.steps)


async def test_what_goes_along_can_be_written_down_whatever_business_systems_answer() -> None:
    flow = flow_of(
        {
            "first": {
                "kind": "queue",
                "queue": "fault",
                "attributes": {
                    "torn": "account.name",
                    "square": "99999999999 * 99999999999",
                    "endless": "1e308 * 10",
                    "long": "account.story",
                    "deep": "account.deep",
                },
            },
            "later": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "end"}}},
        },
        failed="later",
    )
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    account = {"name": "王\ud800\0", "story": ["x" * 900] * 900, "deep": deep}
    outcome = await run(flow, ScriptedDialogue([]), failing, {"account": account})
    assert isinstance(outcome, ToQueue)
    given = outcome.attributes
    assert (given["torn"], given["square"], given["endless"]) == ("王\ufffd\ufffd", "9999999999800000000001", "inf")
    assert sendable(given)
    assert len(json.dumps(given)) < 20_000
    json.dumps(given, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(
    answers=st.lists(st.sampled_from([SILENCE, *"0123456789*#"]), max_size=60),
    identified=st.booleans(),
    look_up_works=st.booleans(),
)
async def test_whatever_is_pressed_the_flow_ends_within_its_bounds(
    answers: list[str], identified: bool, look_up_works: bool
) -> None:
    dialogue = ScriptedDialogue(answers)
    context = WANG if identified else {"customer": None}
    try:
        outcome = await walk(dialogue, balance if look_up_works else failing, context)
    except Left:
        assert dialogue.steps
    else:
        assert isinstance(outcome, HangUp) or (
            isinstance(outcome, ToQueue) and outcome.queue in {"general", "fault", "complaint"}
        )
        ends = {
            name
            for flow in shipped().values()
            for name, node in flow.nodes.items()
            if isinstance(node, Queue | HangUpNode)
        }
        assert dialogue.path[-1] in ends
    assert len(dialogue.steps) <= MAIN.maximum_steps + 3


async def test_free_words_are_spoken_and_a_word_may_break_in() -> None:
    flow = load(
        {
            "id": "words",
            "version": 1,
            "start": "notice",
            "handlers": {"failed": "end", "error": "end"},
            "nodes": {
                "notice": {"kind": "say", "say": ["greeting"], "next": "words", "interruptible": False},
                "words": {
                    "kind": "say",
                    "say": [{"text": "customer.name + '，您好。'"}],
                    "next": "end",
                    "by_speech": True,
                },
                "end": {"kind": "hangup", "served": True, "say": ["goodbye"]},
            },
        }
    )
    dialogue = ScriptedDialogue([])
    assert await run(flow, dialogue, failing, WANG) == HangUp(served=True)
    assert dialogue.said == [Prompt("greeting"), Text("王芳，您好。"), Prompt("goodbye")]
    assert dialogue.broken_into == ["", "key speech", "key"]


VIP = {"customer": {"id": "c3", "name": "李总", "class": "vip"}, "match": "one"}


def hours(**found: bool) -> Any:
    async def lookup(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        assert (name, dict(arguments)) == ("hours", {"queue": "general"})
        return found

    return lookup


async def test_a_vip_is_offered_an_agent_first_and_gets_one_without_a_key_too() -> None:
    for answers in (["0"], [SILENCE]):
        dialogue = ScriptedDialogue(answers)
        outcome = await walk(dialogue, failing, VIP)
        assert isinstance(outcome, ToQueue)
        assert (outcome.queue, outcome.attributes["topic"]) == ("vip", "vip")
        assert dialogue.prompts[:3] == ["greeting", "menu_agent", "main_menu"]


@pytest.mark.parametrize(
    ("found", "word"), [({"open": False}, "closed"), ({"open": False, "holiday": True}, "holiday")]
)
async def test_who_wants_an_agent_when_nobody_is_here_is_told_so_and_stays_in_the_menu(
    found: dict[str, bool], word: str
) -> None:
    dialogue = ScriptedDialogue(["0", GOES])
    with pytest.raises(Left):
        await walk(dialogue, hours(**found), WANG)
    assert word in dialogue.prompts
    assert dialogue.path[-2:] == ["agent_hours", word]


async def test_somebody_is_reached_in_the_hours_and_when_nobody_knows_them() -> None:
    for lookup in (hours(open=True), failing):
        outcome = await walk(ScriptedDialogue(["0"]), lookup, WANG)
        assert isinstance(outcome, ToQueue)


CONSENT = load(
    {
        "id": "consent",
        "version": 1,
        "start": "notice",
        "early": True,
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "notice": {"kind": "notice", "say": ["recording_notice"], "next": "consent"},
            "consent": {"kind": "consent", "say": ["recording_consent"], "next": "end"},
            "end": {"kind": "queue", "queue": "general", "attributes": {"consent": "consent"}},
        },
    }
)


@pytest.mark.parametrize(
    ("answers", "given"),
    [(["1"], True), (["2"], False), (["7", "1"], True), ([SILENCE, SILENCE, SILENCE], False)],
)
async def test_whoever_does_not_agree_is_not_recorded(answers: list[str], given: bool) -> None:
    dialogue = ScriptedDialogue(answers)
    outcome = await run(CONSENT, dialogue, failing, {})
    assert dialogue.consents == [given]
    assert isinstance(outcome, ToQueue)
    assert outcome.attributes["consent"] is given
    assert dialogue.steps[1][1:] == ("consent", {"label": "", "key": answers[-1] or None, "consent": given})


async def test_a_notice_is_heard_to_its_end() -> None:
    assert CONSENT.early
    dialogue = ScriptedDialogue(["1"])
    await run(CONSENT, dialogue, failing, {})
    assert dialogue.broken_into[0] == ""
