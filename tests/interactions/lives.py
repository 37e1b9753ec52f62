"""Random lives of interactions, told to a recorder: calls and calls of ours, transfers, consultations, conferences."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from tests.interactions.book import Book
from yuelai.interactions.errors import IllegalStep
from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionEnded,
    Role,
    SegmentKind,
    SegmentStarted,
)
from yuelai.interactions.model import Interaction, Stage, Tenant
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.platform.facts import Fact
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id

STEPS = 40
_WITH_AGENT = ("ring", "talk", "hold", "consult", "conference", "dial")


async def live(book: Book, dice: Random, agents: list[UUID], queue: UUID) -> InteractionRecorder:
    """Let one interaction live to its close; what cannot be is tried, too, and refused."""
    recorder = book.recorder()
    direction = dice.choice(["in", "in", "out"])
    first = dice.choice([SegmentKind.IVR, SegmentKind.QUEUE]) if direction == "in" else SegmentKind.QUEUE
    tenant = Tenant(TenantId(SAMPLE_TENANT), "main", "悦来")
    await recorder.begin(new_id(), tenant, "voice", direction, "13800000001", "10000", first=first)
    for _ in range(STEPS):
        book.clock.advance(dice.choice([0, 0.001, 0.25, 3, 61.5]))
        try:
            await _step(recorder, dice, agents, queue)
        except IllegalStep:
            continue
    if recorder.interaction.ended_at is None:
        await recorder.ended(dice.choice(list(EndReason)))
        book.clock.advance(2.5)
    for agent_id in recorder.interaction.parties.wrapping():
        await recorder.wrapped_up(agent_id, dice.choice([None, "billing"]))
    await recorder.closed()
    return recorder


async def _step(recorder: InteractionRecorder, dice: Random, agents: list[UUID], queue: UUID) -> None:
    agent = dice.choice(agents)
    standing = recorder.interaction.parties.standing()
    match dice.randrange(20):
        case 0:
            await recorder.joined(dice.choice([Role.AGENT, Role.CONSULTED, Role.LEADER]), agent_id=agent)
        case 1:
            await recorder.joined(Role.THIRD, address="057188126620")
        case 2 | 3 if standing:
            await recorder.left(dice.choice(standing).id, dice.choice(["hung_up", "transferred", "lost"]))
        case 4 | 5:
            await recorder.wrapped_up(agent, dice.choice([None, "solved", "passed_on"]), "备注")
        case 6:
            await recorder.linked("previous", queue)
        case 7:
            await recorder.note("note", "8001", text="…")
        case 8 if dice.random() < 0.3:
            await recorder.ended(dice.choice(list(EndReason)))
        case _:
            kind = dice.choice([kind for kind in SegmentKind if kind is not SegmentKind.WRAPUP])
            whom = agent if kind.value in _WITH_AGENT and dice.random() < 0.9 else None
            await recorder.segment(kind, whom, queue if dice.random() < 0.8 else None)


def replayed(interaction_id: UUID, facts: list[Fact]) -> Interaction:
    life = Interaction(interaction_id)
    for fact in facts:
        life.apply(fact)
    return life


def counted(facts: list[Fact]) -> dict[str, float]:
    """Count anew from the facts alone, by hand: seconds by kind, and the wait until the first answer."""
    seconds: dict[str, float] = dict.fromkeys(("wait", "talk", "hold", "consult"), 0.0)
    running: tuple[str, Any] | None = None
    answered = False
    for fact in facts:
        begins = fact.kind.value if isinstance(fact, SegmentStarted) else None
        if isinstance(fact, InteractionEnded):
            begins = "wrapup"
        if begins is None and not isinstance(fact, InteractionClosed):
            continue
        if running is not None:
            kind, since = running
            lasted = (fact.at - since).total_seconds()
            if kind in ("talk", "conference"):
                seconds["talk"] += lasted
                answered = True
            elif kind in ("hold", "consult"):
                seconds[kind] += lasted
            elif kind in ("queue", "ring") and not answered:
                seconds["wait"] += lasted
        running = (begins, fact.at) if begins else None
    return {name: round(value, 3) for name, value in seconds.items()}


def check(life: Interaction) -> None:
    """What must hold of every interaction that is closed."""
    assert life.stage is Stage.CLOSED
    assert life.started_at == life.segments[0].started_at
    for one, following in zip(life.segments, life.segments[1:], strict=False):
        assert one.ended_at == following.started_at
    last = life.segments[-1]
    assert last.ended_at == (life.closed_at if last.kind is SegmentKind.WRAPUP else life.ended_at)
    assert sum(one.kind is SegmentKind.WRAPUP for one in life.segments) <= 1
    assert not life.parties.standing()
    assert not life.parties.wrapping()
    served = [one for one in life.parties.participants if one.role is Role.AGENT]
    assert len(served) == len(life.parties.wrapups), "each time an agent served there is one wrap-up, and no other"
    for party in life.parties.participants:
        assert party.left_at is not None
        assert life.ended_at is not None
        assert party.joined_at <= party.left_at <= life.ended_at
