"""What is owed as core knows it, and its way into the journal."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

import structlog

from yuelai.channels.callback.events import CallbackMoved, State
from yuelai.channels.callback.model import Callback
from yuelai.customers.phones import normalise
from yuelai.interactions.recorder import Append
from yuelai.platform.clock import Clock
from yuelai.platform.errors import Unavailable
from yuelai.platform.facts import Record

log = structlog.get_logger()

REMEMBERED = 10_000
"""Callbacks that are over and whose rows may not say so yet."""


class Ledger:
    def __init__(self, append: Append, clock: Clock) -> None:
        self._append, self._clock = append, clock
        self._owed: dict[UUID, Callback] = {}
        self._over: OrderedDict[UUID, int] = OrderedDict()
        self.cancelled: set[UUID] = set()
        """Those that are not to be tried again when the attempt under way is over."""

    def __len__(self) -> int:
        return len(self._owed)

    def get(self, callback_id: UUID) -> Callback | None:
        """Return the callback while it is not over."""
        return self._owed.get(callback_id)

    def of(self, tenant_id: UUID, number: str) -> Iterator[Callback]:
        """Yield what is owed to that number and still waits."""
        for one in list(self._owed.values()):
            if one.tenant_id == tenant_id and one.callable and whose(one.number) == whose(number):
                yield one

    def put(self, callback: Callback) -> Callback:
        if callback.state in (State.WAITING, State.OFFERED, State.DIALLING):
            self._over.pop(callback.id, None)
            self._owed[callback.id] = callback
        else:
            self.forget(callback)
        return callback

    def forget(self, callback: Callback) -> None:
        """It is over."""
        self._owed.pop(callback.id, None)
        self.cancelled.discard(callback.id)
        self._over[callback.id] = callback.version
        while len(self._over) > REMEMBERED:
            self._over.popitem(last=False)

    def news(self, row: Callback) -> bool:
        """Tell whether a row that waits is newer than what is known here: the journal's way into PostgreSQL takes its
        time, and a row of before is no news."""
        known = self._owed.get(row.id)
        if known is None:
            return row.version > self._over.get(row.id, 0)
        return known.state is State.WAITING and row.version > known.version

    async def keep(self, callback: Callback, contact: UUID | None = None) -> None:
        """Into the journal, `contact` being our call. A full one keeps nobody from being called: the row stays behind
        what has happened, and says so in the log."""
        fact = CallbackMoved(
            at=self._clock.now(),
            tenant_id=callback.tenant_id,
            callback_id=callback.id,
            state=callback.state,
            due_at=callback.due_at,
            attempts=callback.attempts,
            result=callback.last_result,
            interaction_id=contact,
            agent_id=callback.agent_id,
            version=callback.version,
        )
        try:
            await self._append(Record(fact))
        except Unavailable as error:
            log.error("callback_not_kept", callback_id=str(callback.id), reason=str(error))


@lru_cache(REMEMBERED)
def whose(number: str) -> str:
    """Return the number in the one form that all ways of dialling it share."""
    return normalise(number) or number
