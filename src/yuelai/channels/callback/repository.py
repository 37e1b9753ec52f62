"""SQL of callbacks, written: what the projector does with core's facts, and what a starting core reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.channels.callback.events import CallbackBooked, CallbackMoved, Kind, Result, State
from yuelai.channels.callback.model import Callback
from yuelai.customers.phones import normalise
from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

OPEN = tuple(state.value for state in (State.WAITING, State.OFFERED, State.DIALLING))


async def insert(conn: Connection, fact: CallbackBooked, number: str, note: str) -> None:
    """Twice changes nothing. Text of PostgreSQL cannot hold NUL."""
    number, note = number.replace("\0", ""), note.replace("\0", "\ufffd")
    await conn.execute(
        """
        INSERT INTO callbacks (id, tenant_id, kind, queue_id, interaction_id, customer_id, number, number_e164,
            language, since, booked_at, due_at, max_attempts, recording_id, message_ms, agent_id, note, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $11)
        ON CONFLICT (id) DO NOTHING
        """,
        fact.callback_id,
        fact.tenant_id,
        fact.kind.value,
        fact.queue_id,
        fact.interaction_id,
        fact.customer_id,
        number,
        normalise(number),
        fact.language,
        fact.since,
        fact.at,
        fact.due_at,
        fact.max_attempts,
        fact.recording_id,
        fact.message_ms,
        fact.agent_id,
        note,
    )


async def _booked(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, CallbackBooked)
    await insert(conn, fact, str(entry.private.get("number") or ""), str(entry.private.get("note") or ""))


async def _moved(conn: Connection, entry: Entry) -> None:
    """What somebody cancelled while it was under way stays cancelled, unless the customer was reached after all."""
    fact = entry.fact
    assert isinstance(fact, CallbackMoved)
    await conn.execute(
        """
        UPDATE callbacks SET
            state = CASE WHEN state = 'cancelled' AND $2 <> 'done' THEN state ELSE $2 END,
            due_at = $3, attempts = $4, last_result = coalesce($5, last_result),
            last_interaction_id = coalesce($6, last_interaction_id), agent_id = coalesce($7, agent_id),
            changed_at = $8, version = greatest(version + 1, $9)
        WHERE id = $1
        """,
        fact.callback_id,
        fact.state.value,
        fact.due_at,
        fact.attempts,
        fact.result.value if fact.result else None,
        fact.interaction_id,
        fact.agent_id,
        fact.at,
        fact.version,
    )


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {
    CallbackBooked: _booked,
    CallbackMoved: _moved,
}

_COLUMNS = """id, tenant_id, kind, queue_id, number, language, since, booked_at, due_at, state, interaction_id,
    customer_id, recording_id, message_ms, agent_id, attempts, max_attempts, last_result, version"""


def _callback(row: asyncpg.Record) -> Callback:
    values = dict(row)
    result = values.pop("last_result")
    return Callback(
        **{**values, "kind": Kind(values["kind"]), "state": State(values["state"])},
        last_result=Result(result) if result else None,
    )


async def open_callbacks(conn: Connection) -> list[Callback]:
    """Return all tenants' callbacks that are not over, in the order in which they are due."""
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM callbacks WHERE state = ANY ($1) ORDER BY due_at, id", list(OPEN))  # noqa: S608
    return [_callback(row) for row in rows]


async def callbacks_of(conn: Connection, ids: Sequence[UUID]) -> list[Callback]:
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM callbacks WHERE id = ANY ($1)", list(ids))  # noqa: S608
    return [_callback(row) for row in rows]
