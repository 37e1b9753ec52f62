"""Signing in and out, and the browser phone's credential."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from yuelai.identity.access import bearer_token, public, require, sessions, signed_in
from yuelai.identity.credentials import REALM, browser_credential
from yuelai.identity.model import Principal
from yuelai.identity.sessions import Sessions, token_hash
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1", tags=["identity"])


class SignIn(BaseModel):
    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=1000)


class Person(BaseModel):
    id: UUID
    username: str
    name: str
    number: str | None
    roles: list[str]
    permissions: list[str]


class SessionOpened(BaseModel):
    token: str
    expires_at: datetime
    person: Person


class SipAccount(BaseModel):
    """What the browser phone registers with. `ha1` is MD5(authorization_user:realm:password)."""

    uri: str
    authorization_user: str
    ha1: str
    realm: str
    ws_path: str
    expires_at: datetime


def _person(principal: Principal) -> Person:
    return Person.model_validate(principal.document())


@router.post("/session", dependencies=[Depends(public)])
async def sign_in(body: SignIn, request: Request, held: Annotated[Sessions, Depends(sessions)]) -> SessionOpened:
    """Sign in. The answer is the same for an unknown name and a wrong password."""
    source = request.client.host if request.client else "unknown"
    opened = await held.open(body.username, body.password, source)
    return SessionOpened(token=opened.token, expires_at=opened.expires_at, person=_person(opened.principal))


@router.get("/session")
async def who_am_i(principal: Annotated[Principal, Depends(signed_in)]) -> Person:
    return _person(principal)


@router.delete("/session", status_code=204)
async def sign_out(
    principal: Annotated[Principal, Depends(signed_in)],
    token: Annotated[str, Depends(bearer_token)],
    held: Annotated[Sessions, Depends(sessions)],
) -> None:
    await held.close(token, principal)


@router.get("/agents/me/sip")
async def browser_phone(
    principal: Annotated[Principal, Depends(require("agent.work"))],
    token: Annotated[str, Depends(bearer_token)],
    db: Annotated[Database, Depends(database)],
) -> SipAccount:
    """Make a credential for the browser phone; it ends with this session."""
    async with db.transaction(principal.tenant_id) as conn:
        made = await browser_credential(conn, principal, token_hash(token), SystemClock().now())
    return SipAccount(
        uri=f"sip:{made.user}@{REALM}",
        authorization_user=made.username,
        ha1=made.ha1_md5,
        realm=REALM,
        ws_path="/ws/sip",
        expires_at=made.expires_at,
    )
