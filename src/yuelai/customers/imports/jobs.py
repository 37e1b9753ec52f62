"""What importing leaves to the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yuelai.customers.imports import files, repository, runs, sweeping
from yuelai.customers.imports.service import RUN_JOB, UNDO_JOB
from yuelai.customers.imports.undo import undo
from yuelai.customers.ports import CustomerUse
from yuelai.customers.sealing import Vault
from yuelai.platform import jobs as platform_jobs
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs

KEPT_DAYS = 3
"""How long a file lies that nobody has imported."""


def register(jobs: Jobs, settings: Settings, uses: Sequence[CustomerUse]) -> None:
    """Runs and undoings; each minute those that a killed worker left are taken up; each hour old files go."""
    vault = Vault(settings)

    async def run(database: Database, payload: dict[str, Any]) -> None:
        await runs.run(database, settings, vault, UUID(payload["tenant_id"]), UUID(payload["import_id"]))

    async def take_back(database: Database, payload: dict[str, Any]) -> None:
        await undo(database, uses, UUID(payload["tenant_id"]), UUID(payload["import_id"]))

    async def forget_files(database: Database, payload: dict[str, Any]) -> None:
        async with database.transaction(None) as conn:
            rows = await repository.idle_files(conn, KEPT_DAYS)
            for row in rows:
                await repository.forget_file(conn, row["tenant_id"], row["id"])
        for row in rows:
            files.remove(settings, row["id"])

    async def sweep(database: Database, payload: dict[str, Any]) -> None:
        await sweeping.sweep(database, settings, vault, UUID(payload["tenant_id"]))

    jobs.register(RUN_JOB, run)
    jobs.register(sweeping.JOB, sweep)
    jobs.register(UNDO_JOB, take_back)
    jobs.register("customers.resume_imports", _resume, schedule="* * * * *")
    jobs.register("customers.forget_import_files", forget_files, schedule="17 * * * *")


async def _resume(database: Database, payload: dict[str, Any]) -> None:
    """Put the jobs of all runs down again, beside those that a dead worker holds; a run that is under way is locked."""
    async with database.transaction(None) as conn:
        for row in await repository.underway(conn):
            job = UNDO_JOB if row["state"] == "undoing" else RUN_JOB
            ids = {"tenant_id": str(row["tenant_id"]), "import_id": str(row["id"])}
            await platform_jobs.enqueue(conn, job, ids, key=f"{job}:{row['id']}:again")
