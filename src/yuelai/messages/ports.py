"""What messages needs of others: whoever carries texts to telephones, and who may see a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.messages.encoding import Piece
from yuelai.messages.model import PartState

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Tag:
    """Which part of which message; the first is 1."""

    message_id: UUID
    number: int


@dataclass(frozen=True)
class Submission:
    """A part on its way to a telephone (`to` in E.164). `reference` (16 bits) may come back with the receipt; who has
    not delivered it within `valid` need not."""

    tag: Tag
    to: str
    piece: Piece
    reference: int
    valid: timedelta


class Verdict(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    """For good."""
    LATER = "later"
    """It may go another time."""
    THROTTLED = "throttled"
    """We are too fast."""
    LOST = "lost"
    """Written, and then the connection went without an answer."""
    UNTRIED = "untried"
    """Never written."""


@dataclass(frozen=True)
class Answered:
    """What became of a submission; `provider_id` when it was taken."""

    tag: Tag
    verdict: Verdict
    provider_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a provider says became of a part: delivered, failed, or sent (still on its way). `token` is the provider's
    own, by which it is told that we have it; `to` is in E.164."""

    token: int
    provider_id: str
    to: str
    reference: int | None
    state: PartState
    reason: str = ""


Event = Answered | Receipt


class NotConnected(Exception):
    """The provider cannot be reached, or will not have us."""


class SessionOver(Exception):
    """The connection has ended; everything it knew has been told."""


class Session(Protocol):
    """One connection to a provider."""

    @property
    def room(self) -> int:
        """How many more parts may be under way."""
        ...

    @property
    def under_way(self) -> int:
        """How many parts wait for an answer."""
        ...

    async def wait_room(self) -> None:
        """Wait until there is room. Raises `SessionOver`."""
        ...

    def submit(self, submission: Submission) -> None:
        """Raises `SessionOver`, in which case nothing was written."""
        ...

    async def events(self) -> Sequence[Event]:
        """Wait for the next ones, in the order they came. At the end what was under way is `LOST`; then raises
        `SessionOver`."""
        ...

    def confirm(self, receipt: Receipt) -> None:
        """We have it for good; a provider that does not hear so tells it again."""
        ...

    async def close(self) -> None: ...


class SmsProvider(Protocol):
    async def connect(self) -> Session:
        """Raises `NotConnected`."""
        ...


class Contacts(Protocol):
    """Bound where the app is made (`app.state.seen_contacts`)."""

    async def __call__(self, conn: Connection, principal: Principal, interaction_id: UUID) -> bool:
        """Tell whether this person may read the contact's page."""
        ...
