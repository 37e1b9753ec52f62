"""Signing in at a provider of OpenID Connect, over HTTP. What goes wrong on the way back is told to the page."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from yuelai.identity.access import public, sessions
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in import schemas
from yuelai.identity.sign_in.elsewhere import AWAY, TICKET
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
async def redeem(
    body: schemas.Ticket, request: Request, response: Response, from_: Source, held: Held, db: Db
) -> schemas.SessionOpened:
    """Open the session of whoever a provider vouched for a moment ago, in the browser that was away there."""
    held.door.limit(from_)
    # Without the cookie somebody could send a ticket of their own around, and have others work in their account.
    if not hmac.compare_digest(body.ticket.encode(), request.cookies.get(COOKIE, "").encode()):
        raise TicketInvalid()
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
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
    _bind(answer, going.state, AWAY, secure=base.startswith("https:"))
    return answer


@router.get("/{code}/callback", status_code=302, response_class=Response)
async def callback(
    code: str,
    request: Request,
    held: Held,
    configuration: Annotated[Settings, Depends(settings)],
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
    answer = _back(ticket=ticket)
    base = configuration.public_url or str(request.base_url)
    _bind(answer, ticket, TICKET, secure=base.startswith("https:"))
    return answer


def _back(**fragment: str) -> Response:
    """Send the browser to the screens. A fragment reaches no server and no log."""
    answer = RedirectResponse(f"/#{urlencode(fragment)}", 302)
    if "ticket" not in fragment:
        answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    return answer


def _bind(answer: Response, value: str, lifetime: timedelta, *, secure: bool) -> None:
    """Let this very browser bring the value along. Lax: also when the provider sends it back."""
    answer.set_cookie(
        COOKIE,
        value,
        max_age=int(lifetime.total_seconds()),
        path=PATH,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
