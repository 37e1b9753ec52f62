"""Who takes part in one interaction beside its customer, from when to when, and whose wrap-up is open: pure state.

Participations overlap freely, unlike segments. An agent's begins when they are joined to the customer, not when their
phone rings, and with its end their wrap-up begins: every agent who talked has one, also while a colleague talks on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from yuelai.interactions.errors import IllegalStep
from yuelai.interactions.events import ParticipantJoined, ParticipantLeft, Role, WrappedUp


@dataclass(frozen=True)
class Participant:
    """One participation; `left_at` is None while it lasts. Who comes again takes part a second time."""

    id: UUID
    role: Role
    joined_at: datetime
    agent_id: UUID | None = None
    left_at: datetime | None = None
    reason: str | None = None

    @property
    def stands(self) -> bool:
        return self.left_at is None


@dataclass(frozen=True)
class WrapUp:
    """`ended_at` is None while it lasts."""

    agent_id: UUID
    started_at: datetime
    ended_at: datetime | None = None
    disposition: str | None = None

    @property
    def stands(self) -> bool:
        return self.ended_at is None


@dataclass
class Parties:
    participants: list[Participant] = field(default_factory=list)
    wrapups: list[WrapUp] = field(default_factory=list)

    def standing(self, *roles: Role) -> list[Participant]:
        """Those who take part now, in these roles or any, in the order they came."""
        return [one for one in self.participants if one.stands and (not roles or one.role in roles)]

    def of_agent(self, agent_id: UUID, *roles: Role) -> Participant | None:
        """The participation of that person that lasts, if one does."""
        return next((one for one in self.standing(*roles) if one.agent_id == agent_id), None)

    def wrapping(self) -> list[UUID]:
        """Agents whose wrap-up is open, who left last at the end."""
        return [one.agent_id for one in self.wrapups if one.stands]

    def disposition(self) -> str | None:
        """Of several agents' dispositions that of who left the customer last."""
        return next((one.disposition for one in reversed(self.wrapups) if one.disposition is not None), None)

    def join(self, fact: ParticipantJoined) -> None:
        """Raises `IllegalStep` for who takes part already, and for an agent without a name."""
        if fact.role is Role.CUSTOMER:
            raise IllegalStep("the customer takes part from start to end, without a fact of their own")
        if fact.role is not Role.THIRD and fact.agent_id is None:
            raise IllegalStep(f"which {fact.role.value} joins?")
        if any(one.id == fact.participant_id for one in self.participants):
            raise IllegalStep("a participation begins once")
        if fact.agent_id is not None and self.of_agent(fact.agent_id) is not None:
            raise IllegalStep("this person takes part already")
        self.participants.append(Participant(fact.participant_id, fact.role, fact.at, fact.agent_id))
        if fact.role is Role.AGENT:
            # Who serves the customer again has nothing to wrap up yet.
            self.wrapups = [_over(one, fact.at) if one.agent_id == fact.agent_id else one for one in self.wrapups]

    def leave(self, fact: ParticipantLeft) -> None:
        self._leave(fact.participant_id, fact.at, fact.reason)

    def all_leave(self, at: datetime, in_charge: UUID | None) -> None:
        """The customer's part is over: nobody takes part in what is no more. Who was in charge goes last."""
        for one in sorted(self.standing(), key=lambda one: one.agent_id == in_charge):
            self._leave(one.id, at, "ended")

    def wrap_up(self, fact: WrappedUp) -> None:
        for index, one in enumerate(self.wrapups):
            if one.stands and one.agent_id == fact.agent_id:
                self.wrapups[index] = _over(one, fact.at, fact.disposition)
                return
        raise IllegalStep("this agent has nothing to wrap up")

    def _leave(self, participant_id: UUID, at: datetime, reason: str) -> None:
        for index, one in enumerate(self.participants):
            if one.stands and one.id == participant_id:
                self.participants[index] = replace(one, left_at=at, reason=reason)
                if one.role is Role.AGENT and one.agent_id is not None:
                    self.wrapups.append(WrapUp(one.agent_id, at))
                return
        raise IllegalStep("nobody of that id takes part")


def _over(wrapup: WrapUp, at: datetime, disposition: str | None = None) -> WrapUp:
    return replace(wrapup, ended_at=at, disposition=disposition) if wrapup.stands else wrapup
