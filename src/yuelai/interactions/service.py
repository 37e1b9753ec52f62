"""Interactions as people look for them: lists, one page, a customer's contacts. The caller opens the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers import service as customers
from yuelai.customers.phones import normalise
from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope, scoped
from yuelai.interactions import queries, sharing, story
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.interactions.events import Role
from yuelai.platform import paging
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

READ = "interactions.read"
CONTACTS_SHOWN = 20
SAME_MATTER = timedelta(hours=24)
"""Whoever comes again within this time is taken to come for the same matter."""


@dataclass(frozen=True)
class Filter:
    """`ani` in any written form; `since` inclusive, `until` exclusive."""

    ani: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def narrowed(scope: Scope, wanted: Filter) -> Scope:
    """Leave what is wanted of interactions `i`."""
    if wanted.ani is not None:
        e164 = normalise(wanted.ani)
        if e164 is not None:
            scope.where("i.ani_e164 = {}", e164)
        else:
            scope.where("CASE i.direction WHEN 'out' THEN i.dnis ELSE i.ani END = {}", wanted.ani.strip())
    if wanted.channel is not None:
        scope.where("i.channel = {}", wanted.channel)
    if wanted.since is not None:
        scope.where("i.started_at >= {}", wanted.since)
    if wanted.until is not None:
        scope.where("i.started_at < {}", wanted.until)
    return scope


async def find(
    conn: Connection, principal: Principal, wanted: Filter, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return summaries, newest first, and the cursor of the next page. Agents find their own only, unless they may
    `interactions.read.all`. Raises `Forbidden`, `BadCursor`."""
    scope = narrowed(_visible(principal), wanted)
    if cursor is not None:
        (last,) = paging.decode(cursor, UUID)
        scope.where("i.id < {}", last)
    rows = await queries.summaries(conn, scope, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    lines = await queries.telling(conn, [row["id"] for row in items])
    return [_told(row, lines[row["id"]]) for row in items], next_cursor


async def one(conn: Connection, principal: Principal, interaction_id: UUID) -> dict[str, Any]:
    """Return the whole page of one interaction. Raises `NoSuchInteraction`, also for those of others, unless they have
    shared it with whoever asks."""
    visible = await _readable(conn, principal, interaction_id)
    rows = await queries.summaries(conn, visible.where("i.id = {}", interaction_id), 1)
    if not rows:
        raise NoSuchInteraction()
    (row,) = rows
    wanted = dict.fromkeys([*([row["customer_id"]] if row["customer_id"] else []), *row["candidate_ids"]])
    # Of candidates that have been merged since, one card remains.
    cards = await customers.cards_of(conn, principal.tenant_id, list(wanted))
    candidates = {cards[id_]["id"]: cards[id_] for id_ in row["candidate_ids"] if id_ in cards}
    trail = [dict(each) for each in await queries.trail(conn, interaction_id)]
    return {
        **_told(row, [line for line in trail if line["kind"] in story.TELLING]),
        "note": row["note"],
        "card": cards.get(row["customer_id"]),
        "candidates": list(candidates.values()),
        "segments": [_segment(each) for each in await queries.segments(conn, interaction_id)],
        "participants": [_customer(row), *(_participant(each) for each in await queries.participants(conn, row["id"]))],
        "wrapups": [_wrapup(each) for each in await queries.wrapups(conn, interaction_id)],
        "links": [dict(each) for each in await queries.links(conn, interaction_id)],
        "trail": trail,
    }


async def may_read(conn: Connection, principal: Principal, interaction_id: UUID) -> bool:
    """Tell whether somebody sees the page of an interaction, for rooms that have something to add to it."""
    return bool(await queries.left(conn, await _readable(conn, principal, interaction_id), [interaction_id]))


async def previous_of(
    conn: Connection, tenant_id: UUID, number: str, customer_ids: Sequence[UUID], now: datetime
) -> UUID | None:
    """Return the interaction that one of this number or customer goes on from: the last one within `SAME_MATTER`, for
    `InteractionRecorder.linked("previous", …)`. `number` in any written form; hidden and short ones lead nowhere."""
    e164 = normalise(number)
    if e164 is None and not customer_ids:
        return None
    return await queries.previous(conn, tenant_id, e164, customer_ids, now - SAME_MATTER)


async def contact_history(conn: Connection, principal: Principal, customer_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the customer's last contacts as summaries, newest first (`customers.ports.ContactHistory`).

    Whoever serves the customer sees that colleagues did before them; recordings only as far as they may see the
    interaction itself.
    """
    scope = scoped(principal, "customers.read", tenant="i.tenant_id").where("i.customer_id = ANY({})", customer_ids)
    rows = await queries.summaries(conn, scope, CONTACTS_SHOWN)
    items = [_summary(row) for row in rows]
    visible: set[UUID] = set()
    if principal.may(READ):
        visible = await queries.left(conn, _visible(principal), [item["id"] for item in items])
    for item in items:
        if item["id"] not in visible:
            item["recordings"] = []
    return items


async def _readable(conn: Connection, principal: Principal, interaction_id: UUID) -> Scope:
    if await sharing.shared_with(conn, principal.tenant_id, interaction_id, principal.person_id, SystemClock().now()):
        return scoped(principal, READ, tenant="i.tenant_id")
    return _visible(principal)


def _visible(principal: Principal) -> Scope:
    return scoped(principal, READ, tenant="i.tenant_id", own=queries.OWN)


def _summary(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("id", "trail_no", "channel", "direction", "state", "ani", "dnis", "started_at", "ended_at", "end_reason",
              "match", "disposition", "recordings")  # fmt: skip
    return {
        **{name: row[name] for name in copied},
        "customer": {"id": row["customer_id"], "name": row["customer_name"], "class": row["customer_class"]}
        if row["customer_id"]
        else None,
        "queue": _queue(row),
        "agent": _agent(row),
        "wait_seconds": (row["wait_ms"] or 0) / 1000,
        "talk_seconds": (row["talk_ms"] or 0) / 1000,
        "hold_seconds": (row["hold_ms"] or 0) / 1000,
        "consult_seconds": (row["consult_ms"] or 0) / 1000,
    }


def _told(row: asyncpg.Record, lines: Sequence[story.Line]) -> dict[str, Any]:
    return {**_summary(row), "path": story.path(lines), "why": story.why(lines)}


def _customer(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "role": Role.CUSTOMER.value,
        "agent": None,
        "address": row["dnis"] if row["direction"] == "out" else row["ani"],
        "joined_at": row["started_at"],
        "left_at": row["ended_at"],
        "seconds": round(row["seconds"], 3),
        "reason": row["end_reason"],
    }


def _participant(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("id", "role", "address", "joined_at", "left_at", "reason")
    return {**{name: row[name] for name in copied}, "agent": _agent(row), "seconds": round(row["seconds"], 3)}


def _wrapup(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("started_at", "ended_at", "disposition", "note")
    return {**{name: row[name] for name in copied}, "agent": _agent(row), "seconds": round(row["seconds"], 3)}


def _segment(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "seconds": round(row["seconds"], 3),
        "agent": _agent(row),
        "queue": _queue(row),
    }


def _agent(row: asyncpg.Record) -> dict[str, Any] | None:
    if row["agent_id"] is None:
        return None
    return {"id": row["agent_id"], "number": row["agent_number"], "name": row["agent_name"]}


def _queue(row: asyncpg.Record) -> dict[str, Any] | None:
    if row["queue_id"] is None:
        return None
    return {"id": row["queue_id"], "code": row["queue_code"], "name": row["queue_name"]}
