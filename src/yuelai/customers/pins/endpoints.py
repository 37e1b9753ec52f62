"""A customer's PIN over HTTP: it is set, and never told."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from yuelai.customers.pins import service
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/customers/{customer_id:uuid}", tags=["customers"])


class NewPin(BaseModel):
    """Six digits, neither all the same nor in a row."""

    model_config = ConfigDict(extra="forbid")

    pin: Annotated[SecretStr, Field(max_length=64)]


@router.put("/pin", status_code=204)
async def set_pin(
    customer_id: UUID,
    body: NewPin,
    principal: Annotated[Principal, Depends(require("customers.write"))],
    db: Annotated[Database, Depends(database)],
) -> None:
    """Give the customer a new PIN for self-service; a lock ends."""
    hash_ = await service.hashed(body.pin.get_secret_value())
    async with db.transaction(principal.tenant_id) as conn:
        await service.put(conn, principal, customer_id, hash_)
