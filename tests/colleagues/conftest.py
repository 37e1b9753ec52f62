from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person, home, site
from yuelai.identity.model import Principal
from yuelai.platform.ids import new_id
from yuelai.platform.ipc import IpcServer, Peer

__all__ = ["home", "site"]


@dataclass
class Contact:
    """A living contact as core tells of it, and how agents are."""

    id: UUID = field(default_factory=new_id)
    agents: set[UUID] = field(default_factory=set)
    noted: list[tuple[str, str, dict[str, Any], str]] = field(default_factory=list)
    """Who, kind, data, text."""
    states: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture
async def contact(site: Site) -> AsyncIterator[Contact]:
    """One contact that lives; nobody has part in it yet."""
    one = Contact()

    async def part(peer: Peer, params: dict[str, Any]) -> Any:
        held = params["interaction_id"] == str(one.id) and UUID(params["principal"]["person_id"]) in one.agents
        return {"trail_no": "T0304-00001", "customer_id": None} if held else None

    async def note(peer: Peer, params: dict[str, Any]) -> Any:
        one.noted.append((params["principal"]["number"], params["kind"], params["data"], params["text"]))
        return {}

    async def directory(peer: Peer, params: dict[str, Any]) -> Any:
        return {"agents": {id_: state for id_, state in one.states.items() if id_ in params["agent_ids"]}}

    handlers = {"interaction.part": part, "interaction.trail": note, "agent.directory": directory}
    server = IpcServer(site.settings.socket("core"), handlers)
    await server.start()
    await site.app.state.core.connected.wait()
    yield one
    await server.close()


@dataclass
class Crew:
    """Three people who are signed in: two agents and their leader."""

    zhang: Principal
    li: Principal
    leader: Principal
    clients: dict[str, httpx.AsyncClient]

    def of(self, principal: Principal) -> httpx.AsyncClient:
        return self.clients[principal.username]


@pytest.fixture
async def crew(site: Site) -> AsyncIterator[Crew]:
    people = [
        await add_person(site.database, "agent01", "agent", number="8001"),
        await add_person(site.database, "agent02", "agent", number="8002"),
        await add_person(site.database, "leader01", "leader", number="8100"),
    ]
    clients = {one.username: await site.client(one.username) for one in people}
    yield Crew(*people, clients)
    for client in clients.values():
        await client.aclose()
