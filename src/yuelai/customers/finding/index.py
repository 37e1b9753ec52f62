"""Keeps what names are found by. Whoever gives a customer a name calls `learn` in the same transaction.

Everything else is found by indexes of the customers' own tables, and names that nobody has any more are forgotten by
triggers (migration 0009).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.finding import repository
from yuelai.customers.finding.names import terms

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_AT_ONCE = 5_000


async def learn(conn: Connection, tenant_id: UUID, names: Iterable[str]) -> int:
    """Make names findable, any number of them; return how many of them were new. Known ones cost a look-up."""
    # In order, so that two who learn the same names at once wait for each other and never in a circle.
    waiting = iter(sorted(set(names)))
    learned = 0
    while batch := list(islice(waiting, _AT_ONCE)):
        new = await repository.unknown_names(conn, tenant_id, batch)
        rows = [(kind, term, name) for name in new for kind, term in terms(name)]
        await repository.add_terms(conn, tenant_id, rows)
        learned += len(new)
    return learned


async def reindex(conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> int:
    """Make the names of these customers findable; return how many of them were new."""
    return await learn(conn, tenant_id, await repository.names_of(conn, tenant_id, customer_ids))
