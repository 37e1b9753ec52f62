"""Customers and agents on telephones of our own, for tests that act at a chosen moment of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.centre import Centre, Person
from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.useragent import UserAgent


async def soon(check: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Return the first true answer of `check`, which may block, and fail with its last one when time is up."""
    async with asyncio.timeout(seconds):
        while not (answer := await asyncio.to_thread(check)):
            await asyncio.sleep(0.05)
        return answer


@dataclass
class Customer:
    """Somebody who calls and stays until told otherwise."""

    number: str
    call: Call

    async def press(self, keys: str) -> None:
        """Once something is heard: the menu."""
        await asyncio.wait_for(self.call.sound.audible.wait(), 10)
        await self.call.sound.press(keys)

    async def gone(self) -> str | None:
        """Wait for the end; say who ended it."""
        await asyncio.wait_for(self.call.ended.wait(), 15)
        return self.call.ended_by


@asynccontextmanager
async def customer(centre: Centre, number: str, to: str = "10000") -> AsyncIterator[Customer]:
    agent = await UserAgent.open(("127.0.0.1", centre.sip_port), user=number)
    try:
        call = await agent.invite(to)
        await asyncio.wait_for(call.final.wait(), 15)
        yield Customer(number, call)
    finally:
        await agent.close()


@dataclass
class Agent:
    """An agent who is ready at a telephone, which does by itself what it was told to."""

    person: Person
    phone: Phone

    async def state(self, wanted: str, seconds: float = 15.0) -> dict[str, Any]:
        """Wait until the agent is in that state; return what it says."""

        def reached() -> dict[str, Any] | None:
            state = self.person.state()
            return state if state["state"] == wanted else None

        return dict(await soon(reached, seconds))

    async def ask(self, interaction_id: str, verb: str, **body: Any) -> int:
        """Do something with a contact as the screen does; return the answer's status."""
        path = f"/api/v1/interactions/{interaction_id}/{verb}"
        answer = await asyncio.to_thread(lambda: self.person.http.post(path, json=body))
        return answer.status_code

    async def wrap_up(self, disposition: str = "followup") -> None:
        contact = (await self.state("wrapup"))["interaction_id"]
        assert await self.ask(contact, "wrapup", disposition=disposition, note="") == 204


@asynccontextmanager
async def agent(centre: Centre, number: str, **manners: Any) -> AsyncIterator[Agent]:
    """Number 80NN; `manners` are those of `Phone`."""
    async with Phone(("127.0.0.1", centre.sip_port), number, "demo", **manners) as phone:
        person = await asyncio.to_thread(centre.person, f"agent{number[-2:]}")
        await asyncio.to_thread(person.be_ready)
        try:
            yield Agent(person, phone)
        finally:
            await asyncio.to_thread(_go_home, person)


def _go_home(person: Person) -> None:
    person.be("busy", reason="test over")
    if current := person.state().get("interaction_id"):
        person.http.post(f"/api/v1/interactions/{current}/wrapup", json={"disposition": "followup", "note": ""})
    person.be("offline")


async def record(centre: Centre, number: str) -> dict[str, Any]:
    """Return the newest interaction of whoever calls from this number, in full, once it is closed."""
    leader = await asyncio.to_thread(centre.person, "leader01")
    return await asyncio.to_thread(lambda: leader.interaction(ani=number))


async def nothing_left(centre: Centre) -> None:
    """No call, no leg and nobody waiting: what every test leaves."""
    leader = await asyncio.to_thread(centre.person, "leader01")

    def left() -> dict[str, str]:
        parts = leader.http.get("/health").json()["parts"]
        found = {
            name: parts[name]["detail"] for name in ("calls", "media") if not parts[name]["detail"].startswith("0 ")
        }
        for queue in leader.get("/queues")["items"]:
            if waiting := leader.get(f"/queues/{queue['id']}/live")["waiting"]:
                found[queue["code"]] = f"{waiting} waiting"
        return found

    try:
        await soon(lambda: not left())
    except TimeoutError:
        raise AssertionError(left()) from None
