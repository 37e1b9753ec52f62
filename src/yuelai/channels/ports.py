"""What the channels need from rooms they may not import; `bootstrap` binds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from yuelai.interactions.model import Tenant
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import InteractionId, LegId, RecordingId
from yuelai.telephony.ports import Destination

if TYPE_CHECKING:
    from yuelai.channels.messages import Actor
    from yuelai.routing.events import RoutingSignal


@dataclass(frozen=True)
class FlowOutcome:
    """How a flow ended: to a queue (its code), to a number outside, or over, `served` or not."""

    queue: str | None = None
    served: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    number: str | None = None


@dataclass(frozen=True)
class Entry:
    """What an access number leads to: whose calls they are, and the flow that answers. A call keeps its own to the end,
    whatever becomes of the number meanwhile. Only `Flows.run` looks into `flow`."""

    tenant: Tenant
    flow: Any
    early: bool = False
    """The caller hears us before being answered, until an agent answers or keys are asked for."""


class Flows(Protocol):
    def entry(self, called: str) -> Entry | None:
        """Return where the access number leads, None for one that is not ours."""
        ...

    async def run(self, entry: Entry, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        """Walk the flow. `dialogue` satisfies `flows.ports.Dialogue`."""
        ...

    left: type[Exception]
    """What a dialogue raises once its customer has gone."""

    async def files(self, tenant_id: UUID, utterances: Sequence[Any], language: str) -> list[Path]:
        """Return the sound files that say the utterances to a tenant's callers; texts are spoken first, which may take
        its time."""
        ...


@dataclass(frozen=True)
class Identified:
    """`match` is new, one, several or withheld (the caller hides their number); `cards` as in the live documents, best
    first."""

    match: str
    cards: Sequence[Mapping[str, Any]]
    previous: UUID | None = None
    """The interaction within a day that this one goes on from: of the same customer or number."""


class Customers(Protocol):
    async def identify(self, tenant_id: UUID, ani: str) -> Identified: ...

    async def card(self, tenant_id: UUID, customer_id: UUID) -> Mapping[str, Any]:
        """Raises `platform.errors.NotFound`."""
        ...


class Capture(Protocol):
    """Recording of one leg, by the recordings room."""

    async def start(self, interaction_id: InteractionId, tenant_id: UUID, leg: LegId) -> RecordingId: ...

    async def pause(self, recording_id: RecordingId, paused: bool) -> None:
        """Keep nothing of either side while paused. Raises MediaError."""
        ...

    async def stop(self, recording_id: RecordingId) -> int:
        """Return the length in milliseconds."""
        ...

    async def cut(self, recording_id: RecordingId) -> int:
        """Record no more and return the length in milliseconds; `stop` or `discard` says what becomes of it. Raises
        MediaError."""
        ...

    async def discard(self, recording_id: RecordingId) -> None:
        """End it, if it still runs, and keep nothing of it. Raises MediaError and refusals of the journal."""
        ...


class Relations(Protocol):
    async def preferred(self, tenant_id: UUID, customer_id: UUID) -> Sequence[tuple[UUID, str]]:
        """Return the agents who should serve a customer, first ones first, each with why (`manager`, `last_agent`)."""
        ...


@dataclass(frozen=True)
class Closing:
    """Why nobody is there. `opens_at` is in the queue's own time zone, None when nobody knows."""

    holiday: bool
    opens_at: datetime | None


class Hours(Protocol):
    def closing(self, calendar_id: UUID | None, now: datetime) -> Closing | None:
        """Return None while it is open."""
        ...


@dataclass(frozen=True)
class Owed:
    """Who is to be called back, and for what. `number` as it is dialled, empty when it was withheld; `queue` is a code.

    `since` is when the customer began to wait: the place that is kept. `due_at` None is as soon as there is an agent.
    """

    tenant_id: UUID
    number: str
    queue: str
    since: datetime
    interaction_id: UUID | None = None
    """The contact it comes from, shown to the agent as the one before."""
    customer_id: UUID | None = None
    language: str = "zh-CN"
    due_at: datetime | None = None
    agent_id: UUID | None = None
    """The only agent who is to call, for a while, then the one who is preferred: a follow-up of one's own."""


class Callbacks(Protocol):
    """Calls that we owe to customers: `channels.callback.keeper.Keeper`. Both return when nothing can lose them, with
    PostgreSQL away as well, and the customer may hang up then."""

    async def book(self, owed: Owed) -> UUID:
        """Return the callback's id; that of the one which waits already for that number and queue, if one does.

        Raises `channels.callback.errors.NoNumber`, `NoSuchQueue` of routing, `Unavailable`.
        """
        ...

    async def voicemail(self, owed: Owed, recording_id: UUID, seconds: float) -> UUID:
        """A message was left, to be heard and called back. Without a number it is only heard. Raises `NoSuchQueue`,
        `Unavailable`."""
        ...

    async def served(self, tenant_id: UUID, number: str, *, called: bool = False) -> None:
        """A customer has called in and was answered, or has been `called` and has answered: what is owed to that number
        is done, but for calls agreed upon for later."""
        ...


class NotAllowedOutside(Refusal):
    """This number may not be called from here."""

    status = 403
    code = "number_not_allowed"


@dataclass(frozen=True)
class OutsideLine:
    """A call to a number outside that may be made now: it counts already, so `over` must be called in any case."""

    number: str
    stages: Sequence[Sequence[Destination]]
    caller: str
    longest: float | None
    """Seconds it may last before a limit of the day is reached; None: as long as it likes."""
    so_far: Callable[[UUID | None, float], bool]
    """Trunk, and seconds of talk until now; false when a limit is used up meanwhile and it has to end."""
    over: Callable[[UUID | None, float], None]
    """Trunk, and seconds of talk in all, 0 when nobody answered."""


class Outside(Protocol):
    """Numbers outside, as far as the toll rules let a seat or trunk call them, by the trunks that are best."""

    def line(
        self, number: str, *, caller: str, caller_name: str = "", seat: str = "", trunk: UUID | None = None
    ) -> OutsideLine:
        """`seat` is the work number of the agent who wants it; without one `trunk` is whose call goes out again.

        Raises `NotAllowedOutside`, telephony's `NoTrunk` and `TrunksFull`.
        """
        ...


class Channel(Protocol):
    """One way by which customers come: voice, and later chat, mail and so on. All of its contacts are interactions,
    recorded, routed and wrapped up alike (`channels.contact`); `channels.actors.Actors` has most of it ready."""

    name: str
    """As in `interaction.started` and `Wishes.channel`."""
    verbs: frozenset[str]
    """What screens may ask of its contacts beside what is common to all (`Contact.verbs`)."""

    def __len__(self) -> int:
        """Contacts that live now."""
        ...

    def owns(self, interaction_id: UUID) -> bool:
        """Is it one of the contacts that live now?"""
        ...

    def ids(self) -> Sequence[UUID]:
        """Return the interactions that live now."""
        ...

    def agents_of(self, interaction_id: UUID) -> Collection[UUID]:
        """Return who has this contact of ours: rings, serves, is asked about it, or wraps up."""
        ...

    async def let_go(self, interaction_id: UUID, agent_id: UUID) -> None:
        """Routing does not know that this agent has this contact of ours: they have it no more."""
        ...

    def on_signal(self, signal: RoutingSignal) -> None:
        """Routing speaks about a contact of ours."""
        ...

    def on_wrapup_over(self, interaction_id: UUID, agent_id: UUID) -> None:
        """The time of an agent's wrap-up is over, or the agent has moved on."""
        ...

    def customer_created(self, tenant_id: UUID) -> None:
        """Somebody became known to the tenant: strangers may be known now."""
        ...

    async def command(self, name: str, actor: Actor, interaction_id: UUID, arguments: Mapping[str, Any]) -> Any:
        """Carry out a screen's request. Raises its refusal."""
        ...

    async def close(self) -> None:
        """End every contact truthfully; take no new ones."""
        ...
