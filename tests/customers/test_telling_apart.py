"""Those who share a number: what to ask them, and who of them it probably is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from tests.customers.people import ID_NUMBER, add, clerk, vault
from yuelai.customers.apart import service
from yuelai.customers.apart.likelihood import likelihood
from yuelai.customers.apart.model import Facts
from yuelai.customers.apart.places import NumberPlace, Places
from yuelai.customers.apart.questions import questions
from yuelai.customers.merging import service as merging
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id


def someone(name: str, **more: object) -> Facts:
    return Facts(id=new_id(), name=name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind", "surname"),
    [
        ("王芳", "person", "王"),
        ("尉迟恭", "person", "尉迟"),
        ("长孙", "person", "长"),
        ("Anna Maria Smith", "person", "Smith"),
        ("杭州鸿运餐饮有限公司", "company", None),
    ],
)
def test_surnames(name: str, kind: str, surname: str | None) -> None:
    assert someone(name, kind=kind).surname == surname


def test_the_question_that_leaves_fewest_comes_first() -> None:
    plan = ["5G 畅享 59 元套餐"]
    everybody = [
        someone("王国华", products=plan, addresses=["长河路 12 号"], last="1234"),
        someone("王芳", products=[*plan, "家庭宽带 500M"], addresses=["浦沿路 3 号"], last="2345"),
        someone("李桂兰", products=plan, addresses=["长河路 12 号"], last="3456"),
        someone("陈立新", products=plan, addresses=[], last=None),
    ]
    asked = questions(everybody)
    assert [one.kind for one in asked] == ["surname", "id_number", "road", "product"]
    assert {answer.value: len(answer.customers) for answer in asked[0].answers} == {"王": 2, "李": 1, "陈": 1}
    # What everybody has is no answer; what is compared here has none either.
    assert [[answer.value for answer in one.answers] for one in asked[1:]] == [[], [], ["家庭宽带 500M"]]


def test_nothing_is_asked_that_tells_nobody_apart() -> None:
    assert questions([someone("王芳")]) == []
    assert questions([someone("王芳"), someone("王强")]) == []


def test_roads_end_where_numbers_begin() -> None:
    assert someone("王芳", addresses=["文三路 138 号翠苑小区", "解放路21号"]).streets == ["文三路", "解放路"]


def test_the_owner_who_was_in_touch_this_week_is_very_likely() -> None:
    owner = likelihood("owner", last_days=2, open_callback=True, products=["家庭宽带 500M"], topics=["宽带故障"])
    assert (owner.level, owner.reasons) == (4, ["owner", "open_callback", "recent_week", "path"])
    assert likelihood("agent", last_days=3, open_callback=False, products=[], topics=[]).level == 3
    assert likelihood("owner", last_days=None, open_callback=False, products=[], topics=[]).level == 2
    former = likelihood("former", last_days=300, open_callback=False, products=["宽带"], topics=["话费"])
    assert (former.level, former.reasons) == (1, ["former"])


async def test_answers_are_compared_and_what_is_on_record_stays_inside(database: Database, tmp_path: Path) -> None:
    keys = vault(tmp_path)
    async with database.transaction(SAMPLE_TENANT) as conn:
        address = "浙江省杭州市西湖区文三路 138 号"
        wang = await add(conn, "王芳", "13912345678", address=address, id_number=ID_NUMBER, vault=keys)
        li = await add(conn, "李强", "13912345678")
        found = [one for one, _ in await service.facts(conn, SAMPLE_TENANT, [wang, li], "139 1234 5678", keys)]
    assert [(one.id, one.role) for one in found] == [(wang, "owner"), (li, "owner")]
    assert ID_NUMBER[-4:] not in repr(found)
    assert "文三路" not in repr(found)

    def fit(kind: service.Compared, said: str) -> tuple[list[UUID], list[UUID]]:
        compared = service.fit(found, kind, said)
        return compared.matching, compared.unknown

    assert fit("id_number", "００２x") == ([wang], [li])
    assert fit("id_number", "9999") == ([], [li])
    assert fit("road", " 文三 路 ") == ([wang], [li])
    # What the list shows anyway is no answer.
    assert fit("road", "西湖区") == ([], [li])


async def test_two_who_became_one_are_asked_for_once(database: Database, tmp_path: Path) -> None:
    keys, principal = vault(tmp_path), await clerk(database)
    async with database.transaction(SAMPLE_TENANT) as conn:
        twin, li, wang = [await add(conn, name, "13912345678") for name in ("王芳", "李强", "王芳")]
        await merging.merge(conn, principal, wang, twin, {}, keys)
        found = await service.facts(conn, SAMPLE_TENANT, [twin, li, wang], "13912345678", keys)
    assert [(one.id, set(ids)) for one, ids in found] == [(wang, {wang, twin}), (li, {li})]


async def test_numbers_are_from_somewhere(tmp_path: Path) -> None:
    places = Places(tmp_path / "cache")
    both = await asyncio.gather(places.of("0571-8812 3456"), places.of("+1 415 555 0100"))
    assert both[0] == NumberPlace("fixed", "浙江省杭州市", "Hangzhou, Zhejiang")
    assert both[1] is not None
    assert both[1].en == "San Francisco, CA"
    assert await places.of("400 123 4567") == NumberPlace("service", "", "")
    assert await places.of("8001") is None
    assert len(list((tmp_path / "cache").iterdir())) == 1
