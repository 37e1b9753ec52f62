"""Puts the generated customers into the database by COPY.

COPY goes into temporary tables, for PostgreSQL refuses it on tables with row-level security.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from yuelai.customers.finding import index
from yuelai.customers.masking import region
from yuelai.customers.sealing import Vault
from yuelai.entrypoints.sample import extras
from yuelai.entrypoints.sample.generate import Customer, Generator
from yuelai.entrypoints.sample.people import person_id
from yuelai.platform.ids import SAMPLE_TENANT, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

COUNT = 10_000
_JSON = frozenset({"lines", "custom"})
_encoder = msgspec.json.Encoder()


async def load(conn: Connection, today: date, count: int, vault: Vault | None = None) -> bool:
    """Return whether the customers had to be added. All of them come in one transaction, so one stands for all.

    Identity numbers are only put in when there is a `vault` to seal them.
    """
    generator = Generator(today)
    everybody = generator.special()
    if await conn.fetchval("SELECT EXISTS (SELECT FROM customers WHERE id = $1)", everybody[0].id):
        return False
    everybody.extend(generator.others(count))
    extras.adorn(everybody, today)
    await extras.configure(conn, SAMPLE_TENANT)
    await put(conn, SAMPLE_TENANT, everybody)
    if vault is not None:
        await _seal(conn, vault, everybody)
    await conn.execute("ANALYZE customers, customer_identities, customer_name_terms, accounts, products, bills, orders")
    return True


async def put(conn: Connection, tenant_id: TenantId, everybody: Sequence[Customer]) -> None:
    """Add customers of a tenant with everything that hangs on them."""
    for table, columns, rows in _tables(everybody):
        await _copy(conn, tenant_id, table, columns, rows)
    await index.learn(conn, tenant_id, (customer.name for customer in everybody))


async def _seal(conn: Connection, vault: Vault, everybody: Sequence[Customer]) -> None:
    keys = await vault.keys(conn, SAMPLE_TENANT)
    sealed = [(each.id, keys.seal(each.id, each.id_number)) for each in everybody if each.id_number]
    await conn.executemany(
        "UPDATE customers SET id_number_sealed = $2, id_number_index = $3 WHERE id = $1",
        [(id_, number.sealed, number.index) for id_, number in sealed],
    )


async def _copy(
    conn: Connection, tenant_id: TenantId, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    names = ", ".join(columns)
    # Binary COPY has no encoder for jsonb: it travels as text.
    as_text = ", ".join(f"{name}::text" if name in _JSON else name for name in columns)
    as_json = ", ".join(f"{name}::jsonb" if name in _JSON else name for name in columns)
    await conn.execute(
        f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {as_text} FROM {table} WITH NO DATA"  # noqa: S608
    )
    await conn.copy_records_to_table("incoming", records=rows, columns=columns)
    await conn.execute(
        f"INSERT INTO {table} (tenant_id, {names}) SELECT $1, {as_json} FROM incoming",  # noqa: S608
        tenant_id,
    )
    await conn.execute("DROP TABLE incoming")


def _tables(everybody: Sequence[Customer]) -> list[tuple[str, tuple[str, ...], Iterable[Sequence[Any]]]]:
    return [
        (
            "customers",
            (
                "id",
                "name",
                "kind",
                "gender",
                "birth_year",
                "class",
                "since",
                "warnings",
                "manager_person_id",
                "custom",
            ),
            (
                (
                    *(c.id, c.name, c.kind, c.gender, c.birth_year, c.class_, c.since, c.warnings),
                    person_id(c.manager) if c.manager else None,
                    _encoder.encode(c.custom).decode(),
                )
                for c in everybody
            ),
        ),
        (
            "customer_identities",
            ("customer_id", "kind", "value", "raw", "role"),
            ((c.id, *identity) for c in everybody for identity in c.identities),
        ),
        (
            "customer_addresses",
            ("customer_id", "kind", "region", "text"),
            (
                (c.id, kind, region(text), text)
                for c in everybody
                for kind, text in (("home" if c.kind == "person" else "work", c.address), *c.more_addresses)
            ),
        ),
        ("customer_tagged", ("customer_id", "tag"), ((c.id, tag) for c in everybody for tag in c.tags)),
        ("customer_relations", ("customer_id", "other_id", "kind"), extras.relation_rows(everybody)),
        (
            "customer_consents",
            ("customer_id", "channel", "purpose", "allowed", "at", "source"),
            extras.consent_rows(everybody),
        ),
        (
            "accounts",
            ("customer_id", "id", "no", "kind", "balance_minor"),
            ((c.id, *account) for c in everybody for account in c.accounts),
        ),
        (
            "products",
            ("customer_id", "id", "account_id", "code", "name", "number", "price_minor", "since"),
            ((c.id, *product) for c in everybody for product in c.products),
        ),
        (
            "bills",
            ("customer_id", "id", "account_id", "month", "total_minor", "due_on", "paid_on", "lines"),
            ((c.id, *bill[:-1], _encoder.encode(bill[-1]).decode()) for c in everybody for bill in c.bills),
        ),
        (
            "orders",
            ("customer_id", "id", "no", "subject", "status", "ordered_at"),
            ((c.id, *order) for c in everybody for order in c.orders),
        ),
    ]
