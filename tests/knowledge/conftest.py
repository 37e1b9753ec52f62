from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.knowledge.played import Played
from tests.support.web import Site, add_person, home, site

__all__ = ["home", "site"]


@pytest.fixture
def desk(site: Site) -> Played:
    site.app.state.knowledge_contacts = played = Played()
    return played


@pytest.fixture
async def editor(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "editor01", "editor")
    async with await site.client("editor01") as client:
        yield client


@pytest.fixture
async def agent(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "agent01", "agent", number="8001")
    async with await site.client("agent01") as client:
        yield client
