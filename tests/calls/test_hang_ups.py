"""Hanging up at each step of a call, from each side, on the real thing: the record is true, and nothing is left."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from tests.calls.people import agent, customer, nothing_left, record, soon
from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]


@pytest_asyncio.fixture(autouse=True)
async def clean(centre: Centre) -> AsyncIterator[None]:
    yield
    await nothing_left(centre)


def kinds(interaction: dict[str, Any]) -> list[str]:
    return [segment["kind"] for segment in interaction["segments"]]


def tiles(interaction: dict[str, Any]) -> bool:
    """Do the segments cover the contact from its first one to its end, without gap or overlap?"""
    segments = interaction["segments"]
    assert datetime.fromisoformat(segments[0]["started_at"]) >= datetime.fromisoformat(interaction["started_at"])
    return all(a["ended_at"] == b["started_at"] for a, b in itertools.pairwise(segments)) and all(
        segment["ended_at"] for segment in segments
    )


async def test_in_the_menu(centre: Centre) -> None:
    async with customer(centre, "13711110001") as caller:
        await asyncio.wait_for(caller.call.sound.audible.wait(), 10)
        await caller.call.hangup()
        assert await caller.gone() == "local"
    interaction = await record(centre, "13711110001")
    assert interaction["end_reason"] == "customer_hung_up"
    assert kinds(interaction) == ["ivr"]
    assert tiles(interaction)


async def test_in_the_queue(centre: Centre) -> None:
    async with customer(centre, "13711110002") as caller:
        await caller.press("0")
        await soon(lambda: waiting(centre))
        await caller.call.hangup()
    interaction = await record(centre, "13711110002")
    assert interaction["end_reason"] == "abandoned"
    assert kinds(interaction) == ["ivr", "queue"]
    assert interaction["agent"] is None
    assert tiles(interaction)


async def test_the_customer_while_it_rings(centre: Centre) -> None:
    async with agent(centre, "8007", answer_after=None) as desk, customer(centre, "13711110003") as caller:
        await caller.press("0")
        await desk.state("ringing")
        await soon(lambda: desk.phone.calls)  # the screen knows first
        await caller.call.hangup()
        await desk.state("ready")
        [rung] = desk.phone.calls
        await asyncio.wait_for(rung.ended.wait(), 10)
        assert rung.answered_at is None
    interaction = await record(centre, "13711110003")
    assert interaction["end_reason"] == "abandoned"
    assert kinds(interaction)[-1] == "ring"
    assert tiles(interaction)


async def test_the_agent_declines_and_the_customer_waits_on_and_hangs_up(centre: Centre) -> None:
    async with agent(centre, "8008", decline=486) as desk, customer(centre, "13711110004") as caller:
        await caller.press("0")
        await soon(lambda: desk.phone.calls)
        await desk.state("busy")
        await soon(lambda: waiting(centre))
        assert not caller.call.over
        await caller.call.hangup()
    interaction = await record(centre, "13711110004")
    assert interaction["end_reason"] == "abandoned"
    assert kinds(interaction)[-3:] == ["queue", "ring", "queue"]
    assert any(line["kind"] == "offer" and line["data"].get("failed") for line in interaction["trail"])
    assert tiles(interaction)


@pytest.mark.parametrize("side", ["customer", "agent"])
async def test_in_the_talk(centre: Centre, side: str) -> None:
    ani = {"customer": "13711110005", "agent": "13711110006"}[side]
    async with agent(centre, "8009") as desk, customer(centre, ani) as caller:
        await caller.press("0")
        await desk.state("talking")
        await asyncio.sleep(0.5)
        await (caller.call if side == "customer" else desk.phone.calls[0]).hangup()
        assert await caller.gone() == ("local" if side == "customer" else "remote")
        await asyncio.wait_for(desk.phone.calls[0].ended.wait(), 10)
        await desk.wrap_up()
        await desk.state("ready")
    interaction = await record(centre, ani)
    assert interaction["end_reason"] == f"{side}_hung_up"
    assert kinds(interaction) == ["ivr", "queue", "ring", "talk", "wrapup"]
    assert tiles(interaction)
    [recording] = interaction["recordings"]
    assert abs(recording["duration_ms"] / 1000 - interaction["talk_seconds"]) <= 0.1


@pytest.mark.parametrize("by", ["the screen", "the telephone"])
@pytest.mark.parametrize("side", ["customer", "agent"])
async def test_on_hold(centre: Centre, side: str, by: str) -> None:
    ani = f"1371111001{2 * (side == 'agent') + (by == 'the telephone')}"
    async with agent(centre, "8010") as desk, customer(centre, ani) as caller:
        await caller.press("0")
        contact = (await desk.state("talking"))["interaction_id"]
        if by == "the screen":
            assert await desk.ask(contact, "hold") == 204
        else:
            await desk.phone.calls[0].hold(True)
        await desk.state("hold")
        await (caller.call if side == "customer" else desk.phone.calls[0]).hangup()
        await caller.gone()
        await desk.wrap_up()
    interaction = await record(centre, ani)
    assert interaction["end_reason"] == f"{side}_hung_up"
    assert kinds(interaction)[-3:] == ["talk", "hold", "wrapup"]
    assert tiles(interaction)


async def test_the_agent_ends_it_at_the_screen(centre: Centre) -> None:
    async with agent(centre, "8011") as desk, customer(centre, "13711110020") as caller:
        await caller.press("0")
        contact = (await desk.state("talking"))["interaction_id"]
        assert await desk.ask(contact, "hangup") == 204
        assert await caller.gone() == "remote"
        await asyncio.wait_for(desk.phone.calls[0].ended.wait(), 10)
        await desk.wrap_up()
    interaction = await record(centre, "13711110020")
    assert interaction["end_reason"] == "agent_hung_up"
    assert tiles(interaction)


async def test_both_at_the_same_moment(centre: Centre) -> None:
    async with agent(centre, "8012") as desk, customer(centre, "13711110021") as caller:
        await caller.press("0")
        await desk.state("talking")
        await asyncio.gather(caller.call.hangup(), desk.phone.calls[0].hangup())
        await desk.wrap_up()
        await desk.state("ready")
    interaction = await record(centre, "13711110021")
    assert interaction["end_reason"] in ("customer_hung_up", "agent_hung_up")
    assert tiles(interaction)


def waiting(centre: Centre) -> bool:
    leader = centre.person("leader01")
    return any(leader.get(f"/queues/{queue['id']}/live")["waiting"] for queue in leader.get("/queues")["items"])
