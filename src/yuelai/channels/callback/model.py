"""One callback, and what follows from an attempt: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from yuelai.channels.callback.events import Kind, Result, State

MOST_ATTEMPTS = 3

RETRY: dict[Result, timedelta] = {
    Result.BUSY: timedelta(minutes=5),
    Result.NO_ANSWER: timedelta(minutes=30),
    Result.REFUSED: timedelta(minutes=30),
    Result.UNREACHABLE: timedelta(minutes=30),
    Result.GIVEN_UP: timedelta(minutes=5),
    Result.INTERRUPTED: timedelta(minutes=1),
}
"""How long until the next attempt; what is not named is not tried again."""

SOON = timedelta(minutes=1)
"""A time nearer than this is not an appointment: the place in the queue counts."""

_DIALLABLE = re.compile(r"\+?[0-9]{3,20}")


def diallable(number: str) -> str | None:
    """Return the number without separators, or None for what cannot be dialled: withheld, a name, empty."""
    plain = re.sub(r"[\s\-()./]", "", number)
    return plain if _DIALLABLE.fullmatch(plain) else None


@dataclass(frozen=True)
class Callback:
    """As the row has it; `number` is empty when it was withheld."""

    id: UUID
    tenant_id: UUID
    kind: Kind
    queue_id: UUID
    number: str
    language: str
    since: datetime
    booked_at: datetime
    due_at: datetime
    state: State = State.WAITING
    interaction_id: UUID | None = None
    customer_id: UUID | None = None
    recording_id: UUID | None = None
    message_ms: int | None = None
    agent_id: UUID | None = None
    attempts: int = 0
    max_attempts: int = MOST_ATTEMPTS
    last_result: Result | None = None
    version: int = 1

    @property
    def place(self) -> datetime:
        """Since when it counts as waiting: the place kept, until it was put off."""
        kept = self.attempts == 0 and self.due_at <= self.booked_at + SOON
        return self.since if kept else self.due_at

    def appointed(self, now: datetime) -> bool:
        """True for a call agreed upon for a time that has not come: whoever is spoken to before expects it still."""
        return self.attempts == 0 and self.due_at > max(now, self.booked_at + SOON)

    @property
    def outbound(self) -> bool:
        """True for what waits until no customer does: nobody is waiting at the phone for these."""
        return self.kind is not Kind.CALLBACK or self.agent_id is not None

    @property
    def callable(self) -> bool:
        """False for a message without a number: it can be heard only."""
        return self.state is State.WAITING and diallable(self.number) is not None

    def moved(self, state: State, **changes: object) -> Callback:
        return replace(self, state=state, version=self.version + 1, **changes)  # type: ignore[arg-type]

    def after(self, result: Result, now: datetime) -> Callback:
        """Return what it is once an attempt has ended so, or once none is needed any more."""
        if result in (Result.CALLED_IN, Result.HEARD):
            return self.moved(State.DONE, last_result=result)
        attempts = self.attempts + 1
        if result is Result.ANSWERED:
            return self.moved(State.DONE, attempts=attempts, last_result=result)
        pause = RETRY.get(result)
        if pause is None or attempts >= self.max_attempts:
            return self.moved(State.FAILED, attempts=attempts, last_result=result)
        return self.moved(State.WAITING, attempts=attempts, last_result=result, due_at=now + pause)
