"""Row-level security quietly takes indexes away from conditions that are not leakproof: these tests notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from yuelai.customers import service
from yuelai.customers.finding import service as finding
from yuelai.customers.finding.candidates import Filters
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class Explaining:
    """A connection that also asks for the plan of each query."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.plans: list[str] = []

    async def _explain(self, sql: str, args: tuple[Any, ...]) -> None:
        rows = await self._conn.fetch(f"EXPLAIN {sql}", *args)
        self.plans.append("\n".join(row[0] for row in rows))

    async def fetch(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await self._conn.fetch(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await self._conn.fetchval(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        await self._explain(sql, args)
        return await self._conn.fetchrow(sql, *args)


async def test_no_search_list_or_look_up_reads_a_whole_table(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        card = await service.create(
            conn, SAMPLE_TENANT, name="王芳", phones=["13811112222"], address="浙江省杭州市西湖区文三路 138 号"
        )
        await conn.execute("SET LOCAL enable_seqscan = off")
        spy = Explaining(conn)
        watched = cast("Connection", spy)
        cursor: str | None = None
        for q in ("王", "芳", "wf", "wangfang", "138", "2222", "文三路", "A00012345", "wang@example.com", "C000000001"):
            for filters in (Filters(), Filters(class_="normal", kind="person")):
                await finding.search(watched, SAMPLE_TENANT, q, filters=filters, limit=1)
        for filters in (Filters(), Filters(class_="vip"), Filters(kind="company"), Filters(tag="老")):
            _, cursor = await finding.newest(watched, SAMPLE_TENANT, filters=filters, limit=1)
            assert cursor is None
        await service.identify(watched, SAMPLE_TENANT, "13811112222")
        await service.overview(watched, SAMPLE_TENANT, UUID(card["id"]))
        await service.balance(watched, UUID(card["id"]))
        assert len(spy.plans) > 60
        for plan in spy.plans:
            # Account managers: a few hundred people.
            whole = [line for line in plan.splitlines() if "Seq Scan" in line and "Scan on people" not in line]
            assert whole == [], plan


async def test_an_address_is_looked_for_by_the_index_inside_the_policy(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        await conn.execute("SELECT set_config('yuelai.address', '%文三路%', true)")
        rows = await conn.fetch(
            "EXPLAIN SELECT customer_id FROM customer_addresses WHERE tenant_id = $1", SAMPLE_TENANT
        )
        assert "Bitmap Index Scan on customer_addresses_key" in "\n".join(row[0] for row in rows)
