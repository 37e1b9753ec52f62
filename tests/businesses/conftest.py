from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.support.web import Site, home, site
from yuelai.businesses import service
from yuelai.businesses.shipped import KINDS
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer, Peer

__all__ = ["home", "site"]


@dataclass
class Contact:
    """A living contact as core tells of it."""

    id: UUID = field(default_factory=new_id)
    customer_id: UUID = field(default_factory=new_id)
    agents: set[UUID] = field(default_factory=set)
    noted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
async def contact(site: Site) -> AsyncIterator[Contact]:
    """One contact that lives; nobody has part in it yet. The tenant offers what the sample does."""
    one = Contact()

    async def part(peer: Peer, params: dict[str, Any]) -> Any:
        held = params["interaction_id"] == str(one.id) and UUID(params["principal"]["person_id"]) in one.agents
        return {"trail_no": "T0304-00001", "customer_id": str(one.customer_id)} if held else None

    async def note(peer: Peer, params: dict[str, Any]) -> Any:
        one.noted.append((params["kind"], params["data"]))
        return {}

    server = IpcServer(site.settings.socket("core"), {"interaction.part": part, "interaction.trail": note})
    await server.start()
    await site.app.state.core.connected.wait()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await service.install(conn, SAMPLE_TENANT, KINDS)
    yield one
    await server.close()
