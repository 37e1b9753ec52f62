"""Whether an agent has or had part in a contact: what other rooms ask before they do something about it.

Core knows who rings, serves and wraps up at this moment; PostgreSQL knows who did, a second later than core. Both are
asked, so that a form begun while it rings is kept, and one finished after a transfer is, too. Core comes first, and no
connection waits for its answer: ask before opening a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.interactions import queries
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient

REMEMBERED = timedelta(days=7)
"""Whoever took part longer ago has nothing to add any more."""
ASKING_SECONDS = 2.0


@dataclass(frozen=True)
class Part:
    """The contact as its agent finds it. `live`: it goes on, and the agent rings, serves, is asked or wraps up;
    `customer_id` is of whom it is with, when that is known; `candidates` are those who share its `number`."""

    interaction_id: UUID
    trail_no: str
    customer_id: UUID | None
    live: bool
    number: str = ""
    candidates: tuple[UUID, ...] = ()


async def required(db: Database, client: IpcClient, principal: Principal, interaction_id: UUID) -> Part:
    """Return the agent's part in the contact. Raises `NoSuchInteraction`, also for contacts of others.

    A core that is away hinders nobody who took part before it went. Opens a transaction of its own, and only for what
    core does not know.
    """
    part = await _now(client, principal, interaction_id)
    return part if part is not None else await _before(db, principal, interaction_id)


async def _now(client: IpcClient, principal: Principal, interaction_id: UUID) -> Part | None:
    params = {"principal": principal.to_message(), "interaction_id": str(interaction_id)}
    try:
        answer: dict[str, Any] | None = await client.request("interaction.part", params, timeout=ASKING_SECONDS)
    except Refusal:
        return None
    if not answer:
        return None
    customer = answer["customer_id"]
    return Part(
        interaction_id,
        str(answer["trail_no"]),
        UUID(customer) if customer else None,
        live=True,
        number=str(answer.get("number", "")),
        candidates=tuple(map(UUID, answer.get("candidates", ()))),
    )


async def _before(db: Database, principal: Principal, interaction_id: UUID) -> Part:
    since = datetime.now(UTC) - REMEMBERED
    async with db.transaction(principal.tenant_id) as conn:
        row = await queries.part_of(conn, principal.tenant_id, interaction_id, principal.person_id, since)
    if row is None:
        raise NoSuchInteraction()
    return Part(
        interaction_id,
        row["trail_no"],
        row["customer_id"],
        live=False,
        number=row["number"],
        candidates=tuple(row["candidate_ids"]),
    )
