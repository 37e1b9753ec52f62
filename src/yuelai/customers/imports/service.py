"""Imports as their endpoints see them: uploaded, mapped, started, cancelled, undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.configure import service as configure
from yuelai.customers.imports import fields, files, reading, repository, uploads
from yuelai.customers.imports.context import custom_names
from yuelai.customers.imports.errors import UnknownImport, WrongState
from yuelai.customers.imports.runs import progress
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import jobs
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

RUN_JOB = "customers.run_import"
UNDO_JOB = "customers.undo_import"
_BRIEF = ("columns", "sample", "suggested", "mapping")


async def upload(
    database: Database, settings: Settings, principal: Principal, content_type: str, stream: AsyncIterator[bytes]
) -> dict[str, Any]:
    """Take a file in and find out what it is. Raises what `uploads.receive` and `reading.inspect` raise."""
    import_id = new_id()
    await asyncio.to_thread(files.folder, settings)
    path = files.path_of(settings, import_id)
    filename, size = await uploads.receive(content_type, stream, path)
    try:
        shape = await asyncio.to_thread(reading.inspect, path)
        async with database.transaction(principal.tenant_id) as conn:
            suggested = fields.suggest(shape.columns, await custom_names(conn, principal.tenant_id))
            await repository.add(
                conn, principal.tenant_id, import_id, principal.person_id, filename, size, shape, suggested
            )
            data = {"bytes": size, "format": shape.format}
            await audit(conn, principal, "customer_import.uploaded", _object(import_id), data)
            return document(await _one(conn, principal.tenant_id, import_id))
    except BaseException:
        files.remove(settings, import_id)
        raise


async def map_columns(
    conn: Connection,
    principal: Principal,
    import_id: UUID,
    mapping: Mapping[str, str],
    *,
    key: str,
    on_match: str,
    class_: str | None,
    source: str | None,
) -> dict[str, Any]:
    """Raises `UnknownImport`, `WrongState`, `BadMapping`, `UnknownClass`."""
    row = await _lock(conn, principal.tenant_id, import_id)
    _demand(row, row["file_there"] and _unwritten(row))
    custom = [each.code for each in await configure.fields(conn, principal.tenant_id)]
    wanted = fields.check_mapping(row["columns"], mapping, custom, key)
    if class_ is not None:
        await configure.require_class(conn, principal.tenant_id, class_)
    await repository.set_mapping(conn, principal.tenant_id, import_id, wanted, key, on_match, class_, source)
    return document(await _one(conn, principal.tenant_id, import_id))


async def run(conn: Connection, principal: Principal, import_id: UUID, *, dry: bool) -> dict[str, Any]:
    """Start a run; a real one that failed goes on where it was. Raises `UnknownImport`, `WrongState`."""
    row = await _lock(conn, principal.tenant_id, import_id)
    again = row["state"] == "failed" and row["dry"] is False and not dry
    _demand(row, row["file_there"] and row["state"] != "uploaded" and (again or _unwritten(row)))
    if again:
        await repository.set_state(conn, principal.tenant_id, import_id, "running", started=True)
    else:
        await repository.begin(conn, principal.tenant_id, import_id, dry=dry)
    await _put_down(conn, RUN_JOB, principal.tenant_id, import_id)
    await audit(conn, principal, "customer_import.started", _object(import_id), {"dry": dry})
    return document(await _one(conn, principal.tenant_id, import_id))


async def cancel(conn: Connection, principal: Principal, import_id: UUID) -> dict[str, Any]:
    """Ask a run to end after its batch. Raises `UnknownImport`, `WrongState`."""
    row = await _lock(conn, principal.tenant_id, import_id)
    _demand(row, row["state"] in ("checking", "running"))
    await repository.ask_to_cancel(conn, principal.tenant_id, import_id)
    await audit(conn, principal, "customer_import.cancelled", _object(import_id))
    return document(await _one(conn, principal.tenant_id, import_id))


async def undo(conn: Connection, principal: Principal, import_id: UUID) -> dict[str, Any]:
    """Start taking a real run back. Raises `UnknownImport`, `WrongState`."""
    row = await _lock(conn, principal.tenant_id, import_id)
    _demand(row, row["dry"] is False and row["state"] in ("done", "cancelled", "failed"))
    await repository.set_state(conn, principal.tenant_id, import_id, "undoing")
    await _put_down(conn, UNDO_JOB, principal.tenant_id, import_id)
    await audit(conn, principal, "customer_import.undone", _object(import_id))
    return document(await _one(conn, principal.tenant_id, import_id))


async def one(conn: Connection, tenant: UUID, import_id: UUID) -> dict[str, Any]:
    """Raises `UnknownImport`."""
    return document(await _one(conn, tenant, import_id))


def document(row: asyncpg.Record, *, brief: bool = False) -> dict[str, Any]:
    """Return an import as its screens get it; `rows` is an estimate until all have been read."""
    done, share = row["done"], progress(row)
    exact = row["state"] in ("done", "checked") or (row["state"] in ("undoing", "undone") and share >= 1)
    estimate = row["estimated_rows"] if share < 0.02 else round(done / share)
    found = {
        name: row[name]
        for name in (
            "id", "filename", "format", "bytes", "encoding", "delimiter", "columns", "sample", "suggested", "mapping",
            "key", "on_match", "class", "source", "state", "dry", "done", "created", "updated", "unchanged", "skipped",
            "rejected", "failure", "created_at", "started_at", "finished_at",
        )
        if not (brief and name in _BRIEF)
    }  # fmt: skip
    person = {"id": row["person_id"], "name": row["person_name"]} if row["person_id"] else None
    return found | {
        "rows": done if exact else max(done, estimate),
        "rows_exact": exact,
        "progress": round(share, 4),
        "eta_seconds": _eta(row, share),
        "kept": row["kept"] if row["state"] in ("undoing", "undone") else None,
        "undone": row["undone"],
        "person": person,
    }


def _eta(row: asyncpg.Record, share: float) -> int | None:
    if row["state"] not in ("checking", "running") or share <= 0:
        return None
    began: datetime = row["started_at"]
    elapsed = (SystemClock().now() - began).total_seconds()
    return max(0, round(elapsed * (1 - share) / share))


def _unwritten(row: asyncpg.Record) -> bool:
    """Return whether nothing runs and no customer has been touched yet."""
    state = row["state"]
    return state in ("uploaded", "mapped", "checked") or (state in ("failed", "cancelled") and row["dry"] is True)


def _demand(row: asyncpg.Record, allowed: bool) -> None:
    if not allowed:
        raise WrongState(state=row["state"])


async def _lock(conn: Connection, tenant: UUID, import_id: UUID) -> asyncpg.Record:
    row = await repository.lock(conn, tenant, import_id)
    if row is None:
        raise UnknownImport()
    return row


async def _one(conn: Connection, tenant: UUID, import_id: UUID) -> asyncpg.Record:
    row = await repository.one(conn, tenant, import_id)
    if row is None:
        raise UnknownImport()
    return row


async def _put_down(conn: Connection, job: str, tenant: UUID, import_id: UUID) -> None:
    payload = {"tenant_id": str(tenant), "import_id": str(import_id)}
    await jobs.enqueue(conn, job, payload, key=f"{job}:{import_id}")


def _object(import_id: UUID) -> str:
    return f"customer_import/{import_id}"
