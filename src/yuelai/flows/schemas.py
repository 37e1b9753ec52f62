"""Flows over HTTP. A document is as `schema` says; drafts may be anything that is no larger than 512 KB."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from yuelai.flows.documents import MOST_BYTES
from yuelai.identity.schemas import Body, Name

RESERVED = frozenset({"check", "import", "lookups", "prompts", "rates", "simulations"})
"""Codes that no flow has, as their places in the API are taken."""


def _free(code: str) -> str:
    if code in RESERVED:
        raise ValueError("this code is reserved")
    return code


FlowCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$"), AfterValidator(_free)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Rev = Annotated[int, Field(ge=0, lt=2**31)]
Document = dict[str, Any]


def _of_our_days(at: datetime) -> datetime:
    if not 2000 <= at.year < 2200:
        raise ValueError("not between 2000 and 2200")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_of_our_days)]


class NewFlow(Body):
    """`template` is the code of a flow it begins as; without one it begins with a node that says good-bye."""

    code: FlowCode
    name: Name
    template: FlowCode | None = None


class DraftBody(Body):
    """`rev` is the flow's that was read; 0 will do while it has no draft."""

    document: Document
    rev: Rev


class CheckBody(Body):
    document: Document


class PublishBody(Body):
    """`rev` is that of the draft that is meant."""

    rev: Annotated[int, Field(ge=1, lt=2**31)]
    note: Note = ""


class RestoreBody(Body):
    note: Note = ""


class ImportBody(Body):
    """`text` is a flow in JSON or YAML; `code` and `name` go before what it says itself."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_BYTES)]
    code: FlowCode | None = None
    name: Name | None = None


class ProblemDocument(BaseModel):
    """What is wrong, at which node (empty: the flow as a whole) and which exit of it. A warning keeps nobody from
    publishing."""

    node: str
    exit: str
    severity: Literal["error", "warning"]
    code: str
    message: str


class ProblemList(BaseModel):
    problems: list[ProblemDocument]


class PublishedReference(BaseModel):
    """`at` and `by` are null of a flow that ships with the program."""

    version: int
    at: datetime | None
    by: str | None


class DraftReference(BaseModel):
    """`errors` and `warnings` as they were when it was saved."""

    rev: int
    saved_at: datetime
    by: str | None
    errors: int
    warnings: int


class FlowLine(BaseModel):
    """`shipped`: one of this code ships with the program, and is what contacts get until the tenant publishes its own.
    `running` is how many contacts are in it now; null while that is not known."""

    code: str
    name: str
    shipped: bool
    published: PublishedReference | None
    draft: DraftReference | None
    numbers: list[str]
    running: int | None


class FlowList(BaseModel):
    items: list[FlowLine]
    next_cursor: None = None


class DraftDocument(BaseModel):
    document: Document
    rev: int
    saved_at: datetime
    by: str | None
    problems: list[ProblemDocument]


class PublishedDocument(PublishedReference):
    note: str
    document: Document


class FlowDocument(BaseModel):
    """`rev` goes up with everything that happens to the draft. `running` is by version."""

    code: str
    name: str
    shipped: bool
    rev: int
    draft: DraftDocument | None
    published: PublishedDocument | None
    running: dict[str, int] | None


class SavedDraft(BaseModel):
    rev: int
    saved_at: datetime
    problems: list[ProblemDocument]


class PublishedVersion(BaseModel):
    version: int


class FlowVersionLine(PublishedReference):
    note: str
    current: bool


class FlowVersionList(BaseModel):
    items: list[FlowVersionLine]


class FlowVersionDocument(FlowVersionLine):
    document: Document


class DifferenceDocument(BaseModel):
    name: str
    one: Any
    other: Any


class NodeDifference(BaseModel):
    node: str
    change: Literal["added", "removed", "changed"]
    fields: list[DifferenceDocument]


class Comparison(BaseModel):
    """`handlers` has what differs outside the nodes."""

    handlers: list[DifferenceDocument]
    nodes: list[NodeDifference]


class FlowPrompt(BaseModel):
    name: str
    text_zh: str
    text_en: str


class FlowPromptList(BaseModel):
    items: list[FlowPrompt]


class LookUpDocument(BaseModel):
    """A business question that a flow can ask; `answer` are the fields of what comes back."""

    name: str
    arguments: list[str]
    answer: list[str]


class LookUpList(BaseModel):
    items: list[LookUpDocument]
