from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from yuelai.customers import service
from yuelai.customers.errors import NotAPhoneNumber, NothingToSearch, UnknownCustomer
from yuelai.customers.finding import service as finding
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.paging import BadCursor

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def add(conn: Connection, name: str, *phones: str, **more: str) -> UUID:
    card = await service.create(conn, SAMPLE_TENANT, name=name, phones=phones, **more)  # type: ignore[arg-type]
    return UUID(card["id"])


async def test_a_number_nobody_has_is_a_new_customer(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "王芳", "13800000001")
        for ani in ("13800009999", "8001", "anonymous", ""):
            match = await service.identify(conn, SAMPLE_TENANT, ani)
            assert (match.kind, match.customers) == ("new", []), ani


async def test_a_number_one_person_has_is_that_person_however_it_is_shown(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "138-0000-0001", gender="female", address="浙江省杭州市西湖区文三路 1 号")
        for ani in ("13800000001", "+8613800000001", "0013800000001"[2:], "008613800000001"):
            match = await service.identify(conn, SAMPLE_TENANT, ani)
            assert match.kind == "one"
            assert match.customers == [
                {
                    "id": str(id_),
                    "no": "C000000001",
                    "kind": "person",
                    "name": "王芳",
                    "gender": "female",
                    "birth_year": None,
                    "class": "normal",
                    "phones": ["13800000001"],
                    "address_masked": "浙江省杭州市西湖区****",
                    "manager_number": None,
                    "warnings": [],
                    "tags": [],
                }
            ]


async def test_a_shared_number_gives_its_owners_before_those_who_act_for_others(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        agent, young, old = [await add(conn, name, "13800000002") for name in ("代办", "李敏", "李强")]
        await conn.execute("UPDATE customer_identities SET role = 'agent' WHERE customer_id = $1", agent)
        await conn.execute("UPDATE customers SET since = $2 WHERE id = $1", old, date(2010, 1, 1))
        match = await service.identify(conn, SAMPLE_TENANT, "13800000002")
    assert match.kind == "several"
    assert [card["id"] for card in match.customers] == [str(old), str(young), str(agent)]


async def test_a_number_somebody_gave_up_is_not_theirs_any_more(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        former, owner = await add(conn, "前", "13800000004"), await add(conn, "今", "13800000004")
        await conn.execute("UPDATE customer_identities SET role = 'former' WHERE customer_id = $1", former)
        match = await service.identify(conn, SAMPLE_TENANT, "13800000004")
        assert (match.kind, [card["id"] for card in match.customers]) == ("one", [str(owner)])
        assert (await service.card(conn, SAMPLE_TENANT, former))["phones"] == []
        await conn.execute("DELETE FROM customers WHERE id = $1", owner)
        assert (await service.identify(conn, SAMPLE_TENANT, "13800000004")).kind == "new"


async def test_another_tenants_customers_are_nobody_here_even_without_row_level_security(database: Database) -> None:
    other = new_id()
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO tenants (id, code, name) VALUES ($1, 'other', 'Other')", other)
    async with database.transaction(other) as conn:
        theirs = await service.create(conn, other, name="王芳", phones=["13800000001"])
    # System work sees every tenant's rows: only the queries' own condition keeps them apart here.
    async with database.transaction(None) as conn:
        assert (await service.identify(conn, SAMPLE_TENANT, "13800000001")).kind == "new"
        assert await service.cards(conn, SAMPLE_TENANT, [UUID(theirs["id"])]) == []
        for q in ("王", "0001", theirs["no"]):
            assert await finding.search(conn, SAMPLE_TENANT, q) == ([], None)
        with pytest.raises(UnknownCustomer):
            await service.overview(conn, SAMPLE_TENANT, UUID(theirs["id"]))
    # And the other way round: even a query that names the wrong tenant finds nothing.
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert (await service.identify(conn, other, "13800000001")).kind == "new"
        for table in ("customers", "customer_identities", "customer_name_terms"):
            assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_search_finds_by_any_part_of_the_name_exact_ones_first(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        for name in ("王小芳", "王芳", "李芳芳", "芳草科技有限公司", "Fang Li", "张伟"):
            await add(conn, name, "13800000001")

        async def found(q: str) -> list[str]:
            return [card["name"] for card in (await finding.search(conn, SAMPLE_TENANT, q))[0]]

        assert await found("王") == ["王小芳", "王芳"]
        assert set(await found("芳")) == {"王小芳", "王芳", "李芳芳", "芳草科技有限公司"}
        assert len(await found("芳")) == 4
        assert await found("小芳") == ["王小芳"]
        assert await found("科技") == ["芳草科技有限公司"]
        assert await found("FANG") == ["Fang Li", "芳草科技有限公司"]
        assert await found("li") == ["Fang Li", "李芳芳"]
        assert await found("%") == await found("_") == await found("赵") == []


async def test_search_finds_by_customer_number_and_by_phone_and_by_its_last_digits(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        a = await add(conn, "甲", "13811112222", "0571-88126620")
        b = await add(conn, "乙", "13933332222")

        async def found(q: str) -> set[str]:
            return {card["id"] for card in (await finding.search(conn, SAMPLE_TENANT, q))[0]}

        assert await found("C000000002") == await found("c000000002") == {str(b)}
        assert await found("138 1111 2222") == {str(a)}
        assert await found("2222") == {str(a), str(b)}
        assert await found("12222") == {str(a)}
        assert await found("6620") == {str(a)}
        assert await found("9999") == set()


async def test_pages_hold_everybody_once(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        everybody = {str(await add(conn, f"王{'芳王'[number % 2]}", f"138{number:04d}0000")) for number in range(25)}
        for q in ("王", "0000"):
            seen: list[str] = []
            cursor: str | None = None
            while True:
                cards, cursor = await finding.search(conn, SAMPLE_TENANT, q, cursor=cursor, limit=4)
                seen.extend(card["id"] for card in cards)
                if cursor is None:
                    break
            assert sorted(seen) == sorted(everybody)


async def test_nothing_to_search_for_and_foreign_cursors_are_refused(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        with pytest.raises(NothingToSearch):
            await finding.search(conn, SAMPLE_TENANT, "  ")
        with pytest.raises(BadCursor):
            await finding.search(conn, SAMPLE_TENANT, "王", cursor="nonsense")


async def test_a_new_customer_needs_real_numbers(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        with pytest.raises(NotAPhoneNumber) as refused:
            await service.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001", "8001"])
        assert refused.value.problem()["phone"] == "8001"
        assert await conn.fetchval("SELECT count(*) FROM customers") == 0
        card = await service.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001", "+86 138 0000 0001"])
        assert card["phones"] == ["13800000001"]


async def test_the_balance_adds_up_the_accounts_and_tells_the_latest_bill(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "13800000001")
        assert await service.balance(conn, id_) is None
        accounts = [new_id(), new_id()]
        for number, (account, minor) in enumerate(zip(accounts, (5000, -140), strict=True)):
            await conn.execute(
                "INSERT INTO accounts (id, tenant_id, customer_id, no, kind, balance_minor) "
                "VALUES ($1,$2,$3,$4,'x',$5)",
                account, SAMPLE_TENANT, id_, f"A{number}", minor,
            )  # fmt: skip
        balance = await service.balance(conn, id_)
        assert balance is not None
        assert (balance.minor, balance.currency, balance.bill_minor) == (4860, "CNY", None)
        for account, month, total in (
            (accounts[0], date(2026, 1, 1), 1), (accounts[0], date(2026, 2, 1), 9900),
            (accounts[1], date(2026, 2, 1), 100),
        ):  # fmt: skip
            await conn.execute(
                "INSERT INTO bills (id, tenant_id, customer_id, account_id, month, total_minor, due_on) "
                "VALUES ($1,$2,$3,$4,$5,$6,$5)",
                new_id(), SAMPLE_TENANT, id_, account, month, total,
            )  # fmt: skip
        balance = await service.balance(conn, id_)
        assert balance is not None
        assert (balance.minor, balance.bill_minor, balance.bill_month) == (4860, 10_000, date(2026, 2, 1))
