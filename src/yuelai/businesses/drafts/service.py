"""Drafts as pages keep them. The caller has seen that the agent has part in the contact, and opens the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec

from yuelai.businesses import tables as records
from yuelai.businesses.drafts import tables
from yuelai.businesses.errors import (
    DraftMoved,
    DraftSubmitted,
    DraftTooLong,
    NoSuchDraft,
    OtherContact,
    TooManyDrafts,
)
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST = 50
"""Drafts of one contact."""
LONGEST = 32 * 1024
"""Of one draft's values, in bytes of JSON."""


async def drafts(conn: Connection, principal: Principal, interaction_id: UUID) -> list[dict[str, Any]]:
    return [_draft(row) for row in await tables.drafts_of(conn, principal.tenant_id, interaction_id, MOST)]


async def contact_of(conn: Connection, principal: Principal, id_: UUID) -> UUID:
    """Return whose draft it is. Raises `NoSuchDraft`."""
    row = await tables.draft(conn, principal.tenant_id, id_)
    if row is None:
        raise NoSuchDraft()
    interaction_id: UUID = row["interaction_id"]
    return interaction_id


async def keep(conn: Connection, principal: Principal, id_: UUID, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keep values made from `version` (0: a new draft) and return the draft.

    Raises `DraftMoved` with how it stands now, `DraftSubmitted`, `NoSuchDraft` for one that was closed meanwhile,
    `OtherContact`, `DraftTooLong`, `TooManyDrafts`.
    """
    tenant = principal.tenant_id
    if len(msgspec.json.encode(fields["values"])) > LONGEST:
        raise DraftTooLong()
    submitted = await records.record(conn, tenant, id_)
    if submitted is not None:
        raise DraftSubmitted(record=str(id_))
    now = SystemClock().now()
    if fields["version"] == 0:
        if await tables.count(conn, tenant, fields["interaction_id"]) >= MOST:
            raise TooManyDrafts()
        kept = await tables.add(conn, tenant, id_, fields, principal.person_id, now)
    else:
        kept = await tables.change(conn, tenant, id_, fields["values"], fields["version"], principal.person_id, now)
    row = await tables.draft(conn, tenant, id_)
    if row is None:
        raise NoSuchDraft()
    if await records.record(conn, tenant, id_) is not None:
        raise DraftSubmitted(record=str(id_))  # meanwhile; what was written is rolled back
    if row["interaction_id"] != fields["interaction_id"]:
        raise OtherContact()  # and what was written is rolled back
    if not kept:
        raise DraftMoved(draft=_plain(_draft(row)))
    return _draft(row)


async def delete(conn: Connection, principal: Principal, id_: UUID) -> None:
    await tables.delete(conn, principal.tenant_id, id_)


def _draft(row: asyncpg.Record) -> dict[str, Any]:
    copied = ("id", "interaction_id", "form", "values", "version", "updated_at")
    person = {"id": row["updated_by"], "number": row["person_number"], "name": row["person_name"] or ""}
    return {**{name: row[name] for name in copied}, "updated_by": person}


def _plain(draft: dict[str, Any]) -> Any:
    """Ids and instants as they travel: a refusal is JSON already."""
    return msgspec.to_builtins(draft)
