"""What the requests of signing in are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from yuelai.identity.schemas import Body
from yuelai.platform.fields import Password, Word

Secret = Annotated[Password, Field(min_length=1, max_length=1000)]
Code = Annotated[Word, Field(min_length=1, max_length=40)]


class SignIn(BaseModel):
    """`otp` is a code of the second factor, or a recovery code."""

    username: Annotated[Word, Field(min_length=1, max_length=100)]
    password: Secret
    otp: Code | None = None


class Ticket(Body):
    ticket: Annotated[Word, Field(min_length=1, max_length=200)]


class ChosenTenant(Body):
    tenant_id: UUID


class NewPassword(Body):
    old: Secret
    new: Secret


class ProfileChange(Body):
    """Of what is not sent nothing changes; e-mail and language may be taken away with null."""

    name: Annotated[Word, Field(min_length=1, max_length=100)] = ""
    email: Annotated[Word, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    language: Literal["zh", "en"] | None = None


class OwnPassword(Body):
    password: Secret


class OwnCode(Body):
    code: Code


class TenantRef(BaseModel):
    id: UUID
    code: str
    name: str


class ReachOf(BaseModel):
    """`names` are those of the groups or of the topmost sites."""

    kind: Literal["own", "group", "site", "tenant"]
    names: list[str]


class Person(BaseModel):
    """Who is signed in, acting at `tenant`. `must` names what has to be done before anything else."""

    id: UUID
    username: str
    name: str
    number: str | None
    email: str | None
    language: Literal["zh", "en"] | None
    roles: list[str]
    permissions: list[str]
    tenant: TenantRef
    tenants: list[TenantRef]
    must: Literal["change_password"] | None
    totp: bool
    reach: ReachOf


class SessionOpened(BaseModel):
    token: str
    expires_at: datetime
    person: Person


class TotpSecret(BaseModel):
    secret: str
    uri: str


class RecoveryCodes(BaseModel):
    """Told this once."""

    recovery_codes: list[str]


class Standing(BaseModel):
    id: UUID
    created_at: datetime
    last_seen_at: datetime
    source: str | None
    user_agent: str | None
    current: bool


class StandingList(BaseModel):
    items: list[Standing]
    next_cursor: str | None = None


class ProviderRef(BaseModel):
    code: str
    name: str


class ProviderList(BaseModel):
    items: list[ProviderRef]
