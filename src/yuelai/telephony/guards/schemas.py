"""Bans, access rules and toll rules over HTTP: what goes in and comes out."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from yuelai.identity.schemas import Body, Name
from yuelai.telephony.guards.addresses import counted
from yuelai.telephony.guards.bans import Offence
from yuelai.telephony.guards.destinations import Class
from yuelai.telephony.guards.toll import Action, Counted, Denial


def _address(text: str) -> str:
    ipaddress.ip_address(text.strip())
    return counted(text.strip())


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text.strip(), strict=False))


Address = Annotated[
    str,
    StringConstraints(max_length=60),
    AfterValidator(_address),
    Field(description="of IPv6 the first of its /64, which is banned as one"),
]
Network = Annotated[str, StringConstraints(max_length=60), AfterValidator(_network)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
User = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 Monday to 7 Sunday")]
Most = Annotated[int, Field(ge=0, le=1_000_000)]
Spend = Annotated[int, Field(ge=0, le=10**15, description="millionths of the currency's unit")]
Position = Annotated[int, Field(ge=1, le=10_000)]


class NewBan(Body):
    address: Address
    minutes: Annotated[int, Field(ge=1, le=525_600)] = 60
    reason: Note = ""


class Ban(BaseModel):
    """`hits` are messages that were dropped unread."""

    address: str
    reason: Offence
    note: str
    since: datetime
    ends_at: datetime
    strikes: int
    hits: int
    stands: bool


class BanList(BaseModel):
    items: list[Ban]
    next_cursor: str | None


class NewAccessRule(Body):
    """Of several networks that hold an address the narrowest counts; `allow` also keeps from being banned."""

    network: Network
    action: Literal["allow", "deny"]
    note: Note = ""
    active: bool = True


class AccessRuleChange(Body):
    version: int
    network: Network = ""
    action: Literal["allow", "deny"] = "deny"
    note: Note = ""
    active: bool = True


class AccessRule(BaseModel):
    id: UUID
    network: str
    action: Literal["allow", "deny"]
    note: str
    active: bool
    version: int


class AccessRuleList(BaseModel):
    items: list[AccessRule]


class _Toll(Body):
    position: Position = 100
    active: bool = True
    seats: Annotated[list[User], Field(max_length=1000, default_factory=list)]
    trunks: Annotated[list[UUID], Field(max_length=100, default_factory=list)]
    classes: Annotated[list[Class], Field(max_length=20, default_factory=list)]
    countries: Annotated[list[Country], Field(max_length=250, default_factory=list)]
    prefixes: Annotated[list[Prefix], Field(max_length=1000, default_factory=list)]
    weekdays: Annotated[list[Weekday], Field(max_length=7, default_factory=list)]
    from_time: Clock | None = None
    to_time: Clock | None = None
    counted: Counted = Counted.SEAT
    max_concurrent: Most | None = None
    max_per_minute: Most | None = None
    max_minutes_day: Most | None = None
    max_spend_day_micro: Spend | None = None


class NewTollRule(_Toll):
    """Empty lists fit everything. Of the rules that allow or deny the first that fits decides; all limits count."""

    name: Name
    action: Action


class TollRuleChange(_Toll):
    """What is sent changes."""

    version: int
    name: Name = ""
    action: Action = Action.LIMIT


class TollRule(BaseModel):
    id: UUID
    name: str
    position: int
    active: bool
    action: Action
    seats: list[str]
    trunks: list[UUID]
    classes: list[str]
    countries: list[str]
    prefixes: list[str]
    weekdays: list[int]
    from_time: str | None
    to_time: str | None
    counted: Counted
    max_concurrent: int | None
    max_per_minute: int | None
    max_minutes_day: int | None
    max_spend_day_micro: int | None
    version: int
    used_today: list[dict[str, Any]]
    """By subject: `{subject, calls, seconds, spend_micro}`, the most used first, ten at most."""


class TollRuleList(BaseModel):
    items: list[TollRule]


class Wanted(Body):
    user: User
    number: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9]{1,32}$")]


class Deciding(BaseModel):
    id: UUID
    name: str


class Decision(BaseModel):
    """`denied` is None for a call that may be made; `rule` decided, None where no rule had to. `seconds` is how long it
    may last."""

    kind: Class
    country: str
    digits: str
    denied: Denial | None
    rule: Deciding | None
    seconds: float | None
