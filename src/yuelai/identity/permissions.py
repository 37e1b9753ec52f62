"""What each role may do. Data, not code: an endpoint asks for a permission and never for a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_AGENT = frozenset(
    {
        "agent.work",
        "interactions.read",
        "customers.read",
        "customers.write",
        "queues.read",
        "recordings.listen",
    }
)
_SEES_ALL = frozenset({"interactions.read.all", "recordings.listen.all"})

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "agent": _AGENT,
        "leader": _AGENT | _SEES_ALL | {"customers.reveal", "supervision.view"},
        "clerk": frozenset({"customers.read", "customers.write", "customers.reveal", "queues.read"}),
        "qa": _SEES_ALL | {"interactions.read", "recordings.listen", "customers.read", "queues.read"},
        "planner": frozenset({"queues.read", "supervision.view"}),
        "editor": frozenset({"queues.read"}),
        "admin": _SEES_ALL
        | {
            "interactions.read",
            "recordings.listen",
            "customers.read",
            "customers.write",
            "customers.reveal",
            "queues.read",
            "supervision.view",
            "admin",
        },
    }
)
"""`thing.verb` reaches one's own things where a thing has an owner; `thing.verb.all` reaches everybody's."""

KNOWN: frozenset[str] = frozenset().union(*ROLES.values())


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return what these roles allow together; a role that no longer exists allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
