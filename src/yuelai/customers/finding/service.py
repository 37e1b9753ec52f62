"""Pages of customers, found by a text or listed. The caller opens the transaction, in the tenant's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from typing_extensions import TypedDict

from yuelai.customers import service as customers
from yuelai.customers.errors import NothingToSearch
from yuelai.customers.finding import candidates, keys, lists
from yuelai.customers.finding.candidates import EVERYBODY, Filters
from yuelai.customers.finding.keys import FIRST_ID, Key
from yuelai.customers.finding.names import INITIALS
from yuelai.customers.finding.query import Field, Stage, stages
from yuelai.customers.masking import mask_address
from yuelai.customers.model import Card
from yuelai.customers.phones import national, normalise
from yuelai.platform import paging

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class Found(TypedDict):
    """How somebody was found: the name or number as kept, the address masked."""

    field: Field
    text: str


class FoundCard(Card):
    """A card, and how it was found; None where nothing was looked for."""

    found: Found | None


MOST_READ = 2_000
"""Rows that one page reads at most. A page that few of them pass is short, and its cursor goes on behind them."""

_AT_ONCE = 500


async def search(
    conn: Connection,
    tenant_id: UUID,
    q: str,
    *,
    filters: Filters = EVERYBODY,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[list[FoundCard], str | None]:
    """Find by any part of a name, its pinyin or initials, by numbers and by addresses; the best first.

    Returns the cards and the cursor of the next page. A page may be short, even empty, while there is a cursor: that
    is where filters leave few of many. Raises `NothingToSearch` and `paging.BadCursor`.
    """
    plan = stages(q)
    if not plan:
        raise NothingToSearch()
    first, after = _position(cursor, len(plan))
    found: dict[UUID, Found] = {}
    last: tuple[int, Key] = (first, after or ("", "", FIRST_ID))
    read = 0
    # Stages that have come upon nobody: nobody has to be asked whether they were found there.
    empty: set[int] = set()
    for place in range(first, len(plan)):
        while True:
            chunk = max(_AT_ONCE, limit + 1) if filters else limit + 1
            rows = await keys.read(conn, tenant_id, plan[place], after, chunk)
            if not rows and after is None:
                empty.add(place)
            earlier = [plan[each] for each in range(place) if each not in empty]
            for row, (id_, passes) in zip(
                rows, await _judge(conn, tenant_id, rows, plan[place], earlier, filters), strict=True
            ):
                after = _key(row)
                if passes and id_ not in found:
                    if len(found) == limit:
                        return await _cards(conn, tenant_id, found), _cursor(last)
                    found[id_], last = _found(plan[place], row), (place, after)
            read += len(rows)
            if len(rows) < chunk:
                break
            if read >= MOST_READ and after is not None:
                return await _cards(conn, tenant_id, found), _cursor((place, after))
        after = None
    return await _cards(conn, tenant_id, found), None


async def newest(
    conn: Connection, tenant_id: UUID, *, filters: Filters = EVERYBODY, cursor: str | None = None, limit: int = 50
) -> tuple[list[FoundCard], str | None]:
    """Return everybody who passes the filters, the newest first; pages as in `search`. Raises `paging.BadCursor`."""
    before: UUID | None = None if cursor is None else paging.decode(cursor, UUID)[0]
    found: dict[UUID, Found | None] = {}
    last, read = before, 0
    chunk = max(_AT_ONCE, limit + 1) if filters else limit + 1
    while read < MOST_READ:
        rows = await lists.newest(conn, tenant_id, before, filters, chunk)
        for row in rows:
            before = row["owner"]
            if row["passes"] and row["id"] not in found:
                if len(found) == limit:
                    return await _cards(conn, tenant_id, found), paging.encode([last])
                found[row["id"]], last = None, before
        if len(rows) < chunk:
            return await _cards(conn, tenant_id, found), None
        read += len(rows)
    return await _cards(conn, tenant_id, found), paging.encode([before])


async def page(
    conn: Connection, tenant_id: UUID, q: str | None, *, filters: Filters, cursor: str | None, limit: int
) -> tuple[list[FoundCard], str | None]:
    """Return a page of `search`, or of `newest` when there is no text."""
    if q is None:
        return await newest(conn, tenant_id, filters=filters, cursor=cursor, limit=limit)
    return await search(conn, tenant_id, q, filters=filters, cursor=cursor, limit=limit)


async def by_phone(conn: Connection, tenant_id: UUID, phone: str) -> list[FoundCard]:
    """Return those a whole number belongs to; nobody for what is no number."""
    match = await customers.identify(conn, tenant_id, phone)
    text = national(normalise(phone) or "")
    return [FoundCard(**card, found=Found(field="phone", text=text)) for card in match.customers]


async def _judge(
    conn: Connection,
    tenant_id: UUID,
    rows: Sequence[asyncpg.Record],
    stage: Stage,
    earlier: Sequence[Stage],
    filters: Filters,
) -> Sequence[asyncpg.Record]:
    if not rows:
        return rows
    return await candidates.judge(conn, tenant_id, [_key(row) for row in rows], stage, earlier, filters)


def _key(row: asyncpg.Record) -> Key:
    return row["a"], row["b"], row["owner"]


def _position(cursor: str | None, count: int) -> tuple[int, Key | None]:
    if cursor is None:
        return 0, None
    place, a, b, owner = paging.decode(cursor, int, str, str, UUID)
    if not 0 <= place < count or "\0" in a + b:
        raise paging.BadCursor()
    return place, (a, b, owner)


def _cursor(at: tuple[int, Key]) -> str:
    place, key = at
    return paging.encode([place, *key])


def _found(stage: Stage, row: asyncpg.Record) -> Found:
    match stage.source:
        case "name":
            return {"field": "pinyin" if stage.kind >= INITIALS else "name", "text": row["b"]}
        case "phone":
            return {"field": "phone", "text": national(row["a"])}
        case "phone_end":
            return {"field": "phone", "text": national(row["a"][::-1])}
        case "identity":
            return {"field": row["kind"], "text": row["a"]}
        case "address":
            return {"field": "address", "text": mask_address(row["b"]) or ""}
        case "account" | "no":
            return {"field": stage.source, "text": row["a"]}


async def _cards(conn: Connection, tenant_id: UUID, found: Mapping[UUID, Found | None]) -> list[FoundCard]:
    cards = await customers.cards(conn, tenant_id, list(found)) if found else []
    return [FoundCard(**card, found=found[UUID(card["id"])]) for card in cards]
