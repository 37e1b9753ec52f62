"""One's session over HTTP: signing in and out, tenant, password, second factor, profile, other sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from yuelai.identity.access import (
    bearer_token,
    in_person,
    in_person_early,
    public,
    sessions,
    signed_in_early,
)
from yuelai.identity.model import Principal
from yuelai.identity.sessions import Opened, Sessions, token_hash
from yuelai.identity.sign_in import changing, profile, schemas, second_factor
from yuelai.platform.db import Database
from yuelai.platform.ids import TenantId
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/session", tags=["session"])

Db = Annotated[Database, Depends(database)]
Held = Annotated[Sessions, Depends(sessions)]
Token = Annotated[str, Depends(bearer_token)]
Early = Annotated[Principal, Depends(signed_in_early)]
Oneself = Annotated[Principal, Depends(in_person)]
OneselfEarly = Annotated[Principal, Depends(in_person_early)]


def source(request: Request) -> str:
    return request.client.host if request.client else "unknown"


Source = Annotated[str, Depends(source)]


async def person(db: Database, principal: Principal) -> schemas.Person:
    async with db.transaction(None) as conn:
        return schemas.Person.model_validate(await profile.document(conn, principal))


async def opened(db: Database, new: Opened) -> schemas.SessionOpened:
    return schemas.SessionOpened(token=new.token, expires_at=new.expires_at, person=await person(db, new.principal))


@router.post("", dependencies=[Depends(public)])
async def sign_in(body: schemas.SignIn, request: Request, from_: Source, held: Held, db: Db) -> schemas.SessionOpened:
    """Sign in. The answer is the same for an unknown name and a wrong password."""
    agent = request.headers.get("user-agent")
    return await opened(db, await held.open(body.username, body.password, from_, otp=body.otp, user_agent=agent))


@router.get("")
async def who_am_i(principal: Early, db: Db) -> schemas.Person:
    return await person(db, principal)


@router.delete("", status_code=204)
async def sign_out(principal: OneselfEarly, token: Token, held: Held) -> None:
    await held.close(token, principal)


@router.put("/tenant")
async def act_at(body: schemas.ChosenTenant, principal: Oneself, token: Token, held: Held, db: Db) -> schemas.Person:
    """Let this session act at another tenant from now on."""
    return await person(db, await held.switch(token, principal, TenantId(body.tenant_id)))


@router.put("/password", status_code=204)
async def change_password(
    body: schemas.NewPassword, principal: OneselfEarly, token: Token, from_: Source, held: Held, db: Db
) -> None:
    """Change one's password; all other sessions of the person end."""
    await held.door.confirm(principal, body.old, from_)
    await changing.change_own(db, principal, body.new, held.clock.now(), token_hash(token))
    held.changed(principal.person_id)


@router.patch("/profile")
async def change_profile(
    body: schemas.ProfileChange, principal: Oneself, token: Token, held: Held, db: Db
) -> schemas.Person:
    async with db.transaction(None) as conn:
        await profile.change(conn, principal, body.sent())
    held.changed(principal.person_id)
    return await person(db, await held.principal(token, principal.tenant_id))


@router.post("/totp")
async def begin_totp(principal: Oneself, held: Held, db: Db) -> schemas.TotpSecret:
    """Make a second factor that waits to be confirmed with its first code."""
    async with db.transaction(None) as conn:
        secret, uri = await second_factor.begin(conn, held.secrets, principal)
    return schemas.TotpSecret(secret=secret, uri=uri)


@router.put("/totp")
async def confirm_totp(body: schemas.OwnCode, principal: Oneself, held: Held, db: Db) -> schemas.RecoveryCodes:
    """Put it on. The recovery codes are told this once; each opens one sign-in without the telephone."""
    async with db.transaction(None) as conn:
        codes = await second_factor.confirm(conn, held.secrets, principal, body.code, held.clock.now())
    return schemas.RecoveryCodes(recovery_codes=codes)


@router.delete("/totp", status_code=204)
async def remove_totp(body: schemas.OwnPassword, principal: Oneself, from_: Source, held: Held, db: Db) -> None:
    await held.door.confirm(principal, body.password, from_)
    async with db.transaction(None) as conn:
        await second_factor.remove(conn, principal, principal.person_id)


@router.get("/list")
async def standing(principal: Oneself, token: Token, held: Held) -> schemas.StandingList:
    """One's own sessions, that used last first."""
    items = [
        schemas.Standing.model_validate(each, from_attributes=True) for each in await held.listed(token, principal)
    ]
    return schemas.StandingList(items=items)


@router.delete("/list/{session_id}", status_code=204)
async def end(session_id: UUID, principal: Oneself, held: Held) -> None:
    """End one of one's own sessions, e.g. on a device that was lost."""
    await held.end(principal, session_id)
