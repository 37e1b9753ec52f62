"""Who is what to whom. A relation is written once and seen from both sides."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from yuelai.customers import repository as cards
from yuelai.customers.errors import AlreadyThere, Erased, RelatedToItself, UnknownCustomer, UnknownPart
from yuelai.customers.parts import repository
from yuelai.customers.record.claim import claim
from yuelai.customers.record.history import Change, tell
from yuelai.customers.record.repository import touch
from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

RelationKind = Literal[
    "spouse", "parent", "child", "family", "household", "employer", "employee", "contact", "company", "other"
]
"""What the other one is to the customer: `contact` is who speaks for a company, `company` whom they speak for."""

_INVERSE = MappingProxyType(
    {
        "parent": "child",
        "child": "parent",
        "employer": "employee",
        "employee": "employer",
        "contact": "company",
        "company": "contact",
    }
)


def inverse(kind: str) -> str:
    """Return what the customer is to the other one."""
    return _INVERSE.get(kind, kind)


async def add(conn: Connection, principal: Principal, customer_id: UUID, other_id: UUID, kind: str) -> dict[str, Any]:
    """Return the relation as the customer sees it. Raises `RelatedToItself`, `AlreadyThere`, `UnknownCustomer`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    others = await cards.family(conn, principal.tenant_id, other_id)
    if not others:
        raise UnknownCustomer("There is no such other customer.")
    if not await cards.cards(conn, principal.tenant_id, others[:1]):
        raise Erased()
    if others[0] == held.id:
        raise RelatedToItself()
    for row in await repository.relations_between(conn, held.family, others):
        if (inverse(row["kind"]) if row["reversed"] else row["kind"]) == kind:
            raise AlreadyThere()
    id_ = await repository.insert_relation(conn, principal.tenant_id, held.id, others[0], kind)
    await touch(conn, held.id)
    await tell(conn, principal, held.id, "relation_added", [Change("relation", None, kind)])
    return await _one(conn, held.family, id_)


async def change(
    conn: Connection, principal: Principal, customer_id: UUID, relation_id: UUID, kind: str
) -> dict[str, Any]:
    """Say what the other one is, from this customer's side. Raises `UnknownPart`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    before = await _one(conn, held.family, relation_id)
    row = await repository.relation(conn, held.family, relation_id)
    assert row is not None
    await repository.update_relation(conn, relation_id, inverse(kind) if row["reversed"] else kind)
    await touch(conn, held.id)
    await tell(conn, principal, held.id, "relation_changed", [Change("relation", before["kind"], kind)])
    return {**before, "kind": kind}


async def remove(conn: Connection, principal: Principal, customer_id: UUID, relation_id: UUID) -> None:
    """Raises `UnknownPart`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    before = await _one(conn, held.family, relation_id)
    await repository.delete_relation(conn, relation_id)
    await touch(conn, held.id)
    await tell(conn, principal, held.id, "relation_removed", [Change("relation", before["kind"], None)])


async def _one(conn: Connection, family: list[UUID], relation_id: UUID) -> dict[str, Any]:
    row = await repository.relation(conn, family, relation_id)
    if row is None:
        raise UnknownPart()
    return {
        "id": row["id"],
        "kind": inverse(row["kind"]) if row["reversed"] else row["kind"],
        "customer": {"id": row["other_id"], "no": row["no"], "name": row["name"]},
    }
