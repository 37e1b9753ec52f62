"""A customer in the queue would rather be called back: they hang up, and their phone rings when an agent is free."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.calls.people import agent, customer, nothing_left, soon
from tests.support.centre import Centre, free_port, free_sip_port
from tests.support.sipp import Sipp
from yuelai.entrypoints.caller.sources import tone

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]

HERTZ = 440
CUSTOMER = "13911110007"


@contextmanager
def telephone_outside(centre: Centre, scenario: str = "answer", **words: str) -> Iterator[Sipp]:
    """The carrier's side: whoever is called outside picks up and echoes. Its trunk takes the customer's prefix."""
    admin = centre.person("admin")
    port = free_sip_port()
    far = Sipp(scenario, centre.sip_port, port=port, media_port=free_port(socket.SOCK_DGRAM), words=words)
    body: dict[str, Any] = {
        "code": f"out{port}", "name": "外呼", "host": "127.0.0.1", "port": port, "options_seconds": 0,
        "transport": "udp", "direction": "out",
    }  # fmt: skip
    trunk = admin.http.post("/api/v1/trunks", json=body)
    assert trunk.status_code == 201, trunk.text
    id_ = trunk.json()["id"]
    route = admin.http.post(
        "/api/v1/call-routes",
        json={"prefix": f"86{CUSTOMER}", "name": "回拨", "trunks": [{"trunk_id": id_, "priority": 1, "weight": 1}]},
    )
    assert route.status_code == 201, route.text
    try:
        yield far
    finally:
        far.stop()
        admin.http.delete(f"/api/v1/call-routes/{route.json()['id']}")
        admin.http.delete(f"/api/v1/trunks/{id_}")


async def owed(centre: Centre, state: str) -> dict[str, Any]:
    leader = await asyncio.to_thread(centre.person, "leader01")

    def found() -> dict[str, Any] | None:
        items = leader.get("/callbacks", state=state)["items"]
        return next((item for item in items if item["number"] == CUSTOMER), None)

    return dict(await soon(found, 40))


async def test_who_books_a_callback_in_the_queue_is_called_back_and_both_hear_each_other(centre: Centre) -> None:
    with telephone_outside(centre) as far:
        async with customer(centre, CUSTOMER) as caller:
            await caller.press("0")
            await asyncio.sleep(3)  # the flow's words; nobody is ready: the queue's music
            await caller.press("1")
            await asyncio.sleep(2)  # the number is read out
            await caller.press("1")
            assert await caller.gone() == "remote", "once it is booked we say so and let them go"
        waiting = await owed(centre, "open")
        assert (waiting["kind"], waiting["attempts"], waiting["queue"]["code"]) == ("callback", 0, "general")
        async with agent(centre, "8007", source=lambda: tone(HERTZ)) as called:
            await called.state("talking", 40)
            (leg,) = called.phone.calls
            done = await owed(centre, "done")
            assert (done["last_result"], done["agent"]["number"]) == ("answered", "8007")
            # The customer's telephone echoes: the agent's own tone comes back through it.
            await soon(lambda: any(abs(one.hz - HERTZ) < 15 for one in leg.sound.tones.tones), 10)
            await leg.hangup()
            await called.wrap_up()
        await asyncio.to_thread(far.wait)
    leader = await asyncio.to_thread(centre.person, "leader01")
    before = await asyncio.to_thread(leader.get, f"/interactions/{done['interaction_id']}")
    after = await asyncio.to_thread(leader.get, f"/interactions/{done['last_interaction_id']}")
    assert (before["end_reason"], before["direction"]) == ("callback_booked", "in")
    assert (after["end_reason"], after["direction"]) == ("agent_hung_up", "out")
    # It begins as one that waits and is offered at once: not an instant of it is unaccounted for.
    assert [segment["kind"] for segment in after["segments"]] == ["queue", "ring", "dial", "talk", "wrapup"]
    (recording,) = after["recordings"]
    assert abs(recording["duration_ms"] / 1000 - after["talk_seconds"]) <= 0.1
    await nothing_left(centre)


async def test_an_agent_calls_a_customer_who_does_not_answer(centre: Centre) -> None:
    with telephone_outside(centre, "refuses", STATUS="486"):
        async with agent(centre, "8008") as calls:
            body = {"number": CUSTOMER, "queue": "general"}
            made = await asyncio.to_thread(lambda: calls.person.http.post("/api/v1/calls", json=body))
            assert made.status_code == 201, made.text
            await calls.state("wrapup")
            await calls.wrap_up()
        leader = await asyncio.to_thread(centre.person, "leader01")
        page = f"/interactions/{made.json()['interaction_id']}"
        one = await soon(lambda: page_of(leader, page))
        assert (one["end_reason"], one["direction"]) == ("not_reached", "out")
        assert [segment["kind"] for segment in one["segments"]] == ["ring", "dial", "wrapup"]
    await nothing_left(centre)


def page_of(leader: Any, page: str) -> dict[str, Any] | None:
    one = leader.get(page)
    return one if one["state"] == "closed" else None
