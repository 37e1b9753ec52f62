"""What the channels need from rooms they may not import; `bootstrap` binds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from yuelai.platform.ids import InteractionId, LegId, RecordingId


@dataclass(frozen=True)
class FlowOutcome:
    """How a flow ended: to a queue (its code), or over, `served` or not."""

    queue: str | None = None
    served: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Flows(Protocol):
    def knows(self, called: str) -> bool:
        """Is there a flow for this access number?"""
        ...

    async def run(self, called: str, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        """Walk the flow of an access number. `dialogue` satisfies `flows.ports.Dialogue`."""
        ...

    fallback_queue: str
    """Where a customer goes whose flow broke."""

    left: type[Exception]
    """What a dialogue raises once its customer has gone."""

    def files(self, utterances: Sequence[Any], language: str) -> list[Path]:
        """Return the sound files that say the utterances."""
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

    async def stop(self, recording_id: RecordingId) -> int:
        """Return the length in milliseconds."""
        ...
