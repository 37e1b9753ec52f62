"""What goes over HTTP about prompts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from yuelai.identity.schemas import Body

Words = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$"
    ),
]


class SpokenBody(Body):
    """What it is to say; what it says already when unset."""

    text: Words | None = None


class PromptSound(BaseModel):
    """A sound as it is: the tenant's own or shipped. `seconds` is null where there are only words. `warnings` are
    `clipped` (it was cut off when it was recorded) and `quiet` (it was hardly heard)."""

    own: bool
    seconds: float | None
    source: Literal["text", "file", "microphone", "phone", "voice"] | None
    warnings: list[str]
    by: str | None
    at: datetime | None


class PromptLanguages(BaseModel):
    zh: PromptSound | None
    en: PromptSound | None


class PromptLine(BaseModel):
    """`own`: at least one language is the tenant's; `shipped`: one of this name ships with the program. `used_in` are
    published flows, `queues` what says it while somebody waits."""

    name: str
    own: bool
    shipped: bool
    text_zh: str
    text_en: str
    languages: PromptLanguages
    used_in: list[str]
    queues: list[str]


class PromptPage(BaseModel):
    items: list[PromptLine]
    next_cursor: str | None = None


class TakeBegun(BaseModel):
    take_id: UUID


class TakeState(BaseModel):
    """`state` is ringing, recording, kept, unfit, unanswered or ended; `reason` says why what was said last cannot be
    a prompt: nothing (is heard), short, long, large, format, damaged, or empty."""

    state: Literal["ringing", "recording", "kept", "unfit", "unanswered", "ended"]
    reason: str = ""
    warnings: list[str] = Field(default_factory=list)
