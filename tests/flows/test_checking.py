"""What a designer is told of a flow that is not finished, or that would trap a caller."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.flows.checking import Known, called, check
from yuelai.flows.errors import FlowInvalid
from yuelai.flows.loader import load, shipped


def document(nodes: dict[str, Any], start: str = "first", **handlers: Any) -> dict[str, Any]:
    return {
        "id": "test",
        "version": 1,
        "start": start,
        "handlers": {"failed": "agent", "error": "agent", **handlers},
        "nodes": {**nodes, "agent": {"kind": "queue", "queue": "general"}},
    }


def told(nodes: dict[str, Any], known: Known | None = None, **handlers: Any) -> set[tuple[str, str, str]]:
    return {(one.node, one.code, one.exit) for one in check(document(nodes, **handlers), known)}


ALL_KINDS: dict[str, Any] = {
    "first": {"kind": "say", "say": ["greeting"], "next": "notice", "at": [10, -20]},
    "notice": {"kind": "notice", "say": ["greeting"], "next": "consent"},
    "consent": {"kind": "consent", "say": ["greeting"], "next": "hours"},
    "hours": {"kind": "hours", "queue": "general", "open": "menu", "closed": "language"},
    "menu": {
        "kind": "menu",
        "say": ["main_menu"],
        "save": "chosen",
        "choices": {"1": {"next": "collect", "words": ["余额", "话费"]}, "0": {"next": "away"}},
    },
    "collect": {"kind": "collect", "say": ["main_menu"], "save": "no", "maximum": 8, "confirm": True, "next": "verify"},
    "verify": {
        "kind": "verify", "say": ["main_menu"], "minimum": 4, "maximum": 6, "wrong": ["wrong_key"],
        "next": "proof", "failed": "agent", "locked": "agent",
    },
    "proof": {
        "kind": "verify", "by": "code", "say": ["main_menu", {"digits": "code.to_last4"}],
        "next": "lookup", "failed": "agent", "locked": "agent",
    },
    "lookup": {"kind": "lookup", "lookup": "bss.account", "save": "account", "next": "pay", "failed": "agent"},
    "pay": {
        "kind": "pay", "say": ["main_menu"], "account": "account.account_id", "amount": "account.arrears_minor",
        "save": "paid", "next": "callback", "failed": "agent", "unknown": "agent",
    },
    "callback": {"kind": "callback", "next": "message", "failed": "agent"},
    "message": {
        "kind": "message", "template": "bill", "to": "ani", "values": {"sum": "account.arrears_minor"},
        "save": "sent", "served": True, "business": "bill", "next": "record", "failed": "agent",
    },
    "record": {
        "kind": "record", "say": ["main_menu"], "queue": "general", "maximum_seconds": 5, "save": "left",
        "served": True, "next": "inner", "failed": "agent",
    },
    "inner": {"kind": "flow", "flow": "tariffs", "next": "rating", "failed": "agent"},
    "rating": {"kind": "rating", "say": ["main_menu"], "maximum": 5, "next": "end"},
    "language": {"kind": "language", "language": "en", "next": "set"},
    "set": {"kind": "set", "values": {"a": "1"}, "next": "condition"},
    "condition": {"kind": "condition", "cases": [{"when": "a == 1", "next": "menu"}], "otherwise": "agent"},
    "away": {"kind": "transfer", "to": "02112345678"},
    "end": {"kind": "hangup", "served": True},
}  # fmt: skip


def test_a_flow_of_all_kinds_is_accepted_and_the_designers_places_are_no_part_of_it() -> None:
    assert check(document(ALL_KINDS)) == []
    flow = load(document(ALL_KINDS))
    assert {type(node).__name__ for node in flow.nodes.values()} >= {"Verify", "Pay", "SubFlow", "Transfer", "Rating"}
    assert called(flow) == {"tariffs"}


def _exits() -> list[tuple[str, list[str], str]]:
    found = []
    for name, node in ALL_KINDS.items():
        found += [(name, [key], key) for key in node if key in _PLAIN]
        found += [(name, ["choices", key, "next"], f"choices.{key}") for key in node.get("choices", {})]
        found += [(name, ["cases", at, "next"], f"cases.{at}") for at in range(len(node.get("cases", [])))]
    return found


_PLAIN = {"next", "failed", "locked", "unknown", "open", "closed", "otherwise"}


@pytest.mark.parametrize(("node", "path", "exit_"), _exits())
@pytest.mark.parametrize("value", ["", None, ..., "nowhere"])
def test_each_way_out_that_leads_nowhere_is_named(node: str, path: list[Any], exit_: str, value: Any) -> None:
    drawn = document(json.loads(json.dumps(ALL_KINDS)))
    place: Any = drawn["nodes"][node]
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    code = "no_such_node" if value == "nowhere" else "open_exit"
    about = [one for one in check(drawn) if one.node == node]
    assert [(one.code, one.exit) for one in about if one.code != "unreachable"] == [(code, exit_)]
    with pytest.raises(FlowInvalid):
        load(drawn)


def test_a_draft_of_nothing_is_told_where_to_begin() -> None:
    empty = {"id": "new", "version": 1, "start": "", "handlers": {"failed": "", "error": ""}, "nodes": {}}
    codes = {(one.node, one.code, one.exit) for one in check(empty)}
    assert codes == {
        ("", "open_exit", "start"),
        ("", "open_exit", "handlers.failed"),
        ("", "open_exit", "handlers.error"),
        ("", "schema", ""),
    }


def test_one_broken_node_does_not_hide_what_is_wrong_elsewhere() -> None:
    found = told(
        {
            "first": {"kind": "say", "say": [], "colour": "red", "next": "round"},
            "round": {"kind": "set", "values": {"a": "open('x')"}, "next": "first"},
        }
    )
    assert {(node, code) for node, code, _ in found} == {
        ("first", "schema"),
        ("round", "bad_expression"),
        ("first", "busy_loop"),
        ("first", "no_end"),
        ("round", "no_end"),
    }


@pytest.mark.parametrize("part", ["label", "choice", "business"])
def test_what_is_shown_of_a_node_is_of_bounded_length(part: str) -> None:
    def drawn(text: str) -> dict[str, Any]:
        node: dict[str, Any] = {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "agent"}}}
        if part == "choice":
            node["choices"]["1"]["label"] = text
        else:
            node[part] = text
        return {"first": node}

    longest = 32 if part == "business" else 80
    assert told(drawn("a" * longest)) == set()
    assert told(drawn("a" * (longest + 1))) == {("first", "schema", "")}


def test_an_amount_ends_with_something_else_than_its_point() -> None:
    node = {"kind": "collect", "as": "amount", "say": [], "save": "sum", "maximum": 8, "next": "agent"}
    assert told({"first": node}) == set()
    assert told({"first": {**node, "terminators": "*#"}}) == {("first", "star_twice", "")}
    assert told({"first": {**node, "as": "digits", "terminators": "*#"}}) == set()


def test_who_cannot_be_asked_or_cannot_leave_a_message_is_not_led_round_for_ever() -> None:
    code = {"kind": "verify", "by": "code", "say": [], "next": "agent", "locked": "agent", "failed": "first"}
    assert ("first", "busy_loop", "") in told({"first": code})
    assert told({"first": {**code, "failed": "agent", "none": "first"}}) == set()
    record = {"kind": "record", "say": ["main_menu"], "queue": "q", "save": "left", "next": "first", "failed": "agent"}
    assert told({"first": record}) == set()
    assert ("first", "busy_loop", "") in told({"first": {**record, "next": "agent", "failed": "first"}})


def test_what_new_nodes_ask_is_looked_for_among_the_look_ups_and_queues() -> None:
    known = Known(queues={"general"}, lookups={"bss.account", "identity.pin", "bss.pay", "callback.book"})
    found = {(one.node, one.code, one.message.split()[-1]) for one in check(document(ALL_KINDS), known)}
    assert found == {
        ("proof", "no_such_lookup", "identity.send_code"),
        ("proof", "no_such_lookup", "identity.code"),
        ("message", "no_such_lookup", "messages.send"),
    }
    lost = {**ALL_KINDS, "record": {**ALL_KINDS["record"], "queue": "nowhere"}}
    assert {one.node for one in check(document(lost), Known(queues={"general"}))} == {"record"}
    bad = {**ALL_KINDS, "message": {**ALL_KINDS["message"], "to": "open('x')"}}
    assert {(one.node, one.code) for one in check(document(bad))} == {("message", "bad_expression")}


@pytest.mark.parametrize(
    ("template", "values", "code"),
    [
        ("bill", {"sum": "1"}, None),
        ("bill", {"sum": "1", "more": "2"}, None),
        ("bill", {}, "wrong_values"),
        ("bill", {"sum": "1", "other": "2"}, "wrong_values"),
        ("hill", {"sum": "1"}, "no_such_template"),
    ],
)
def test_a_message_by_no_template_or_with_values_it_does_not_take_is_told(
    template: str, values: dict[str, str], code: str | None
) -> None:
    node = {
        "kind": "message",
        "template": template,
        "values": values,
        "save": "sent",
        "next": "agent",
        "failed": "agent",
    }
    known = Known(templates={"bill": {"sum": True, "more": False}})
    found = check(document({"first": node}), known)
    assert [(one.node, one.code, one.severity) for one in found] == ([("first", code, "warning")] if code else [])


def test_a_room_without_a_door_is_refused_even_when_it_asks() -> None:
    """A menu asks, so that going round it is no busy circle; but neither it nor what failing leads to ever ends."""
    found = told(
        {
            "first": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "first"}}},
            "end": {"kind": "hangup", "served": False},
        },
        failed="first",
        error="end",
    )
    assert ("first", "no_end", "") in found
    assert ("first", "busy_loop", "") not in found


def test_who_gives_no_answer_gets_out_of_a_menu_that_leads_only_to_itself() -> None:
    found = told({"first": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "first"}}}})
    assert found == set()


def test_a_stranger_is_asked_for_no_pin_and_does_not_go_round_for_ever() -> None:
    verify = {"kind": "verify", "say": ["main_menu"], "next": "end", "locked": "end", "failed": "first"}
    found = told({"first": verify, "end": {"kind": "hangup", "served": False}})
    assert ("first", "busy_loop", "") in found


def test_a_sub_flow_is_no_wait_and_a_transfer_no_handler_of_errors() -> None:
    nodes = {
        "first": {"kind": "flow", "flow": "other", "next": "first", "failed": "away"},
        "away": {"kind": "transfer", "to": "10010"},
    }
    assert told(nodes, error="away") >= {("first", "busy_loop", ""), ("away", "error_must_end", "")}


@pytest.mark.parametrize(
    ("node", "code"),
    [
        ({"kind": "collect", "say": [], "save": "a", "maximum": 2, "secret": True, "confirm": True}, "confirm_secret"),
        ({"kind": "collect", "say": [], "save": "a", "minimum": 3, "maximum": 2}, "minimum_above_maximum"),
        ({"kind": "verify", "say": [], "maximum": 2, "failed": "agent", "locked": "agent"}, "minimum_above_maximum"),
        ({"kind": "pay", "account": "a", "save": "b", "failed": "agent", "unknown": "agent"}, "nothing_to_pay"),
        (
            {"kind": "pay", "account": "a()", "card": "b", "save": "c", "failed": "agent", "unknown": "agent"},
            "bad_expression",
        ),
        ({"kind": "verify", "say": [], "wrong": [{"text": "a["}], "failed": "agent", "locked": "agent"},
         "bad_expression"),
        ({"kind": "transfer", "to": "10010\n"}, "schema"),
        ({"kind": "rating", "say": [], "maximum": 10}, "schema"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_in_a_node_is_told(node: dict[str, Any], code: str) -> None:
    drawn = {**node, **({} if node["kind"] == "transfer" else {"next": "agent"})}
    assert told({"first": drawn}) == {("first", code, "")}


def test_a_word_that_means_two_keys_is_told() -> None:
    choices = {"1": {"next": "agent", "words": ["余额"]}, "2": {"next": "agent", "words": ["账单", "余额"]}}
    found = told({"first": {"kind": "menu", "say": [], "choices": choices}})
    assert found == {("first", "word_twice", "choices.2")}


def test_more_words_than_can_be_listened_for_are_told() -> None:
    def menu(last: str) -> dict[str, Any]:
        choices = {key: {"next": "agent", "words": [f"{key}{at:039}" for at in range(5)]} for key in "123"}
        return {"kind": "menu", "say": [], "choices": {**choices, "4": {"next": "agent", "words": [last]}}}

    assert told({"first": menu("账单")}) == {("first", "too_many_words", "")}
    fits = menu("账单")
    fits["choices"]["3"]["words"].pop()
    assert told({"first": fits}) == set()


def test_what_is_not_there_beside_the_flow_is_told_by_how_bad_it_is() -> None:
    known = Known(
        queues={"fault"},
        prompts={"main_menu", "greeting", "wrong_key"},
        english={"main_menu", "wrong_key"},
        flows=set(),
        lookups={"bss.account", "bss.pay"},
    )
    problems = check(document(ALL_KINDS, no_input=["hush"]), known)
    assert {(one.node, one.code, one.severity) for one in problems} == {
        ("first", "no_english", "warning"),
        ("notice", "no_english", "warning"),
        ("consent", "no_english", "warning"),
        ("hours", "no_such_queue", "warning"),
        ("agent", "no_such_queue", "warning"),
        ("verify", "no_such_lookup", "warning"),
        ("proof", "no_such_lookup", "warning"),
        ("message", "no_such_lookup", "warning"),
        ("record", "no_such_queue", "warning"),
        ("callback", "no_such_lookup", "warning"),
        ("collect", "no_such_prompt", "error"),
        ("inner", "no_such_flow", "error"),
        ("", "no_such_prompt", "error"),
    }


def test_flows_that_lead_back_into_this_one_are_refused_and_too_many_inside_one_another() -> None:
    node = {"first": {"kind": "flow", "flow": "a", "next": "agent", "failed": "agent"}}
    assert told(node, Known(calls={"a": {"b"}, "b": {"test"}})) == {("first", "flow_circle", "")}
    own = {"first": {**node["first"], "flow": "test"}}
    assert told(own) == {("first", "flow_circle", "")}
    chain = {"abcdefghij"[at]: {"abcdefghij"[at + 1]} for at in range(8)}
    assert told(node, Known(calls=chain)) == {("first", "flow_too_deep", "")}
    del chain["h"]
    assert told(node, Known(calls=chain)) == set()
    assert told(node, Known(calls={"a": {"b"}, "b": {"a"}})) == {("first", "flow_too_deep", "")}


def test_many_ways_through_a_flow_are_not_each_looked_at() -> None:
    """Sixty forks in a row have 2^60 ways."""
    nodes: dict[str, Any] = {}
    for at in range(60):
        case = {"when": "a", "next": f"left_{at}"}
        nodes[f"fork_{at}"] = {"kind": "condition", "cases": [case], "otherwise": f"right_{at}"}
        for side in ("left", "right"):
            nodes[f"{side}_{at}"] = {"kind": "set", "values": {"a": "1"}, "next": f"fork_{at + 1}"}
    nodes["fork_60"] = {"kind": "hangup", "served": True}
    began = time.process_time()
    assert check(document(nodes, start="fork_0")) == []
    assert time.process_time() - began < 5


def test_a_flood_of_problems_is_cut_off() -> None:
    nodes = {f"node_{at}": {"kind": "say", "say": [1, 2, 3]} for at in range(1000)}
    assert len(check(document(nodes))) == 500


def test_what_is_nested_without_end_or_very_long_is_refused_in_a_few_words() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    nodes = {"first": {"kind": "say", "say": [deep], "next": "agent"}}
    for problem in [*check(document(nodes)), *check({**document({}), "id": "x" * 500_000})]:
        assert len(problem.message) < 400
    assert check(document(nodes))


def test_the_shipped_flows_have_no_problem() -> None:
    assert shipped()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["say", "menu", "next", "agent"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(whole=_JSON)
def test_any_json_is_either_a_flow_or_refused(whole: Any) -> None:
    with contextlib.suppress(FlowInvalid):
        load(whole)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_flow_is_told_or_harmless(data: st.DataObject) -> None:
    """Some value anywhere in a flow of all kinds is replaced by any JSON."""
    whole: Any = json.loads(json.dumps(document(ALL_KINDS)))
    place, key = {"": whole}, ""
    while True:
        inner: Any = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        place, key = inner, data.draw(st.sampled_from(range(len(inner)) if isinstance(inner, list) else sorted(inner)))
    place[key] = data.draw(_JSON)
    for problem in check(whole):
        assert problem.node == "" or problem.node in whole["nodes"]
        assert str(problem)
