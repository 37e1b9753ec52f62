"""What other rooms note on the trail of a contact that lives."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.channels.desk import Desk
from yuelai.channels.messages import NotYourContact
from yuelai.interactions.errors import BadLine
from yuelai.interactions.events import TrailNoted
from yuelai.interactions.trail import KINDS


def noted(desk: Desk, kind: str) -> list[TrailNoted]:
    return [fact for fact in desk.facts if isinstance(fact, TrailNoted) and fact.kind == kind]


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_what_a_tool_does_stands_in_the_trail_on_the_screen_and_for_good(kind: str) -> None:
    desk = await Desk().talks()
    await desk.ask("trail", kind=kind, data={"code": "relocation", "step": 2}, text="客户已确认")
    (fact,) = noted(desk, kind)
    assert (fact.actor, dict(fact.data)) == ("8001", {"code": "relocation", "step": 2})
    (document,) = (
        value
        for key, value in desk.live.snapshot(frozenset({f"person:{desk.agent.id}"})).items()
        if key.startswith("interaction/")
    )
    line = document["trail"][-1]
    assert (line["kind"], line["text"]) == (kind, "客户已确认")


async def test_words_travel_apart_from_what_everybody_may_read() -> None:
    desk = await Desk().talks()
    await desk.ask("trail", kind="expert_asked", data={"expert": "8002"}, text="王芳的账单")
    (fact,) = noted(desk, "expert_asked")
    assert "王芳" not in repr(fact)


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "note"},
        {"kind": "queue", "data": {"queue": "vip"}},
        {"kind": None},
        {"kind": "script_step", "data": {"deep": {"er": 1}}},
        {"kind": "script_step", "data": {"yes": True}},
        {"kind": "script_step", "data": ["a"]},
        {"kind": "script_step", "data": {"long": "x" * 201}},
        {"kind": "script_step", "data": {str(n): n for n in range(13)}},
        {"kind": "script_step", "text": "x" * 4001},
    ],
)
async def test_other_kinds_and_shapes_are_refused(line: dict[str, Any]) -> None:
    desk = await Desk().talks()
    before = len(desk.facts)
    with pytest.raises(BadLine):
        await desk.ask("trail", **line)
    assert len(desk.facts) == before


async def test_only_who_has_the_contact_adds_to_it() -> None:
    desk = await Desk().talks()
    with pytest.raises(NotYourContact):
        await desk.ask("trail", by=1, kind="script_done", data={"script": str(uuid4())})


async def test_who_wraps_up_still_adds_to_it() -> None:
    desk = await Desk().talks()
    desk.customer.leaves()
    await desk.settle()
    await desk.ask("trail", kind="business_submitted", data={"business": "relocation"})
    assert noted(desk, "business_submitted")
