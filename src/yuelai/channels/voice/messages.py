"""What the actor of a call finds in its mailbox besides leg, media and routing events."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.channels.messages import Actor as Actor
from yuelai.channels.messages import Command as Command
from yuelai.channels.messages import CustomerKnown as CustomerKnown
from yuelai.channels.messages import NoSuchContact as NoSuchCall
from yuelai.channels.messages import NotPossibleNow as NotPossibleNow
from yuelai.channels.messages import NotYourContact as NotYourCall
from yuelai.channels.messages import Shutdown as Shutdown
from yuelai.channels.messages import StrangersMayBeKnown as StrangersMayBeKnown
from yuelai.channels.messages import WrapUpOver as WrapUpOver
from yuelai.channels.ports import FlowOutcome
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.interactions.events import EndReason
from yuelai.platform.errors import Refusal

__all__ = [
    "Actor", "BadKeys", "CallbackWanted", "Command", "CustomerKnown", "FlowEnded", "MessageWanted", "NoSuchCall",
    "NoSuchParty", "NotPossibleNow", "NotYourCall", "OfferAgain", "Parted", "RejoinOver", "Shutdown",
    "StrangersMayBeKnown", "WrapUpOver",
]  # fmt: skip


@dataclass(frozen=True)
class FlowEnded:
    """The flow task is over; `failed` when it broke."""

    outcome: FlowOutcome | None
    failed: bool = False


@dataclass(frozen=True)
class RejoinOver:
    """The agent whose page had gone has had time enough to come back; `last` when a rejoin has rung that long, too."""

    party: AgentParty
    last: bool = False


@dataclass(frozen=True)
class OfferAgain:
    """There was no sound for an agent; by now there may be."""


@dataclass(frozen=True)
class CallbackWanted:
    """Who waits would rather be called back at this number, and has confirmed it."""

    number: str


@dataclass(frozen=True)
class MessageWanted:
    """Who waits would rather leave a message."""


@dataclass(frozen=True)
class Parted:
    """All has been said to who is not served by an agent."""

    reason: EndReason


class NoSuchParty(Refusal):
    """Nobody of that id takes part in this call."""

    status = 404
    code = "no_such_participant"


class BadKeys(Refusal):
    """Keys are 0 to 9, *, # and A to D, 64 at most."""

    status = 422
    code = "bad_keys"
