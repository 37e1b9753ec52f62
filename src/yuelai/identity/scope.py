"""The one helper by which queries are narrowed to what somebody may see. Nobody filters by hand."""

from __future__ import annotations

from typing import Any

from yuelai.identity.errors import Forbidden
from yuelai.identity.model import OWN, Principal, Reach
from yuelai.identity.permissions import KNOWN


class Scope:
    """Conditions of a query with their numbered arguments. Made by `scoped`; always begins with the tenant.

    Use as `f"SELECT … WHERE {scope.sql} ORDER BY …", *scope.args`.
    """

    def __init__(self) -> None:
        self.args: list[Any] = []
        self._conditions: list[str] = []

    def where(self, condition: str, *values: Any) -> Scope:
        """Add a condition of our own making; each `{}` in it becomes the number of one value."""
        places = [self.arg(value) for value in values]
        self._conditions.append(condition.format(*places))
        return self

    def arg(self, value: Any) -> str:
        """Add an argument and return its place, e.g. `$3`, for LIMIT and the like."""
        self.args.append(value)
        return f"${len(self.args)}"

    @property
    def sql(self) -> str:
        return " AND ".join(f"({condition})" for condition in self._conditions)


def scoped(principal: Principal, permission: str, *, tenant: str = "tenant_id", own: str | None = None) -> Scope:
    """Return the conditions under which the principal may see rows.

    `tenant` is the tenant's column. `own`, where things have an owner, is a condition with one ` = {}` for the
    person, e.g. `"i.agent_id = {}"`: rows of people within the reach of `{permission}.all` are left, or of the
    permission itself where everybody's things have no permission of their own. Raises `Forbidden`.
    """
    if not principal.may(permission):
        raise Forbidden(permission=permission)
    scope = Scope().where(f"{tenant} = {{}}", principal.tenant_id)
    if own is not None:
        wider = f"{permission}.all"
        reach = principal.reach(wider if wider in KNOWN else permission)
        if not reach.everything:
            _within(scope, own, principal, reach)
    return scope


def _within(scope: Scope, own: str, principal: Principal, reach: Reach) -> None:
    if reach == OWN:
        scope.where(own, principal.person_id)
        return
    # An array rather than a join: it is looked up once, and indexes on the owner's column still serve.
    people = f"""ANY (ARRAY(
        SELECT {scope.arg(principal.person_id)}
        UNION ALL SELECT person_id FROM group_members
            WHERE tenant_id = {scope.arg(principal.tenant_id)} AND group_id = ANY ({scope.arg(list(reach.groups))})
        UNION ALL SELECT person_id FROM person_sites
            WHERE tenant_id = {scope.arg(principal.tenant_id)} AND site_id = ANY ({scope.arg(list(reach.sites))})
    ))"""  # noqa: S608 - places of arguments, no values
    scope.where(own.format(people))
