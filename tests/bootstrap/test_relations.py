"""Who should speak with a customer: the manager, then who served them last, and nobody they do not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.support.web import add_person, add_tenant
from yuelai.bootstrap.relations import LAST_AGENT_DAYS, CustomerRelations
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id


async def customer(database: Database, manager: UUID | None = None) -> UUID:
    id_ = new_id()
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO customers (id, tenant_id, name, manager_person_id) VALUES ($1, $2, '王芳', $3)",
            id_,
            SAMPLE_TENANT,
            manager,
        )
    return id_


async def served(database: Database, who: UUID, agent: UUID | None, *, days: float, answered: bool = True) -> None:
    """An interaction of so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    id_ = UUID(int=(int(at.timestamp() * 1000) << 80) | (new_id().int & ((1 << 76) - 1)) | (7 << 76))
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at, "
            "answered_at, customer_id, agent_id) "
            "VALUES ($1, $2, 'T1', 'voice', 'in', 'closed', '1', '2', $3, $4, $5, $6)",
            id_,
            SAMPLE_TENANT,
            at,
            at if answered else None,
            who,
            agent,
        )


async def test_the_manager_comes_first_and_then_the_last_agent_of_these_days(database: Database) -> None:
    manager = (await add_person(database, "manager", "agent", number="8001")).person_id
    last = (await add_person(database, "last", "agent", number="8002")).person_id
    earlier = (await add_person(database, "earlier", "agent", number="8003")).person_id
    wang = await customer(database, manager)
    await served(database, wang, earlier, days=3)
    await served(database, wang, last, days=1)
    await served(database, wang, None, days=0.5)
    await served(database, wang, earlier, days=0.2, answered=False)
    relations = CustomerRelations(database)
    assert await relations.preferred(SAMPLE_TENANT, wang) == [(manager, "manager"), (last, "last_agent")]


async def test_nobody_is_preferred_twice_nor_for_what_is_long_ago(database: Database) -> None:
    manager = (await add_person(database, "manager", "agent", number="8001")).person_id
    relations = CustomerRelations(database)
    wang, li = await customer(database, manager), await customer(database)
    await served(database, wang, manager, days=1)
    await served(database, li, manager, days=LAST_AGENT_DAYS + 0.5)
    assert await relations.preferred(SAMPLE_TENANT, wang) == [(manager, "manager")]
    assert await relations.preferred(SAMPLE_TENANT, li) == []


async def test_another_tenants_customer_is_nobody(database: Database) -> None:
    wang = await customer(database)
    assert await CustomerRelations(database).preferred(await add_tenant(database, "east"), wang) == ()
    assert await CustomerRelations(database).preferred(SAMPLE_TENANT, new_id()) == ()
