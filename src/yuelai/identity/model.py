"""People as the rest of the program sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.platform.ids import PersonId, TenantId


@dataclass(frozen=True)
class Reach:
    """Whose things a permission is about: everybody's at the tenant, or those of some groups and sites.

    One's own things are always among them. `sites` holds the sites below the granted ones, too.
    """

    everything: bool = False
    groups: frozenset[UUID] = frozenset()
    sites: frozenset[UUID] = frozenset()

    def __or__(self, other: Reach) -> Reach:
        if self.everything or other.everything:
            return EVERYTHING
        return Reach(groups=self.groups | other.groups, sites=self.sites | other.sites)

    def __ge__(self, other: Reach) -> bool:
        """Return whether it holds at least all that the other one does."""
        return self.everything or (not other.everything and self.groups >= other.groups and self.sites >= other.sites)

    def includes(self, groups: Collection[UUID] = (), site: UUID | None = None) -> bool:
        """Return whether somebody of these groups and this site is within it."""
        return self.everything or site in self.sites or not self.groups.isdisjoint(groups)


EVERYTHING = Reach(everything=True)
OWN = Reach()


@dataclass(frozen=True)
class Principal:
    """Who acts, for which tenant, and what they may do. `number` is the work number, e.g. `8001`; none for some.

    `limits` holds the reach of those permissions that are narrower than the tenant. `operator` is true at the
    operator's own tenant. `token_id` is set when an API token acts for the person, `must` while they must do something
    (`change_password`) before anything else.
    """

    person_id: PersonId
    tenant_id: TenantId
    username: str
    name: str
    number: str | None
    roles: frozenset[str]
    permissions: frozenset[str]
    limits: Mapping[str, Reach] = field(default_factory=dict, hash=False)
    operator: bool = False
    token_id: UUID | None = None
    must: str | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def reach(self, permission: str) -> Reach:
        """Return whose things the permission is about. `Reach()`, their own only, also when they do not have it.

        Where things have an owner ask for `thing.verb.all`: plain `thing.verb` is about one's own ones.
        """
        if permission not in self.permissions:
            return OWN
        return self.limits.get(permission, EVERYTHING)

    def to_message(self) -> dict[str, Any]:
        """Return the form that travels between processes (`platform.ipc`)."""
        return {
            "person_id": str(self.person_id),
            "tenant_id": str(self.tenant_id),
            "username": self.username,
            "name": self.name,
            "number": self.number,
            "roles": sorted(self.roles),
            "permissions": sorted(self.permissions),
            "limits": {
                permission: {"groups": [str(id_) for id_ in reach.groups], "sites": [str(id_) for id_ in reach.sites]}
                for permission, reach in self.limits.items()
            },
            "operator": self.operator,
            "token_id": str(self.token_id) if self.token_id else None,
        }

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Principal:
        """Raises KeyError or ValueError when it is not what `to_message` makes."""
        return cls(
            person_id=PersonId(UUID(message["person_id"])),
            tenant_id=TenantId(UUID(message["tenant_id"])),
            username=message["username"],
            name=message["name"],
            number=message["number"],
            roles=frozenset(message["roles"]),
            permissions=frozenset(message["permissions"]),
            limits={
                permission: Reach(groups=frozenset(map(UUID, of["groups"])), sites=frozenset(map(UUID, of["sites"])))
                for permission, of in message["limits"].items()
            },
            operator=message["operator"],
            token_id=UUID(message["token_id"]) if message.get("token_id") else None,
        )

    def document(self) -> dict[str, Any]:
        """Return the person as the screens get it."""
        return {
            "id": str(self.person_id),
            "username": self.username,
            "name": self.name,
            "number": self.number,
            "roles": sorted(self.roles),
            "permissions": sorted(self.permissions),
        }


@dataclass(frozen=True)
class Agent:
    """Somebody who may be given contacts."""

    id: PersonId
    tenant_id: TenantId
    number: str
    name: str


@dataclass(frozen=True)
class SipCredential:
    """What a digest check needs (RFC 7616 §3.4.2), in the shape of `telephony.ports.Credential`."""

    user: str
    ha1_md5: str
    ha1_sha256: str
