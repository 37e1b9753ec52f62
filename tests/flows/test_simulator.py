"""A flow is tried out on the real engine, in a time of its own; it holds nothing up and pays nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from yuelai.flows import loader
from yuelai.flows.building import build
from yuelai.flows.ports import LookUpFailed
from yuelai.flows.refusals import NoSuchSimulation, SimulationOver, TooManySimulations
from yuelai.flows.simulator.held import MOST, MOST_OF_ONE, MOST_OF_TENANT, Simulations
from yuelai.flows.simulator.simulation import MOST_CHARACTERS, MOST_EVENTS, Input, Simulation
from yuelai.flows.simulator.words import contained
from yuelai.identity.model import Principal
from yuelai.identity.permissions import permissions_of
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId, new_id


async def refuses(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    raise LookUpFailed("nobody answers")


def document(**nodes: Any) -> dict[str, Any]:
    return {
        "id": "tried",
        "version": 1,
        "start": next(iter(nodes)),
        "handlers": {
            "attempts": 2,
            "no_input": ["no_input"],
            "no_match": ["wrong_key"],
            "failed": "end",
            "error": "end",
        },
        "nodes": {**nodes, "end": {"kind": "hangup", "label": "结束", "say": ["goodbye"], "served": True}},
    }


MENU = {
    "kind": "menu",
    "label": "主菜单",
    "say": ["main_menu"],
    "first_timeout": 6,
    "choices": {"1": {"next": "end", "words": ["余额"]}, "2": {"next": "agent", "words": ["人工", "人工投诉"]}},
}
AGENT = {"kind": "queue", "queue": "general"}


async def tried(of: dict[str, Any], lookup: Any = refuses, flows: Any = None, **context: Any) -> Simulation:
    simulation = Simulation(new_id(), SAMPLE_TENANT, new_id(), "zh-CN")
    await simulation.begin(loader.load(of), flows or {}, lookup, context)
    return simulation


def kinds(simulation: Simulation) -> list[str]:
    return [event["kind"] for event in simulation.events]


def texts(simulation: Simulation, kind: str = "say") -> list[str]:
    return [event["text"] for event in simulation.events if event["kind"] == kind]


@pytest.mark.parametrize(("keys", "said", "outcome"), [("1", 1, "served"), ("1*", 0, "left")])
async def test_who_types_ahead_hears_nothing_in_between_and_is_not_served_by_it(
    keys: str, said: int, outcome: str
) -> None:
    first = {**MENU, "choices": {"1": {"next": "told"}, "*": {"next": "first"}}}
    told = {"kind": "say", "say": ["one_moment"], "served": True, "next": "first"}
    simulation = await tried(document(first=first, told=told))
    before = len(texts(simulation))
    await simulation.put(Input(keys=keys))
    await simulation.put(Input(hangup=True))
    assert len(texts(simulation)) == before + said + 1
    assert simulation.ended == {"outcome": outcome}


async def test_the_code_of_a_product_is_no_secret_and_that_of_a_person_is() -> None:
    async def knows(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"ok": True}

    ask = {"kind": "lookup", "arguments": {"code": "'p59'"}, "save": "x", "failed": "end"}
    simulation = await tried(
        document(
            tariff={**ask, "lookup": "bss.tariff", "next": "code"},
            code={**ask, "lookup": "identity.code", "next": "end"},
        ),
        knows,
    )
    asked = {
        event["data"]["lookup"]: event["data"]["arguments"]
        for event in simulation.events
        if "arguments" in event["data"]
    }
    assert asked == {"bss.tariff": {"code": "p59"}, "identity.code": {"code": "***"}}


async def test_keys_pressed_before_a_message_answer_nothing_after_it() -> None:
    first = {**MENU, "choices": {"1": {"next": "record"}}}
    simulation = await tried(document(first=first, record=RECORD, menu=MENU, agent=AGENT))
    await simulation.put(Input(keys="12"))
    await simulation.put(Input(words="我要投诉"))
    assert simulation.waiting is not None
    assert simulation.waiting.node == "menu"


async def test_it_says_what_a_caller_hears_and_waits_for_a_key() -> None:
    simulation = await tried(document(menu=MENU, agent=AGENT))
    assert texts(simulation) == [
        "查询余额和账单，请按一。故障报修，请按二。投诉，请按三。转人工服务，请按零。重听，请按井号键。"
    ]
    waiting = simulation.waiting
    assert waiting is not None
    assert (waiting.node, waiting.kind, waiting.seconds, list(waiting.keys)) == ("menu", "menu", 6, ["1", "2"])
    await simulation.put(Input(keys="2"))
    assert simulation.ended == {"outcome": "queue", "queue": "general", "attributes": {"language": "zh-CN"}}
    assert simulation.waiting is None
    assert kinds(simulation)[-1] == "end"
    with pytest.raises(SimulationOver):
        await simulation.put(Input(keys="1"))


async def test_silence_takes_its_time_in_the_simulation_and_none_of_ours() -> None:
    began = time.monotonic()
    simulation = await tried(document(menu=MENU, agent=AGENT))
    asked = simulation.seconds
    await simulation.put(Input(silence=True))
    assert simulation.seconds >= asked + 6
    assert texts(simulation)[-1].startswith("对不起，没有收到您的按键")
    await simulation.put(Input(silence=True))
    assert time.monotonic() - began < 2
    assert simulation.ended == {"outcome": "served"}, "twice wrong leads to the handler, which says good-bye"
    times = [event["ms"] for event in simulation.events]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("said", "outcome"), [("我要查余额", "served"), ("人工", "queue"), ("我要投诉", None), ("", None)]
)
async def test_words_choose_as_keys_do(said: str, outcome: str | None) -> None:
    simulation = await tried(document(menu=MENU, agent=AGENT))
    await simulation.put(Input(words=said or "呃"))
    assert (simulation.ended or {}).get("outcome") == outcome


def test_the_longest_word_that_was_said_decides() -> None:
    words = {"1": ["人工"], "2": ["人工投诉"], "3": ["Bill"]}
    assert [contained(each, words, "zh-CN") for each in ("人工", "请转人工投诉", "my bill", "再见")] == [
        "1",
        "2",
        "3",
        "",
    ]


async def test_words_are_understood_as_the_channel_does_where_it_is_known_how() -> None:
    asked = []

    def understands(spoken: str, words: Mapping[str, Any], language: str) -> str | None:
        asked.append((spoken, dict(words), language))
        return "2" if spoken == "仁工" else None

    for said, outcome in (("仁工", "queue"), ("人工", None)):
        simulation = Simulation(new_id(), SAMPLE_TENANT, new_id(), "zh-CN", understands)
        await simulation.begin(loader.load(document(menu=MENU, agent=AGENT)), {}, refuses, {})
        await simulation.put(Input(words=said))
        assert (simulation.ended or {}).get("outcome") == outcome
    assert asked[0] == ("仁工", {"1": ("余额",), "2": ("人工", "人工投诉")}, "zh-CN")


RECORD = {"kind": "record", "say": ["leave_message"], "queue": "general", "maximum_seconds": 10, "save": "left",
    "served": True, "next": "menu", "failed": "agent"}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "seconds", "node"),
    [(Input(words="我要投诉"), 0.9, "menu"), (Input(words="投诉" * 200), 10.0, "menu"), (Input(silence=True), 0, ""),
     (Input(keys="#"), 0, "")],
)  # fmt: skip
async def test_a_message_is_left_by_saying_something_and_not_by_saying_nothing(
    given: Input, seconds: float, node: str
) -> None:
    simulation = await tried(document(record=RECORD, menu=MENU, agent=AGENT))
    assert simulation.waiting is not None
    assert (simulation.waiting.kind, simulation.waiting.node, simulation.waiting.seconds) == ("record", "record", 10)
    await simulation.put(given)
    assert simulation.variables["left"] == {"seconds": seconds}
    assert (simulation.waiting.node if simulation.waiting else "") == node
    assert "投诉" not in json.dumps([one for one in simulation.events if one["kind"] == "key"], ensure_ascii=False)
    if node:
        await simulation.put(Input(hangup=True))
        assert simulation.ended == {"outcome": "served"}


async def test_what_is_secret_is_shown_nowhere() -> None:
    """A card is a variable for a moment, a code never; what is in a message is the customer's."""
    asked: dict[str, Mapping[str, Any]] = {}

    async def lookup(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        asked[name] = arguments
        return {"ok": True, "to_last4": "0001", "card": arguments.get("code")}

    of = document(
        card={"kind": "collect", "say": [], "save": "card", "maximum": 8, "secret": True, "next": "code"},
        code={"kind": "verify", "by": "code", "say": [], "next": "copy", "failed": "end", "locked": "end"},
        copy={"kind": "set", "values": {"other": "[card]"}, "next": "any"},
        any={"kind": "lookup", "lookup": "x", "arguments": {"y": "card"}, "save": "z", "next": "send", "failed": "end"},
        send={"kind": "message", "template": "bill", "values": {"sum": "sum"}, "save": "sent", "next": "pay",
            "failed": "end"},
        pay={"kind": "pay", "account": "'a1'", "card": "card", "save": "paid", "next": "end", "failed": "end",
            "unknown": "end"},
    )  # fmt: skip
    simulation = await tried(of, lookup, customer={"id": "c1"}, ani="13800000001", sum="9.87")
    await simulation.put(Input(keys="40001234"))
    await simulation.put(Input(keys="271828"))
    await simulation.put(Input(keys="#"))
    assert simulation.ended == {"outcome": "served"}
    assert (asked["identity.code"]["code"], asked["bss.pay"]["card"]) == ("271828", "40001234")
    assert (asked["x"]["y"], asked["messages.send"]["values"]) == ("40001234", {"sum": "9.87"})
    shown = json.dumps([simulation.variables, simulation.events])
    assert "40001234" not in shown
    assert "271828" not in shown
    messages = [one["data"] for one in simulation.events if one["data"].get("lookup") == "messages.send"]
    assert messages[0]["arguments"]["values"] == {"sum": "***"}


async def test_what_happens_in_a_flow_inside_is_told_apart() -> None:
    inner = loader.load({**document(menu=MENU, agent=AGENT), "id": "inner"})
    outer = document(go={"kind": "flow", "flow": "inner", "next": "menu", "failed": "end"}, menu=MENU, agent=AGENT)
    simulation = await tried(outer, flows={"inner": inner})
    assert simulation.waiting is not None
    assert (simulation.waiting.flow, simulation.flow, simulation.node) == ("inner", "inner", "menu")
    await simulation.put(Input(keys="1"))
    assert (simulation.waiting.flow, simulation.flow, simulation.node) == ("", "", "menu")
    await simulation.put(Input(keys="2"))
    told = [(one["flow"], one["node"]) for one in simulation.events if one["kind"] in ("say", "key")]
    assert told == [("inner", "menu"), ("inner", "menu"), ("inner", "end"), ("", "menu"), ("", "menu")]


async def test_keys_come_one_by_one_or_together_and_more_are_kept() -> None:
    collect = {"kind": "collect", "say": ["enter_number"], "save": "number", "minimum": 3, "maximum": 5, "next": "menu"}
    of = document(collect=collect, menu=MENU, agent=AGENT)
    for parts in (("1", "3", "8", "0", "0"), ("13800",), ("138", "00"), ("1380", "0#")):
        simulation = await tried(of)
        for part in parts:
            assert simulation.waiting is not None
            assert simulation.waiting.node == "collect", parts
            await simulation.put(Input(keys=part))
        assert simulation.variables["number"] == "13800", parts
    ended = await tried(of)
    await ended.put(Input(keys="138#2"))
    assert ended.variables["number"] == "138"
    assert ended.ended is not None
    assert ended.ended["queue"] == "general", "the key pressed ahead chose in the menu"
    silent = await tried(of)
    await silent.put(Input(keys="138"))
    await silent.put(Input(silence=True))
    assert silent.variables["number"] == "138"


async def test_the_customer_goes() -> None:
    simulation = await tried(document(menu=MENU, agent=AGENT))
    await simulation.put(Input(hangup=True))
    assert simulation.ended == {"outcome": "left"}


async def test_look_ups_show_what_was_asked_and_never_a_pin() -> None:
    asked: list[str] = []

    async def lookup(name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(name)
        return {"ok": arguments["pin"] == "1234", "locked": False, "left": 2}

    verify = {"kind": "verify", "say": ["enter_pin"], "minimum": 4, "maximum": 4, "next": "end", "failed": "agent",
              "locked": "agent"}  # fmt: skip
    simulation = await tried(document(verify=verify, agent=AGENT), lookup, customer={"id": "c1"})
    await simulation.put(Input(keys="1234"))
    assert asked == ["identity.pin"]
    assert simulation.variables["verified"] is True
    (shown,) = [event["data"] for event in simulation.events if "lookup" in event["data"]]
    assert shown["arguments"] == {"customer_id": "c1", "pin": "***"}
    assert "1234" not in json.dumps(simulation.events)


async def test_variables_are_told_when_they_change() -> None:
    set_ = {"kind": "set", "values": {"topic": "'fault'", "count": "1 + 1"}, "next": "menu"}
    simulation = await tried(document(set=set_, menu=MENU, agent=AGENT), ani="10086")
    told = {event["text"]: event["data"]["value"] for event in simulation.events if event["kind"] == "variable"}
    assert told == {"ani": "10086", "topic": "fault", "count": 2}
    assert simulation.variables == told


async def test_a_flow_within_a_flow_is_told_where_it_waits() -> None:
    inner = loader.load({**document(ask={**MENU, "choices": {"1": {"next": "end"}}}), "id": "inner"})
    outer = document(go={"kind": "flow", "flow": "inner", "next": "menu", "failed": "end"}, menu=MENU, agent=AGENT)
    simulation = await tried(outer, flows={"inner": inner})
    assert simulation.waiting is not None
    assert simulation.waiting.node == "ask"
    await simulation.put(Input(keys="1"))
    assert simulation.waiting is not None
    assert simulation.waiting.node == "menu"
    assert list(simulation.waiting.keys) == ["1", "2"]


@pytest.mark.parametrize("steps", [200, 10_000])
async def test_a_runaway_flow_ends_and_is_bounded(steps: int) -> None:
    # Nothing like this passes the checks; the simulator must not rely on them.
    of = document(
        one={"kind": "set", "values": {"a": "1"}, "next": "two"}, two={"kind": "say", "say": ["welcome"], "next": "one"}
    )
    simulation = Simulation(new_id(), SAMPLE_TENANT, new_id(), "zh-CN")
    with capture_logs():
        await simulation.begin(build({**of, "maximum_steps": steps}), {}, refuses, {})
    assert simulation.ended is not None
    assert simulation.ended["outcome"] == "failed"
    assert len(simulation.events) <= MOST_EVENTS + 5


async def test_values_that_nobody_reads_to_the_end_are_cut() -> None:
    set_ = {"kind": "set", "values": {"long": "text + text"}, "next": "menu"}
    simulation = await tried(document(set=set_, menu=MENU, agent=AGENT), text="x" * 4000)
    assert len(simulation.variables["long"]) < 2100


async def test_a_huge_value_is_measured_no_further_than_it_is_shown() -> None:
    """Each step would otherwise cost as much as the value is long, and the process that serves everybody its time."""
    lap = {
        "one": {"kind": "set", "values": {"a": "account"}, "next": "two"},
        "two": {"kind": "say", "say": ["welcome"], "next": "one"},
    }
    account: dict[str, Any] = {"torn": "\ud800", "lines": ["x" * 100] * 20_000}
    simulation = Simulation(new_id(), SAMPLE_TENANT, new_id(), "zh-CN")
    began = time.process_time()
    with capture_logs():
        await simulation.begin(build({**document(**lap), "maximum_steps": 800}), {}, refuses, {"account": account})
    assert time.process_time() - began < 2
    assert simulation.variables["a"] == simulation.variables["account"]
    assert len(json.dumps(simulation.variables["a"])) < 3000
    json.dumps(simulation.events, ensure_ascii=False).encode()


async def test_what_is_said_is_cut_where_nobody_reads_on() -> None:
    tell = {"kind": "say", "say": [{"text": "text"}, {"digits": "digits"}], "next": "menu"}
    of = document(tell=tell, menu=MENU, agent=AGENT)
    simulation = await tried(of, text="好" * 300_000, digits="1" * 300_000)
    assert 2000 <= len(texts(simulation)[0]) < 2100
    assert texts(simulation)[0].endswith("…")


async def test_one_that_tells_too_much_comes_to_an_end_that_says_so() -> None:
    said = {"kind": "say", "say": [{"text": "text"}], "next": "menu"}
    menu = {**MENU, "choices": {"1": {"next": "said"}, "2": {"next": "agent"}}}
    simulation = await tried({**document(said=said, menu=menu, agent=AGENT), "maximum_steps": 5000}, text="长" * 9000)
    for _ in range(MOST_CHARACTERS // 2000 + 10):
        if simulation.ended is not None:
            break
        await simulation.put(Input(keys="1"))
    assert simulation.ended == {"outcome": "failed", "reason": "too_long"}
    last = simulation.events[-1]
    assert (last["kind"], last["data"]) == ("end", {"outcome": "failed", "reason": "too_long"})
    assert len(simulation.events) < MOST_EVENTS
    assert len(json.dumps(simulation.events, ensure_ascii=False)) < 2 * MOST_CHARACTERS


def somebody(tenant: Any = SAMPLE_TENANT) -> Principal:
    held = frozenset({"editor"})
    return Principal(PersonId(new_id()), tenant, "x", "X", None, held, permissions_of(held), operator=True)


def kept(by: Principal) -> Simulation:
    return Simulation(new_id(), by.tenant_id, by.person_id, "zh-CN")


async def test_a_process_holds_a_few_of_each_and_not_too_many() -> None:
    held, mine = Simulations(), somebody()
    own = [kept(mine) for _ in range(MOST_OF_ONE + 1)]
    for each in own:
        held.hold(each)
    with pytest.raises(NoSuchSimulation):
        held.of(mine, own[0].id)
    assert held.of(mine, own[-1].id) is own[-1]
    with pytest.raises(NoSuchSimulation):
        held.of(somebody(), own[-1].id)
    tenants = [TenantId(new_id()) for _ in range(3)]
    others = [kept(somebody(tenants[at % 3])) for at in range(MOST - MOST_OF_ONE)]
    for each in others:
        held.hold(each)
    with pytest.raises(TooManySimulations):
        held.hold(kept(somebody()))
    others[7].ended = {"outcome": "left"}
    held.hold(kept(somebody()))
    assert len(held) == MOST
    for each in (*own[1:], *others):
        held.forget(each)
    assert len(held) == 1


async def test_one_tenant_does_not_take_the_places_of_all() -> None:
    held, people = Simulations(), [somebody() for _ in range(MOST_OF_TENANT + 2)]
    elsewhere = somebody(TenantId(new_id()))
    other = kept(elsewhere)
    held.hold(other)
    theirs = [kept(each) for each in people]
    for each in theirs[:MOST_OF_TENANT]:
        held.hold(each)
    held.of(people[0], theirs[0].id)
    held.hold(theirs[-2])
    with pytest.raises(NoSuchSimulation):
        held.of(people[1], theirs[1].id)
    theirs[7].ended = {"outcome": "left"}
    held.hold(theirs[-1])
    with pytest.raises(NoSuchSimulation):
        held.of(people[7], theirs[7].id)
    assert held.of(people[0], theirs[0].id) is theirs[0], "what is in use stays"
    assert held.of(elsewhere, other.id) is other
    assert len(held) == MOST_OF_TENANT + 1
    for each in (*theirs, other):
        held.forget(each)
