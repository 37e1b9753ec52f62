"""The record as it travels over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from yuelai.customers.texts import Name, Note, Short

CustomerKind = Literal["person", "company"]
Gender = Literal["female", "male"]
BirthYear = Annotated[int, Field(ge=1850, le=2200)]
Since = Annotated[date, Field(ge=date(1850, 1, 1), le=date(2200, 1, 1))]
CustomValue = str | bool | int | float | None
Custom = Annotated[dict[str, CustomValue], Field(max_length=100)]
Warnings = Annotated[list[Note], Field(max_length=20)]
Tags = Annotated[list[Short], Field(max_length=50)]


class PersonRef(BaseModel):
    id: UUID
    number: str | None
    name: str


class CustomerRef(BaseModel):
    id: UUID
    no: str
    name: str


class Identity(BaseModel):
    """`value` is normalised, phones in E.164; `raw` as it was given."""

    id: UUID
    kind: str
    value: str
    raw: str
    role: str
    label: str | None
    verified_at: datetime | None


class Address(BaseModel):
    id: UUID
    kind: str
    region: str | None
    text_masked: str


class Relation(BaseModel):
    """`kind` is what the other one is to the customer."""

    id: UUID
    kind: str
    customer: CustomerRef


class Consent(BaseModel):
    channel: str
    purpose: str
    allowed: bool
    at: datetime
    source: str


class Merged(BaseModel):
    """Somebody who was merged into this customer; the merge can be undone."""

    merge_id: UUID
    no: str
    name: str
    at: datetime


class Hold(BaseModel):
    """Why the customer must not be erased."""

    reason: str
    at: datetime


class Record(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    no: str
    version: int
    kind: CustomerKind
    name: str
    gender: Gender | None
    birth_year: int | None
    class_: Annotated[str, Field(alias="class")]
    manager: PersonRef | None
    warnings: list[str]
    tags: list[str]
    custom: dict[str, CustomValue]
    site_id: UUID | None
    since: date
    id_number_masked: str | None
    identities: list[Identity]
    addresses: list[Address]
    relations: list[Relation]
    consents: list[Consent]
    merged: list[Merged]
    hold: Hold | None
    created_at: datetime
    updated_at: datetime


class NewCustomerBody(BaseModel):
    """A person needs a way to be reached: a phone or a mail address."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: Name
    kind: CustomerKind = "person"
    phones: Annotated[list[Name], Field(max_length=10)] = []
    emails: Annotated[list[Name], Field(max_length=10)] = []
    gender: Gender | None = None
    birth_year: BirthYear | None = None
    class_: Annotated[Short, Field(alias="class")] = "normal"
    manager_id: UUID | None = None
    site_id: UUID | None = None
    since: Since | None = None
    address: Note | Literal[""] | None = None
    id_number: Short | Literal[""] | None = None
    warnings: Warnings = []
    tags: Tags = []
    custom: Custom | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not self.phones and not self.emails:
            raise ValueError("needs a phone number or a mail address")
        return self


class Changes(BaseModel):
    """Only what is given changes. `custom` holds the codes to change, null takes a value away."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    name: Name = ""
    kind: CustomerKind = "person"
    gender: Gender | None = None
    birth_year: BirthYear | None = None
    class_: Annotated[Short, Field(alias="class")] = ""
    manager_id: UUID | None = None
    site_id: UUID | None = None
    warnings: Warnings = []
    tags: Tags = []
    custom: Custom = {}
    id_number: Short | Literal[""] | None = None
    since: Since = date.min

    def given(self) -> dict[str, Any]:
        """Return what the request has, by the names of the record."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude={"version"})


class HistoryLine(BaseModel):
    field: str
    old: Any
    new: Any


class HistoryItem(BaseModel):
    at: datetime
    person: PersonRef | None
    action: str
    changes: list[HistoryLine]


class History(BaseModel):
    items: list[HistoryItem]
    next_cursor: str | None


class NewIdentity(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["phone", "email", "web", "wechat", "account", "other"]
    value: Name
    role: Literal["owner", "agent", "former"] = "owner"
    label: Short | None = None
    verified: bool = False


class IdentityChange(BaseModel):
    """Only what is given changes."""

    model_config = ConfigDict(extra="forbid")

    value: Name = ""
    role: Literal["owner", "agent", "former"] = "owner"
    label: Short | None = None
    verified: bool = False

    @field_validator("label", mode="before")
    @classmethod
    def _no_label(cls, value: Any) -> Any:
        return value if value != "" else None


class NewAddress(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["home", "work", "install", "bill"] = "home"
    text: Note
    region: Short | None = None


class AddressChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["home", "work", "install", "bill"] | None = None
    text: Note | None = None
    region: Short | None = None
