"""Flows over HTTP, for those who draw them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from yuelai.flows import files, service
from yuelai.flows.lookups import KINDS
from yuelai.flows.refusals import FileUnreadable
from yuelai.flows.schemas import (
    CheckBody,
    Comparison,
    DraftBody,
    FlowDocument,
    FlowList,
    FlowPromptList,
    FlowVersionDocument,
    FlowVersionList,
    ImportBody,
    LookUpList,
    NewFlow,
    ProblemList,
    PublishBody,
    PublishedVersion,
    RestoreBody,
    SavedDraft,
)
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Connection, Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database
from yuelai.sounds import service as sounds

router = APIRouter(prefix="/api/v1/flows", tags=["flows"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Reader = Annotated[Principal, Depends(require("flows.read"))]
Writer = Annotated[Principal, Depends(require("flows.write"))]
Code = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Which = Annotated[str, Query(pattern="^(draft|published|[1-9][0-9]{0,8})$", description="a version, or which one")]


@router.get("")
async def flows(principal: Reader, db: Db, client: Core) -> FlowList:
    """The tenant's own flows and those that ship with the program, by code: all that a number can lead to."""
    running = await _running(client, principal)
    async with db.transaction(principal.tenant_id) as conn:
        return FlowList.model_validate({"items": await service.flows(conn, principal, running)})


@router.post("", status_code=201)
async def add_flow(body: NewFlow, principal: Writer, db: Db, client: Core) -> FlowDocument:
    """Begin a flow with a draft."""
    async with db.transaction(principal.tenant_id) as conn:
        begun = await service.template(conn, principal, body.template) if body.template is not None else None
        await service.add(conn, principal, body.code, body.name, begun)
        return await _shown(conn, principal, client, body.code)


@router.post("/check")
async def check(body: CheckBody, principal: Reader, db: Db) -> ProblemList:
    """What is wrong with a document, whether it is kept or not."""
    async with db.transaction(principal.tenant_id) as conn:
        return ProblemList.model_validate({"problems": await service.checked(conn, principal, body.document)})


@router.post("/import", status_code=201)
async def import_flow(body: ImportBody, principal: Writer, db: Db, client: Core) -> FlowDocument:
    """Begin a flow with a file as its draft."""
    # A long text takes seconds to read, and other requests shall not wait for it.
    document = await asyncio.to_thread(files.read, body.text)
    wanted: dict[str, Any] = {"code": body.code or document.get("id")}
    wanted["name"] = body.name or document.get("name") or wanted["code"]
    try:
        new = NewFlow.model_validate(wanted)
    except ValueError:
        raise FileUnreadable("the file says neither code nor name that can be used: give them along") from None
    async with db.transaction(principal.tenant_id) as conn:
        await service.add(conn, principal, new.code, new.name, document)
        return await _shown(conn, principal, client, new.code)


@router.get("/prompts")
async def prompts(principal: Reader, db: Db) -> FlowPromptList:
    """What can be said by name, with its words: the tenant's own, and what ships with the program."""
    async with db.transaction(principal.tenant_id) as conn:
        texts = await sounds.texts(conn, principal.tenant_id)
    items = [
        {"name": name, "text_zh": said.get("zh-CN", ""), "text_en": said.get("en", "")} for name, said in texts.items()
    ]
    return FlowPromptList.model_validate({"items": items})


@router.get("/lookups")
async def lookups(principal: Reader) -> LookUpList:
    """What business systems can be asked."""
    return LookUpList.model_validate({"items": KINDS}, from_attributes=True)


@router.get("/{code}")
async def flow(code: Code, principal: Reader, db: Db, client: Core) -> FlowDocument:
    async with db.transaction(principal.tenant_id) as conn:
        return await _shown(conn, principal, client, code)


@router.delete("/{code}", status_code=204)
async def delete_flow(code: Code, principal: Writer, db: Db) -> Response:
    """Delete it with its versions and figures. 409 `flow_in_use` while numbers or flows lead to it."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, code)
    return Response(status_code=204)


@router.put("/{code}/draft")
async def put_draft(code: Code, body: DraftBody, principal: Writer, db: Db) -> SavedDraft:
    """Keep the draft, faults and all. 409 `draft_changed` when somebody else was quicker."""
    async with db.transaction(principal.tenant_id) as conn:
        return SavedDraft.model_validate(await service.put_draft(conn, principal, code, body.document, body.rev))


@router.delete("/{code}/draft", status_code=204)
async def drop_draft(code: Code, principal: Writer, db: Db) -> Response:
    """Forget what is not published."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.drop_draft(conn, principal, code)
    return Response(status_code=204)


@router.post("/{code}/publish")
async def publish(code: Code, body: PublishBody, principal: Writer, db: Db) -> PublishedVersion:
    """Publish the draft: new contacts get it, running ones keep theirs. 422 `flow_invalid` with its `problems`."""
    async with db.transaction(principal.tenant_id) as conn:
        return PublishedVersion(version=await service.publish(conn, principal, code, body.rev, body.note))


@router.get("/{code}/versions")
async def versions(code: Code, principal: Reader, db: Db) -> FlowVersionList:
    """What was published, the newest first."""
    async with db.transaction(principal.tenant_id) as conn:
        return FlowVersionList.model_validate({"items": await service.versions(conn, principal, code)})


@router.get("/{code}/versions/{number}")
async def version(code: Code, number: Number, principal: Reader, db: Db) -> FlowVersionDocument:
    async with db.transaction(principal.tenant_id) as conn:
        return FlowVersionDocument.model_validate(await service.version(conn, principal, code, number))


@router.post("/{code}/versions/{number}/restore")
async def restore(code: Code, number: Number, body: RestoreBody, principal: Writer, db: Db) -> PublishedVersion:
    """Go back: publish what that version said anew. A draft stays as it is."""
    async with db.transaction(principal.tenant_id) as conn:
        return PublishedVersion(version=await service.restore(conn, principal, code, number, body.note))


@router.get("/{code}/compare")
async def compared(code: Code, principal: Reader, db: Db, one: Which, other: Which) -> Comparison:
    """How two versions differ, or a version and the draft."""
    async with db.transaction(principal.tenant_id) as conn:
        return Comparison.model_validate(await service.compared(conn, principal, code, one, other))


@router.get("/{code}/export", response_class=Response)
async def export(
    code: Code,
    principal: Reader,
    db: Db,
    version: Which = "published",
    format: Annotated[Literal["json", "yaml"], Query()] = "json",
) -> Response:
    """A version as a file."""
    async with db.transaction(principal.tenant_id) as conn:
        document = await service.document(conn, principal, code, version)
    text = await asyncio.to_thread(files.to_json if format == "json" else files.to_yaml, document)
    return Response(
        text,
        media_type="application/json" if format == "json" else "application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{code}-{document["version"]}.{format}"'},
    )


async def _shown(conn: Connection, principal: Principal, client: IpcClient, code: str) -> FlowDocument:
    running = await _running(client, principal)
    return FlowDocument.model_validate(await service.flow(conn, principal, code, running))


async def _running(client: IpcClient, principal: Principal) -> service.Running | None:
    """What core says of the contacts that are in flows now; None while it does not answer."""
    try:
        answer: Any = await client.request("flow.running", {"principal": principal.to_message()}, timeout=1.0)
    except Refusal:
        return None
    running: service.Running = answer["running"]
    return running
