"""A page of a source's records, in one transaction with how far the run has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from yuelai.customers import erased
from yuelai.customers.bulk import matching, plan, write
from yuelai.customers.bulk.model import Change, Current, Incoming
from yuelai.customers.imports.model import Rejection
from yuelai.customers.sealing import TenantKeys
from yuelai.customers.sync import repository
from yuelai.customers.sync.decide import Origin, Source, hash_of, split
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def apply(
    conn: Connection,
    tenant: UUID,
    source: Source,
    run: UUID,
    key: str,
    rows: Sequence[Incoming | Rejection],
    keys: TenantKeys,
    cursor: str,
) -> None:
    """Bring what the source says into the records, as far as it may decide; the rest becomes conflicts."""
    rejected = [row for row in rows if isinstance(row, Rejection)]
    latest: dict[str, Incoming] = {}
    for row in rows:
        if isinstance(row, Incoming):
            # A source that tells of somebody twice in a page means what it said last.
            latest[_name(row, key, keys)] = row
    superseded = len(rows) - len(rejected) - len(latest)
    checksums = {name: _checksum(name, row) for name, row in latest.items()}
    held = await repository.records(conn, source.id, list(latest))
    news = {name: row for name, row in latest.items() if name not in held or held[name]["checksum"] != checksums[name]}
    wanted = list(dict.fromkeys(each for row in news.values() for each in row.keys(key)))
    marks = {name: erased.record(keys, source.id, key, name, row) for name, row in latest.items()}
    told = {name: [marks[name], *erased.marks(keys, row)] for name, row in news.items()}

    async def opened() -> TenantKeys:
        return keys

    by_line = {row.line: marks[name] for name, row in news.items()}
    gone = await erased.hits(conn, tenant, news.values(), opened, by_line)
    matches = await matching.match(conn, tenant, key, wanted, keys)
    new: list[Incoming] = []
    known: dict[str, UUID] = {name: row["customer_id"] for name, row in held.items()}
    for name, row in news.items():
        people = {id_ for each in row.keys(key) for id_ in matches.get(each, ())}
        if name in known:
            continue
        if row.line in gone and len(people) != 1:
            continue
        if len(people) > 1:
            rejected.append(_refused(row, "several_customers", "Several customers have this key."))
        elif people:
            known[name] = people.pop()
        elif not row.name:
            rejected.append(_refused(row, "name_missing", "A new customer needs a name."))
        elif row.no is not None:
            rejected.append(_refused(row, "unknown_number", "There is no customer with this number."))
        else:
            new.append(row)
    changing = {name: row for name, row in news.items() if name in known}
    found = await matching.current(conn, tenant, sorted({known[name] for name in changing}), lock=True)
    out = {
        name: marks[name]
        for name, row in news.items()
        if row.line in gone and not erased.anew(row, found.get(known[name]) if name in known else None, keys.index)
    }
    # Later runs know the record by itself, whatever else of it changes.
    await erased.put(conn, tenant, dict.fromkeys(out.values(), source.id))
    for name in out:
        changing.pop(name, None)
        known.pop(name, None)
    changes, asked = await _compare(conn, tenant, source, changing, known, found, keys)
    made = await write.create(conn, tenant, new, keys=keys, action="synced", person=None)
    for row, customer, _ in made:
        known[_name(row, key, keys)] = customer
    await write.change(conn, tenant, changes, keys=keys, action="synced", person=None)
    fresh = [
        (customer, name, hash_of(value))
        for row, customer, _ in made
        for name, value in plan.values(row, keys.index).items()
    ]
    await repository.put_origins(conn, tenant, source.id, fresh)
    conflicts = await repository.put_conflicts(conn, tenant, source.id, asked)
    lines = [
        (name, known[name], checksums[name], told.get(name) or held[name]["marks"]) for name in latest if name in known
    ]
    await repository.put_records(conn, tenant, source.id, run, lines)
    counts = {
        "created": len(made),
        "updated": len(changes),
        "unchanged": len(rows) - len(made) - len(changes) - len(rejected) - len(out),
        "conflicts": conflicts,
        "rejected": len(rejected),
        "erased": len(out),
    }
    assert counts["unchanged"] >= superseded
    if rejected:
        await repository.add_rejections(conn, tenant, run, [asdict(each) for each in rejected])
    checksum = 0
    for name, value in checksums.items():
        if name not in out:
            checksum ^= value
    for each in rejected:
        # Whatever is refused is with them and not with us: the sums must differ.
        checksum ^= hash_of([each.line, each.code])
    await repository.advance(conn, tenant, run, counts, cursor, len(rows) - superseded, checksum)


async def _compare(
    conn: Connection,
    tenant: UUID,
    source: Source,
    changing: Mapping[str, Incoming],
    known: Mapping[str, UUID],
    found: Mapping[UUID, Current],
    keys: TenantKeys,
) -> tuple[list[tuple[Change, Current]], list[tuple[UUID, UUID, str, str, int]]]:
    origins: dict[UUID, dict[str, Origin]] = {}
    for row in await repository.origins(conn, list(found)):
        origin = Origin(row["source_id"], row["precedence"], row["value_hash"])
        origins.setdefault(row["customer_id"], {})[row["field"]] = origin
    changes, asked, claims, agreed = [], [], [], []
    seen: set[UUID] = set()
    for name, incoming in changing.items():
        is_ = found.get(known[name])
        if is_ is None or is_.id in seen:
            continue
        seen.add(is_.id)
        change = plan.change(is_, incoming, keys.index)
        before_these = origins.get(is_.id, {})
        change.fields, open_ = split(source, change.fields, before_these)
        for field, value in open_.items():
            kept: Any = {"value": value}
            if field == "id_number" and incoming.id_number is not None:
                kept["sealed"] = keys.seal(is_.id, incoming.id_number).sealed.hex()
            asked.append((new_id(), is_.id, field, msgspec.json.encode(kept).decode(), hash_of(value)))
        for field, value in plan.values(incoming, keys.index).items():
            if field in open_:
                continue
            agreed.append((is_.id, field))
            held = before_these.get(field)
            if field in change.fields or held is None or held.value_hash != hash_of(value):
                claims.append((is_.id, field, hash_of(value)))
        if change:
            changes.append((change, is_))
    await repository.put_origins(conn, tenant, source.id, claims)
    await repository.settle_conflicts(conn, source.id, agreed)
    return changes, asked


def _name(row: Incoming, key: str, keys: TenantKeys) -> str:
    """Return what the record is known by from run to run; of an id number only the blind index is kept."""
    value = row.keys(key)[0]
    return keys.index(value).hex() if key == "id_number" else value


def _checksum(name: str, row: Incoming) -> int:
    plain = asdict(row)
    del plain["line"]
    return hash_of([name, plain])


def _refused(row: Incoming, code: str, message: str) -> Rejection:
    return Rejection(row.line, None, code, None, message)
