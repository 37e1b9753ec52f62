"""PINs of the sample's customers that documents and tests know by number."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yuelai.customers.pins import service
from yuelai.entrypoints.sample.generate import Generator
from yuelai.identity import passwords
from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

PINS = {"王芳": "246810", "陈国华": "975310"}


async def load(conn: Connection, today: date) -> None:
    """Give them their PINs where they have none."""
    for customer in Generator(today).special():
        if customer.name in PINS:
            await service.give(conn, SAMPLE_TENANT, customer.id, passwords.hash_now(PINS[customer.name]))
