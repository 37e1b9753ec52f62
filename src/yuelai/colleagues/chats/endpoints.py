"""Chats over HTTP. What is new is told by the live document `chats/{person}`; texts are asked for here."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from yuelai.colleagues.chats import experts, service
from yuelai.colleagues.chats.schemas import (
    Chat,
    ChatList,
    MessageList,
    NewChat,
    NewMessage,
    NewQuestion,
    UnreadChats,
    Upto,
)
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.interactions import taking_part
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1", tags=["colleagues"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Talker = Annotated[Principal, Depends(require("colleagues.talk"))]
AgentAtWork = Annotated[Principal, Depends(require("agent.work"))]


@router.get("/chats")
async def chats(
    principal: Talker,
    db: Db,
    interaction_id: Annotated[UUID | None, Query(description="only those about this contact")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ChatList:
    """My chats, the one with the newest message first."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.chats(conn, principal, interaction_id, cursor=cursor, limit=limit)
    return ChatList.model_validate({"items": items, "next_cursor": next_cursor})


@router.get("/chats/unread")
async def unread(principal: Talker, db: Db) -> UnreadChats:
    async with db.transaction(principal.tenant_id) as conn:
        return UnreadChats.model_validate(await service.unread(conn, principal))


@router.post("/chats")
async def chat_with(body: NewChat, principal: Talker, db: Db) -> Chat:
    """My chat with a colleague; there is one, made when it is first asked for."""
    async with db.transaction(principal.tenant_id) as conn:
        return Chat.model_validate(await service.with_colleague(conn, principal, body.person_id))


@router.get("/chats/{chat_id}")
async def chat(chat_id: UUID, principal: Talker, db: Db) -> Chat:
    async with db.transaction(principal.tenant_id) as conn:
        return Chat.model_validate(await service.chat(conn, principal, chat_id))


@router.get("/chats/{chat_id}/messages")
async def messages(
    chat_id: UUID,
    principal: Talker,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> MessageList:
    """The newest first; they are kept for a year."""
    async with db.transaction(principal.tenant_id) as conn:
        items, next_cursor = await service.messages(conn, principal, chat_id, cursor=cursor, limit=limit)
    return MessageList.model_validate({"items": items, "next_cursor": next_cursor})


@router.post("/chats/{chat_id}/messages", status_code=201)
async def write(chat_id: UUID, body: NewMessage, principal: Talker, db: Db, client: Core) -> Chat:
    """An expert's answer stands in the contact's trail as well, while that contact lives."""
    async with db.transaction(principal.tenant_id) as conn:
        written = await service.write(conn, principal, chat_id, body.text)
        asker = await experts.asker_to_answer(conn, principal, written.chat)
    if asker is not None:
        await experts.answered(client, asker, principal, written.chat, body.text)
    return Chat.model_validate(written.chat)


@router.put("/chats/{chat_id}/read", status_code=204)
async def read(chat_id: UUID, body: Upto, principal: Talker, db: Db) -> Response:
    """I have seen everything up to this message."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.read(conn, principal, chat_id, body.message_id)
    return Response(status_code=204)


@router.post("/interactions/{interaction_id}/experts", status_code=201)
async def ask(interaction_id: UUID, body: NewQuestion, principal: AgentAtWork, db: Db, client: Core) -> Chat:
    """Ask experts about a contact of mine. They may read its page for 30 days; question and answers stand in its
    trail."""
    part = await taking_part.required(db, client, principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        chat, names = await experts.ask(conn, principal, part, body)
        said = {"people": [str(one) for one in body.people], "asked_as": body.asked_as}
        await audit(conn, principal, "expert.asked", f"interaction/{interaction_id}", said)
    await experts.noted(client, principal, interaction_id, chat, names, body.question)
    return Chat.model_validate(chat)
