"""People of a tenant: finding, making, inviting and changing them. The caller opens the transaction.

What a person is at a tenant (grants, groups, site, skills) is that tenant's to say. Who they are (name, number,
account) is that tenant's which they work for alone; of those who work for several it is the operator's.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.credentials import set_phone_password
from yuelai.identity.errors import Forbidden
from yuelai.identity.events import PersonChanged
from yuelai.identity.model import Principal
from yuelai.identity.organisation.errors import UnknownReference
from yuelai.identity.organisation.repository import missing
from yuelai.identity.people import queries, repository
from yuelai.identity.people.errors import (
    AlreadyHere,
    ChangedMeanwhile,
    KnownElsewhere,
    NoSuchPerson,
    NumberTaken,
    UsernameTaken,
)
from yuelai.identity.people.schemas import GivenGrant, Invitation, NewPerson, PersonChange
from yuelai.identity.permissions import ROLES
from yuelai.identity.roles import rights
from yuelai.identity.roles.repository import everywhere, known
from yuelai.identity.scope import Scope, scoped
from yuelai.identity.sign_in.repository import set_password
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import PersonId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

READ, WRITE = "people.read", "people.write"
REMEMBERED = 5
_OF_THE_PERSON = ("username", "name", "number", "email", "active")


def listed(principal: Principal) -> Scope:
    """Return the scope of everybody that belongs to the tenant; to the operator's, those whom nobody granted anything,
    too. Raises `Forbidden`."""
    scope = scoped(principal, READ, tenant="here.id", own="p.id = {}")
    return scope.where(f"{queries.HERE} OR {queries.NOWHERE}" if principal.operator else queries.HERE)


def visible(principal: Principal, permission: str, person: UUID) -> Scope:
    """Return the scope of one person. The operator reaches everybody that works for some tenant. Raises `Forbidden`."""
    scope = scoped(principal, permission, tenant="here.id", own="p.id = {}").where("p.id = {}", person)
    return scope if principal.operator and principal.may("tenants.write") else scope.where(queries.HERE)


async def one(conn: Connection, principal: Principal, person: UUID, permission: str = READ) -> asyncpg.Record:
    """Return the page of one person. Raises `NoSuchPerson`, also for those of others."""
    row = await queries.detail(conn, visible(principal, permission, person))
    if row is None:
        raise NoSuchPerson()
    return row


async def add(conn: Connection, principal: Principal, wanted: NewPerson, encoded: str) -> tuple[PersonId, str | None]:
    """Make a person, whose `encoded` password is to be changed at once; return the id and the password of the phone.

    Raises `UsernameTaken`, `NumberTaken`, `UnknownReference`, `CannotGrant`, and `Forbidden` for a place out of reach.
    """
    person = PersonId(new_id())
    with _unique():
        await repository.add(conn, person, wanted.username, wanted.name, wanted.number, wanted.email)
    await set_password(conn, person, encoded, SystemClock().now(), must_change=True, remembered=REMEMBERED)
    async with rights.guarded(conn, principal, person):
        await _place(conn, principal, person, wanted, {"grants", "groups", "site_id", "skills"})
    phone = await _new_phone(conn, person, wanted.number) if wanted.number else None
    await _within_reach(conn, principal, person)
    await audit(conn, principal, "person.created", f"person/{person}", _granted(wanted.grants))
    await tell(conn, principal, person)
    return person, phone


async def invite(conn: Connection, principal: Principal, wanted: Invitation) -> PersonId:
    """Give somebody who works elsewhere a role here. Raises `NoSuchPerson`, `AlreadyHere`, what `add` does, and
    `Forbidden` for those who speak for a client only: whom they invited their own tenant could not manage any more.
    """
    if not await rights.speaks_for_operator(conn, principal):
        raise Forbidden(permission="tenants.write")
    person = await repository.by_username(conn, wanted.username)
    if person is None:
        raise NoSuchPerson()
    async with rights.guarded(conn, principal, person):
        if await repository.works_at(conn, person, principal.tenant_id):
            raise AlreadyHere()
        await _place(conn, principal, person, wanted, {"grants", "groups", "site_id", "skills"})
        await repository.change(conn, person, {})
    await _within_reach(conn, principal, person)
    await audit(conn, principal, "person.invited", f"person/{person}", _granted(wanted.grants))
    await tell(conn, principal, person)
    return person


async def change(conn: Connection, principal: Principal, id_: UUID, wanted: PersonChange) -> str | None:
    """Change what was sent; return the phone's password when the number is new.

    Raises `NoSuchPerson`, `ChangedMeanwhile`, `KnownElsewhere`, `Outranked`, `LastAdministrator`, and what `add` does.
    """
    person, tenant, sent = PersonId(id_), principal.tenant_id, wanted.model_fields_set - {"version"}
    await one(conn, principal, person, WRITE)
    phone: str | None = None
    async with rights.guarded(conn, principal, person):
        before = await repository.for_update(conn, person)
        if before is None:
            raise NoSuchPerson()
        if before["version"] != wanted.version:
            raise ChangedMeanwhile(version=before["version"])
        fields = {name: getattr(wanted, name) for name in _OF_THE_PERSON if name in sent}
        fields = {name: value for name, value in fields.items() if value != before[name]}
        if fields:
            await need_sole(conn, principal, person)
        with _unique():
            await repository.change(conn, person, fields)
        if "number" in fields:
            await repository.delete_phones(conn, person)
            phone = await _new_phone(conn, person, wanted.number) if wanted.number else None
        if fields.get("active") is False:
            await repository.delete_phones(conn, person)
            async with everywhere(conn):
                await repository.delete_sessions(conn, person, None)
        await _place(conn, principal, person, wanted, sent)
        if "grants" in sent and not wanted.grants:
            await _leave(conn, principal, person)
    if await repository.works_at(conn, person, tenant):
        await _within_reach(conn, principal, person)
    told = sorted({*fields, *(sent - set(_OF_THE_PERSON))})
    data = {"fields": told, **(_granted(wanted.grants) if "grants" in sent else {})}
    await audit(conn, principal, "person.changed", f"person/{person}", data)
    await tell(conn, principal, person)
    return phone


async def need_sole(conn: Connection, principal: Principal, person: PersonId) -> None:
    """Raises `KnownElsewhere` for somebody of whom the principal's tenant cannot decide alone."""
    # At the operator's, too, it takes more than looking after its own people: elsewhere they may be administrators.
    for_all = principal.operator and principal.may("tenants.write")
    if not for_all and await repository.elsewhere(conn, person, principal.tenant_id):
        raise KnownElsewhere()


async def tell(conn: Connection, principal: Principal, person: PersonId) -> None:
    """Say in the same transaction that the person is different."""
    fact = PersonChanged(at=SystemClock().now(), tenant_id=principal.tenant_id, person_id=person)
    await outbox.put(conn, fact)


async def _place(
    conn: Connection,
    principal: Principal,
    person: PersonId,
    wanted: NewPerson | Invitation | PersonChange,
    fields: Collection[str],
) -> None:
    """Write where somebody stands at the tenant, as far as `fields` say. Raises `UnknownReference`."""
    tenant = principal.tenant_id
    if "site_id" in fields:
        if wanted.site_id is not None and await missing(conn, tenant, "sites", [wanted.site_id]):
            raise UnknownReference(field="site_id")
        await repository.put_site(conn, person, tenant, wanted.site_id)
    if "groups" in fields:
        if await missing(conn, tenant, "groups", wanted.groups):
            raise UnknownReference(field="groups")
        await repository.put_groups(conn, person, tenant, wanted.groups)
    if "skills" in fields:
        if await missing(conn, tenant, "skills", [skill.skill_id for skill in wanted.skills]):
            raise UnknownReference(field="skills")
        levels = [(skill.skill_id, skill.level) for skill in wanted.skills]
        await repository.put_skills(conn, person, tenant, levels)
    if "grants" in fields:
        await _check_grants(conn, principal, wanted.grants)
        grants = [(grant.role, grant.scope.model_dump(mode="json")) for grant in wanted.grants]
        await repository.put_grants(conn, person, tenant, grants)


async def _check_grants(conn: Connection, principal: Principal, grants: list[GivenGrant]) -> None:
    own = {grant.role for grant in grants} - set(ROLES)
    if own - await known(conn, principal.tenant_id, own):
        raise UnknownReference(field="grants")
    for table, kind in (("groups", "group"), ("sites", "site")):
        named = [id_ for grant in grants if grant.scope.kind == kind for id_ in grant.scope.ids]
        if await missing(conn, principal.tenant_id, table, named):
            raise UnknownReference(field="grants")


async def _leave(conn: Connection, principal: Principal, person: PersonId) -> None:
    """Somebody without a grant has left the tenant: nothing of them is to stay behind but what they did."""
    await repository.put_site(conn, person, principal.tenant_id, None)
    await repository.put_groups(conn, person, principal.tenant_id, [])
    await repository.put_skills(conn, person, principal.tenant_id, [])
    await repository.delete_sessions(conn, person, principal.tenant_id)
    if not await repository.elsewhere(conn, person, principal.tenant_id):
        # Nobody's any more: their desk phone must not go on ringing through.
        await repository.delete_phones(conn, person)


async def _within_reach(conn: Connection, principal: Principal, person: PersonId) -> None:
    """Whoever looks after a group cannot put people into another one."""
    if await queries.detail(conn, visible(principal, WRITE, person)) is None:
        raise Forbidden(permission=WRITE)


async def _new_phone(conn: Connection, person: PersonId, number: str) -> str:
    password = secrets.token_urlsafe(12)
    await set_phone_password(conn, person, number, password)
    return password


@contextlib.contextmanager
def _unique() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise (NumberTaken if error.constraint_name == "people_number_key" else UsernameTaken)() from None


def _granted(grants: list[GivenGrant]) -> Mapping[str, Any]:
    return {"grants": [{"role": grant.role, "scope": grant.scope.model_dump(mode="json")} for grant in grants]}
