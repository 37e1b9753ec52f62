"""Taking an import back in the worker, a batch at a time: what it changed is as before, whom it added are gone.

What somebody has changed since stays as they left it, and so does whoever has been used since: those are kept and
listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec

from yuelai.customers.bulk import matching, revert, write
from yuelai.customers.bulk.model import Current
from yuelai.customers.events import CustomersImported
from yuelai.customers.finding.index import learn
from yuelai.customers.imports import repository, undo_sql
from yuelai.customers.imports.runs import alone
from yuelai.customers.masking import region
from yuelai.customers.ports import CustomerUse
from yuelai.customers.record import history
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

BATCH = 2_000


async def undo(database: Database, uses: Sequence[CustomerUse], tenant: UUID, import_id: UUID) -> None:
    """Take back what is left to take back; does nothing unless the import is being undone. Raises `Unavailable`."""
    async with alone(database, import_id) as ours:
        after = UUID(int=0)
        while ours:
            async with database.transaction(tenant) as conn:
                row = await repository.lock(conn, tenant, import_id)
                if row is None or row["state"] != "undoing":
                    return
                changes = await undo_sql.waiting(conn, tenant, import_id, after, BATCH)
                if not changes:
                    await repository.finish(conn, tenant, import_id, "undone")
                    at = SystemClock().now()
                    await outbox.put(conn, CustomersImported(at=at, tenant_id=tenant, import_id=import_id))
                    return
                outcomes = await _remove(conn, uses, tenant, [each for each in changes if each["created"]])
                person = row["person_id"]
                outcomes |= await _restore(conn, tenant, person, [each for each in changes if not each["created"]])
                await undo_sql.settle(conn, tenant, import_id, outcomes)
                kept = sum(outcome not in (None, "restored") for outcome in outcomes.values())
                await undo_sql.advance(conn, tenant, import_id, len(changes) - kept, kept)
            after = changes[-1]["customer_id"]


async def _remove(
    conn: Connection, uses: Sequence[CustomerUse], tenant: UUID, changes: Sequence[asyncpg.Record]
) -> dict[UUID, str | None]:
    """Return what became of each; None: gone, and the line about it with them."""
    if not changes:
        return {}
    same, used = await revert.untouched(conn, tenant, [(each["customer_id"], each["change_id"]) for each in changes])
    for use in uses:
        used |= await use(conn, tenant, sorted(same - used))
    gone = same - used
    await revert.remove(conn, tenant, sorted(gone))
    return {
        id_: None if id_ in gone else "used_since" if id_ in used else "changed_since"
        for id_ in (each["customer_id"] for each in changes)
    }


async def _restore(
    conn: Connection, tenant: UUID, person: UUID | None, changes: Sequence[asyncpg.Record]
) -> dict[UUID, str | None]:
    if not changes:
        return {}
    now = await matching.current(conn, tenant, [each["customer_id"] for each in changes], lock=True)
    merged = await undo_sql.merged(conn, tenant, list(now))
    work = _Work()
    outcomes: dict[UUID, str | None] = {}
    for each in changes:
        is_ = now.get(each["customer_id"])
        if is_ is None or is_.id in merged:
            outcomes[each["customer_id"]] = "changed_since"
            continue
        whole = work.add(is_, each["before"], each["after"])
        outcomes[is_.id] = "restored" if whole else "changed_since"
    await write.update(conn, tenant, work.staged, action="import_undone", person=person)
    await write.set_addresses(conn, tenant, work.addresses)
    await revert.remove_addresses(conn, tenant, work.gone_addresses)
    await revert.remove_identities(conn, tenant, work.identities)
    await revert.remove_tags(conn, tenant, work.tags)
    await learn(conn, tenant, work.names)
    return outcomes


class _Work:
    """What a batch of customers gets back."""

    def __init__(self) -> None:
        self.staged: list[tuple[UUID, UUID, str, str]] = []
        self.addresses: list[tuple[UUID, str, str]] = []
        self.gone_addresses: list[UUID] = []
        self.identities: list[tuple[UUID, str, str]] = []
        self.tags: list[tuple[UUID, str]] = []
        self.names: list[str] = []

    def add(self, is_: Current, before: dict[str, Any], after: dict[str, Any]) -> bool:
        """Return whether everything could be given back."""
        lists = {"identities", "tags", "address_ids"}
        back = {
            name: before.get(name)
            for name, value in after.items()
            if name not in lists and (is_.warnings if name == "warnings" else is_.value(name)) == value
        }
        lines = [
            history.Change(name, history.HIDDEN, history.HIDDEN)
            if name == "id_number"
            else history.change("manager_id" if name == "manager" else name, after[name], value)
            for name, value in back.items()
        ]
        fields = write.columns(back)
        if "id_number" in back:
            fields |= {"id_sealed": before["id_sealed"], "id_index": back["id_number"]}
        for name in [name for name in back if name.startswith("address.")]:
            address_id, text = UUID(after["address_ids"][name.removeprefix("address.")]), back[name]
            if text is None:
                self.gone_addresses.append(address_id)
            else:
                self.addresses.append((address_id, region(text), text))
        for kind, value in after.get("identities", ()):
            self.identities.append((is_.id, kind, value))
            lines.append(history.change(kind, value, None))
        for tag in after.get("tags", ()):
            self.tags.append((is_.id, tag))
            lines.append(history.change("tags", tag, None))
        if "name" in back:
            self.names.append(str(back["name"]))
        self.staged.append((is_.id, new_id(), _text(fields), _text([asdict(line) for line in lines])))
        return len(back) == len(after.keys() - lists)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
