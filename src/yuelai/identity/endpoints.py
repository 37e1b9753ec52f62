"""What a browser phone needs: its credential, and relays for its sound."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from yuelai.identity.access import bearer_token, in_person, require
from yuelai.identity.credentials import REALM, browser_credential
from yuelai.identity.model import Principal
from yuelai.identity.relays import ice_servers
from yuelai.identity.sessions import token_hash
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.web import database, settings

router = APIRouter(prefix="/api/v1", tags=["identity"])


class SipAccount(BaseModel):
    """What the browser phone registers with. `ha1` is MD5(authorization_user:realm:password)."""

    uri: str
    authorization_user: str
    ha1: str
    realm: str
    ws_path: str
    expires_at: datetime


class IceServer(BaseModel):
    """As `RTCPeerConnection` takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceServers(BaseModel):
    ice_servers: list[IceServer]
    expires_at: datetime


@router.get("/agents/me/sip")
async def browser_phone(
    principal: Annotated[Principal, Depends(require("agent.work", in_person=True))],
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


@router.get("/session/ice", response_model_exclude_none=True)
async def relays(
    principal: Annotated[Principal, Depends(in_person)], settings: Annotated[Settings, Depends(settings)]
) -> IceServers:
    """Tell the TURN servers a browser may reach us through, with a password of a day; none is the usual case."""
    servers, expires_at = ice_servers(
        settings.turn_urls, settings.turn_secret, principal.person_id, SystemClock().now()
    )
    return IceServers.model_validate({"ice_servers": servers, "expires_at": expires_at}, from_attributes=True)
