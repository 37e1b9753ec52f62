"""Queues over HTTP: what goes in and comes out. Durations are whole seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from yuelai.routing.schemas import Code, EnglishName, Name
from yuelai.routing.settings import OverflowTo, OverflowWhen

Priority = Annotated[int, Field(ge=-60, le=60, description="points; each is worth a minute of waiting")]
RingSeconds = Annotated[int, Field(ge=1, le=300)]
WrapupSeconds = Annotated[int, Field(ge=0, le=3600)]
PreferSeconds = Annotated[int, Field(ge=0, le=600)]
TargetSeconds = Annotated[int, Field(ge=1, le=3600)]
Share = Annotated[float, Field(ge=0, le=1)]
Every = Annotated[int, Field(ge=0, le=3600, description="seconds; 0: never")]
Channel = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")]
PromptName = Annotated[str, StringConstraints(pattern="^[a-z0-9_-]{0,64}$")]
Strategy = Literal[
    "longest_idle",
    "least_occupied",
    "round_robin",
    "most_skilled",
    "least_skilled_sufficient",
    "ring_all",
    "fixed_order",
]
Level = Annotated[int, Field(ge=1, le=5)]
Position = Annotated[int, Field(ge=1, le=999)]

MOST_RULES = 10
MOST_SKILLS = 10
MOST_COMFORTS = 6


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SkillWish(Body):
    """Agents must have the skill (`required`), or are preferred for having it, at this level at least. After
    `relax_after` seconds of waiting `relax_to` is enough, 0 being none at all; without it nothing is ever relaxed."""

    skill_id: UUID
    level: Level = 1
    required: bool = True
    relax_after: Annotated[int, Field(ge=1, le=3600)] | None = None
    relax_to: Annotated[int, Field(ge=0, le=4)] = 0

    @model_validator(mode="after")
    def _relaxes(self) -> SkillWish:
        if not self.required and self.relax_after is None:
            raise ValueError("a skill that is only preferred must relax: say after how many seconds, or require it")
        if self.relax_to >= self.level:
            raise ValueError("what is relaxed to must be below the level")
        return self


class OverflowRule(Body):
    """One rule. `limit` is seconds of waiting (`wait`, `estimate`) or contacts that wait already (`length`); `target` a
    queue's code, a prompt's name (`message`) or an outside number."""

    when: OverflowWhen
    to: OverflowTo
    limit: Annotated[float, Field(ge=0, le=86_400)] = 0
    target: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> OverflowRule:
        limited = self.when in (OverflowWhen.WAIT, OverflowWhen.LENGTH, OverflowWhen.ESTIMATE)
        if limited != (self.limit > 0):
            raise ValueError("wait, length and estimate have a limit above 0, nobody and closed have none")
        if self.to is OverflowTo.SITE and self.when is not OverflowWhen.WAIT:
            raise ValueError("other sites help after a wait only")
        named = self.to in (OverflowTo.QUEUE, OverflowTo.MESSAGE, OverflowTo.NUMBER)
        if named != bool(self.target):
            raise ValueError("queue, message and number have a target, the others have none")
        digits = self.target.removeprefix("+")
        if self.to is OverflowTo.NUMBER and not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 20):
            raise ValueError("a number is 2 to 20 digits, with + before it if it begins with a country")
        return self


class Treatment(Body):
    """What those who wait hear; prompts by name (`GET /prompts`). Seconds of 0: never."""

    music: PromptName = "queue_music"
    notice: PromptName = ""
    greeting: PromptName = ""
    announce_every: Every = 30
    first_announce: Every = 10
    position: bool = True
    estimate: bool = True
    comfort: Annotated[list[PromptName], Field(max_length=MOST_COMFORTS)] = ["still_busy", "call_matters"]
    callback_after: Every = 60
    voicemail_after: Every = 0
    agent_number: bool = False


class NewQueue(Body):
    code: Code
    name: Name
    name_en: EnglishName = ""
    priority: Priority = 0
    ring_seconds: RingSeconds = 20
    wrapup_seconds: WrapupSeconds = 30
    strategy: Strategy = "longest_idle"
    channel: Channel = "voice"
    skills: Annotated[list[SkillWish], Field(max_length=MOST_SKILLS)] = []
    prefer_seconds: PreferSeconds = 20
    overflows: Annotated[list[OverflowRule], Field(max_length=MOST_RULES)] = []
    treatment: Treatment = Treatment()
    calendar_id: UUID | None = None
    extend_seconds: WrapupSeconds = 300
    target_seconds: TargetSeconds = 20
    target_share: Share = 0.8


class QueueChange(Body):
    """What is to be different; lists and `treatment` are sent whole. `calendar_id: null` is open always. A queue that
    is not `active` is closed: who waits there goes to another one."""

    name: Name | None = None
    name_en: EnglishName | None = None
    priority: Priority | None = None
    ring_seconds: RingSeconds | None = None
    wrapup_seconds: WrapupSeconds | None = None
    strategy: Strategy | None = None
    skills: Annotated[list[SkillWish], Field(max_length=MOST_SKILLS)] | None = None
    prefer_seconds: PreferSeconds | None = None
    overflows: Annotated[list[OverflowRule], Field(max_length=MOST_RULES)] | None = None
    treatment: Treatment | None = None
    calendar_id: UUID | None = None
    extend_seconds: WrapupSeconds | None = None
    target_seconds: TargetSeconds | None = None
    target_share: Share | None = None
    active: bool | None = None

    def changes(self) -> dict[str, object]:
        """Return what was sent, each part of it whole. A null says nothing, except of the calendar."""
        return {
            name: value
            for name, value in self.model_dump().items()
            if name in self.model_fields_set and (value is not None or name == "calendar_id")
        }


class QueueSettings(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    priority: int
    ring_seconds: int
    wrapup_seconds: int
    strategy: str
    channel: str
    skills: list[SkillWish]
    prefer_seconds: int
    overflows: list[OverflowRule]
    treatment: Treatment
    calendar_id: UUID | None
    extend_seconds: int
    target_seconds: int
    target_share: float
    active: bool
    members: int


class QueueList(BaseModel):
    items: list[QueueSettings]
    next_cursor: None = None


class QueueDocument(BaseModel):
    """`waiting` counts contacts that no agent is being offered, `ready` agents who could take one now."""

    id: UUID
    code: str
    name: str
    waiting: int
    longest_since: datetime | None
    ready: int
    talking: int


class Membership(Body):
    """`level` is the skill in this queue, 5 the best; `position` the place in its fixed order, null: as it is."""

    level: Level = 1
    position: Position | None = None


class Member(BaseModel):
    person_id: UUID
    number: str | None
    name: str
    level: int
    position: int


class MemberList(BaseModel):
    items: list[Member]
    next_cursor: str | None


class Prompt(BaseModel):
    """`text` is what it says, by language; music says nothing."""

    name: str
    kind: Literal["sentence", "music"]
    text: dict[str, str]


class PromptList(BaseModel):
    items: list[Prompt]
