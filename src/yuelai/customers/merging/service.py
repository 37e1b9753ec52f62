"""Merging two customers into one, and splitting them again.

Nothing is moved: the dropped one's identities, accounts, relations, consents, contacts stay its own, and every reader
takes the survivor and those merged into it for one (`repository.FAMILY`). Hence a split needs to find nothing: each has
what it had at the time of the merge, less what was taken away since; and what came since was given to the kept one.
Only values of fields go over to the kept one, and the merge remembers which (`merging.fields`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.errors import AlreadyMerged, AlreadySplit, Erased, IntoItself, UnknownCustomer, UnknownMerge
from yuelai.customers.events import CustomerMerged, CustomerSplit
from yuelai.customers.finding import index
from yuelai.customers.merging import fields as fields_
from yuelai.customers.merging import repository
from yuelai.customers.record import history
from yuelai.customers.sealing import Vault
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox, paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def merge(
    conn: Connection, principal: Principal, keep: UUID, drop: UUID, fields: Mapping[str, fields_.Side], vault: Vault
) -> UUID:
    """Make `drop` part of `keep`; return the merge's id. `fields` says whose value stands; the kept one's where it says
    nothing, or the dropped one's where the kept one has none.

    Raises `IntoItself`, `UnknownCustomer`, `AlreadyMerged`, `Erased`, `NotAField`.
    """
    tenant_id = principal.tenant_id
    fields_.checked(fields)
    if keep == drop:
        raise IntoItself()
    rows = await lock_trees(conn, tenant_id, [keep, drop])
    for id_ in (keep, drop):
        if id_ not in rows:
            raise UnknownCustomer()
        if rows[id_]["erased_at"] is not None:
            raise Erased()
        if rows[id_]["merged_into"] is not None:
            raise AlreadyMerged(customer_id=str(id_), into_id=str(rows[id_]["merged_into"]))
    kept, dropped = rows[keep], rows[drop]
    taken = fields_.choose(kept, dropped, fields)
    if fields_.takes_id_number(kept, dropped, fields):
        taken[fields_.ID_NUMBER] = await _number(conn, tenant_id, kept, dropped, vault)
    merge_id = new_id()
    await repository.add(conn, tenant_id, merge_id, keep, drop, principal.person_id, taken)
    await repository.join(conn, keep, drop)
    await repository.update(conn, keep, fields_.columns(taken, kept, "taken"))
    if "name" in taken:
        await index.learn(conn, tenant_id, [taken["name"]["taken"]])
    lines = [history.change(field, values["before"], values["taken"]) for field, values in taken.items()]
    both = [history.Change("merged", None, dropped["no"]), *lines]
    await history.write(conn, tenant_id, keep, principal.person_id, "merged", both)
    into = [history.Change("merged_into", None, kept["no"])]
    await history.write(conn, tenant_id, drop, principal.person_id, "merged_into", into)
    data = {"merge_id": str(merge_id), "drop": str(drop), "fields": sorted(taken)}
    await audit(conn, principal, "customer.merged", f"customer/{keep}", data)
    at = SystemClock().now()
    await outbox.put(conn, CustomerMerged(at=at, tenant_id=tenant_id, customer_id=drop, into_id=keep))
    return merge_id


async def split(conn: Connection, principal: Principal, merge_id: UUID) -> tuple[UUID, UUID]:
    """Undo a merge, in whatever order; return who was kept and who stands for themselves again.

    Raises `UnknownMerge`, `AlreadySplit`, `Erased`.
    """
    tenant_id = principal.tenant_id
    found = await repository.find(conn, tenant_id, merge_id)
    if found is None:
        raise UnknownMerge()
    keep, drop = found["keep_id"], found["drop_id"]
    rows = await lock_trees(conn, tenant_id, [keep, drop])
    # Only now it cannot change any more.
    found = await repository.find(conn, tenant_id, merge_id)
    assert found is not None
    if found["split_at"] is not None:
        raise AlreadySplit()
    if rows[drop]["erased_at"] is not None:
        raise Erased()
    await repository.part(conn, merge_id, drop, principal.person_id)
    columns = await _take_back(conn, merge_id, found["taken"], rows[keep])
    await repository.update(conn, keep, columns)
    if "name" in columns:
        await index.learn(conn, tenant_id, [columns["name"]])
    apart = [history.Change("merged", rows[drop]["no"], None)]
    await history.write(conn, tenant_id, keep, principal.person_id, "split", apart)
    alone = [history.Change("merged_into", rows[keep]["no"], None)]
    await history.write(conn, tenant_id, drop, principal.person_id, "split", alone)
    data = {"merge_id": str(merge_id), "drop": str(drop), "fields": sorted(columns)}
    await audit(conn, principal, "customer.split", f"customer/{keep}", data)
    at = SystemClock().now()
    await outbox.put(conn, CustomerSplit(at=at, tenant_id=tenant_id, customer_id=drop, from_id=keep))
    return keep, drop


async def merges(
    conn: Connection, tenant_id: UUID, *, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return merges, the newest first, undone ones too, and the cursor of the next page."""
    before = paging.decode(cursor, UUID)[0] if cursor else UUID(int=2**128 - 1)
    rows = await repository.page(conn, tenant_id, before, limit + 1)
    page, next_cursor = paging.page(rows, limit, lambda row: (row["id"],))
    return [dict(row) for row in page], next_cursor


class _Moved(Exception):
    """The trees changed while we waited for their locks."""


async def lock_trees(conn: Connection, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Lock the whole trees that the ids belong to, in the order of their ids, and return their rows as they are then.

    Whoever changes a tree locks all of it first: so its shape cannot change under us, and two who want overlapping
    trees wait for each other, never in a circle.
    """
    while True:
        roots = set((await repository.roots(conn, tenant_id, ids)).values())
        members = await repository.trees(conn, tenant_id, sorted(roots))
        try:
            async with conn.transaction():
                rows = {row["id"]: dict(row) for row in await repository.lock(conn, sorted(members))}
                if set((await repository.roots(conn, tenant_id, ids)).values()) != roots:
                    raise _Moved
                if await repository.trees(conn, tenant_id, sorted(roots)) != members:
                    raise _Moved
                return rows
        except _Moved:
            # The savepoint has let go of the locks: taking more now would not be in order.
            continue


async def _number(
    conn: Connection, tenant_id: UUID, kept: Mapping[str, Any], dropped: Mapping[str, Any], vault: Vault
) -> dict[str, Any]:
    keys = await vault.keys(conn, tenant_id)
    sealed = keys.seal(kept["id"], keys.open(dropped["id"], dropped["id_number_sealed"]))
    before = None
    if kept["id_number_index"] is not None:
        before = {part: fields_.plain(kept[f"id_number_{part}"]) for part in ("sealed", "index")}
    return {
        "before": before,
        "taken": {"sealed": fields_.plain(sealed.sealed), "index": fields_.plain(sealed.index)},
    }


async def _take_back(conn: Connection, merge_id: UUID, taken: fields_.Taken, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that the kept one gets back. What a later merge has covered goes back when that is undone."""
    ours = {field: values for field, values in taken.items() if fields_.still(field, values, kept)}
    covered = {field: values for field, values in taken.items() if field not in ours}
    if covered:
        for later in await repository.later_takings(conn, kept["id"], merge_id):
            changed = dict(later["taken"])
            for field, values in list(covered.items()):
                if field in changed and fields_.same(field, changed[field]["before"], values["taken"]):
                    changed[field] = {**changed[field], "before": values["before"]}
                    del covered[field]
            if changed != later["taken"]:
                await repository.set_taken(conn, later["id"], changed)
    return fields_.columns(ours, kept, "before")
