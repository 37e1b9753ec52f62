"""Who is local: by the places that sites are named after."""

from __future__ import annotations

from uuid import uuid4

import pytest

from yuelai.bootstrap.areas import Areas
from yuelai.entrypoints.sample import organisation
from yuelai.flows.places import is_local
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

SITES = ("浙江省中心", "杭州中心", "余杭县")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("浙江省杭州市西湖区****", True),
        ("浙江省温州市鹿城区****", True),
        ("广东省广州市天河区****", False),
        ("", True),
        (None, True),
        ("12****", True),
    ],
)
def test_who_lives_where_there_is_a_site_is_local(address: str | None, local: bool) -> None:
    assert is_local({"address_masked": address}, SITES) is local


def test_a_city_s_site_alone_is_of_the_city_and_without_sites_everybody_is_local() -> None:
    assert is_local({"address_masked": "浙江省杭州市西湖区****"}, ("杭州中心",))
    assert not is_local({"address_masked": "浙江省温州市鹿城区****"}, ("杭州中心",))
    assert is_local({"address_masked": "广东省广州市天河区****"}, ())


@pytest.mark.parametrize("sites", [("总部",), ("客服中心", "Head office"), ("东区", "呼叫中心")])
def test_sites_that_are_named_after_no_place_leave_everybody_local(sites: tuple[str, ...]) -> None:
    assert is_local({"address_masked": "广东省广州市天河区****"}, sites)
    assert not is_local({"address_masked": "广东省广州市天河区****"}, (*sites, "常州中心"))
    assert not is_local({"address_masked": "广东省广州市天河区****"}, (*sites, "某某县"))


async def test_sites_are_each_tenant_s_own(database: Database) -> None:
    areas = Areas()
    async with database.transaction(None) as conn:
        await organisation.load(conn)
        await areas.load(conn)
    far = {"id": "c1", "address_masked": "广东省广州市天河区****"}
    assert areas.with_local(SAMPLE_TENANT, far) == far | {"local": False}
    assert areas.with_local(uuid4(), far) == far | {"local": True}
    assert areas.with_local(SAMPLE_TENANT, None) is None
