"""Row-level security quietly takes indexes away from conditions that are not leakproof: these tests notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from yuelai.customers import service
from yuelai.customers.finding import index
from yuelai.customers.finding import service as finding
from yuelai.customers.finding.candidates import Filters
from yuelai.customers.finding.keys import NEWEST
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MANY = 10_000
NAMES = [f"{surname}{given}" for surname in "王李张刘陈杨黄赵吴周" for given in "芳娜敏静丽伟强磊军勇"]


class Counting:
    """A connection that counts the rows which each scan of each query goes through."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.scans: list[tuple[int, str, str]] = []

    async def _count(self, sql: str, args: tuple[Any, ...]) -> None:
        document = await self._conn.fetchval(f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {sql}", *args)
        for node in _nodes(document[0]["Plan"]):
            if "Relation Name" in node:
                rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                self.scans.append((round(rows), f"{node['Node Type']} on {node['Relation Name']}", sql))

    async def fetch(self, sql: str, *args: Any) -> Any:
        await self._count(sql, args)
        return await self._conn.fetch(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        await self._count(sql, args)
        return await self._conn.fetchval(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        await self._count(sql, args)
        return await self._conn.fetchrow(sql, *args)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


async def fill(conn: Connection) -> UUID:
    await conn.execute(
        """
        WITH added AS (
            INSERT INTO customers (id, tenant_id, name)
            SELECT uuidv7(), $1, ($2::text[])[1 + n % 100] FROM generate_series(1, $3::integer) n RETURNING id, no
        ), phones AS (
            INSERT INTO customer_identities (tenant_id, customer_id, kind, value, raw)
            SELECT $1, id, 'phone', '+86138' || right(no, 8), no FROM added
        ), accounts AS (
            INSERT INTO accounts (id, tenant_id, customer_id, no, kind)
            SELECT uuidv7(), $1, id, 'A' || no, 'x' FROM added
        ) INSERT INTO customer_addresses (tenant_id, customer_id, text)
        SELECT $1, id, '浙江省杭州市西湖区文三路 ' || no || ' 号' FROM added
        """,
        SAMPLE_TENANT,
        NAMES,
        MANY,
    )
    await index.learn(conn, SAMPLE_TENANT, NAMES)
    await conn.execute(
        "ANALYZE customers, customer_identities, customer_addresses, accounts, customer_name_terms, customer_tagged"
    )
    return UUID(str(await conn.fetchval("SELECT id FROM customers LIMIT 1")))


async def test_no_search_list_or_look_up_goes_through_a_whole_table(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await fill(conn)
        counting = Counting(conn)
        watched = cast("Connection", counting)
        phone = str(await conn.fetchval("SELECT value FROM customer_identities LIMIT 1"))
        for q in ("王", "芳", "王芳", "wf", "wangfang", "138", phone, phone[-4:], "文三路", "AC00000", "C00000", "a@b"):
            cards, cursor = await finding.search(watched, SAMPLE_TENANT, q, limit=5)
            if cursor is not None:
                assert len(cards) == 5
                await finding.search(watched, SAMPLE_TENANT, q, cursor=cursor, limit=5)
        for filters in (Filters(), Filters(class_="vip"), Filters(kind="company"), Filters(tag="老")):
            await finding.newest(watched, SAMPLE_TENANT, filters=filters, limit=5)
        assert (await service.identify(watched, SAMPLE_TENANT, phone)).kind == "one"
        await service.overview(watched, SAMPLE_TENANT, id_)
        await service.balance(watched, id_)
        assert await service.family(watched, SAMPLE_TENANT, id_) == [id_]
        assert len(counting.scans) > 100
        # The newest three thousand are gone through for an address that many have; nothing else comes near it.
        worst = max(counting.scans)
        assert worst[0] <= NEWEST, worst


async def test_an_address_is_looked_for_by_the_index_inside_the_policy(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        await conn.execute("SELECT set_config('yuelai.address', '%文三路%', true)")
        rows = await conn.fetch(
            "EXPLAIN SELECT customer_id FROM customer_addresses WHERE tenant_id = $1", SAMPLE_TENANT
        )
        assert "Bitmap Index Scan on customer_addresses_key" in "\n".join(row[0] for row in rows)
