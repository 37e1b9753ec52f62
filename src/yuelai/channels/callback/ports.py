"""What the keeper of callbacks needs of others; `bootstrap` binds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from yuelai.channels.callback.events import Result
from yuelai.channels.callback.model import Callback
from yuelai.interactions.model import Tenant
from yuelai.routing.events import Offer
from yuelai.routing.model import Queue


class Rows(Protocol):
    """The table. Raises `Unavailable`."""

    async def open(self) -> Sequence[Callback]: ...

    async def of(self, ids: Sequence[UUID]) -> Sequence[Callback]: ...


class Hours(Protocol):
    def next_opening(self, calendar_id: UUID | None, now: datetime) -> datetime | None:
        """Return `now` while it is open (always, without a calendar), else when it opens; None: never."""
        ...


class Errand(Protocol):
    """What a call to a customer is made for, as its actor tells how far it has come. The actor calls each step once at
    most, in their order, and `over` or `dropped` at last."""

    @property
    def callback_id(self) -> UUID | None:
        """None for a call that an agent makes of their own accord."""
        ...

    async def dialling(self) -> None:
        """The customer is about to be called; returns when that is safe against the process's death."""
        ...

    async def over(self, result: Result, agent_id: UUID) -> None:
        """What became of it; `ANSWERED` as soon as the customer has answered."""
        ...

    async def dropped(self) -> None:
        """The call has ended without a result: nobody has been called."""
        ...


class Calls(Protocol):
    """Makes the actors of calls that go out: `channels.voice`."""

    def call_back(self, callback: Callback, tenant: Tenant, queue: Queue, offer: Offer, errand: Errand) -> bool:
        """An agent is offered this callback; the actor lives under the offer's interaction id and hears routing's
        signals from now on. False when no more calls can be made."""
        ...

    def recall(self, interaction_id: UUID) -> None:
        """The callback is wanted no more: the call ends, unless the customer is being called already."""
        ...
