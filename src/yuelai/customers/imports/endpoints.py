"""Imports over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yuelai.customers.imports import errors_csv, repository, service, undo_sql
from yuelai.customers.imports.model import Key, OnMatch, State
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.web import database, settings

router = APIRouter(prefix="/api/v1/customers/imports", tags=["imports"])

Db = Annotated[Database, Depends(database)]
Config = Annotated[Settings, Depends(settings)]
Importer = Annotated[Principal, Depends(require("customers.import"))]
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Column = Annotated[str, StringConstraints(max_length=220)]

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class Person(BaseModel):
    id: UUID
    name: str


class Failure(BaseModel):
    code: str
    detail: str


class ImportSummary(BaseModel):
    """`rows` is an estimate until `rows_exact`; `done` is always the sum of the five counts before it."""

    id: UUID
    filename: str
    format: Literal["csv", "xlsx"]
    bytes: int
    encoding: str | None
    delimiter: str | None
    key: Key
    on_match: OnMatch
    class_: str | None = Field(alias="class")
    source: str | None
    state: State
    dry: bool | None
    rows: int
    rows_exact: bool
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    done: int
    progress: float
    eta_seconds: int | None
    undone: int
    kept: int | None
    failure: Failure | None
    person: Person | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Import(ImportSummary):
    columns: list[str]
    sample: list[list[str]] | None
    suggested: dict[str, str]
    mapping: dict[str, str]


class ImportList(BaseModel):
    items: list[ImportSummary]
    next_cursor: str | None


class Mapping(BaseModel):
    """`mapping` is `{column: field}`; a column that is not in it, or has an empty field, is ignored."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[Column, Annotated[str, StringConstraints(max_length=100)]] = Field(max_length=200)
    key: Key
    on_match: OnMatch
    class_: Label | None = Field(None, alias="class")
    source: Label | None = None


class Start(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dry: bool


class RowError(BaseModel):
    line: int
    column: str | None
    code: str
    value_masked: str | None
    message: str


class RowErrorList(BaseModel):
    items: list[RowError]
    next_cursor: str | None


class CustomerName(BaseModel):
    id: UUID
    no: str
    name: str


class Kept(BaseModel):
    customer: CustomerName
    reason: Literal["changed_since", "used_since"]


class KeptList(BaseModel):
    items: list[Kept]
    next_cursor: str | None


@router.post("", status_code=201, openapi_extra=_FORM)
async def upload(request: Request, principal: Importer, db: Db, config: Config) -> Import:
    """Send a CSV or XLSX file of up to 2 GB as the form's field `file`; it is written to disk as it comes."""
    content_type = request.headers.get("content-type", "")
    return Import.model_validate(await service.upload(db, config, principal, content_type, request.stream()))


@router.get("")
async def newest(principal: Importer, db: Db, cursor: Cursor = None, limit: Limit = 50) -> ImportList:
    before = paging.decode(cursor, UUID)[0] if cursor else UUID(int=2**128 - 1)
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.newest(conn, principal.tenant_id, before, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    found = [ImportSummary.model_validate(service.document(row, brief=True)) for row in items]
    return ImportList(items=found, next_cursor=next_cursor)


@router.get("/{import_id}")
async def one(import_id: UUID, principal: Importer, db: Db) -> Import:
    async with db.transaction(principal.tenant_id) as conn:
        return Import.model_validate(await service.one(conn, principal.tenant_id, import_id))


@router.put("/{import_id}/mapping")
async def map_columns(import_id: UUID, body: Mapping, principal: Importer, db: Db) -> Import:
    """Say what the columns are, what rows are matched by, and what becomes of customers that are there already."""
    async with db.transaction(principal.tenant_id) as conn:
        return Import.model_validate(
            await service.map_columns(
                conn,
                principal,
                import_id,
                body.mapping,
                key=body.key,
                on_match=body.on_match,
                class_=body.class_,
                source=body.source,
            )
        )


@router.post("/{import_id}/run", status_code=202)
async def run(import_id: UUID, body: Start, principal: Importer, db: Db) -> Import:
    """Start the import; a dry run counts exactly what the real one would do, and changes nothing."""
    async with db.transaction(principal.tenant_id) as conn:
        return Import.model_validate(await service.run(conn, principal, import_id, dry=body.dry))


@router.post("/{import_id}/cancel", status_code=202)
async def cancel(import_id: UUID, principal: Importer, db: Db) -> Import:
    """End a run after the rows it is at; what it has done stays and can be undone."""
    async with db.transaction(principal.tenant_id) as conn:
        return Import.model_validate(await service.cancel(conn, principal, import_id))


@router.post("/{import_id}/undo", status_code=202)
async def undo(import_id: UUID, principal: Importer, db: Db) -> Import:
    """Give changed customers back what they had and remove those added, save who has been changed or used since."""
    async with db.transaction(principal.tenant_id) as conn:
        return Import.model_validate(await service.undo(conn, principal, import_id))


@router.get("/{import_id}/errors")
async def errors(
    import_id: UUID, principal: Importer, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> RowErrorList:
    """The rejected rows by line: of a CSV file the physical line it begins on, of a workbook the row."""
    after = paging.decode(cursor, int)[0] if cursor else 0
    async with db.transaction(principal.tenant_id) as conn:
        await service.one(conn, principal.tenant_id, import_id)
        rows = await repository.errors(conn, principal.tenant_id, import_id, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["line"],))
    return RowErrorList(items=[RowError(**row) for row in items], next_cursor=next_cursor)


@router.get("/{import_id}/errors.csv", response_class=StreamingResponse)
async def errors_file(import_id: UUID, principal: Importer, db: Db) -> StreamingResponse:
    async with db.transaction(principal.tenant_id) as conn:
        await service.one(conn, principal.tenant_id, import_id)
    return StreamingResponse(
        errors_csv.lines(db, principal.tenant_id, import_id),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="errors-{import_id}.csv"'},
    )


@router.get("/{import_id}/kept")
async def kept(import_id: UUID, principal: Importer, db: Db, cursor: Cursor = None, limit: Limit = 50) -> KeptList:
    """Whom the undoing left as they are, and why."""
    after = paging.decode(cursor, UUID)[0] if cursor else UUID(int=0)
    async with db.transaction(principal.tenant_id) as conn:
        await service.one(conn, principal.tenant_id, import_id)
        rows = await undo_sql.kept(conn, principal.tenant_id, import_id, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    found: list[dict[str, Any]] = [
        {"customer": {"id": row["id"], "no": row["no"], "name": row["name"]}, "reason": row["outcome"]} for row in items
    ]
    return KeptList(items=[Kept.model_validate(each) for each in found], next_cursor=next_cursor)
