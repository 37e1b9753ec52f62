"""Every endpoint says who may use it: `Depends(require("customers.read"))`, `Depends(signed_in)` or `Depends(public)`.

A test walks all routes and fails on one that says nothing, so that forgetting is not the same as allowing.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import structlog
from fastapi.dependencies.models import Dependant
from starlette.requests import HTTPConnection

from yuelai.identity.errors import Forbidden, NotSignedIn
from yuelai.identity.model import Principal
from yuelai.identity.permissions import KNOWN
from yuelai.identity.sessions import Sessions
from yuelai.identity.sign_in.errors import NoGrantThere, PasswordChangeRequired, SessionNeeded
from yuelai.platform.ids import TenantId

TENANT_HEADER = "Yuelai-Tenant"


def sessions(request: HTTPConnection) -> Sessions:
    held = request.app.state.sessions
    assert isinstance(held, Sessions)
    return held


def bearer_token(request: HTTPConnection) -> str:
    """Return the token of `Authorization: Bearer …` (RFC 6750 §2.1). Raises `NotSignedIn`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn()
    return token.strip()


def wanted_tenant(request: HTTPConnection) -> TenantId | None:
    """Return the tenant of `Yuelai-Tenant: ID`, at which this one request is to act; None: where the session does.

    Raises `NoGrantThere` for what is no id.
    """
    text = request.headers.get(TENANT_HEADER)
    if text is None:
        return None
    try:
        return TenantId(UUID(text.strip()))
    except ValueError:
        raise NoGrantThere() from None


class Require:
    """A FastAPI dependency that gives the `Principal`, or refuses with 401 or 403.

    `in_person`: an API token does not do. `early`: even while the person must change their password first.
    """

    def __init__(self, permission: str | None, *, in_person: bool = False, early: bool = False) -> None:
        self.permission, self._in_person, self._early = permission, in_person, early

    async def __call__(self, request: HTTPConnection) -> Principal:
        principal = await sessions(request).principal(bearer_token(request), wanted_tenant(request))
        # On every log line of this request from here on.
        structlog.contextvars.bind_contextvars(person_id=str(principal.person_id))
        if principal.must and not self._early:
            raise PasswordChangeRequired()
        if principal.token_id is not None and self._in_person:
            raise SessionNeeded()
        if self.permission is not None and not principal.may(self.permission):
            raise Forbidden(permission=self.permission)
        return principal


def require(permission: str, *, in_person: bool = False) -> Require:
    """Return the dependency for one permission. Raises ValueError for one that no role could ever have."""
    if permission not in KNOWN:
        raise ValueError(f"no role has the permission {permission!r}")
    return Require(permission, in_person=in_person)


signed_in = Require(None)
"""Anybody with a session, or an API token."""

in_person = Require(None, in_person=True)
"""Anybody with a session."""

signed_in_early = Require(None, early=True)
in_person_early = Require(None, in_person=True, early=True)
"""The same, even before the password was changed that must be."""


def public() -> None:
    """Declare an endpoint open to everybody, or one that authenticates in its own way (digest, first message)."""


def declarations(dependant: Dependant) -> Iterator[str]:
    """Yield what an endpoint's dependencies declare: permissions, `signed in` or `public`."""
    if isinstance(dependant.call, Require):
        yield dependant.call.permission or "signed in"
    elif dependant.call is public:
        yield "public"
    for inner in dependant.dependencies:
        yield from declarations(inner)
