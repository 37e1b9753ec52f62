"""Another system with customers, over a real socket, and a centre that follows it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.connectors.server import BusinessSystem, json_answer
from tests.support.web import Site, add_person, core, home, serve, site
from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector
from yuelai.customers.sealing import Vault
from yuelai.customers.sync import runs
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

__all__ = ["core", "home", "site"]

PATH = "/api/v1/customers"
MAPPING = {"name": "name", "contact.phones": "phone", "level": "class", "home": "address.home", "doc": "id_number"}


@dataclass
class Crm:
    """A system with customers, told by what changed since a mark."""

    people: list[dict[str, Any]] = field(default_factory=list)
    mark: int = 0
    page: int = 2
    broken_at: str | None = None

    def set(self, phone: str, name: str, **more: Any) -> None:
        self.mark += 1
        self.people = [each for each in self.people if each["contact"]["phones"][0] != phone]
        self.people.append({"name": name, "contact": {"phones": [phone]}, "mark": self.mark, **more})

    def answer(self, path: str, query: dict[str, str]) -> bytes:
        start = query.get("cursor", "0")
        if start == self.broken_at:
            return json_answer({}, "500 Oops")
        news = [each for each in self.people if each["mark"] > int(query.get("since", 0))]
        items = news[int(start) : int(start) + self.page]
        onward = int(start) + self.page
        return json_answer(
            {
                "items": items,
                "next_cursor": str(onward) if onward < len(news) else None,
                "total": len(self.people),
                "watermark": str(self.mark),
            }
        )


@dataclass
class World:
    site: Site
    http: httpx.AsyncClient
    crm: Crm
    system: BusinessSystem
    connector: JsonConnector
    tenant: UUID = SAMPLE_TENANT

    async def add(self, code: str = "crm", **more: Any) -> str:
        body = {"code": code, "name": code, "kind": "http_json", "url": f"{self.system.url}/c", "precedence": 50,
                "mapping": MAPPING, "key": "phone"}  # fmt: skip
        answer = await self.http.post(f"{PATH}/sources", json=body | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def run(self, source: str, **how: Any) -> dict[str, Any]:
        answer = await self.http.post(f"{PATH}/sources/{source}/run", params=how)
        assert answer.status_code == 202, answer.text
        await self.work(source)
        return await self.last(source)

    async def work(self, source: str) -> None:
        settings = self.site.settings
        await runs.run(self.site.database, settings, Vault(settings), self.connector, self.tenant, UUID(source))

    async def last(self, source: str) -> dict[str, Any]:
        answer = await self.http.get(f"{PATH}/sources/{source}/runs")
        assert answer.status_code == 200, answer.text
        last: dict[str, Any] = answer.json()["items"][0]
        return last

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        async with self.site.database.transaction(self.tenant) as conn:
            return [dict(row) for row in await conn.fetch(query, *args)]

    async def names(self) -> list[tuple[str, str]]:
        return [
            (each["name"], each["class"])
            for each in await self.fetch("SELECT name, class FROM customers ORDER BY name")
        ]

    async def edit(self, name: str, to: str) -> None:
        """As an agent does at the screen, the bare bones of it."""
        async with self.site.database.transaction(self.tenant) as conn:
            await conn.execute("UPDATE customers SET name = $2, version = version + 1 WHERE name = $1", name, to)

    async def erase(self, name: str) -> None:
        [row] = await self.fetch("SELECT id FROM customers WHERE name = $1", name)
        answer = await self.http.post(f"{PATH}/{row['id']}/erase", json={"reason": "本人要求"})
        assert answer.status_code == 204, answer.text

    async def conflicts(self, state: str = "open") -> list[dict[str, Any]]:
        answer = await self.http.get(f"{PATH}/conflicts", params={"state": state})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
async def world(database: Database, home: Path) -> AsyncIterator[World]:
    crm = Crm()
    system = BusinessSystem(crm.answer)
    await system.start()
    hosts = f"127.0.0.1:{system.port},localhost:{system.port}"
    os.environ |= {"YUELAI_CONNECTOR_HOSTS": hosts, "YUELAI_SOURCE_FOLDER": str(home / "sources")}
    connector = JsonConnector(AllowedHosts(hosts))
    try:
        async with serve(database, home) as site:
            await add_person(database, "importer", "admin", number="9001")
            async with await site.client("importer") as http:
                yield World(site, http, crm, system, connector)
    finally:
        del os.environ["YUELAI_CONNECTOR_HOSTS"], os.environ["YUELAI_SOURCE_FOLDER"]
        await connector.close()
        await system.stop()


def counts(run: dict[str, Any]) -> tuple[int, ...]:
    return tuple(run[name] for name in ("created", "updated", "unchanged", "conflicts", "rejected"))
