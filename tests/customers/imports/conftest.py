"""A web process with somebody who may import, and the worker's part of it done in the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person, core, home, site
from yuelai.customers.imports import runs
from yuelai.customers.imports.undo import undo
from yuelai.customers.ports import CustomerUse
from yuelai.customers.sealing import Vault
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

__all__ = ["core", "home", "site"]

PATH = "/api/v1/customers/imports"


@dataclass
class Desk:
    """Somebody at the import page."""

    site: Site
    http: httpx.AsyncClient
    tenant: UUID = SAMPLE_TENANT
    uses: Sequence[CustomerUse] = field(default=())

    @property
    def database(self) -> Database:
        return self.site.database

    async def upload(self, content: bytes | str | Path, name: str = "customers.csv") -> dict[str, Any]:
        answer = await self.send(content, name)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def send(self, content: bytes | str | Path, name: str = "customers.csv") -> httpx.Response:
        if isinstance(content, Path):
            content = content.read_bytes()
        raw = content.encode() if isinstance(content, str) else content
        return await self.http.post(PATH, files={"file": (name, raw)}, timeout=60)

    async def mapped(
        self,
        content: bytes | str | Path,
        key: str = "phone",
        on_match: str = "update",
        mapping: dict[str, str] | None = None,
        **more: str,
    ) -> str:
        """Upload and map as suggested; return the import's id."""
        document = await self.upload(content)
        body = {"mapping": document["suggested"] if mapping is None else mapping, "key": key, "on_match": on_match}
        answer = await self.http.put(f"{PATH}/{document['id']}/mapping", json=body | more)
        assert answer.status_code == 200, answer.text
        return str(document["id"])

    async def start(self, import_id: str, *, dry: bool = False) -> None:
        answer = await self.http.post(f"{PATH}/{import_id}/run", json={"dry": dry})
        assert answer.status_code == 202, answer.text

    async def work(self, import_id: str) -> dict[str, Any]:
        """Do what the worker would do; return the import."""
        await runs.run(self.database, self.site.settings, Vault(self.site.settings), self.tenant, UUID(import_id))
        return await self.get(import_id)

    async def run(self, import_id: str, *, dry: bool = False) -> dict[str, Any]:
        await self.start(import_id, dry=dry)
        return await self.work(import_id)

    async def imported(self, content: bytes | str | Path, **how: Any) -> dict[str, Any]:
        return await self.run(await self.mapped(content, **how))

    async def undo(self, import_id: str) -> dict[str, Any]:
        answer = await self.http.post(f"{PATH}/{import_id}/undo")
        assert answer.status_code == 202, answer.text
        await undo(self.database, self.uses, self.tenant, UUID(import_id))
        return await self.get(import_id)

    async def get(self, import_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"{PATH}/{import_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def errors(self, import_id: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{PATH}/{import_id}/errors", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        async with self.database.transaction(self.tenant) as conn:
            return [dict(row) for row in await conn.fetch(query, *args)]

    async def state(self) -> list[list[Any]]:
        """Return all that is known of customers, in an order of its own, without ids and times."""
        return [
            await self.fetch(query)
            for query in (
                "SELECT name, kind, gender, birth_year, class, manager_person_id, since, warnings, custom, "
                "id_number_index FROM customers ORDER BY name, no",
                "SELECT c.name, i.kind, i.value, i.role FROM customer_identities i JOIN customers c "
                "ON c.id = i.customer_id ORDER BY 1, 2, 3",
                "SELECT c.name, a.kind, a.text, a.region FROM customer_addresses a JOIN customers c "
                "ON c.id = a.customer_id ORDER BY 1, 2, 3",
                "SELECT c.name, t.tag FROM customer_tagged t JOIN customers c ON c.id = t.customer_id ORDER BY 1, 2",
            )
        ]


COUNTS = ("created", "updated", "unchanged", "skipped", "rejected")


def counts(document: dict[str, Any]) -> tuple[int, ...]:
    """Return created, updated, unchanged, skipped, rejected."""
    assert document["done"] == sum(document[name] for name in COUNTS)
    return tuple(document[name] for name in COUNTS)


@pytest.fixture
async def desk(site: Site, database: Database) -> AsyncIterator[Desk]:
    await add_person(database, "importer", "admin", number="9001")
    async with await site.client("importer") as http:
        yield Desk(site, http)
