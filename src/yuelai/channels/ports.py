"""What the channels need from rooms they may not import; `bootstrap` binds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from yuelai.interactions.model import Tenant
from yuelai.platform.ids import InteractionId, LegId, RecordingId


@dataclass(frozen=True)
class FlowOutcome:
    """How a flow ended: to a queue (its code), or over, `served` or not."""

    queue: str | None = None
    served: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What an access number leads to: whose calls they are, and the flow that answers. A call keeps its own to the end,
    whatever becomes of the number meanwhile. Only `Flows.run` looks into `flow`."""

    tenant: Tenant
    flow: Any


class Flows(Protocol):
    def entry(self, called: str) -> Entry | None:
        """Return where the access number leads, None for one that is not ours."""
        ...

    async def run(self, entry: Entry, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        """Walk the flow. `dialogue` satisfies `flows.ports.Dialogue`."""
        ...

    left: type[Exception]
    """What a dialogue raises once its customer has gone."""

    async def files(self, utterances: Sequence[Any], language: str) -> list[Path]:
        """Return the sound files that say the utterances; texts are spoken first, which may take its time."""
        ...


@dataclass(frozen=True)
class Identified:
    """`match` is new, one or several; `cards` as in the live documents, best first."""

    match: str
    cards: Sequence[Mapping[str, Any]]


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
