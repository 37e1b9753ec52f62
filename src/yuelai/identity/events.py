"""Facts about people and the organisation: ids and times only. What they changed is read from PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("person.changed")
@dataclass(frozen=True, kw_only=True)
class PersonChanged(Fact):
    """Somebody is new or different: name, number, grants, groups, site, skills, or whether they are active."""

    person_id: UUID


@fact("organisation.changed")
@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Fact):
    """Sites, groups, skills or roles of the tenant are different, and with them what people may see."""


@fact("tenant.changed")
@dataclass(frozen=True, kw_only=True)
class TenantChanged(Fact):
    """The tenant is new, renamed, opened or closed."""
