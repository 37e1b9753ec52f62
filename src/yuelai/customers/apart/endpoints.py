"""Where a caller's number is from, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from yuelai.customers.apart.places import Places
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.web import settings

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

Reader = Annotated[Principal, Depends(require("customers.read"))]


class PlaceOfNumber(BaseModel):
    """`kind`: mobile, fixed, service or unknown; `zh` and `en` name the place and may be empty."""

    kind: str | None
    zh: str
    en: str


def places(request: Request) -> Places:
    held = getattr(request.app.state, "number_places", None)
    if held is None:
        held = request.app.state.number_places = Places(settings(request).folder / "cache")
    assert isinstance(held, Places)
    return held


@router.get("/number-place")
async def number_place(
    principal: Reader,
    known: Annotated[Places, Depends(places)],
    number: Annotated[str, Query(min_length=1, max_length=64, description="in any written form")],
) -> PlaceOfNumber:
    """Where a number is from, by the numbering plan; ported numbers keep the place they were given out at."""
    found = await known.of(number)
    return PlaceOfNumber(kind=found.kind, zh=found.zh, en=found.en) if found else PlaceOfNumber(kind=None, zh="", en="")
