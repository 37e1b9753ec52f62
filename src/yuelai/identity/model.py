"""People as the rest of the program sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yuelai.platform.ids import PersonId, TenantId


@dataclass(frozen=True)
class Principal:
    """Who acts, for which tenant, and what they may do. `number` is the work number, e.g. `8001`; none for some."""

    person_id: PersonId
    tenant_id: TenantId
    username: str
    name: str
    number: str | None
    roles: frozenset[str]
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

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
