"""Who sees which live document, by role and tenant: all the way from a call to a screen's groups."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.channels.world import World
from yuelai.bootstrap.audiences import groups_of
from yuelai.channels.ports import Identified
from yuelai.identity.model import Principal
from yuelai.identity.permissions import permissions_of
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId

WANG = {"id": str(uuid4()), "name": "王芳", "class": "gold"}
OTHER_TENANT = TenantId(uuid4())


def somebody(role: str, tenant_id: TenantId = SAMPLE_TENANT, person_id: UUID | None = None) -> Principal:
    roles = frozenset({role})
    return Principal(PersonId(person_id or uuid4()), tenant_id, role, role, None, roles, permissions_of(roles))


async def in_talk() -> World:
    world = World(agents=2)
    await world.begin()
    world.people.answer = Identified("one", [WANG])
    await world.talking()
    return world


def kinds(world: World, who: Principal) -> set[str]:
    return {key.split("/")[0] for key in world.live.snapshot(groups_of(who))}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("leader", {"agent", "queue", "interaction"}),
        ("admin", {"agent", "queue", "interaction"}),
        ("planner", {"agent", "queue"}),
        ("qa", {"queue"}),
        ("clerk", {"queue"}),
        ("editor", {"queue"}),
        ("agent", {"queue"}),
    ],
)
async def test_each_role_sees_of_others_what_its_permissions_say(role: str, seen: set[str]) -> None:
    assert kinds(await in_talk(), somebody(role)) == seen


async def test_customers_cards_are_shown_only_to_those_who_may_read_interactions() -> None:
    world = await in_talk()
    for role in ("planner", "qa", "clerk", "editor", "agent"):
        assert "王芳" not in str(world.live.snapshot(groups_of(somebody(role)))), role


@pytest.mark.parametrize("role", ["leader", "admin", "planner", "agent"])
async def test_another_tenants_people_see_nothing_at_all(role: str) -> None:
    assert kinds(await in_talk(), somebody(role, OTHER_TENANT)) == set()


async def test_the_agent_sees_the_call_that_is_theirs_and_a_colleague_does_not() -> None:
    world = await in_talk()
    mine, other = (somebody("agent", person_id=agent.id) for agent in world.agents)
    assert kinds(world, mine) == {"agent", "queue", "interaction"}
    assert kinds(world, other) == {"agent", "queue"}
