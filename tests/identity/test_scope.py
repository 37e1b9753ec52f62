from uuid import UUID

import pytest

from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal
from yuelai.identity.permissions import KNOWN, ROLES, permissions_of
from yuelai.identity.scope import scoped
from yuelai.platform.ids import SAMPLE_TENANT, PersonId

PERSON = PersonId(UUID(int=7))


def principal(*roles: str) -> Principal:
    return Principal(PERSON, SAMPLE_TENANT, "p", "P", "8001", frozenset(roles), permissions_of(roles))


def test_an_agent_sees_only_their_own_of_the_tenant() -> None:
    scope = scoped(principal("agent"), "interactions.read", tenant="i.tenant_id", own="i.agent_id = {}")
    assert scope.sql == "(i.tenant_id = $1) AND (i.agent_id = $2)"
    assert scope.args == [SAMPLE_TENANT, PERSON]


@pytest.mark.parametrize("role", ["leader", "qa", "admin"])
def test_who_may_see_all_still_sees_only_their_tenant(role: str) -> None:
    scope = scoped(principal(role), "interactions.read", own="agent_id = {}")
    assert scope.sql == "(tenant_id = $1)"


def test_without_the_permission_there_is_no_query_at_all() -> None:
    with pytest.raises(Forbidden):
        scoped(principal("editor"), "interactions.read", own="agent_id = {}")


def test_further_conditions_number_their_values_on() -> None:
    scope = scoped(principal("admin"), "customers.read").where("a = {} OR b > {}", 1, 2).where("c IS NULL")
    assert scope.arg(20) == "$4"
    assert scope.sql == "(tenant_id = $1) AND (a = $2 OR b > $3) AND (c IS NULL)"
    assert scope.args == [SAMPLE_TENANT, 1, 2, 20]


def test_a_principal_travels_between_processes_unchanged() -> None:
    before = principal("agent", "qa")
    assert Principal.from_message(before.to_message()) == before


def test_roles_add_up_and_unknown_ones_allow_nothing() -> None:
    assert permissions_of(["agent", "qa"]) == ROLES["agent"] | ROLES["qa"]
    assert permissions_of(["no such role"]) == frozenset()


def test_who_may_reach_everybodys_things_may_reach_their_own() -> None:
    for role, permissions in ROLES.items():
        for permission in permissions:
            assert permission.removesuffix(".all") in permissions, (role, permission)
    assert "admin" in KNOWN
