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
        "callbacks.read",
        "colleagues.talk",
    }
)
_SEES_ALL = frozenset({"interactions.read.all", "recordings.listen.all"})
_LEADER = (
    _AGENT
    | _SEES_ALL
    | {"customers.reveal", "customers.merge", "customers.export", "supervision.view", "people.read", "audit.read"}
    | {"agents.control", "callbacks.write", "interactions.export", "bulletins.write"}
    | {"flows.read"}
)
_ADMIN = (_LEADER - {"agent.work"}) | {
    "admin",
    "customers.erase",
    "customers.import",
    "customers.configure",
    "people.write",
    "roles.write",
    "organisation.write",
    "queues.write",
    "tenants.read",
    "tenants.write",
    "tokens.write",
    "system.read",
    "system.write",
    "telephony.read",
    "telephony.write",
    "telephony.trace",
    "scripts.write",
    "offers.write",
    "flows.write",
}

ROLES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "agent": _AGENT,
        "leader": _LEADER,
        "clerk": frozenset(
            {
                "customers.read",
                "customers.write",
                "customers.reveal",
                "customers.merge",
                "customers.import",
                "queues.read",
                "colleagues.talk",
            }
        ),
        "qa": _SEES_ALL
        | {"interactions.read", "recordings.listen", "customers.read", "queues.read", "colleagues.talk"},
        "planner": frozenset({"colleagues.talk", "queues.read", "supervision.view", "people.read"}),
        "editor": frozenset(
            {"colleagues.talk", "bulletins.write", "queues.read", "scripts.write", "offers.write"}
            | {"flows.read", "flows.write"}
        ),
        "admin": _ADMIN,
    }
)
"""`thing.verb` reaches one's own things where a thing has an owner; `thing.verb.all` reaches everybody's."""

KNOWN: frozenset[str] = frozenset().union(*ROLES.values())


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return what these roles allow together; a role that no longer exists allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
