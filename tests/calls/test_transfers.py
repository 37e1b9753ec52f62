"""Customers sent on, asked about and spoken with by several, on telephones: heard, and as the record has it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.calls.people import Agent, agent, customer, nothing_left, record
from tests.calls.test_callbacks import CUSTOMER as ABROAD
from tests.calls.test_callbacks import telephone_outside
from tests.support.centre import Centre
from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.sources import silence, tone

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]

A, B = "8013", "8014"


@pytest_asyncio.fixture(autouse=True)
async def clean(centre: Centre) -> AsyncIterator[None]:
    yield
    await nothing_left(centre)


def kinds(interaction: dict[str, Any]) -> list[str]:
    return [segment["kind"] for segment in interaction["segments"]]


def tiles(interaction: dict[str, Any]) -> bool:
    return all(a["ended_at"] == b["started_at"] for a, b in itertools.pairwise(interaction["segments"]))


async def heard(speaker: Call, listeners: list[Call], hz: float, deaf: tuple[Call, ...] = ()) -> None:
    """Let one speak a tone: all listeners hear it, and the deaf do not."""
    speaker.sound.speak(tone(hz))
    try:
        async with asyncio.timeout(10):
            while not all(each.sound.tones.heard(hz) > 0.3 for each in listeners):
                await asyncio.sleep(0.05)
    finally:
        speaker.sound.speak(silence())
    assert not any(each.sound.tones.heard(hz) for each in deaf)


async def speaking(call: Call) -> Call:
    await asyncio.wait_for(call.final.wait(), 10)
    return call


async def last_call(desk: Agent) -> Call:
    """The telephone's newest call, answered."""
    async with asyncio.timeout(10):
        while not desk.phone.calls or desk.phone.calls[-1].answered_at is None:
            await asyncio.sleep(0.05)
    return desk.phone.calls[-1]


@pytest.mark.parametrize("by", ["the screen", "the telephone"])
async def test_a_customer_is_sent_to_a_colleague(centre: Centre, by: str) -> None:
    ani = {"the screen": "13722220001", "the telephone": "13722220002"}[by]
    async with agent(centre, A) as first, customer(centre, ani) as caller:
        await caller.press("0")
        contact = (await first.state("talking"))["interaction_id"]
        async with agent(centre, B) as second:
            if by == "the screen":
                assert await first.ask(contact, "transfer", to={"agent": B}, note="要发票") == 204
            else:
                status = await first.phone.calls[0].leg.refer(f"sip:{B}@127.0.0.1")
                assert status == 200
            await second.state("talking")
            assert (await first.state("wrapup"))["interaction_id"] == contact
            await asyncio.wait_for(first.phone.calls[0].ended.wait(), 10)
            theirs = await last_call(second)
            await heard(caller.call, [theirs], 500)
            await heard(theirs, [caller.call], 700)
            await first.wrap_up()
            await caller.call.hangup()
            await second.wrap_up()
    interaction = await record(centre, ani)
    assert interaction["end_reason"] == "customer_hung_up"
    assert [kind for kind in kinds(interaction) if kind in ("talk", "wrapup")] == ["talk", "talk", "wrapup"]
    assert interaction["agent"]["number"] in (A, B)
    assert tiles(interaction)
    assert len(interaction["recordings"]) == 2, "each agent's talk is a recording of its own"


async def test_a_colleague_is_asked_comes_into_a_conference_and_takes_the_customer(centre: Centre) -> None:
    async with agent(centre, A) as first, customer(centre, "13722220003") as caller:
        await caller.press("0")
        contact = (await first.state("talking"))["interaction_id"]
        async with agent(centre, B) as second:
            assert await first.ask(contact, "consult", to={"agent": B}) == 204
            await first.state("consult")
            await second.state("talking")
            mine, theirs = first.phone.calls[0], await last_call(second)
            await heard(mine, [theirs], 500, deaf=(caller.call,))
            await heard(theirs, [mine], 600, deaf=(caller.call,))
            assert await first.ask(contact, "conference") == 204
            await first.state("talking")
            await heard(caller.call, [mine, theirs], 700)
            await heard(mine, [caller.call, theirs], 800)
            assert await first.ask(contact, "leave") == 204
            await first.wrap_up()
            await heard(theirs, [caller.call], 900)
            await theirs.hangup()
            await second.wrap_up()
    interaction = await record(centre, "13722220003")
    assert interaction["end_reason"] == "agent_hung_up"
    assert kinds(interaction)[-5:] == ["talk", "consult", "conference", "talk", "wrapup"]
    assert tiles(interaction)
    assert len(interaction["recordings"]) == 2


async def test_a_colleague_who_was_asked_takes_the_customer_at_once(centre: Centre) -> None:
    async with agent(centre, A) as first, customer(centre, "13722220004") as caller:
        await caller.press("0")
        contact = (await first.state("talking"))["interaction_id"]
        async with agent(centre, B) as second:
            assert await first.ask(contact, "consult", to={"agent": B}) == 204
            await second.state("talking")
            assert await first.ask(contact, "consult/complete") == 204
            await first.wrap_up()
            theirs = await last_call(second)
            await heard(caller.call, [theirs], 500)
            await caller.call.hangup()
            await second.wrap_up()
    interaction = await record(centre, "13722220004")
    assert kinds(interaction)[-4:] == ["talk", "consult", "talk", "wrapup"]
    assert tiles(interaction)


async def test_a_colleague_who_refuses_gives_the_customer_back(centre: Centre) -> None:
    async with agent(centre, A) as first, customer(centre, "13722220005") as caller:
        await caller.press("0")
        contact = (await first.state("talking"))["interaction_id"]
        async with agent(centre, B, decline=486) as second:
            assert await first.ask(contact, "transfer", to={"agent": B}) == 204
            await second.state("busy")
            await first.state("talking")
            again = await last_call(first)
            assert again is first.phone.calls[1]
            await heard(caller.call, [again], 500)
            await caller.call.hangup()
            await first.wrap_up()
    interaction = await record(centre, "13722220005")
    assert interaction["end_reason"] == "customer_hung_up"
    assert any(line["kind"] == "transfer" and line["data"].get("failed") for line in interaction["trail"])
    assert tiles(interaction)


async def test_a_customer_is_sent_to_a_number_outside_and_speaks_on_there(centre: Centre) -> None:
    with telephone_outside(centre) as far:
        async with agent(centre, A) as first, customer(centre, "13722220006") as caller:
            await caller.press("0")
            contact = (await first.state("talking"))["interaction_id"]
            assert await first.ask(contact, "transfer", to={"number": ABROAD}) == 204
            await first.wrap_up()
            await first.state("ready")
            # The telephone outside echoes.
            await heard(caller.call, [caller.call], 500)
            await caller.call.hangup()
        await asyncio.to_thread(far.wait)
    interaction = await record(centre, "13722220006")
    assert interaction["end_reason"] == "transferred_out"
    assert kinds(interaction)[-3:] == ["talk", "dial", "talk"]
    assert [one["role"] for one in interaction["participants"]][-2:] == ["agent", "third"]
    assert tiles(interaction)


async def test_a_number_outside_that_refuses_gives_the_customer_back(centre: Centre) -> None:
    with telephone_outside(centre, "refuses", STATUS="486"):
        async with agent(centre, A) as first, customer(centre, "13722220007") as caller:
            await caller.press("0")
            contact = (await first.state("talking"))["interaction_id"]
            assert await first.ask(contact, "transfer", to={"number": ABROAD}) == 204
            async with asyncio.timeout(15):
                while len(first.phone.calls) < 2 or first.phone.calls[1].answered_at is None:
                    await asyncio.sleep(0.05)
            await heard(caller.call, [first.phone.calls[1]], 500)
            await caller.call.hangup()
            await first.wrap_up()
    interaction = await record(centre, "13722220007")
    assert interaction["end_reason"] == "customer_hung_up"
    assert tiles(interaction)
