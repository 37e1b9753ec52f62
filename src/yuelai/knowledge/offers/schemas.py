"""Offers over HTTP. Money in whole currency units in rules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from yuelai.identity.schemas import Body, Code, EnglishName, Name
from yuelai.knowledge.offers.conditions import checked
from yuelai.knowledge.scripts.schemas import PartDocument

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
EnglishText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")]
Rule = Annotated[
    dict[str, Any],
    AfterValidator(lambda rule: dict(checked(rule))),
    Field(description="`{match: all or any, conditions: [{fact, op, value} or another group]}`"),
]
Days = Annotated[int, Field(ge=0, le=3650)]
Priority = Annotated[int, Field(ge=0, le=9999)]
Channels = Annotated[list[Literal["voice", "chat", "mail", "message"]], Field(max_length=4)]
Most = Annotated[int, Field(ge=1, le=100)]


def _everybody() -> dict[str, Any]:
    return {"match": "all", "conditions": []}


class NewOffer(Body):
    """`again_days` and `refused_days` are how long the same customer is left in peace after it was shown or refused;
    `most` how often one customer sees it at all. `business` is opened when it is accepted."""

    code: Code
    name: Name
    name_en: EnglishName = ""
    text: Text
    text_en: EnglishText = ""
    priority: Priority = 100
    active: bool = True
    channels: Channels = Field(default_factory=list)
    rule: Rule = Field(default_factory=_everybody)
    again_days: Days = 30
    refused_days: Days = 90
    most: Most | None = None
    business: Code | None = None


class OfferChange(Body):
    name: Name | None = None
    name_en: EnglishName | None = None
    text: Text | None = None
    text_en: EnglishText | None = None
    priority: Priority | None = None
    active: bool | None = None
    channels: Channels | None = None
    rule: Rule | None = None
    again_days: Days | None = None
    refused_days: Days | None = None
    most: Most | None = None
    business: Code | None = None


class OfferFigures(BaseModel):
    """Of the last 30 days; `open` were shown and have no result."""

    shown: int
    accepted: int
    refused: int
    later: int
    not_offered: int
    open: int


class OfferDocument(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    text: str
    text_en: str
    priority: int
    active: bool
    channels: list[str]
    rule: dict[str, Any]
    again_days: int
    refused_days: int
    most: int | None
    business: str | None
    changed_at: datetime
    figures: OfferFigures


class OfferList(BaseModel):
    items: list[OfferDocument]
    next_cursor: str | None


class FactDocument(BaseModel):
    """What rules may ask about, and how."""

    fact: str
    kind: Literal["text", "list", "number", "truth"]
    ops: list[str]


class FactList(BaseModel):
    items: list[FactDocument]
    next_cursor: None = None


class ReasonCount(BaseModel):
    result: str
    reason: str
    times: int


class ReasonList(BaseModel):
    items: list[ReasonCount]
    next_cursor: None = None


class OfferTrial(Body):
    """Try a rule and a text on a made-up customer, or on the one of a customer number."""

    rule: Rule
    text: EnglishText = ""
    text_en: EnglishText = ""
    channels: Channels = Field(default_factory=list)
    sample: Literal["gold", "vip", "new"] = "gold"
    customer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50, pattern=r"^[^\x00]*$")] | None = (
        None
    )


class FoundDocument(BaseModel):
    """A condition, and what the fact is with this customer; `known` null is not known."""

    fact: str
    op: str
    value: Any
    known: Any
    holds: bool


class OfferTrialDocument(BaseModel):
    """`held_back` is why nothing would be offered to this customer at all, apart from the rule."""

    holds: bool
    found: list[FoundDocument]
    held_back: str | None
    parts: list[PartDocument]
    parts_en: list[PartDocument]
    unknown: list[str]


class OneOffer(BaseModel):
    """What is to be offered, in words that can be read aloud."""

    id: UUID
    code: str
    name: str
    name_en: str
    business: str | None
    parts: list[PartDocument]
    parts_en: list[PartDocument]


class Showing(BaseModel):
    id: UUID
    shown_at: datetime
    result: str | None
    reason: str
    result_at: datetime | None


class NextOffer(BaseModel):
    """At most one in a contact. `offer` null: `why` says why none is made, `unverified`, `late`, `complaint`,
    `third_contact`, `no_consent`, `not_speaking`, `unsettled` or `nothing_fits`. `showing` is set once it was shown.
    `waiting`: something would be offered once what the call is about is settled."""

    offer: OneOffer | None
    why: str | None
    showing: Showing | None
    waiting: bool
    settled: bool


class NewShowing(Body):
    offer_id: UUID


class OfferResult(Body):
    """`reason` is a code of why it was refused or not offered."""

    result: Literal["accepted", "refused", "later", "not_offered"]
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,32}$")] = ""
