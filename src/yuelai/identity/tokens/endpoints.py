"""API tokens over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from yuelai.identity.access import require, sessions
from yuelai.identity.model import Principal
from yuelai.identity.sessions import Sessions
from yuelai.identity.tokens import repository, service
from yuelai.platform import paging
from yuelai.platform.db import Database
from yuelai.platform.fields import Instant, Word
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"])

Db = Annotated[Database, Depends(database)]
Held = Annotated[Sessions, Depends(sessions)]
Maker = Annotated[Principal, Depends(require("tokens.write"))]
# Only somebody who has signed in: a token that makes tokens could never be taken back for good.
MakerHimself = Annotated[Principal, Depends(require("tokens.write", in_person=True))]


class NewToken(BaseModel):
    """`expires_at` null: it holds until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Word, Field(min_length=1, max_length=100)]
    permissions: list[Annotated[Word, Field(max_length=100)]] = Field(min_length=1, max_length=100)
    expires_at: Instant | None = None


class CreatedBy(BaseModel):
    id: UUID
    username: str
    name: str


class Token(BaseModel):
    id: UUID
    name: str
    permissions: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    created_by: CreatedBy


class MadeToken(Token):
    """`token` is told this once."""

    token: str


class TokenList(BaseModel):
    items: list[Token]
    next_cursor: str | None


@router.get("")
async def listed(
    principal: Maker,
    db: Db,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> TokenList:
    """The newest first; those that were revoked are not among them."""
    before = paging.decode(cursor, UUID)[0] if cursor else None
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.page(conn, principal.tenant_id, before, limit + 1)
    page, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return TokenList(items=[Token.model_validate(_document(row)) for row in page], next_cursor=next_cursor)


@router.post("", status_code=201)
async def make(body: NewToken, principal: MakerHimself, db: Db, held: Held) -> MadeToken:
    """Make a token with some of one's own permissions at this tenant."""
    async with db.transaction(principal.tenant_id) as conn:
        id_, token = await service.make(conn, principal, body.name, body.permissions, body.expires_at, held.clock.now())
        row = (await repository.page(conn, principal.tenant_id, None, 1, id_))[0]
    return MadeToken.model_validate({**_document(row), "token": token})


@router.delete("/{token_id}", status_code=204)
async def revoke(token_id: UUID, principal: Maker, db: Db, held: Held) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.revoke(conn, principal, token_id, held.clock.now())
    held.all_changed()


def _document(row: Any) -> dict[str, Any]:
    who = {"id": row["person_id"], "username": row["username"], "name": row["person_name"]}
    return {**{name: row[name] for name in Token.model_fields if name != "created_by"}, "created_by": who}
