"""Who sees which live document, by role and tenant: all the way from a call to a screen's groups."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.channels.world import World
from yuelai.bootstrap.audiences import groups_of
from yuelai.channels.ports import Entry, Identified
from yuelai.identity.model import Principal, Reach
from yuelai.identity.permissions import permissions_of
from yuelai.interactions.model import Tenant
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId
from yuelai.platform.live import Place
from yuelai.routing.model import Queue

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


GROUP, OTHER_GROUP, SITE = uuid4(), uuid4(), uuid4()


def leader_of(*groups: UUID, sites: tuple[UUID, ...] = (), tenant_id: TenantId = SAMPLE_TENANT) -> Principal:
    whole = somebody("leader", tenant_id)
    reach = Reach(groups=frozenset(groups), sites=frozenset(sites))
    return replace(whole, limits=dict.fromkeys(whole.permissions, reach))


async def placed(place: Place, other: Place) -> World:
    """8001 of the one place talks, 8002 is of the other one."""
    world = World(agents=2)
    world.agents = [
        replace(agent, places={SAMPLE_TENANT: each}) for agent, each in zip(world.agents, (place, other), strict=True)
    ]
    world.agent = world.agents[0]
    await world.begin()
    await world.talking()
    return world


def seen(world: World, who: Principal) -> set[str]:
    shown = world.live.snapshot(groups_of(who))
    return {value["number"] if key.startswith("agent/") else key.split("/")[0] for key, value in shown.items()}


async def test_a_leader_of_a_group_or_site_sees_its_agents_and_the_contacts_they_hold() -> None:
    world = await placed(Place(frozenset({GROUP})), Place(frozenset({OTHER_GROUP}), SITE))
    assert seen(world, leader_of(GROUP)) == {"queue", "interaction", "8001"}
    assert seen(world, leader_of(OTHER_GROUP)) == {"queue", "8002"}
    assert seen(world, leader_of(sites=(SITE,))) == {"queue", "8002"}
    assert seen(world, leader_of(GROUP, OTHER_GROUP)) == {"queue", "interaction", "8001", "8002"}
    assert seen(world, leader_of()) == {"queue"}
    assert seen(world, leader_of(GROUP, tenant_id=OTHER_TENANT)) == set()


async def test_contacts_need_both_permissions_to_reach_their_agent() -> None:
    world = await placed(Place(frozenset({GROUP})), Place(frozenset({OTHER_GROUP})))
    whole = somebody("leader")
    narrow = replace(whole, limits={"interactions.read.all": Reach(groups=frozenset({OTHER_GROUP}))})
    assert seen(world, narrow) == {"queue", "8001", "8002"}


async def test_who_serves_two_tenants_is_seen_at_both_and_each_contact_at_its_own_only() -> None:
    world = World()
    theirs = Queue(uuid4(), OTHER_TENANT, "general", "Theirs")
    (agent,) = world.agents
    both = replace(agent, levels={world.queue.id: 1, theirs.id: 1}, places={OTHER_TENANT: Place(frozenset({GROUP}))})
    await world.routing.load([both], [world.queue, theirs])
    await world.routing.seat_reachable(both.id, world.seat, True)
    await world.routing.set_state(both.id, "ready", "", world.seat)
    world.script.entries["10020"] = Entry(Tenant(OTHER_TENANT, "east", "East"), None)
    await world.queued(called="10020")
    world.lines.dialled[0].picks_up()
    await world.settle()
    key = f"agent/{both.id}"
    ours, other = (world.live.snapshot(groups_of(somebody("leader", at))) for at in (SAMPLE_TENANT, OTHER_TENANT))
    assert (ours[key]["state"], other[key]["state"]) == ("talking", "talking")
    assert ours[key]["interaction_id"] is None
    assert other[key]["interaction_id"] in {key.split("/")[1] for key in other if key.startswith("interaction/")}
    assert not [key for key in ours if key.startswith("interaction/")]
    assert (ours[key]["today"]["answered"], other[key]["today"]["answered"]) == (0, 1)
    assert (ours[key]["groups"], other[key]["groups"]) == ([], [str(GROUP)])
    own = world.live.snapshot(groups_of(somebody("agent", person_id=both.id)))
    assert own[key]["interaction_id"] == other[key]["interaction_id"]
    assert own[key]["today"]["answered"] == 1
    assert [value["tenant"]["code"] for name, value in own.items() if name.startswith("interaction/")] == ["east"]
    assert world.live.snapshot(groups_of(leader_of(GROUP, tenant_id=OTHER_TENANT)))[key] == other[key]


async def test_a_programs_token_does_not_see_its_makers_contacts_unless_it_may_serve_them() -> None:
    world = await in_talk()
    maker = somebody("agent", person_id=world.agents[0].id)
    token = replace(maker, token_id=uuid4(), permissions=frozenset({"queues.read"}))
    assert "interaction" in kinds(world, maker)
    assert "interaction" not in kinds(world, token)
    assert "interaction" in kinds(world, replace(token, permissions=maker.permissions))
