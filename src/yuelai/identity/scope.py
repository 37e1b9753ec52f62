"""The one helper by which queries are narrowed to what somebody may see. Nobody filters by hand."""

from __future__ import annotations

from typing import Any

from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal


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

    `tenant` is the tenant's column. `own`, where things have an owner, is a condition with one `{}` for the person,
    e.g. `"i.agent_id = {}"`; it applies unless the principal has `{permission}.all`. Raises `Forbidden`.
    """
    if not principal.may(permission):
        raise Forbidden(permission=permission)
    scope = Scope().where(f"{tenant} = {{}}", principal.tenant_id)
    if own is not None and not principal.may(f"{permission}.all"):
        scope.where(own, principal.person_id)
    return scope
