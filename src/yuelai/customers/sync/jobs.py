"""What following other systems leaves to the worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector
from yuelai.customers.sealing import Vault
from yuelai.customers.sync import runs, sources
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs


def register(jobs: Jobs, settings: Settings) -> None:
    """Runs; each minute those that are due begin and those that a killed worker left go on."""
    vault = Vault(settings)
    held: dict[str, JsonConnector] = {}

    async def run(database: Database, payload: dict[str, Any]) -> None:
        tenant, source = UUID(payload["tenant_id"]), UUID(payload["source_id"])
        async with database.transaction(tenant) as conn:
            code: str = await conn.fetchval("SELECT code FROM tenants WHERE id = $1", tenant)
        if code not in held:
            held[code] = JsonConnector(AllowedHosts(settings.connector_hosts, code))
        await runs.run(database, settings, vault, held[code], tenant, source)

    jobs.register(sources.RUN_JOB, run)
    jobs.register("customers.run_due_sources", _due, schedule="* * * * *")


async def _due(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        left = await conn.fetch("SELECT tenant_id, source_id FROM customer_source_runs WHERE state = 'running'")
        for row in left:
            await sources.put_down(conn, row["tenant_id"], row["source_id"], "again")
        due = await conn.fetch(
            "SELECT id, tenant_id, schedule FROM customer_sources WHERE active AND next_run_at <= now() "
            "FOR UPDATE SKIP LOCKED"
        )
        for row in due:
            await sources.start(conn, row["tenant_id"], row["id"])
            await conn.execute(
                "UPDATE customer_sources SET next_run_at = $2 WHERE id = $1",
                row["id"],
                sources.next_run(row["schedule"]),
            )
