"""Where the people of the sample centre stand: a tree of sites, two groups with their leaders, skills with levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT, PersonId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


def _id(number: int) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{number:012d}")


# id, parent, kind, code, name
SITES = (
    (_id(100), None, "province", "zhejiang", "浙江省中心"),
    (_id(101), _id(100), "city", "hangzhou", "杭州中心"),
    (_id(102), _id(101), "county", "yuhang", "余杭县"),
)
PROVINCE, CITY, COUNTY = (site[0] for site in SITES)

# id, code, name, site
GROUPS = (
    (_id(201), "service-1", "客服一组", CITY),
    (_id(202), "service-2", "客服二组", CITY),
)
FIRST, SECOND = (group[0] for group in GROUPS)

# id, code, name, name in English
SKILLS = (
    (_id(301), "business", "业务办理", "Business"),
    (_id(302), "fault", "故障处理", "Faults"),
    (_id(303), "complaint", "投诉处理", "Complaints"),
    (_id(304), "english", "英语服务", "English"),
)

SCOPES: Mapping[str, str] = {"leader02": "group"}
"""Whose grant is about less than the tenant: this one leads their own group only."""


def place_of(username: str) -> tuple[UUID, UUID | None]:
    """Return site and group of a sample person: the last four agents sit in the county, each ten are a group."""
    if username.startswith("agent"):
        number = int(username.removeprefix("agent"))
        return (COUNTY if number > 16 else CITY), (FIRST if number <= 10 else SECOND)
    if username.startswith("leader"):
        return CITY, FIRST if username == "leader01" else SECOND
    return (PROVINCE if username == "admin" else CITY), None


def levels_of(username: str) -> dict[UUID, int]:
    """Return what a sample agent can do, by skill: everybody the ordinary business, some the rest."""
    if not username.startswith("agent"):
        return {}
    number = int(username.removeprefix("agent"))
    business, fault, complaint, english = (skill[0] for skill in SKILLS)
    levels = {business: 1 + number % 5}
    if number % 2 == 0:
        levels[fault] = 2 + number % 4
    if number % 3 == 0:
        levels[complaint] = 1 + number % 4
    if number in (1, 2, 12):
        levels[english] = 4
    return levels


async def load(conn: Connection) -> None:
    """Add the sites, groups and skills that are missing."""
    await conn.executemany(
        "INSERT INTO sites (id, tenant_id, parent_id, kind, code, name) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT DO NOTHING",
        [(id_, SAMPLE_TENANT, parent, kind, code, name) for id_, parent, kind, code, name in SITES],
    )
    await conn.executemany(
        "INSERT INTO groups (id, tenant_id, code, name, site_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        [(id_, SAMPLE_TENANT, code, name, site) for id_, code, name, site in GROUPS],
    )
    await conn.executemany(
        "INSERT INTO skills (id, tenant_id, code, name, name_en) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        [(id_, SAMPLE_TENANT, code, name, english) for id_, code, name, english in SKILLS],
    )


async def place(conn: Connection, people: Sequence[tuple[str, PersonId]]) -> None:
    """Put new people, by user name and id, where they belong."""
    places = [(person, *place_of(username)) for username, person in people]
    await conn.executemany(
        "INSERT INTO person_sites (tenant_id, person_id, site_id) VALUES ($1, $2, $3)",
        [(SAMPLE_TENANT, person, site) for person, site, _ in places],
    )
    await conn.executemany(
        "INSERT INTO group_members (tenant_id, group_id, person_id) VALUES ($1, $2, $3)",
        [(SAMPLE_TENANT, group, person) for person, _, group in places if group is not None],
    )
    await conn.executemany(
        "INSERT INTO person_skills (tenant_id, person_id, skill_id, level) VALUES ($1, $2, $3, $4)",
        [
            (SAMPLE_TENANT, person, skill, level)
            for username, person in people
            for skill, level in levels_of(username).items()
        ],
    )
