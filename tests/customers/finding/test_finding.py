from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from yuelai.customers import service
from yuelai.customers.finding import index
from yuelai.customers.finding import service as finding
from yuelai.customers.finding.candidates import Filters
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.paging import BadCursor

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

HOME = "浙江省杭州市西湖区文三路 138 号翠苑小区 6 幢 2 单元 402 室"


async def add(conn: Connection, name: str, *phones: str, address: str | None = None) -> UUID:
    card = await service.create(
        conn, SAMPLE_TENANT, name=name, phones=phones or [f"139{await count(conn):08d}"], address=address
    )
    return UUID(card["id"])


async def count(conn: Connection) -> int:
    return int(await conn.fetchval("SELECT count(*) FROM customers"))


async def found(conn: Connection, q: str, **more: Any) -> list[tuple[str, str, str]]:
    """Return name, field and text of everybody found, page by page."""
    cards = [card async for card in pages(conn, q, **more)]
    shown = [(card["name"], card["found"] or {"field": "", "text": ""}) for card in cards]
    return [(name, how["field"], how["text"]) for name, how in shown]


async def pages(conn: Connection, q: str | None, *, limit: int = 50, **filters: Any) -> Any:
    cursor: str | None = None
    while True:
        cards, cursor = await finding.page(
            conn, SAMPLE_TENANT, q, filters=Filters(**filters), cursor=cursor, limit=limit
        )
        assert len(cards) <= limit
        for card in cards:
            yield card
        if cursor is None:
            break


async def identity(conn: Connection, customer: UUID, kind: str, value: str) -> None:
    await conn.execute(
        "INSERT INTO customer_identities (tenant_id, customer_id, kind, value, raw) VALUES ($1, $2, $3, $4, $4)",
        SAMPLE_TENANT, customer, kind, value,
    )  # fmt: skip


async def account(conn: Connection, customer: UUID, no: str) -> None:
    await conn.execute(
        "INSERT INTO accounts (id, tenant_id, customer_id, no, kind) VALUES ($1, $2, $3, $4, 'prepaid')",
        new_id(), SAMPLE_TENANT, customer, no,
    )  # fmt: skip


async def test_the_name_itself_comes_before_what_begins_with_it_and_that_before_what_holds_it(
    database: Database,
) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        for name in ("李芳", "芳", "芳草科技有限公司", "王小芳", "王芳芳"):
            await add(conn, name)
        assert await found(conn, "芳") == [
            ("芳", "name", "芳"),
            ("芳草科技有限公司", "name", "芳草科技有限公司"),
            ("李芳", "name", "李芳"),
            ("王小芳", "name", "王小芳"),
            ("王芳芳", "name", "王芳芳"),
        ]
        assert await found(conn, "小芳") == [("王小芳", "name", "王小芳")]
        assert [name for name, _, _ in await found(conn, "草科技有")] == ["芳草科技有限公司"]


async def test_pinyin_and_its_initials_find_names_however_the_surname_is_read(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        for name in ("王芳", "单小芳", "曾国华", "王富贵"):
            await add(conn, name)
        assert await found(conn, "wf") == [("王芳", "pinyin", "王芳"), ("王富贵", "pinyin", "王富贵")]
        assert await found(conn, "WF") == await found(conn, "w f")
        for q, name in (
            ("sxf", "单小芳"),
            ("dxf", "单小芳"),
            ("shan", "单小芳"),
            ("zgh", "曾国华"),
            ("cengguo", "曾国华"),
            ("wangfa", "王芳"),
            ("Wang Fang", "王芳"),
        ):
            assert await found(conn, q) == [(name, "pinyin", name)], q
        # Initials and pinyin both begin with it: shown once, as the better of them.
        assert [name for name, _, _ in await found(conn, "w")] == ["王芳", "王富贵"]


async def test_phones_are_found_by_how_they_begin_and_end_as_people_write_them(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "甲", "13811112222", "0571-88126620")
        await add(conn, "乙", "13933332222", "4008123456")
        await add(conn, "丙", "+1 650 253 0000")
        for q, name, text in (
            ("138", "甲", "13811112222"),
            ("+86 138", "甲", "13811112222"),
            ("86138", "甲", "13811112222"),
            ("138-1111", "甲", "13811112222"),
            ("13811112222", "甲", "13811112222"),
            ("0571", "甲", "057188126620"),
            ("+86571", "甲", "057188126620"),
            ("88126620", "甲", "057188126620"),
            ("6620", "甲", "057188126620"),
            ("12222", "甲", "13811112222"),
            ("400", "乙", "4008123456"),
            ("+1650", "丙", "+16502530000"),
        ):
            assert await found(conn, q) == [(name, "phone", text)], q
        assert [name for name, _, _ in await found(conn, "2222")] == ["甲", "乙"]
        for q in ("620", "8812", "57188"):
            assert [name for name, _, _ in await found(conn, q)] in ([], ["甲"]), q
        assert await found(conn, "9999") == []


async def test_somebody_with_several_numbers_that_match_is_shown_once(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "甲", "13800001380", "13800011380", "13900001380")
        await add(conn, "乙", "13800021380")
        for limit in (1, 2, 50):
            assert [name for name, _, _ in await found(conn, "1380", limit=limit)] == ["甲", "乙"]


async def test_given_up_numbers_find_nobody(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "甲", "13811112222")
        await conn.execute("UPDATE customer_identities SET role = 'former' WHERE customer_id = $1", id_)
        assert await found(conn, "138") == await found(conn, "2222") == []


async def test_numbers_mail_and_messaging_ids_find_customers(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳")
        other = await add(conn, "李敏")
        await account(conn, id_, "A000123")
        await account(conn, other, "4400123")
        await identity(conn, id_, "email", "wangfang@example.com")
        await identity(conn, id_, "wechat", "wx_WangF")
        no = str(await conn.fetchval("SELECT no FROM customers WHERE id = $1", id_))
        for q, how in (
            (no, ("no", no)),
            (no.lower(), ("no", no)),
            (no[1:], ("no", no)),
            ("A000123", ("account", "A000123")),
            ("a0001", ("account", "A000123")),
            ("wangfang@", ("email", "wangfang@example.com")),
            ("WangFang@Example.COM", ("email", "wangfang@example.com")),
            ("wx_Wang", ("wechat", "wx_WangF")),
        ):
            assert await found(conn, q) == [("王芳", *how)], q
        assert await found(conn, "4400123") == [("李敏", "account", "4400123")]
        # By pinyin and by mail address: once.
        assert await found(conn, "wangfang") == [("王芳", "pinyin", "王芳")]


async def test_any_three_characters_of_an_address_find_whoever_lives_there(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "王芳", address=HOME)
        await add(conn, "李敏", address="江苏省南京市鼓楼区中山路 100% 大厦_B\\座")
        # Many newer ones elsewhere, so that the index has to be asked.
        await conn.execute(
            """
            WITH added AS (
                INSERT INTO customers (id, tenant_id, name) SELECT uuidv7(), $1, '张三' FROM generate_series(1, 4000)
                RETURNING id
            ) INSERT INTO customer_addresses (tenant_id, customer_id, text)
            SELECT $1, id, '广东省深圳市福田区福华路 1 号' FROM added
            """,
            SAMPLE_TENANT,
        )
        for q in ("文三路", "三路138", "文三路138号", "文三路 138 号", "翠苑小区", "苑小区6幢", "４０２室", "西湖区文"):
            assert await found(conn, q) == [("王芳", "address", "浙江省杭州市西湖区****")], q
        for q in ("100% 大厦", "100%大厦_B\\座"):
            assert [name for name, _, _ in await found(conn, q)] == ["李敏"], q
        for q in ("大厦%座", "大厦_座", "文__138", "%%%", "___", "文三街", "三路"):
            assert await found(conn, q) == [], q
        assert len(await found(conn, "深圳市", limit=100)) == 4000


async def test_looking_for_an_address_leaves_nothing_behind_in_the_transaction(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "王芳", address=HOME)
        assert await found(conn, "不存在的路") == []
        assert await conn.fetchval("SELECT count(*) FROM customer_addresses") == 1


async def test_another_tenants_customers_are_found_by_nothing(database: Database) -> None:
    other = new_id()
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO tenants (id, code, name) VALUES ($1, 'other', 'Other')", other)
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "13811112222", address=HOME)
        await account(conn, id_, "A000123")
        await identity(conn, id_, "email", "wang@example.com")
    for acting in (other, None):  # even where row-level security lets everything pass
        async with database.transaction(acting) as conn:
            for q in ("王", "芳", "wf", "wangfang", "138", "2222", "文三路", "A000123", "wang@", "C000000001"):
                assert await finding.search(conn, other, q) == ([], None), q
            assert await finding.newest(conn, other) == ([], None)
    async with database.transaction(other) as conn:
        at = "SELECT count(*) FROM customers_at_address($1, '%文三路%', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 10)"
        assert await conn.fetchval(at, SAMPLE_TENANT) == 0
        assert await conn.fetchval("SELECT count(*) FROM customer_name_terms") == 0


async def test_the_list_is_everybody_the_newest_first(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        ids = [await add(conn, f"客{number}") for number in range(7)]
        for limit in (1, 3, 7, 50):
            assert [UUID(card["id"]) async for card in pages(conn, None, limit=limit)] == ids[::-1]


async def test_filters_narrow_the_list_and_what_is_found(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        people = {name: await add(conn, name) for name in ("王一", "王二", "王三", "王四公司", "李五")}
        manager = new_id()
        await conn.execute("INSERT INTO people (id, username, name) VALUES ($1, 'm', 'M')", manager)
        await conn.execute("UPDATE customers SET class = 'vip' WHERE name IN ('王一', '李五')")
        await conn.execute("UPDATE customers SET kind = 'company' WHERE name = '王四公司'")
        await conn.execute("UPDATE customers SET manager_person_id = $1 WHERE name IN ('王二', '李五')", manager)
        await conn.execute("INSERT INTO customer_tags (tenant_id, tag) VALUES ($1, '老')", SAMPLE_TENANT)
        for name in ("王三", "王一", "李五"):
            await conn.execute(
                "INSERT INTO customer_tagged (tenant_id, tag, customer_id) VALUES ($1, '老', $2)",
                SAMPLE_TENANT, people[name],
            )  # fmt: skip
        for filters, names in (
            ({"class_": "vip"}, {"王一", "李五"}),
            ({"class_": "normal"}, {"王二", "王三", "王四公司"}),
            ({"kind": "company"}, {"王四公司"}),
            ({"kind": "person"}, {"王一", "王二", "王三", "李五"}),
            ({"manager": manager}, {"王二", "李五"}),
            ({"tag": "老"}, {"王三", "王一", "李五"}),
            ({"tag": "老", "class_": "vip", "manager": manager}, {"李五"}),
            ({"tag": "新"}, set()),
        ):
            for limit in (1, 50):
                everybody = [card["name"] async for card in pages(conn, None, limit=limit, **filters)]
                assert sorted(everybody) == sorted(names), filters
                some = [name for name, _, _ in await found(conn, "王", limit=limit, **filters)]
                assert sorted(some) == sorted(names - {"李五"}), filters


async def test_pages_of_every_kind_of_search_hold_everybody_once(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        everybody = {
            await add(conn, f"王{'芳王'[number % 2]}", f"138{number:04d}0000", f"0571-8812{number:04d}", address=HOME)
            for number in range(25)
        }
        for q in ("王", "wa", "w", "138", "0000", "0571", "文三路", "8812"):
            expected = set() if q == "8812" else everybody
            for limit in (1, 4, 25):
                seen = [UUID(card["id"]) async for card in pages(conn, q, limit=limit)]
                assert len(seen) == len(set(seen)), q
                assert set(seen) == expected or q == "8812", q


async def test_cursors_that_were_never_given_are_refused(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        for number in range(3):
            await add(conn, f"王{number}")
        _, searched = await finding.search(conn, SAMPLE_TENANT, "王", limit=1)
        _, listed = await finding.newest(conn, SAMPLE_TENANT, limit=1)
        assert searched is not None
        assert listed is not None
        for q, cursor in (("王", "nonsense"), ("王", listed), ("138", "lP-hYaFhoWE")):
            with pytest.raises(BadCursor):
                await finding.search(conn, SAMPLE_TENANT, q, cursor=cursor)
        with pytest.raises(BadCursor):
            await finding.newest(conn, SAMPLE_TENANT, cursor=searched)


ODD = ["%", "_", "\\", "'", '"', "';--", "%%%%", "\\\\\\", "😀😀😀", "\u202e王", "王" * 100, "a" * 100, "1" * 100]
ODD += ["+", "+0", "00", "000", "(((", "$1", "{}", "\x01\x02\x03"]


async def test_whatever_is_typed_is_answered(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await add(conn, "王芳", address=HOME)
        for q in ODD:
            assert await found(conn, q) == [], q


async def test_names_that_nobody_has_any_more_are_forgotten(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        first, second = await add(conn, "王芳"), await add(conn, "王芳")

        async def known(name: str) -> bool:
            return bool(await conn.fetchval("SELECT count(*) > 0 FROM customer_name_terms WHERE name = $1", name))

        await conn.execute("UPDATE customers SET name = '王花' WHERE id = $1", first)
        assert await index.reindex(conn, SAMPLE_TENANT, [first]) == 1
        assert await known("王芳")
        assert [name for name, _, _ in await found(conn, "王")] == ["王花", "王芳"]
        await conn.execute("DELETE FROM customers WHERE id = $1", second)
        assert not await known("王芳")
        await conn.execute("UPDATE customers SET name = '' WHERE id = $1", first)
        assert not await known("王花")


async def test_a_name_is_learned_once_however_many_have_it(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert await index.learn(conn, SAMPLE_TENANT, ["王芳", "李敏", "王芳"]) == 2
        assert await index.learn(conn, SAMPLE_TENANT, ["王芳", "张伟"]) == 1
        assert await index.learn(conn, SAMPLE_TENANT, []) == 0


async def test_merged_customers_are_found_as_the_surviving_one_and_erased_ones_never(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        kept, dropped = await add(conn, "王芳", "13811112222"), await add(conn, "王小芳", "13911113333", address=HOME)
        await conn.execute("UPDATE customers SET merged_into = $1 WHERE id = $2", kept, dropped)
        for q in ("王", "小芳", "139", "3333", "文三路", "wxf"):
            assert [name for name, _, _ in await found(conn, q)] == ["王芳"], q
        assert [card["name"] async for card in pages(conn, None)] == ["王芳"]
        await conn.execute("UPDATE customers SET erased_at = now() WHERE id = $1", kept)
        for q in ("王", "138", "小芳"):
            assert await found(conn, q) == [], q
        assert [card["name"] async for card in pages(conn, None)] == []
