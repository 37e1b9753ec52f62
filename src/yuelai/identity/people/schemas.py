"""People over HTTP: what goes in and comes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from yuelai.identity.schemas import Body, Code, Name

Username = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,49}$")
]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,15}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$")]
ScopeKind = Literal["own", "group", "site", "tenant"]


class Reference(BaseModel):
    id: UUID
    name: str


class GivenScope(Body):
    """Whose things: nobody else's, the groups', the sites' and of all below, or the tenant's.

    Without `ids`, `group` is the person's own groups and `site` their own site.
    """

    kind: ScopeKind = "tenant"
    ids: list[UUID] = Field(default_factory=list, max_length=100)

    @model_validator(mode="after")
    def _only_groups_and_sites_have_names(self) -> GivenScope:
        if self.ids and self.kind not in ("group", "site"):
            raise ValueError("only the kinds group and site have ids")
        return self


class GivenGrant(Body):
    role: Code
    scope: GivenScope = Field(default_factory=GivenScope)


class GivenSkill(Body):
    skill_id: UUID
    level: int = Field(ge=1, le=5)


def _once(values: list[object]) -> None:
    if len(values) != len(set(values)):
        raise ValueError("each only once")


class _Placed(Body):
    """Where somebody stands at the tenant. For changes each field may be left out."""

    site_id: UUID | None = None
    groups: list[UUID] = Field(default_factory=list, max_length=50)
    grants: list[GivenGrant] = Field(default_factory=list, max_length=20)
    skills: list[GivenSkill] = Field(default_factory=list, max_length=100)

    @field_validator("groups")
    @classmethod
    def _groups_once(cls, value: list[UUID]) -> list[UUID]:
        _once([*value])
        return value

    @field_validator("grants")
    @classmethod
    def _roles_once(cls, value: list[GivenGrant]) -> list[GivenGrant]:
        _once([grant.role for grant in value])
        return value

    @field_validator("skills")
    @classmethod
    def _skills_once(cls, value: list[GivenSkill]) -> list[GivenSkill]:
        _once([skill.skill_id for skill in value])
        return value


class NewPerson(_Placed):
    username: Username
    name: Name
    number: Number | None = None
    email: Email | None = None
    grants: list[GivenGrant] = Field(min_length=1, max_length=20)


class Invitation(_Placed):
    username: Username
    grants: list[GivenGrant] = Field(min_length=1, max_length=20)


class PersonChange(_Placed):
    version: int = Field(ge=0, le=2**31 - 1)
    username: Username = ""
    name: Name = ""
    number: Number | None = None
    email: Email | None = None
    active: bool = True


class Scope(BaseModel):
    kind: ScopeKind
    ids: list[UUID]


class Grant(BaseModel):
    role: str
    role_name: str
    role_name_en: str
    scope: Scope


class HeldSkill(BaseModel):
    id: UUID
    code: str
    name: str
    level: int


class Person(BaseModel):
    """Groups, site, grants and skills are those at the tenant one acts at."""

    id: UUID
    username: str
    name: str
    number: str | None
    email: str | None
    active: bool
    locked: bool
    site: Reference | None
    groups: list[Reference]
    grants: list[Grant]
    skills: list[HeldSkill]
    last_seen_at: datetime | None
    version: int


class PersonDetail(Person):
    """`grants_elsewhere`: at how many other tenants they work."""

    grants_elsewhere: int
    totp: bool


class ChangedPerson(PersonDetail):
    """`phone_password` is told once, when the number is new."""

    phone_password: str | None = None


class MadePerson(ChangedPerson):
    """`initial_password` is told once; it must be changed at the first sign-in."""

    initial_password: str


class People(BaseModel):
    items: list[Person]
    next_cursor: str | None


class InitialPassword(BaseModel):
    initial_password: str


class PhoneAccount(BaseModel):
    """What a desk phone is set up with; told once."""

    user: str
    password: str
