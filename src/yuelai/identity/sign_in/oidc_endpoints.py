"""Signing in at a provider of OpenID Connect, over HTTP. What goes wrong on the way back is told to the page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from yuelai.identity.access import public, sessions
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in import schemas
from yuelai.identity.sign_in.elsewhere import AWAY
from yuelai.identity.sign_in.endpoints import Db, Source, opened
from yuelai.identity.sign_in.errors import NotOneOfUs, ProviderFailed, TicketInvalid
from yuelai.platform.config import Settings
from yuelai.platform.web import settings

router = APIRouter(prefix="/api/v1/session/oidc", tags=["session"], dependencies=[Depends(public)])

PATH = "/api/v1/session/oidc"
COOKIE = "yuelai_oidc"

Held = Annotated[Sessions, Depends(sessions)]
Parameter = Annotated[str | None, Query(max_length=4000)]


@router.get("")
async def providers(held: Held) -> schemas.ProviderList:
    """Where people can sign in, besides here."""
    known = held.elsewhere.oidc.providers
    return schemas.ProviderList(
        items=[schemas.ProviderRef(code=code, name=each.name or code) for code, each in known.items()]
    )


@router.post("")
async def redeem(body: schemas.Ticket, request: Request, from_: Source, held: Held, db: Db) -> schemas.SessionOpened:
    """Open the session of whoever a provider vouched for a moment ago."""
    held.door.limit(from_)
    person, tenant, provider = await held.elsewhere.redeem(body.ticket)
    held.door.excuse(from_)
    agent = request.headers.get("user-agent")
    return await opened(db, await held.start(person, tenant, from_, agent, provider))


@router.get("/{code}/start", status_code=302, response_class=Response)
async def start(
    code: str, request: Request, held: Held, configuration: Annotated[Settings, Depends(settings)], from_: Source
) -> Response:
    """Send the browser to the provider."""
    held.elsewhere.oidc.provider(code)
    held.door.limit(from_)
    base = (configuration.public_url or str(request.base_url)).rstrip("/")
    try:
        going = await held.elsewhere.begin(code, f"{base}{PATH}/{code}/callback")
    except ProviderFailed as error:
        return _back(error=error.code)
    held.door.excuse(from_)
    answer = RedirectResponse(going.url, 302)
    # Lax: it must come along when the provider sends the browser back.
    answer.set_cookie(
        COOKIE,
        going.state,
        max_age=int(AWAY.total_seconds()),
        path=PATH,
        secure=base.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/{code}/callback", status_code=302, response_class=Response)
async def callback(
    code: str,
    held: Held,
    from_: Source,
    state: Parameter = None,
    authorization_code: Annotated[str | None, Query(alias="code", max_length=4000)] = None,
    iss: Parameter = None,
    cookie: Annotated[str | None, Cookie(alias=COOKIE, max_length=4000)] = None,
) -> Response:
    """Where the provider sends the browser back to; the page gets a ticket, or the code of what went wrong."""
    held.elsewhere.oidc.provider(code)
    held.door.limit(from_)
    try:
        ticket = await held.elsewhere.returned(
            code, state=state or "", cookie=cookie or "", authorization_code=authorization_code, issuer=iss
        )
    except (TicketInvalid, ProviderFailed, NotOneOfUs) as error:
        await held.elsewhere.note_refusal(code, error.code)
        return _back(error=error.code)
    held.door.excuse(from_)
    return _back(ticket=ticket)


def _back(**fragment: str) -> Response:
    """Send the browser to the screens. A fragment reaches no server and no log."""
    answer = RedirectResponse(f"/#{urlencode(fragment)}", 302)
    answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    return answer
