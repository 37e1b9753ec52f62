"""What somebody is told of themselves, and may change of it."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from yuelai.identity.audit import audit
from yuelai.identity.events import PersonChanged
from yuelai.identity.model import OWN, Principal, Reach
from yuelai.identity.sign_in import repository
from yuelai.identity.sign_in.errors import EmailTaken
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import NotFound

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def document(conn: Connection, principal: Principal) -> dict[str, Any]:
    """Return the person as `GET /session` shows them (system work: it names all their tenants)."""
    row = await repository.profile(conn, principal.person_id)
    if row is None:
        raise NotFound()
    tenants = row["tenants"]
    here = next((each for each in tenants if each["id"] == str(principal.tenant_id)), None)
    reach = reduce(or_, (principal.reach(permission) for permission in principal.permissions), OWN)
    return principal.document() | {
        "email": row["email"],
        "language": row["language"],
        "tenant": here or await repository.tenant(conn, principal.tenant_id),
        "tenants": tenants,
        "must": principal.must,
        "totp": row["second_factor"],
        "reach": {"kind": _kind(reach), "names": await _names(conn, reach)},
    }


def _kind(reach: Reach) -> str:
    return "tenant" if reach.everything else "site" if reach.sites else "group" if reach.groups else "own"


async def _names(conn: Connection, reach: Reach) -> list[str]:
    if not reach.groups and not reach.sites:
        return []
    return await repository.names_of_scope(conn, list(reach.groups), list(reach.sites))


async def change(conn: Connection, principal: Principal, changes: dict[str, Any]) -> None:
    """Change one's own name, email or language; what is not among the changes stays.

    Raises `EmailTaken`: a provider's word about an address that two people have lets in neither of them.
    """
    row = await repository.password_of(conn, principal.person_id)
    profile = await repository.profile(conn, principal.person_id)
    if row is None or profile is None:
        raise NotFound()
    before = {"name": row["name"], "email": profile["email"], "language": profile["language"]}
    fields = sorted(name for name, value in changes.items() if before[name] != value)
    if not fields:
        return
    if "email" in fields and changes["email"] is not None:
        known = await repository.known_as(conn, email=changes["email"].lower())
        if any(each["id"] != principal.person_id for each in known):
            raise EmailTaken()
    await repository.update_profile(conn, principal.person_id, **(before | changes))
    await audit(conn, principal, "profile.changed", f"person/{principal.person_id}", {"fields": fields})
    await outbox.put(
        conn,
        PersonChanged(at=SystemClock().now(), tenant_id=principal.tenant_id, person_id=principal.person_id),
    )
