"""Chats over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from yuelai.colleagues.schemas import PersonReference, Words
from yuelai.identity.schemas import Body


class NewChat(Body):
    person_id: UUID


class NewMessage(Body):
    text: Words


class NewQuestion(Body):
    """Whom to ask: one to five; `asked_as` is the code of the skill that was looked for, or `leader`."""

    people: Annotated[list[UUID], Field(min_length=1, max_length=5)]
    question: Words
    asked_as: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""


class Upto(Body):
    """The last message that was seen."""

    message_id: UUID


class ChatMessage(BaseModel):
    id: UUID
    author: PersonReference
    at: datetime
    text: str


class MessageList(BaseModel):
    items: list[ChatMessage]
    next_cursor: str | None


class Chat(BaseModel):
    """`members` are all but the reader. An `expert` chat is about a contact, whose asker is `asked_by`; the experts in
    it may read that contact's page."""

    id: UUID
    kind: Literal["direct", "expert"]
    interaction_id: UUID | None
    trail_no: str
    asked_as: str
    asked_by: UUID | None
    members: list[PersonReference]
    last: ChatMessage | None
    unread: int


class ChatList(BaseModel):
    items: list[Chat]
    next_cursor: str | None


class UnreadChats(BaseModel):
    """Messages not seen yet, and in how many chats, those of 99 chats at most."""

    messages: int
    chats: int
