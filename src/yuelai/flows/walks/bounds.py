"""How much work a question about walks may be."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg

from yuelai.platform.errors import Refusal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

SECONDS = 8.0
"""For each statement; who asks waits for the answer at a screen."""


class TooMuchToCount(Refusal):
    """There are too many contacts in this period to be counted at once; ask for a shorter one."""

    status = 422
    code = "too_much_to_count"


@contextlib.asynccontextmanager
async def bounded(conn: Connection, seconds: float = SECONDS) -> AsyncIterator[None]:
    """What is asked inside ends after so many seconds for each statement: raises `TooMuchToCount`, and the transaction
    is over."""
    await conn.execute("SELECT set_config('statement_timeout', $1, true)", f"{seconds * 1000:.0f}")
    try:
        yield
    except asyncpg.QueryCanceledError:
        raise TooMuchToCount() from None
