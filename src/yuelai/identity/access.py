"""Every endpoint says who may use it: `Depends(require("customers.read"))`, `Depends(signed_in)` or `Depends(public)`.

A test walks all routes and fails on one that says nothing, so that forgetting is not the same as allowing.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from starlette.requests import HTTPConnection

from yuelai.identity.errors import Forbidden, NotSignedIn
from yuelai.identity.model import Principal
from yuelai.identity.permissions import KNOWN
from yuelai.identity.sessions import Sessions


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


class Require:
    """A FastAPI dependency that gives the `Principal`, or refuses with 401 or 403."""

    def __init__(self, permission: str | None) -> None:
        self.permission = permission

    async def __call__(self, request: HTTPConnection) -> Principal:
        principal = await sessions(request).principal(bearer_token(request))
        if self.permission is not None and not principal.may(self.permission):
            raise Forbidden(permission=self.permission)
        return principal


def require(permission: str) -> Require:
    """Return the dependency for one permission. Raises ValueError for one that no role could ever have."""
    if permission not in KNOWN:
        raise ValueError(f"no role has the permission {permission!r}")
    return Require(permission)


signed_in = Require(None)
"""Anybody with a session."""


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
