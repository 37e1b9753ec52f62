"""Scripts over HTTP, for those who write them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.knowledge.samples import samples
from yuelai.knowledge.scripts import service
from yuelai.knowledge.scripts.model import script_of
from yuelai.knowledge.scripts.schemas import (
    Draft,
    NewScript,
    Publication,
    ScriptChange,
    ScriptDocument,
    ScriptList,
    Trial,
    TrialDocument,
    Usage,
    VersionBody,
    WantedVersion,
)
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/scripts", tags=["scripts"])

Db = Annotated[Database, Depends(database)]
Writer = Annotated[Principal, Depends(require("scripts.write"))]
Number = Annotated[int, Query(ge=1, lt=2**31)]


@router.get("")
async def scripts(
    principal: Writer,
    db: Db,
    q: Annotated[str | None, Query(max_length=100, description="part of a name or code")] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ScriptList:
    """All scripts by their position, with what each is used."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.scripts(conn, principal, q, cursor, limit)
    return ScriptList.model_validate({"items": items, "next_cursor": next_cursor})


@router.post("", status_code=201)
async def add_script(body: NewScript, principal: Writer, db: Db) -> ScriptDocument:
    fields = body.model_dump(exclude={"body"})
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, await service.add(conn, principal, fields, body.body.model_dump()))


@router.post("/try")
async def try_script(body: Trial, principal: Writer) -> TrialDocument:
    """What is wrong with a script, and how it reads with a made-up contact. Nothing is kept."""
    contact = samples(SystemClock().now())[body.sample]
    return TrialDocument.model_validate(service.tried(script_of(body.body.model_dump()), contact))


@router.get("/{script_id}")
async def script(script_id: UUID, principal: Writer, db: Db) -> ScriptDocument:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, script_id)


@router.patch("/{script_id}")
async def change_script(script_id: UUID, body: ScriptChange, principal: Writer, db: Db) -> ScriptDocument:
    """Change what it is called or where it stands; contacts see that at once."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.change(conn, principal, script_id, body.model_dump(exclude_unset=True, exclude_none=True))
        return await _shown(conn, principal, script_id)


@router.delete("/{script_id}", status_code=204)
async def delete_script(script_id: UUID, principal: Writer, db: Db) -> Response:
    """Delete it with its versions and figures."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, script_id)
    return Response(status_code=204)


@router.put("/{script_id}/draft")
async def put_draft(script_id: UUID, body: Draft, principal: Writer, db: Db) -> ScriptDocument:
    """Keep the draft, faults and all. 409 `draft_changed` when somebody else was quicker."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_draft(conn, principal, script_id, body.body.model_dump(), body.rev)
        return await _shown(conn, principal, script_id)


@router.post("/{script_id}/versions", status_code=201)
async def publish(script_id: UUID, body: Publication, principal: Writer, db: Db) -> ScriptDocument:
    """Publish the draft: the next contact gets it, running ones keep theirs. 422 `script_broken` with its `faults`."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.publish(conn, principal, script_id, body.rev, body.note)
        return await _shown(conn, principal, script_id)


@router.put("/{script_id}/published")
async def put_published(script_id: UUID, body: WantedVersion, principal: Writer, db: Db) -> ScriptDocument:
    """Go back to an earlier version, or let no contact get it any more."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.put_published(conn, principal, script_id, body.version)
        return await _shown(conn, principal, script_id)


@router.get("/{script_id}/versions/{version}")
async def version(script_id: UUID, version: int, principal: Writer, db: Db) -> VersionBody:
    async with db.transaction(principal.tenant_id) as conn:
        return VersionBody.model_validate(await service.version(conn, principal, script_id, version))


@router.get("/{script_id}/usage")
async def usage(script_id: UUID, principal: Writer, db: Db, version: Number | None = None) -> Usage:
    """How often a version was followed, each of its steps read and each answer chosen."""
    async with db.transaction(principal.tenant_id) as conn:
        return Usage.model_validate(await service.usage(conn, principal, script_id, version))


async def _shown(conn: Connection, principal: Principal, script_id: UUID) -> ScriptDocument:
    return ScriptDocument.model_validate(await service.script(conn, principal, script_id))
