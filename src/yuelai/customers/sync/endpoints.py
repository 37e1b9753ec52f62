"""Sources, their runs and their conflicts over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from yuelai.customers.sealing import Vault
from yuelai.customers.sync import conflicts, sources
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.web import database, settings

router = APIRouter(prefix="/api/v1/customers", tags=["sources"])

Db = Annotated[Database, Depends(database)]
Config = Annotated[Settings, Depends(settings)]
Importer = Annotated[Principal, Depends(require("customers.import"))]
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
SourceKind = Literal["csv_folder", "http_json"]
SourceKey = Literal["phone", "no", "account", "id_number"]
HeaderName = Annotated[str, StringConstraints(max_length=100)]
Secret = Annotated[SecretStr, Field(max_length=4000)]
FieldMap = Annotated[dict[Annotated[str, StringConstraints(max_length=200)], str], Field(max_length=200)]


class Run(BaseModel):
    """`missing`: records the source has and we lack; `erased`: those of people who were erased, which are left out.
    `checksum_equal` is null unless everything was read."""

    id: UUID
    state: Literal["running", "done", "failed"]
    full: bool
    started_at: datetime
    finished_at: datetime | None
    source_total: int | None
    ours_total: int | None
    created: int
    updated: int
    unchanged: int
    conflicts: int
    missing: int | None
    rejected: int
    erased: int
    rejections: list[dict[str, Any]]
    checksum_equal: bool | None
    fresh_as_of: datetime | None
    failure: dict[str, Any] | None


class Source(BaseModel):
    id: UUID
    code: str
    name: str
    kind: SourceKind
    url: str | None
    folder: str | None
    schedule: str | None
    precedence: int
    mapping: dict[str, str]
    key: SourceKey
    active: bool
    auth_header: str | None
    has_secret: bool
    since: str | None
    next_run_at: datetime | None
    last_run: Run | None


class NewSource(BaseModel):
    """`schedule` is a cron expression in UTC. A `precedence` above 100 wins over what people have typed.

    `secret` is what the header `auth_header` (`Authorization`) says to the system that is asked, and is never told
    again.
    """

    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Text
    kind: SourceKind
    url: Place | None = None
    folder: Place | None = None
    schedule: Annotated[str, StringConstraints(max_length=100)] | None = None
    precedence: int = Field(50, ge=1, le=1000)
    mapping: FieldMap
    key: SourceKey
    active: bool = True
    auth_header: HeaderName | None = None
    secret: Secret | None = None


class SourceChange(BaseModel):
    """A `secret` that is not spoken of stays; null takes it away."""

    model_config = ConfigDict(extra="forbid")

    code: Code = ""
    name: Text = ""
    url: Place | None = None
    folder: Place | None = None
    schedule: Annotated[str, StringConstraints(max_length=100)] | None = None
    precedence: int = Field(50, ge=1, le=1000)
    mapping: FieldMap = {}
    key: SourceKey = "phone"
    active: bool = True
    auth_header: HeaderName | None = None
    secret: Secret | None = None


class SourceList(BaseModel):
    items: list[Source]
    next_cursor: str | None = None


class RunList(BaseModel):
    items: list[Run]
    next_cursor: str | None


class Named(BaseModel):
    id: UUID
    name: str
    no: str | None = None
    code: str | None = None


class ConflictItem(BaseModel):
    id: UUID
    customer: Named
    field: str
    ours: Any
    theirs: Any
    source: Named
    state: Literal["open", "ours", "theirs"]
    at: datetime


class ConflictList(BaseModel):
    items: list[ConflictItem]
    next_cursor: str | None


class Decision(BaseModel):
    model_config = ConfigDict(extra="forbid")

    take: Literal["ours", "theirs"]


class Started(BaseModel):
    """False: a run was under way already."""

    started: bool


def _source(row: Any) -> Source:
    return Source.model_validate(dict(row) | {"has_secret": bool(row["secret"])})


def _values(body: NewSource | SourceChange, *, unset: bool = True) -> dict[str, Any]:
    found = body.model_dump(exclude_unset=not unset)
    secret = found.get("secret")
    return found | ({"secret": secret.get_secret_value()} if secret is not None else {})


@router.get("/sources")
async def all_sources(principal: Importer, db: Db) -> SourceList:
    """The sources, those that count most first."""
    async with db.transaction(principal.tenant_id) as conn:
        return SourceList(items=[_source(row) for row in await sources.sources(conn, principal.tenant_id)])


@router.post("/sources", status_code=201)
async def add(body: NewSource, principal: Importer, db: Db, config: Config) -> Source:
    async with db.transaction(principal.tenant_id) as conn:
        return _source(await sources.add(conn, config, principal, _values(body)))


@router.patch("/sources/{source_id}")
async def change(source_id: UUID, body: SourceChange, principal: Importer, db: Db, config: Config) -> Source:
    async with db.transaction(principal.tenant_id) as conn:
        values = _values(body, unset=False)
        return _source(await sources.change(conn, config, principal, source_id, values))


@router.delete("/sources/{source_id}", status_code=204)
async def remove(source_id: UUID, principal: Importer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await sources.remove(conn, principal, source_id)


@router.post("/sources/{source_id}/run", status_code=202)
async def run(source_id: UUID, principal: Importer, db: Db, full: bool = False) -> Started:
    """Read the source now; with `full` everything of it, not only what has changed since the last time."""
    async with db.transaction(principal.tenant_id) as conn:
        started = await sources.start(conn, principal.tenant_id, source_id, full=full)
        await audit(conn, principal, "customer_source.started", f"customer_source/{source_id}", {"full": full})
        return Started(started=started)


@router.get("/sources/{source_id}/runs")
async def runs(source_id: UUID, principal: Importer, db: Db, cursor: Cursor = None, limit: Limit = 50) -> RunList:
    before = paging.decode(cursor, UUID)[0] if cursor else UUID(int=2**128 - 1)
    async with db.transaction(principal.tenant_id) as conn:
        await sources.source(conn, principal.tenant_id, source_id)
        rows = await conn.fetch(
            "SELECT * FROM customer_source_runs WHERE tenant_id = $1 AND source_id = $2 AND id < $3 "
            "ORDER BY id DESC LIMIT $4",
            principal.tenant_id,
            source_id,
            before,
            limit + 1,
        )
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return RunList(items=[Run.model_validate(dict(row)) for row in items], next_cursor=next_cursor)


@router.get("/conflicts")
async def all_conflicts(
    principal: Importer,
    db: Db,
    state: Literal["open", "ours", "theirs"] = "open",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ConflictList:
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await conflicts.listed(conn, principal.tenant_id, state, cursor, limit)
    return ConflictList(items=[ConflictItem.model_validate(each) for each in items], next_cursor=next_cursor)


@router.post("/conflicts/{conflict_id}", status_code=204)
async def decide(conflict_id: UUID, body: Decision, principal: Importer, db: Db, config: Config) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await conflicts.decide(conn, Vault(config), principal, conflict_id, body.take)
