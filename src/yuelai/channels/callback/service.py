"""Callbacks as people look for them, book, put off and cancel them. The caller opens the transaction; core follows by
the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.channels.callback import repository, tables
from yuelai.channels.callback.errors import ChangedMeanwhile, NoNumber, NoSuchCallback, NotWaiting
from yuelai.channels.callback.events import CallbackBooked, CallbackChanged, Kind, State
from yuelai.channels.callback.model import MOST_ATTEMPTS, diallable
from yuelai.customers import service as customers
from yuelai.identity.audit import audit
from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope, scoped
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.routing.errors import NoSuchQueue

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

READ, WRITE = "callbacks.read", "callbacks.write"
MOST_OPEN = 20
"""Shown of one customer."""

_OWN = """k.agent_id = {0} OR EXISTS (
    SELECT FROM queue_members own WHERE own.queue_id = k.queue_id AND own.person_id = {0}
)"""
"""An agent's own callbacks are those of the queues they serve."""


@dataclass(frozen=True)
class Filter:
    """`state` is one of them, or `open` for all that are not over. `queue` is a code; `mine`: for me to call."""

    state: str | None = None
    queue: str | None = None
    kind: Kind | None = None
    mine: bool = False


def _visible(principal: Principal) -> Scope:
    scope = scoped(principal, READ, tenant="k.tenant_id")
    if not (principal.may("supervision.view") or principal.may(WRITE)):
        scope.where(_OWN, principal.person_id)
    return scope


async def find(
    conn: Connection, principal: Principal, wanted: Filter, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return those that are not over by the time they are due, others with the newest first. Raises `Forbidden`,
    `BadCursor`."""
    scope = _visible(principal)
    soonest = wanted.state in ("open", State.WAITING)
    if wanted.state == "open":
        scope.where("k.state = ANY ({})", list(repository.OPEN))
    elif wanted.state is not None:
        scope.where("k.state = {}", wanted.state)
    if wanted.queue is not None:
        scope.where("q.code = {}", wanted.queue)
    if wanted.kind is not None:
        scope.where("k.kind = {}", wanted.kind.value)
    if wanted.mine:
        scope.where("k.agent_id = {}", principal.person_id)
    if cursor is not None and soonest:
        scope.where("(k.due_at, k.id) > ({}, {})", *paging.decode(cursor, datetime, UUID))
    elif cursor is not None:
        scope.where("k.id < {}", *paging.decode(cursor, UUID))
    rows = await tables.find(conn, scope, limit + 1, soonest=soonest)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["due_at"], row["id"]) if soonest else (row["id"],))
    return [document(row) for row in items], next_cursor


async def open_of(conn: Connection, principal: Principal, customer_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the calls that we owe a customer (`customers.ports.OpenCallbacks`): whoever serves them is told, whatever
    queue will make the call."""
    scope = scoped(principal, "customers.read", tenant="k.tenant_id").where("k.customer_id = ANY ({})", customer_ids)
    scope.where("k.state = ANY ({})", list(repository.OPEN))
    rows = await tables.find(conn, scope, MOST_OPEN, soonest=True)
    return [document(row) | {"recording": None} for row in rows]


async def book(conn: Connection, principal: Principal, new: Mapping[str, Any]) -> dict[str, Any]:
    """Owe a call. Agents book for queues they serve. Raises `NoNumber`, `NoSuchQueue`, `UnknownCustomer`,
    `Forbidden`."""
    number = diallable(new["number"])
    if number is None:
        raise NoNumber()
    queue_id = await _queue(conn, principal, new["queue"])
    customer_id = await _customer(conn, principal, new["customer_id"], number)
    now = SystemClock().now()
    fact = CallbackBooked(
        at=now,
        tenant_id=principal.tenant_id,
        callback_id=new_id(),
        kind=Kind(new["kind"]),
        queue_id=queue_id,
        language=new["language"],
        since=now,
        due_at=max(new["due_at"] or now, now),
        max_attempts=MOST_ATTEMPTS,
        interaction_id=new["interaction_id"],
        customer_id=customer_id,
        agent_id=principal.person_id if new["mine"] else None,
    )
    await repository.insert(conn, fact, number, new["note"])
    await audit(conn, principal, "callback.booked", f"callback/{fact.callback_id}", {"queue": new["queue"]})
    await outbox.put(conn, fact)
    return document(await _one(conn, principal, fact.callback_id))


async def _customer(conn: Connection, principal: Principal, said: UUID | None, number: str) -> UUID | None:
    """Who it is, when there is no doubt. Raises `UnknownCustomer`."""
    if said is not None:
        await customers.card(conn, principal.tenant_id, said)
        return said
    match = await customers.identify(conn, principal.tenant_id, number)
    return UUID(match.customers[0]["id"]) if match.kind == "one" else None


async def change(
    conn: Connection, principal: Principal, callback_id: UUID, version: int, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Put it off, cancel it, give it to another queue. Raises `NoSuchCallback`, `NotWaiting`, `ChangedMeanwhile`,
    `NoSuchQueue`, `Forbidden`."""
    if not (principal.may(WRITE) or principal.may("agent.work")):
        raise Forbidden(permission=WRITE)
    row = await _one(conn, principal, callback_id)
    if row["version"] != version:
        raise ChangedMeanwhile()
    columns: dict[str, Any] = {name: changes[name] for name in ("due_at", "note", "state") if name in changes}
    if "queue" in changes:
        columns["queue_id"] = await _queue(conn, principal, changes["queue"])
    _check(State(row["state"]), columns)
    if columns.get("state") == State.WAITING:
        columns |= {"attempts": 0, "due_at": columns.get("due_at") or SystemClock().now()}
    if columns.get("state") == State.DONE:
        columns |= {"last_result": "heard", "agent_id": principal.person_id}
    if columns:
        now = SystemClock().now()
        await tables.change(conn, callback_id, now, columns)
        data = {"fields": sorted(columns), "state": columns.get("state", row["state"])}
        await audit(conn, principal, "callback.changed", f"callback/{callback_id}", data)
        await outbox.put(conn, CallbackChanged(at=now, tenant_id=principal.tenant_id, callback_id=callback_id))
    return document(await _one(conn, principal, callback_id))


def _check(state: State, columns: Mapping[str, Any]) -> None:
    """Only what waits can be put off; what is under way can be cancelled; what has failed can be tried anew."""
    wanted = columns.get("state")
    if set(columns) <= {"note"}:
        return
    possible = {
        State.WAITING: (None, State.CANCELLED, State.DONE, State.WAITING),
        State.OFFERED: (State.CANCELLED,),
        State.DIALLING: (State.CANCELLED,),
        State.FAILED: (State.WAITING, State.DONE),
        State.CANCELLED: (State.WAITING,),
    }
    if wanted not in possible.get(state, ()):
        raise NotWaiting()


async def _queue(conn: Connection, principal: Principal, code: str) -> UUID:
    """Raises `NoSuchQueue`, also for one that an agent does not serve."""
    if not (principal.may(WRITE) or principal.may("agent.work")):
        raise Forbidden(permission=WRITE)
    member = None if principal.may(WRITE) else principal.person_id
    queue_id = await tables.queue_of(conn, principal.tenant_id, code, member)
    if queue_id is None:
        raise NoSuchQueue(queue=code)
    return queue_id


async def _one(conn: Connection, principal: Principal, callback_id: UUID) -> asyncpg.Record:
    row = await tables.locked(conn, _visible(principal).where("k.id = {}", callback_id))
    if row is None:
        raise NoSuchCallback()
    return row


def document(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("id", "kind", "state", "number", "language", "since", "booked_at", "due_at", "attempts", "max_attempts",
              "last_result", "interaction_id", "last_interaction_id", "note", "changed_at", "version")  # fmt: skip
    return {
        **{name: row[name] for name in copied},
        "queue": {"id": row["queue_id"], "code": row["queue_code"], "name": row["queue_name"]}
        if row["queue_code"] is not None
        else None,
        "customer": {"id": row["customer_id"], "name": row["customer_name"], "class": row["customer_class"]}
        if row["customer_id"] is not None
        else None,
        "agent": {"id": row["agent_id"], "number": row["agent_number"], "name": row["agent_name"]}
        if row["agent_id"] is not None
        else None,
        "recording": {"id": row["recording_id"], "duration_ms": row["duration_ms"]}
        if row["recording_id"] is not None
        else None,
    }
