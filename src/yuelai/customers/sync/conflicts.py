"""Where a source and the record differ and the source may not decide: people do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.bulk import matching, write
from yuelai.customers.bulk.model import Change
from yuelai.customers.masking import mask_address
from yuelai.customers.record.history import HIDDEN
from yuelai.customers.sealing import Vault
from yuelai.customers.sync import repository
from yuelai.customers.sync.decide import hash_of
from yuelai.customers.sync.errors import AlreadyDecided, UnknownConflict
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import paging

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def listed(
    conn: Connection, tenant: UUID, state: str, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the conflicts in their order, `ours` as it is now; addresses and id numbers are masked."""
    after = paging.decode(cursor, UUID)[0] if cursor else UUID(int=0)
    rows, next_cursor = paging.page(
        await repository.conflicts(conn, tenant, state, after, limit + 1), limit, lambda row: (row["id"],)
    )
    people = await matching.current(conn, tenant, [row["customer_id"] for row in rows], lock=False)
    items = []
    for row in rows:
        ours = people[row["customer_id"]].value(row["field"]) if row["customer_id"] in people else None
        items.append(
            {
                "id": row["id"],
                "customer": {"id": row["customer_id"], "no": row["no"], "name": row["name"]},
                "field": row["field"],
                "ours": _shown(row["field"], ours),
                "theirs": _shown(row["field"], row["theirs"]["value"]),
                "source": {"id": row["source_id"], "code": row["code"], "name": row["source_name"]},
                "state": row["state"],
                "at": row["at"],
            }
        )
    return items, next_cursor


async def decide(conn: Connection, vault: Vault, principal: Principal, id_: UUID, take: str) -> None:
    """Keep ours, or take theirs, which the source may change from then on.

    Raises `UnknownConflict`, `AlreadyDecided`.
    """
    tenant = principal.tenant_id
    row = await repository.lock_conflict(conn, tenant, id_)
    if row is None:
        raise UnknownConflict()
    if row["state"] != "open":
        raise AlreadyDecided()
    name, theirs = row["field"], row["theirs"]["value"]
    if take == "theirs":
        is_ = (await matching.current(conn, tenant, [row["live_id"]], lock=True)).get(row["live_id"])
        if is_ is None:
            raise UnknownConflict()
        keys = await vault.keys(conn, tenant)
        change = Change(is_.id, 0)
        if name == "id_number":
            change.id_number = keys.open(row["customer_id"], bytes.fromhex(row["theirs"]["sealed"]))
        if is_.value(name) != theirs:
            change.fields[name] = (is_.value(name), theirs)
            await write.change(conn, tenant, [(change, is_)], keys=keys, action="synced", person=principal.person_id)
        await repository.put_origins(conn, tenant, row["source_id"], [(is_.id, name, hash_of(theirs))])
    await repository.decide_conflict(conn, tenant, id_, take, principal.person_id)
    data = {"customer_id": str(row["live_id"]), "field": name, "take": take}
    await audit(conn, principal, "customer_conflict.decided", f"customer_conflict/{id_}", data)


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "id_number":
        return HIDDEN
    return mask_address(str(value)) if name.startswith("address.") else value
