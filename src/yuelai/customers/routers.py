"""All endpoints of the room, for the application to take in."""

from __future__ import annotations

from fastapi import APIRouter

from yuelai.customers import endpoints
from yuelai.customers.apart import endpoints as apart
from yuelai.customers.configure import endpoints as configure
from yuelai.customers.imports import endpoints as imports
from yuelai.customers.merging import endpoints as merging
from yuelai.customers.parts import endpoints as parts
from yuelai.customers.pins import endpoints as pins
from yuelai.customers.privacy import endpoints as privacy
from yuelai.customers.record import endpoints as record
from yuelai.customers.sync import endpoints as sync
from yuelai.customers.view import endpoints as view

router = APIRouter()
# Before `/customers/{customer_id}`, which would take their names for ids.
router.include_router(imports.router)
router.include_router(sync.router)
for each in (endpoints, view, apart, merging, privacy, record, parts, pins, configure):
    router.include_router(each.router)
