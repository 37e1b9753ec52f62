"""When a customer has got what they came for, and which business it was about: whoever hangs up then was served."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.flows.dialogue import GOES, SILENCE, ScriptedDialogue
from tests.flows.test_nodes import CALLER, PAID, PAY, REFUSED, Systems, flow_of
from yuelai.flows.model import BusinessWalked, Flow, Walked
from yuelai.flows.ports import HangUp, Left, LookUpFailed
from yuelai.flows.runtime import run

BALANCE = {"kind": "say", "say": ["one_moment"], "business": "balance", "served": True, "next": "first"}
CENTRE: dict[str, Any] = {
    "first": {
        "kind": "menu", "say": ["main_menu"],
        "choices": {
            "1": {"next": "balance"}, "2": {"next": "tariffs"}, "3": {"next": "orders"}, "0": {"next": "agent"},
            "9": {"next": "out"}, "8": {"next": "over"}, "7": {"next": "good"},
        },
    },
    "balance": BALANCE,
    "tariffs": {
        "kind": "menu", "say": ["wrong_key"], "business": "tariffs",
        "choices": {"1": {"next": "told"}, "2": {"next": "first"}},
    },
    "told": {"kind": "say", "say": ["one_moment"], "served": True, "next": "first"},
    "orders": {"kind": "set", "values": {"a": "1"}, "business": "orders", "next": "first"},
    "out": {"kind": "transfer", "to": "10010"},
    "over": {"kind": "hangup", "served": False},
    "good": {"kind": "hangup", "served": True},
}  # fmt: skip
SAID = flow_of({"first": {**BALANCE, "next": "agent"}})


async def walked(
    flow: Flow, answers: list[str], systems: Any = None, flows: dict[str, Flow] | None = None, **context: Any
) -> tuple[list[Walked], ScriptedDialogue]:
    told, dialogue = list[Walked](), ScriptedDialogue(answers)
    with contextlib.suppress(Left):
        await run(flow, dialogue, systems or Systems(), {**CALLER, **context}, flows=flows or {}, on_walked=told.append)
    return told, dialogue


@pytest.mark.parametrize(
    ("answers", "outcome", "served", "businesses"),
    [
        ([GOES], "left", False, []),
        (["1", GOES], "served", True, ["balance served"]),
        (["2", GOES], "left", False, ["tariffs left"]),
        (["2", "1", GOES], "served", True, ["tariffs served"]),
        # Another business takes it back for the contact, and leaves the first one what it was.
        (["1", "2", GOES], "left", False, ["balance served", "tariffs left"]),
        (["1", "2", "1", GOES], "served", True, ["balance served", "tariffs served"]),
        (["2", "2", "1", GOES], "served", True, ["tariffs unserved", "balance served"]),
        # The same one over again is no other one.
        (["1", "1", GOES], "served", True, ["balance served"]),
        (["1", "3", "1", GOES], "served", True, ["balance served", "orders unserved", "balance served"]),
        (["1", "0"], "queue", True, ["balance served"]),
        (["2", "2", "0"], "queue", False, ["tariffs queue"]),
        (["3", "9"], "transfer", False, ["orders transfer"]),
        (["3", "8"], "unserved", False, ["orders unserved"]),
        (["1", "8"], "served", True, ["balance served"]),
        (["3", "7"], "served", True, ["orders served"]),
        (["3", SILENCE, SILENCE, SILENCE], "queue", False, ["orders queue"]),
    ],
)
async def test_who_was_served_and_in_what(
    answers: list[str], outcome: str, served: bool, businesses: list[str]
) -> None:
    (walk,), dialogue = await walked(flow_of(CENTRE), answers)
    assert (walk.outcome, walk.served) == (outcome, served)
    assert [f"{one.code} {one.outcome}" for one in walk.businesses] == businesses
    assert (dialogue.serves or [False])[-1] == served


async def test_the_channel_is_told_and_told_otherwise_when_another_business_begins() -> None:
    _, dialogue = await walked(flow_of(CENTRE), ["1", "3", "1", "2", GOES])
    assert dialogue.serves == [True, False, True, False]


async def test_what_was_passed_over_or_cut_short_by_a_key_has_served_nobody() -> None:
    class Ahead(ScriptedDialogue):
        async def say(self, utterances: Any, **options: Any) -> bool:
            return False

    told: list[Walked] = []
    dialogue = Ahead(["1", "0"])
    await run(flow_of(CENTRE), dialogue, Systems(), CALLER, on_walked=told.append)
    assert (told[0].outcome, told[0].served, dialogue.serves) == ("queue", False, [])
    assert told[0].businesses == (BusinessWalked("balance", "queue"),)


async def test_who_hangs_up_while_it_is_said_was_not_served() -> None:
    class Hasty(ScriptedDialogue):
        async def say(self, utterances: Any, **options: Any) -> bool:
            raise Left

    told: list[Walked] = []
    with pytest.raises(Left):
        await run(SAID, Hasty([]), Systems(), CALLER, on_walked=told.append)
    assert (told[0].outcome, told[0].businesses) == ("left", (BusinessWalked("balance", "left"),))


async def test_who_has_gone_when_it_is_to_be_told_was_not_served() -> None:
    class Quick(ScriptedDialogue):
        async def served(self, so_far: bool = True) -> None:
            raise Left

    told: list[Walked] = []
    with pytest.raises(Left):
        await run(SAID, Quick([]), Systems(), CALLER, on_walked=told.append)
    assert (told[0].outcome, told[0].served) == ("left", False)


async def test_a_flow_that_breaks_after_a_business_was_served_failed_in_the_next_one_only() -> None:
    nodes = {**CENTRE, "orders": {"kind": "set", "values": {"a": "1 // 0"}, "business": "orders", "next": "first"}}
    (walk,), _ = await walked(flow_of(nodes), ["1", "3"])
    assert (walk.outcome, walk.served) == ("failed", False)
    assert walk.businesses == (BusinessWalked("balance", "served"), BusinessWalked("orders", "failed"))


async def test_a_flow_that_breaks_and_hangs_up_has_failed_for_the_channel_too() -> None:
    nodes = {**CENTRE, "orders": {"kind": "set", "values": {"a": "1 // 0"}, "next": "first"}}
    told: list[Walked] = []
    outcome = await run(
        flow_of(nodes, handlers={"failed": "agent", "error": "good"}),
        ScriptedDialogue(["1", "3"]), Systems(), CALLER, on_walked=told.append,
    )  # fmt: skip
    assert (outcome, told[0].outcome) == (HangUp(False), "failed")


async def test_what_happens_in_a_flow_inside_is_told_of_the_outermost_one() -> None:
    inside = flow_of(CENTRE, "inside")
    outer = flow_of(
        {
            "first": {"kind": "flow", "flow": "inside", "business": "main", "next": "more", "failed": "bad"},
            "more": {"kind": "menu", "say": [], "choices": {"0": {"next": "agent"}}},
        }
    )
    (inner, walk), dialogue = await walked(outer, ["1", "7", GOES], flows={"inside": inside})
    assert (inner.depth, inner.outcome, inner.served, inner.businesses) == (1, "served", False, ())
    assert (walk.depth, walk.outcome, walk.served) == (0, "served", True)
    assert walk.businesses == (BusinessWalked("main", "unserved"), BusinessWalked("balance", "served"))
    assert dialogue.serves[-1] is True
    (inner, walk), _ = await walked(outer, ["1", GOES], flows={"inside": inside})
    assert [inner.outcome, walk.outcome] == ["served", "served"]


@pytest.mark.parametrize(
    ("answers", "inner", "outer"),
    [
        # Heard outside, got nothing inside.
        (["1", "6", GOES], "left", "served"),
        (["1", "6", "8", GOES], "unserved", "served"),
        # Heard inside: in the inner one and in the one inside that.
        (["6", "1", GOES], "served", "served"),
        (["6", "1", "8", GOES], "served", "served"),
        (["6", "5", "1", GOES], "served", "served"),
        (["6", "5", "1", "8", GOES], "served", "served"),
        # Another business began inside.
        (["6", "1", "2", GOES], "left", "left"),
    ],
)
async def test_a_flow_inside_serves_by_what_is_got_in_it(answers: list[str], inner: str, outer: str) -> None:
    deeper = flow_of({**CENTRE, "over": {"kind": "hangup", "served": False}}, "deeper")
    inside = flow_of(
        {
            **CENTRE,
            "first": {
                **CENTRE["first"],
                "choices": {**CENTRE["first"]["choices"], "5": {"next": "deeper"}},
            },
            "deeper": {"kind": "flow", "flow": "deeper", "next": "first", "failed": "agent"},
        },
        "inside",
    )
    more = {**CENTRE["first"], "choices": {**CENTRE["first"]["choices"], "6": {"next": "sub"}}}
    sub = {"kind": "flow", "flow": "inside", "next": "first", "failed": "agent"}
    told, _ = await walked(
        flow_of({**CENTRE, "first": more, "sub": sub}), answers, flows={"inside": inside, "deeper": deeper}
    )
    assert [(one.depth, one.outcome) for one in told if one.depth < 2] == [(1, inner), (0, outer)]


@pytest.mark.parametrize(("found", "served"), [([PAID], True), ([REFUSED], False), ([LookUpFailed("time-out")], False)])
async def test_who_has_paid_is_served_and_who_has_not_is_not(found: list[Any], served: bool) -> None:
    ask = {"kind": "menu", "say": [], "choices": {"1": {"next": "agent"}}}
    paying = {**PAY, "served": True, "business": "paying", "next": "ask", "failed": "ask", "unknown": "ask"}
    (walk,), _ = await walked(flow_of({"first": paying, "ask": ask}), [GOES], Systems(bss__pay=found), arrears=500)
    assert (walk.outcome, walk.served) == ("served" if served else "left", served)
    assert walk.businesses == (BusinessWalked("paying", "served" if served else "left"),)


async def test_no_more_than_a_hundred_businesses_of_a_contact_are_told() -> None:
    (walk,), _ = await walked(flow_of(CENTRE, maximum_steps=5000), ["1", "3"] * 300 + [GOES])
    assert len(walk.businesses) == 100
    assert {one.outcome for one in walk.businesses} == {"served", "unserved"}


async def test_a_queue_may_be_a_business_and_the_trail_says_which_it_is() -> None:
    (walk,), dialogue = await walked(
        flow_of({"first": {"kind": "queue", "queue": "complaints", "business": "complaint"}}), []
    )
    assert walk.businesses == (BusinessWalked("complaint", "queue"),)
    assert dialogue.steps == [("first", "queue", {"label": "", "business": "complaint", "queue": "complaints"})]
