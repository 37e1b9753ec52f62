"""Scripts as agents follow them, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from yuelai.identity.schemas import Body
from yuelai.knowledge.scripts.schemas import EffectBody, PartDocument, StepId


class Suggestion(BaseModel):
    """A script that may be followed. `why` names the conditions by which it suggests itself; `best` is the first that
    does; `followed` says that it was in this contact already."""

    id: UUID
    code: str
    name: str
    name_en: str
    version: int
    fits: bool
    best: bool
    why: list[Literal["disposition", "keys", "class", "match", "queue"]]
    followed: bool


class BranchDocument(BaseModel):
    """`leads_to` is the step it leads to by its number; null ends the script."""

    label: str
    label_en: str
    leads_to: int | None
    effect: EffectBody | None


class StepDocument(BaseModel):
    """What is read now: step `number` of `total`."""

    id: str
    number: int
    total: int
    parts: list[PartDocument]
    parts_en: list[PartDocument]
    branches: list[BranchDocument]


class ScriptRun(BaseModel):
    """`read` counts the steps that were read; `effect` is what the answer just given does besides."""

    id: UUID
    script_id: UUID
    code: str
    name: str
    name_en: str
    version: int
    step: StepDocument
    read: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    effect: EffectBody | None = None


class Suggestions(BaseModel):
    """The best first. `running` is the one that is being followed, in the version it began with; while there is none,
    `opening` is what the best one begins with, if one suggests itself and was not followed yet."""

    items: list[Suggestion]
    opening: StepDocument | None
    running: ScriptRun | None
    next_cursor: None = None


class NewRun(Body):
    script_id: UUID


class Answered(Body):
    """The answer `branch`, from 0, at the step that stands; null at a step without answers."""

    step: StepId
    branch: Annotated[int, Field(ge=0, le=19)] | None = None


class Ending(Body):
    """`left`: the agent stops before the end."""

    outcome: Literal["done", "left"] = "left"
