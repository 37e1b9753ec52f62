"""The telephone directory of a tenant: colleagues and queues found by name, pinyin or number, as they are this moment.

Who is in it is PostgreSQL's to say, how they are is core's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.finding import names
from yuelai.customers.names import fold
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.routing.agents import tables

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST_QUEUES = 50
"""Shown at once; more of them are found by name."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who serves a queue of the tenant. `groups` and `skills` are names."""

    id: UUID
    number: str
    name: str
    groups: Sequence[str] = ()
    skills: Sequence[str] = ()

    @property
    def pinyin(self) -> str:
        return next((term for kind, term in names.terms(self.name) if kind == names.PINYIN), "")


def fits(query: str, name: str, *codes: str) -> bool:
    """Whether somebody who types this means the thing of that name: any part of the name, its pinyin or initials, or
    the beginning of a code.

    >>> fits("zq", "赵强", "8003"), fits("强", "赵强", "8003"), fits("80", "赵强", "8003"), fits("李", "赵强", "8003")
    (True, True, True, False)
    """
    wanted = fold(query)
    if not wanted or any(code.casefold().startswith(wanted) for code in codes):
        return True
    plain = wanted.replace(" ", "")
    return any(term.startswith((wanted, plain)) for _, term in names.terms(name))


async def colleagues(
    conn: Connection, principal: Principal, query: str, *, cursor: str | None, limit: int
) -> tuple[list[Colleague], str | None]:
    """Return whom the query means, by work number, never who asks. Raises `BadCursor`."""
    (after,) = paging.decode(cursor, str) if cursor is not None else ("",)
    rows = await tables.colleagues_of(conn, principal.tenant_id, after)
    found = [row for row in rows if row["id"] != principal.person_id and fits(query, row["name"], row["number"])]
    items, next_cursor = paging.page(found, limit, lambda row: (row["number"],))
    described = await tables.described(conn, principal.tenant_id, [row["id"] for row in items])
    return [
        Colleague(row["id"], row["number"], row["name"], *described.get(row["id"], ((), ()))) for row in items
    ], next_cursor


def queues(query: str, documents: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the queues the query means, the first `MOST_QUEUES`."""
    return [one for one in documents if fits(query, str(one["name"]), str(one["code"]))][:MOST_QUEUES]
