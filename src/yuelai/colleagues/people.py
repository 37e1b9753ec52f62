"""Who the colleagues are: found by name, pinyin or work number, by what they can do, or as leaders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.colleagues import repository
from yuelai.customers.finding import names
from yuelai.customers.names import fold
from yuelai.identity.model import Principal
from yuelai.platform import paging

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def find(
    conn: Connection,
    principal: Principal,
    query: str,
    *,
    skill: str | None,
    leaders: bool,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return whom the query means, by name, never who asks; `skill` is a code. Raises `BadCursor`."""
    after = paging.decode(cursor, str, UUID) if cursor is not None else None
    rows = [
        row
        for row in await repository.colleagues(conn, principal.tenant_id, skill, leaders)
        if row["id"] != principal.person_id and _meant(query, row["name"], row["number"] or "")
    ]
    if after is not None:
        # In the order of the database, whose collation Python does not know: found by its id.
        place = next((n for n, row in enumerate(rows) if row["id"] == after[1]), None)
        rows = rows[place + 1 :] if place is not None else [row for row in rows if row["name"] > after[0]]
    items, next_cursor = paging.page(rows, limit, lambda row: (row["name"], row["id"]))
    told = await repository.described(conn, principal.tenant_id, [row["id"] for row in items])
    more = {row["id"]: row for row in told}
    return [
        {
            **dict(row),
            "pinyin": _pinyin(row["name"]),
            "skills": more[row["id"]]["skills"],
            "groups": more[row["id"]]["groups"],
        }
        for row in items
    ], next_cursor


def _pinyin(name: str) -> str:
    return next((term for kind, term in names.terms(name) if kind == names.PINYIN), "")


def _meant(query: str, name: str, number: str) -> bool:
    wanted = fold(query)
    if not wanted or number.startswith(wanted) or wanted in fold(name):
        return True
    plain = wanted.replace(" ", "")
    return any(term.startswith((wanted, plain)) for _, term in names.terms(name))
