"""The live document `interaction/{id}`: its shape, its audience, and the extras the owner of the contact adds.

Shape and audience are those of docs/architecture.md. Every publish makes a fresh document: the store's values are
never mutated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yuelai.interactions.events import Role, SegmentKind, SegmentStarted, TrailNoted
from yuelai.interactions.model import Interaction, Stage, Tenant
from yuelai.interactions.parties import Participant
from yuelai.interactions.texts import with_number
from yuelai.platform.live import NOWHERE, Document, LiveStore, Place, watching

WATCHES_CALLS = ("supervision.view", "interactions.read.all")
"""What one must have to see live interactions that are with others."""


_TOLD = frozenset({SegmentKind.TALK, SegmentKind.HOLD, SegmentKind.CONSULT, SegmentKind.CONFERENCE, SegmentKind.DIAL})

Holder = tuple[UUID, str, Place]
"""An agent, their number, and where they work for the contact's tenant."""


def instant(at: datetime | None) -> str | None:
    """Return ISO 8601, as all instants travel to screens."""
    return at.isoformat() if at else None


class LiveInteraction:
    """Setters change one extra each and publish; `publish` alone shows the state of the model again."""

    def __init__(self, live: LiveStore, interaction: Interaction, tenant: Tenant, *, ani: str, dnis: str) -> None:
        self._live, self._interaction, self._tenant = live, interaction, tenant
        self._ani, self._dnis = ani, dnis
        self._queue: dict[str, Any] | None = None
        self._holders: list[Holder] = []
        self._known: dict[UUID, tuple[str, str]] = {}
        self._party_states: dict[UUID, str] = {}
        self._wrapup_until: dict[UUID, datetime | None] = {}
        self._customer: dict[str, Any] | None = None
        self._candidates: list[dict[str, Any]] = []
        self._until: datetime | None = None
        self._recording = self._recording_paused = False
        self._path: list[dict[str, Any]] = []
        self._why: dict[str, Any] = {"collected": {}, "queue_wait": None, "explanation": None}
        self._trail: list[dict[str, Any]] = []

    @property
    def key(self) -> str:
        return f"interaction/{self._interaction.id}"

    def queue(self, queue: Mapping[str, Any] | None) -> None:
        """`{id, code, name}` of the queue it waits in or came from."""
        self._queue = dict(queue) if queue else None
        self.publish()

    def holders(self, holders: Sequence[Holder]) -> None:
        """Agents who may see it from now on, as the leaders of their places may; the first is in charge. Those it is
        offered to, who hold it and who wrap it up; nobody takes it from all screens."""
        self._holders = list(holders)
        self.publish()

    def knows(self, participant_id: UUID, number: str, name: str) -> None:
        """What screens call a participant; the next publish shows it."""
        self._known[participant_id] = (number, name)

    def party(self, participant_id: UUID, state: str) -> None:
        """How it stands with a participant: ringing, talking, hold, waiting, listening …"""
        self._party_states[participant_id] = state
        self.publish()

    def wrapup_until(self, agent_id: UUID, at: datetime | None) -> None:
        """When this agent's wrap-up ends by itself."""
        self._wrapup_until[agent_id] = at
        self.publish()

    def step(self, node: str, kind: str, label: str | None = None, key: str | None = None) -> None:
        """One more step of the flow's path (`why.path`)."""
        self._path = [*self._path, {"node": node, "kind": kind, "label": label, "key": key}]
        self.publish()

    def why(self, **parts: Any) -> None:
        """Set parts of `why`: collected (mapping), queue_wait (seconds), explanation (routing's)."""
        unknown = parts.keys() - self._why.keys()
        if unknown:
            raise TypeError(f"no such part of why: {', '.join(sorted(unknown))}")
        self._why = {**self._why, **parts}
        self.publish()

    def recording(self, on: bool, *, paused: bool = False) -> None:
        self._recording, self._recording_paused = on, paused
        self.publish()

    def until(self, at: datetime | None) -> None:
        """When ringing or wrap-up ends by itself."""
        self._until = at
        self.publish()

    def identified(self, match: str, cards: Sequence[Mapping[str, Any]]) -> None:
        """Keep the cards; the next publish shows them."""
        copies = [dict(card) for card in cards]
        self._customer = copies[0] if match in ("one", "chosen") else None
        if match != "chosen" or not self._candidates:
            self._candidates = copies

    def noted(self, fact: TrailNoted, private: Mapping[str, str]) -> None:
        """Add a line of the trail; the next publish shows it."""
        data, text = with_number(fact.data, private.get("number")), private.get("text", "")
        line = {"at": instant(fact.at), "kind": fact.kind, "actor": fact.actor, "data": data, "text": text}
        self._trail = [*self._trail, line]

    def began(self, fact: SegmentStarted) -> None:
        """What becomes of the customer in a talk stands in the live trail, too; in PostgreSQL these are segments, and
        are not kept twice."""
        if fact.kind in _TOLD:
            data = {"segment": fact.kind.value}
            line = {"at": instant(fact.at), "kind": "segment", "actor": "system", "data": data, "text": ""}
            self._trail = [*self._trail, line]

    def publish(self) -> None:
        if self._interaction.stage == Stage.CLOSED:
            self._live.remove(self.key)
        elif self._interaction.started_at is not None:
            self._live.put(self.key, self.document(), self.audience())

    def audience(self) -> frozenset[str]:
        """It shows the customer's card: watching a live board alone is not enough to see it."""
        groups: set[str] = set(watching(self._tenant.id, NOWHERE, *WATCHES_CALLS)) if not self._holders else set()
        for agent_id, _, place in self._holders:
            groups |= {f"person:{agent_id}"} | watching(self._tenant.id, place, *WATCHES_CALLS)
        return frozenset(groups)

    def _participants(self) -> list[dict[str, Any]]:
        one = self._interaction
        customer = {
            "id": str(one.id),
            "role": Role.CUSTOMER.value,
            "agent_id": None,
            "number": self._dnis if one.direction == "out" else self._ani,
            "name": str((self._customer or {}).get("name") or ""),
            "state": one.stage.shown,
            "since": instant(one.started_at),
        }
        standing = [] if one.ended_at else one.parties.standing()
        return [*([] if one.ended_at else [customer]), *(self._party(each) for each in standing)]

    def _party(self, each: Participant) -> dict[str, Any]:
        number, name = self._known.get(each.id, ("", ""))
        held = next((holder[1] for holder in self._holders if holder[0] == each.agent_id), "")
        usual = "talking" if each.role in (Role.AGENT, Role.LEADER) else "ringing"
        return {
            "id": str(each.id),
            "role": each.role.value,
            "agent_id": str(each.agent_id) if each.agent_id else None,
            "number": number or held,
            "name": name,
            "state": self._party_states.get(each.id, usual),
            "since": instant(each.joined_at),
        }

    def _wrapups(self) -> list[dict[str, Any]]:
        return [
            {
                "agent_id": str(each.agent_id),
                "since": instant(each.started_at),
                "until": instant(
                    self._wrapup_until.get(each.agent_id, self._until if self._interaction.ended_at else None)
                ),
            }
            for each in self._interaction.parties.wrapups
            if each.stands
        ]

    def document(self) -> Document:
        one = self._interaction
        return {
            "id": str(one.id),
            "tenant": self._tenant.reference(),
            "trail_no": one.trail_no,
            "channel": one.channel,
            "direction": one.direction,
            "state": one.stage.shown,
            "ani": self._ani,
            "dnis": self._dnis,
            "queue": self._queue,
            "agent_id": str(self._holders[0][0]) if self._holders else None,
            "agent_number": self._holders[0][1] or None if self._holders else None,
            "holders": [{"agent_id": str(agent_id), "number": number} for agent_id, number, _ in self._holders],
            "participants": self._participants(),
            "wrapups": self._wrapups(),
            "match": one.match,
            "customer": self._customer,
            "candidates": self._candidates,
            "started_at": instant(one.started_at),
            "state_since": instant(one.state_since),
            "answered_at": instant(one.answered_at),
            "until": instant(self._until),
            "recording": self._recording,
            "recording_paused": self._recording_paused,
            "why": {"path": self._path, **self._why},
            "trail": self._trail,
        }
