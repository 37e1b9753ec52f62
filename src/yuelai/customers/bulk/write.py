"""Writes new and changed customers, a batch at a time: COPY into staging tables, then one statement a table.

Row-level security allows no COPY into the tables themselves. Every customer touched gets a new version and an entry
in their history; names become findable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from yuelai.customers.bulk.model import Change, Current, Incoming
from yuelai.customers.finding.index import learn
from yuelai.customers.masking import region
from yuelai.customers.record import history
from yuelai.customers.sealing import TenantKeys
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_json = msgspec.json.Encoder()

OWN_NUMBER = re.compile(r"C\d{9,}")
"""Numbers of this form are given by us alone (`customer_numbers`)."""


async def create(
    conn: Connection,
    tenant: UUID,
    rows: Sequence[Incoming],
    *,
    keys: TenantKeys | None,
    action: str,
    person: UUID | None,
    class_: str | None = None,
) -> list[tuple[Incoming, UUID, UUID]]:
    """Add customers, in order; return each row with the ids of its customer and of the entry in their history."""
    made = [(row, new_id(), new_id()) for row in rows]
    if not made:
        return []
    customers: list[tuple[Any, ...]] = []
    identities: list[tuple[UUID, str, str, str]] = []
    addresses: list[tuple[UUID, UUID, str, str, str]] = []
    tagged: list[tuple[UUID, str]] = []
    for row, id_, change in made:
        sealed = keys.seal(id_, row.id_number) if row.id_number and keys is not None else None
        customers.append(
            (
                id_, change, row.no, row.name, row.kind or "person", row.gender, row.birth_year,
                row.class_ or class_ or "normal", row.manager_id, row.since, row.warnings, _text(row.custom),
                sealed and sealed.sealed, sealed and sealed.index,
            )
        )  # fmt: skip
        identities.extend((id_, kind, value, raw) for kind, value, raw in row.identities)
        addresses.extend((new_id(), id_, kind, region(text), text) for kind, text in row.addresses)
        tagged.extend((id_, tag) for tag in row.tags)
    await conn.execute(
        "CREATE TEMPORARY TABLE new_customers (id uuid, change uuid, no text, name text, kind text, gender text, "
        "birth_year smallint, class text, manager uuid, since date, warnings text[], custom text, sealed bytea, "
        "index bytea) ON COMMIT DROP"
    )
    await conn.copy_records_to_table("new_customers", records=customers)
    await conn.execute(
        """
        INSERT INTO customers (id, tenant_id, no, name, kind, gender, birth_year, class, manager_person_id, since,
            warnings, custom, id_number_sealed, id_number_index)
        SELECT id, $1, coalesce(no, 'C' || lpad(nextval('customer_numbers')::text, 9, '0')), name, kind, gender,
            birth_year, class, manager, coalesce(since, current_date), warnings, custom::jsonb, sealed, index
        FROM new_customers
        """,
        tenant,
    )
    await conn.execute(
        "INSERT INTO customer_changes (id, tenant_id, customer_id, person_id, action) "
        "SELECT change, $1, id, $2, $3 FROM new_customers",
        tenant,
        person,
        action,
    )
    await _add_identities(conn, tenant, identities)
    await _add_addresses(conn, tenant, addresses)
    await _add_tags(conn, tenant, tagged)
    await learn(conn, tenant, (row.name for row in rows if row.name))
    return made


async def change(
    conn: Connection,
    tenant: UUID,
    changes: Sequence[tuple[Change, Current]],
    *,
    keys: TenantKeys | None,
    action: str,
    person: UUID | None,
) -> list[tuple[Change, UUID, dict[str, Any], dict[str, Any]]]:
    """Change customers read by `matching.current` with a lock.

    Returns each with its entry in the history, what it was before and what it is after, as `undo` takes them.
    """
    if not changes:
        return []
    staged: list[tuple[UUID, UUID, str, str]] = []
    identities: list[tuple[UUID, str, str, str]] = []
    new_addresses: list[tuple[UUID, UUID, str, str, str]] = []
    addresses: list[tuple[UUID, str, str]] = []
    tagged: list[tuple[UUID, str]] = []
    done = []
    for each, was in changes:
        before: dict[str, Any] = {name: old for name, (old, _) in each.fields.items()}
        after: dict[str, Any] = {name: new for name, (_, new) in each.fields.items()}
        fields = columns(after)
        if "id_number" in after:
            assert keys is not None
            assert each.id_number is not None
            sealed = keys.seal(each.customer_id, each.id_number)
            fields |= {"id_sealed": sealed.sealed.hex(), "id_index": sealed.index.hex()}
            before["id_sealed"] = was.id_sealed.hex() if was.id_sealed else None
        if each.warnings:
            before["warnings"], after["warnings"] = was.warnings, [*was.warnings, *each.warnings]
            fields["warnings"] = after["warnings"]
        for name in [name for name in after if name.startswith("address.")]:
            kind, text = name.removeprefix("address."), after[name]
            held = was.addresses.get(kind)
            if held is None:
                address_id = new_id()
                new_addresses.append((address_id, each.customer_id, kind, region(text), text))
            else:
                address_id = held[0]
                addresses.append((address_id, region(text), text))
            after.setdefault("address_ids", {})[kind] = str(address_id)
        if each.identities:
            identities.extend((each.customer_id, *identity) for identity in each.identities)
            after["identities"] = [[kind, value] for kind, value, _ in each.identities]
        if each.tags:
            tagged.extend((each.customer_id, tag) for tag in each.tags)
            after["tags"] = each.tags
        change_id = new_id()
        staged.append((each.customer_id, change_id, _text(fields), _text(_changed(each))))
        done.append((each, change_id, before, after))
    await update(conn, tenant, staged, action=action, person=person)
    await _add_identities(conn, tenant, identities)
    await _add_addresses(conn, tenant, new_addresses)
    await set_addresses(conn, tenant, addresses)
    await _add_tags(conn, tenant, tagged)
    await learn(conn, tenant, (str(each.fields["name"][1]) for each, _ in changes if "name" in each.fields))
    return done


async def update(
    conn: Connection, tenant: UUID, staged: Sequence[tuple[UUID, UUID, str, str]], *, action: str, person: UUID | None
) -> None:
    """Set columns from JSON: `(customer, entry of history, {column: value}, changes)`; columns not named stay."""
    await conn.execute(
        "CREATE TEMPORARY TABLE changed_customers (id uuid, change uuid, f text, changes text) ON COMMIT DROP"
    )
    await conn.copy_records_to_table("changed_customers", records=staged)
    await conn.execute(
        """
        UPDATE customers c SET
            name = coalesce(t.f ->> 'name', c.name),
            kind = coalesce(t.f ->> 'kind', c.kind),
            class = coalesce(t.f ->> 'class', c.class),
            since = coalesce((t.f ->> 'since')::date, c.since),
            gender = CASE WHEN t.f ? 'gender' THEN t.f ->> 'gender' ELSE c.gender END,
            birth_year = CASE WHEN t.f ? 'birth_year' THEN (t.f ->> 'birth_year')::smallint ELSE c.birth_year END,
            manager_person_id = CASE WHEN t.f ? 'manager' THEN (t.f ->> 'manager')::uuid ELSE c.manager_person_id END,
            id_number_sealed = CASE WHEN t.f ? 'id_sealed' THEN decode(t.f ->> 'id_sealed', 'hex')
                ELSE c.id_number_sealed END,
            id_number_index = CASE WHEN t.f ? 'id_index' THEN decode(t.f ->> 'id_index', 'hex')
                ELSE c.id_number_index END,
            warnings = CASE WHEN t.f ? 'warnings' THEN ARRAY(SELECT jsonb_array_elements_text(t.f -> 'warnings'))
                ELSE c.warnings END,
            custom = jsonb_strip_nulls(c.custom || coalesce(t.f -> 'custom', '{}')),
            version = c.version + 1,
            updated_at = now()
        FROM (SELECT id, f::jsonb AS f FROM changed_customers) t WHERE c.id = t.id AND c.tenant_id = $1
        """,
        tenant,
    )
    await conn.execute(
        "INSERT INTO customer_changes (id, tenant_id, customer_id, person_id, action, changes) "
        "SELECT change, $1, id, $2, $3, changes::jsonb FROM changed_customers",
        tenant,
        person,
        action,
    )
    await conn.execute("DROP TABLE changed_customers")


async def set_addresses(conn: Connection, tenant: UUID, addresses: Sequence[tuple[UUID, str, str]]) -> None:
    """Give addresses another text: `(address, region, text)`."""
    if addresses:
        ids, regions, texts = zip(*addresses, strict=True)
        await conn.execute(
            "UPDATE customer_addresses a SET region = t.region, text = t.text "
            "FROM unnest($2::uuid[], $3::text[], $4::text[]) AS t (id, region, text) "
            "WHERE a.tenant_id = $1 AND a.id = t.id",
            tenant,
            ids,
            regions,
            texts,
        )


async def _add_identities(conn: Connection, tenant: UUID, rows: Sequence[tuple[UUID, str, str, str]]) -> None:
    if not rows:
        return
    await conn.execute(
        "CREATE TEMPORARY TABLE new_identities (customer uuid, kind text, value text, raw text) ON COMMIT DROP"
    )
    await conn.copy_records_to_table("new_identities", records=rows)
    await conn.execute(
        "INSERT INTO customer_identities (tenant_id, customer_id, kind, value, raw) "
        "SELECT $1, customer, kind, value, raw FROM new_identities ON CONFLICT DO NOTHING",
        tenant,
    )
    await conn.execute("DROP TABLE new_identities")


async def _add_addresses(conn: Connection, tenant: UUID, rows: Sequence[tuple[UUID, UUID, str, str, str]]) -> None:
    if not rows:
        return
    await conn.execute(
        "CREATE TEMPORARY TABLE new_addresses (id uuid, customer uuid, kind text, region text, text text) "
        "ON COMMIT DROP"
    )
    await conn.copy_records_to_table("new_addresses", records=rows)
    await conn.execute(
        "INSERT INTO customer_addresses (id, tenant_id, customer_id, kind, region, text) "
        "SELECT id, $1, customer, kind, region, text FROM new_addresses",
        tenant,
    )
    await conn.execute("DROP TABLE new_addresses")


async def _add_tags(conn: Connection, tenant: UUID, rows: Sequence[tuple[UUID, str]]) -> None:
    if not rows:
        return
    # In order, so that two imports with new tags wait for each other and never in a circle.
    await conn.execute(
        "INSERT INTO customer_tags (tenant_id, tag) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
        tenant,
        sorted({tag for _, tag in rows}),
    )
    customers, tags = zip(*rows, strict=True)
    await conn.execute(
        "INSERT INTO customer_tagged (tenant_id, customer_id, tag) "
        "SELECT $1, * FROM unnest($2::uuid[], $3::text[]) ON CONFLICT DO NOTHING",
        tenant,
        customers,
        tags,
    )


def columns(after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `update` for fields of one value; addresses and the id number are written otherwise."""
    found: dict[str, Any] = {}
    for name, value in after.items():
        if name.startswith("custom."):
            found.setdefault("custom", {})[name.removeprefix("custom.")] = value
        elif not name.startswith("address.") and name != "id_number":
            found[name] = value
    return found


def _changed(each: Change) -> list[dict[str, Any]]:
    """Return the lines of the history; of an id number only that it changed."""
    found = []
    for name, (old, new) in each.fields.items():
        if name == "id_number":
            found.append(history.Change(name, old and history.HIDDEN, new and history.HIDDEN))
        else:
            found.append(history.change("manager_id" if name == "manager" else name, old, new))
    found += [history.change(kind, None, value) for kind, value, _ in each.identities]
    found += [history.change("tags", None, tag) for tag in each.tags]
    found += [history.change("warnings", None, warning) for warning in each.warnings]
    return [asdict(line) for line in found]


def _text(value: Any) -> str:
    return _json.encode(value).decode()
