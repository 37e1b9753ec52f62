"""A voice world that owes calls: the keeper of callbacks, with rows that the test holds in its hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.channels.world import TENANT, Line, World
from yuelai.channels.callback.events import CallbackMoved, State
from yuelai.channels.callback.keeper import LET_GO, Keeper
from yuelai.channels.callback.model import Callback
from yuelai.channels.ports import Owed
from yuelai.channels.voice.outgoing_calls import OutgoingCalls
from yuelai.platform.ids import SAMPLE_TENANT

WANG = "13800000001"


class Shelf:
    """The table, as it was when core started."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Callback] = {}

    async def open(self) -> Sequence[Callback]:
        return [row for row in self.rows.values() if row.state in (State.WAITING, State.OFFERED, State.DIALLING)]

    async def of(self, ids: Sequence[UUID]) -> Sequence[Callback]:
        return [self.rows[id_] for id_ in ids if id_ in self.rows]


class Door:
    """Opening hours."""

    def __init__(self) -> None:
        self.opens: datetime | None = None

    def next_opening(self, calendar_id: UUID | None, now: datetime) -> datetime | None:
        return max(now, self.opens) if self.opens else now


class Owing(World):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.shelf, self.door = Shelf(), Door()
        self.outgoing = OutgoingCalls(self.channel._services, self.channel, lambda tenant: "10000")
        self.keeper = self.new_keeper()
        self.routing._on_signal = self._signal

    def new_keeper(self) -> Keeper:
        keeper = Keeper(self.append, self.clock, self.routing, self.people, self.shelf, self.door)
        keeper.know({SAMPLE_TENANT: TENANT})
        keeper.rounds.calls = self.outgoing
        return keeper

    def _signal(self, signal: Any) -> None:
        if not self.keeper.on_signal(signal):
            self.channel.on_signal(signal)

    def owed(self, number: str = WANG, **more: Any) -> Owed:
        return Owed(SAMPLE_TENANT, number, "general", since=more.pop("since", self.clock.now()), **more)

    async def book(self, number: str = WANG, **more: Any) -> UUID:
        return await self.keeper.book(self.owed(number, **more))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.keeper.rounds.due()
        await self.routing.time_passed()
        await self.settle()

    async def due(self) -> None:
        """The customer has hung up meanwhile."""
        await self.pass_time(LET_GO / timedelta(seconds=1))

    async def dialling(self) -> tuple[Line, Line]:
        """Return the lines of the agent, who has picked up, and of the customer, who is being called."""
        await self.book()
        await self.due()
        (phone,) = self.lines.dialled
        phone.picks_up()
        await self.settle()
        return phone, self.lines.dialled[1]

    async def connected(self) -> tuple[Line, Line]:
        phone, customer = await self.dialling()
        customer.picks_up()
        await self.settle()
        return phone, customer

    def moves(self) -> list[str]:
        """What has become of the callbacks, from the facts."""
        facts = [fact for fact in self.facts if isinstance(fact, CallbackMoved)]
        return [f"{fact.state}:{fact.result}" if fact.result else str(fact.state) for fact in facts]

    def last(self) -> CallbackMoved:
        return [fact for fact in self.facts if isinstance(fact, CallbackMoved)][-1]
