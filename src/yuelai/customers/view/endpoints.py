"""The sections over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter
from starlette.requests import HTTPConnection

from yuelai.customers.view import service
from yuelai.customers.view.schemas import Section, SectionName
from yuelai.customers.view.service import Sources
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

_section: TypeAdapter[Section] = TypeAdapter(Section)


def sources(request: HTTPConnection) -> Sources:
    """What the application was given; see `entrypoints.web.app`."""
    held = request.app.state
    return Sources(
        getattr(held, "business_system", None),
        held.settings.bss_tenant,
        getattr(held, "contact_history", None),
        getattr(held, "open_callbacks", None),
    )


@router.get("/{customer_id:uuid}/sections/{section}")
async def section(
    customer_id: UUID,
    section: SectionName,
    principal: Annotated[Principal, Depends(require("customers.read"))],
    db: Annotated[Database, Depends(database)],
    held: Annotated[Sources, Depends(sources)],
) -> Section:
    """One section of the 360° view, of the customer or the one they were merged into. A business system that is slow or
    away costs at most its own time-out and is told in `state`; other sections do not wait for it."""
    return _section.validate_python(await service.section(db, principal, customer_id, section, held))
