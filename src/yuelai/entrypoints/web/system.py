"""How the whole centre stands, for those who run it, and entries of the journal that could not be applied."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel

from yuelai import __version__
from yuelai.entrypoints.web.health import all_parts
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import status
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database, settings

router = APIRouter(prefix="/api/v1/system", tags=["operations"])

Reader = Annotated[Principal, Depends(require("system.read"))]
Writer = Annotated[Principal, Depends(require("system.write"))]
Db = Annotated[Database, Depends(database)]


class PartStatus(BaseModel):
    """`restarts` counts since the centre was started; null for what is no process of its own."""

    name: str
    ok: bool
    detail: str
    restarts: int | None = None
    since: datetime | None = None
    last_end: str | None = None


class DatabaseStatus(BaseModel):
    version: str
    size_bytes: int
    connections: int
    migration: str


class JournalStatus(BaseModel):
    owner: str
    seq: int


class FollowerStatus(BaseModel):
    name: str
    behind: int
    error: str | None


class OutboxStatus(BaseModel):
    waiting: int
    oldest_seconds: float
    followers: list[FollowerStatus]


class FailedJob(BaseModel):
    id: int
    name: str
    at: datetime
    attempts: int


class JobStatus(BaseModel):
    queued: int
    running: int
    failed: list[FailedJob]


class Backup(BaseModel):
    """Each was read back once after it was written."""

    made_at: datetime
    file: str
    bytes: int
    seconds: float
    row_count: int


class Disk(BaseModel):
    free_bytes: int
    total_bytes: int


class Parked(BaseModel):
    owner: str
    seq: int
    type: str
    parked_at: datetime
    error: str


class SystemStatus(BaseModel):
    version: str
    started_at: datetime | None
    ok: bool
    parts: list[PartStatus]
    database: DatabaseStatus
    journals: list[JournalStatus]
    outbox: OutboxStatus
    jobs: JobStatus
    backups: list[Backup]
    parked: int
    disk: Disk


class ParkedList(BaseModel):
    items: list[Parked]


@router.get("/status")
async def system_status(
    request: Request, principal: Reader, db: Db, where: Annotated[Settings, Depends(settings)]
) -> SystemStatus:
    """Everything at one look. 503 while PostgreSQL is away: `/health` still answers then."""
    report, parts = status.roles(where), await all_parts(request)
    async with db.transaction(None) as conn:
        document: dict[str, Any] = {
            "database": await status.database(conn),
            "journals": await status.journals(conn),
            "outbox": await status.outbox(conn),
            "jobs": await status.jobs(conn),
            "backups": await status.backups(conn),
            "parked": await status.parked_count(conn),
        }
    roles = report["roles"]
    return SystemStatus.model_validate(
        {
            **document,
            "version": __version__,
            "started_at": report["since"],
            "ok": all(part["ok"] for part in parts.values()),
            "parts": [{"name": name, **part, **roles.get(name, {})} for name, part in parts.items()],
            "disk": status.disk(where),
        }
    )


@router.get("/parked")
async def parked_entries(principal: Reader, db: Db) -> ParkedList:
    """Facts that could not be written into the database: kept, but reports lack them until they are tried again."""
    async with db.transaction(None) as conn:
        return ParkedList.model_validate({"items": await status.parked(conn)})


@router.post("/parked/{owner}/{seq}/retry", status_code=204)
async def retry_parked(
    owner: Annotated[str, Path(max_length=100)],
    seq: Annotated[int, Path(ge=1, lt=2**63)],
    principal: Writer,
    db: Db,
    centre: Annotated[IpcClient, Depends(core)],
) -> None:
    """Try one again, once what kept it has been mended. 409 with the reason when it fails again."""
    await centre.request("journal.retry", {"owner": owner, "seq": seq})
    async with db.transaction(principal.tenant_id) as conn:
        await audit(conn, principal, "journal.retried", f"journal/{owner}/{seq}")
