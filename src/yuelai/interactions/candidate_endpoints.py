"""Who is calling, over HTTP: for the agents who have the contact."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from yuelai.customers import service as customers
from yuelai.customers.apart import service as apart
from yuelai.customers.sealing import Vault, vault
from yuelai.customers.texts import Short
from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.throttle import Throttle
from yuelai.interactions import candidates, taking_part
from yuelai.interactions.errors import TooManyComparisons
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database

router = APIRouter(prefix="/api/v1/interactions/{interaction_id}", tags=["interactions"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Keys = Annotated[Vault, Depends(vault)]
Reader = Annotated[Principal, Depends(require("customers.read"))]
Topic = Annotated[str, StringConstraints(max_length=100)]


class LastContact(BaseModel):
    at: datetime
    channel: str


class PossibleCustomer(BaseModel):
    """One who shares the number. `role` is what it is to them: owner, agent or former. `likelihood`: 1 weak, 2
    possible, 3 likely, 4 very likely; `reasons` are codes: the role, open_callback, recent_week, recent_quarter, path.
    """

    customer_id: UUID
    role: str | None
    label: str | None
    products: list[str]
    last_contact: LastContact | None
    open_callbacks: int
    likelihood: Annotated[int, Field(ge=1, le=4)]
    reasons: list[str]


class GuidedAnswer(BaseModel):
    value: str
    customers: list[UUID]


class GuidedQuestion(BaseModel):
    """`left`: how many candidates remain on average once it is answered. Roads and identity numbers have no answers
    here: what the caller says is compared."""

    kind: Literal["surname", "road", "product", "id_number"]
    left: float
    answers: list[GuidedAnswer]


class PossibleCustomers(BaseModel):
    items: list[PossibleCustomer]
    questions: list[GuidedQuestion]


class Said(BaseModel):
    """What the caller said: part of their road, or the last four characters of their identity number."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["road", "id_number"]
    answer: Short


class Fitting(BaseModel):
    """`matching` said the right thing; of `unknown` ones nothing is on record."""

    matching: list[UUID]
    unknown: list[UUID]


class CallerStanding(BaseModel):
    """`contacts_lately`: how often they came in seven days, this contact among them."""

    contacts_lately: int
    open_callbacks: int


def comparisons(request: Request) -> Throttle:
    """Of a person, how often: numbers of four digits must not be found by trying."""
    held = getattr(request.app.state, "comparisons", None)
    if held is None:
        held = request.app.state.comparisons = Throttle(free=6, base=4.0, longest=300.0, memory=1800.0)
    assert isinstance(held, Throttle)
    return held


@router.get("/candidates")
async def told_apart(
    interaction_id: UUID,
    principal: Reader,
    db: Db,
    client: Core,
    keys: Keys,
    topic: Annotated[list[Topic] | None, Query(max_length=20, description="what they chose on their way here")] = None,
) -> PossibleCustomers:
    """Those who share the caller's number, the likeliest first, and the questions that split them best."""
    part = await taking_part.required(db, client, principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        found = await candidates.told_apart(
            conn,
            principal.tenant_id,
            part.candidates,
            part.number,
            topics=topic or [],
            vault=keys,
            now=datetime.now(UTC),
        )
    return PossibleCustomers.model_validate(found)


@router.post("/candidates/compare")
async def compare(
    interaction_id: UUID,
    body: Said,
    principal: Reader,
    db: Db,
    client: Core,
    keys: Keys,
    tried: Annotated[Throttle, Depends(comparisons)],
) -> Fitting:
    """Whether what the caller said fits; what is on record is not shown. 429 after some tries, longer each time."""
    key, now = f"{principal.person_id}/{body.kind}", time.monotonic()
    wait = tried.wait(key, now)
    if wait > 0:
        raise TooManyComparisons(retry_after=round(wait, 1))
    tried.begin(key, now)
    part = await taking_part.required(db, client, principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        found = await apart.facts(conn, principal.tenant_id, part.candidates, part.number, keys)
        fit = apart.fit([facts for facts, _ in found], body.kind, body.answer)
        said = {"kind": body.kind, "matching": len(fit.matching), "of": len(found)}
        await audit(conn, principal, "candidates.compared", f"interaction/{interaction_id}", said)
    return Fitting(matching=fit.matching, unknown=fit.unknown)


@router.get("/standing")
async def standing(interaction_id: UUID, principal: Reader, db: Db, client: Core) -> CallerStanding:
    """How often the caller came lately, and what we owe them."""
    part = await taking_part.required(db, client, principal, interaction_id)
    async with db.transaction(principal.tenant_id) as conn:
        family = await customers.family(conn, principal.tenant_id, part.customer_id) if part.customer_id else []
        found = await candidates.standing(
            conn, principal.tenant_id, family, part.number, interaction_id, datetime.now(UTC)
        )
    return CallerStanding(**found)
