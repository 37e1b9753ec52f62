"""Scripts over HTTP. Answers of a step count from 0 here; screens number them from 1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from yuelai.identity.schemas import Body, Code, EnglishName, Name
from yuelai.knowledge.scripts.model import MOST_STEPS

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Spoken = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f]*$")]
Codes = Annotated[list[Code], Field(max_length=50)]
Position = Annotated[int, Field(ge=0, le=9999)]


class EffectBody(Body):
    """`business` opens a kind of business, `result` is how the script came out."""

    kind: Literal["business", "result"]
    code: Code


class BranchBody(Body):
    """`next` null ends the script."""

    label: Label
    label_en: Label = ""
    next: StepId | None = None
    effect: EffectBody | None = None


class StepBody(Body):
    id: StepId
    text: Spoken
    text_en: Spoken = ""
    branches: Annotated[list[BranchBody], Field(max_length=20)] = Field(default_factory=list)


class EntryBody(Body):
    """When it suggests itself: each list that is not empty must hold what the contact has. `dispositions` are of the
    last contact before; `keys` what was pressed in self-service from the beginning, e.g. `2>1`."""

    queues: Codes = Field(default_factory=list)
    dispositions: Codes = Field(default_factory=list)
    classes: Annotated[list[Label], Field(max_length=50)] = Field(default_factory=list)
    matches: list[Literal["new", "withheld", "one", "several", "chosen"]] = Field(default_factory=list, max_length=5)
    keys: Annotated[str, StringConstraints(pattern=r"^[0-9*#> ]{0,40}$")] = ""


class ScriptBody(Body):
    """What a script says. A draft may have faults; what is published has none."""

    steps: Annotated[list[StepBody], Field(max_length=MOST_STEPS)]
    entry: EntryBody = Field(default_factory=EntryBody)


class NewScript(Body):
    code: Code
    name: Name
    name_en: EnglishName = ""
    position: Position = 100
    body: ScriptBody


class ScriptChange(Body):
    name: Name | None = None
    name_en: EnglishName | None = None
    position: Position | None = None


class Draft(Body):
    """`rev` is that of the draft that was read."""

    body: ScriptBody
    rev: Annotated[int, Field(ge=1, lt=2**31)]


class Publication(Body):
    """`rev` is that of the draft that is meant."""

    rev: Annotated[int, Field(ge=1, lt=2**31)]
    note: EnglishName = ""


class WantedVersion(Body):
    """The version new contacts are to get; null: none."""

    version: Annotated[int, Field(ge=1, lt=2**31)] | None


class Trial(Body):
    body: ScriptBody
    sample: Literal["gold", "vip", "new"] = "gold"


class FaultDocument(BaseModel):
    """What is wrong, in which step and, from 0, which branch of it; `what` names the place or step that is meant."""

    code: str
    step: str | None
    branch: int | None
    what: str


class ScriptLine(BaseModel):
    """`unpublished`: the draft says something else than what contacts get. `runs` in the last 30 days."""

    id: UUID
    code: str
    name: str
    name_en: str
    position: int
    published: int | None
    unpublished: bool
    runs: int
    changed_at: datetime
    changed_by: str | None


class ScriptList(BaseModel):
    items: list[ScriptLine]
    next_cursor: str | None


class VersionDocument(BaseModel):
    version: int
    note: str
    published_at: datetime
    published_by: str | None
    runs: int


class ScriptDocument(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    position: int
    published: int | None
    draft: ScriptBody
    rev: int
    faults: list[FaultDocument]
    versions: list[VersionDocument]
    changed_at: datetime


class VersionBody(BaseModel):
    version: int
    body: ScriptBody


class PartDocument(BaseModel):
    """A stretch of a text; `field` is set where it was filled in, `missing` where nothing was known."""

    text: str
    field: str | None
    missing: bool


class TriedStep(BaseModel):
    id: str
    parts: list[PartDocument]
    parts_en: list[PartDocument]


class TrialDocument(BaseModel):
    """`fields` are all that can be filled in."""

    faults: list[FaultDocument]
    steps: list[TriedStep]
    fields: list[str]


class StepUsage(BaseModel):
    """`branches` are how often each answer was chosen; `left`: the script was left there."""

    id: str
    times: int
    branches: list[int]
    left: int


class OutcomeUsage(BaseModel):
    outcome: str
    runs: int


class Usage(BaseModel):
    """`completed` came to an end; `seconds` is how long one took on average."""

    version: int
    runs: int
    completed: int
    agents: int
    seconds: float | None
    steps: list[StepUsage]
    outcomes: list[OutcomeUsage]
