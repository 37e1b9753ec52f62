"""What a queue is set to do with its contacts: whom it wants, where it sends them, what they are told while they wait.

Plain values, as PostgreSQL keeps them and the engine and the channels read them. Seconds are durations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class SkillWish:
    """A skill that the agent must have (`required`), or is preferred for having, at this level (1 to 5) at least.

    After `relax_after` seconds of waiting the level wanted is `relax_to`; 0 is none at all. None never relaxes; what is
    only preferred must relax.
    """

    skill_id: UUID
    level: int = 1
    required: bool = True
    relax_after: float | None = None
    relax_to: int = 0


class OverflowWhen(StrEnum):
    WAIT = "wait"
    """The contact has waited `limit` seconds."""
    LENGTH = "length"
    """`limit` others wait already when it comes."""
    ESTIMATE = "estimate"
    """It would have to wait `limit` seconds or more, by the estimate when it comes."""
    NOBODY = "nobody"
    """No agent of the queue is signed in (none ready, busy or in a contact)."""
    CLOSED = "closed"
    """Outside the hours of the queue's calendar; `holiday` days are closed, too."""


class OverflowTo(StrEnum):
    QUEUE = "queue"
    """Also (wait) or instead (the others) in the queue with the code `target`."""
    SITE = "site"
    """Agents of other sites, too; before, only those of the contact's own site (wait only)."""
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    MESSAGE = "message"
    """Hear the prompt `target` and be let go."""
    NUMBER = "number"
    """An outside number."""


@dataclass(frozen=True)
class Overflow:
    """One rule; a queue's rules are looked at in their order and the first that holds counts."""

    when: OverflowWhen
    to: OverflowTo
    limit: float = 0.0
    target: str = ""


@dataclass(frozen=True)
class Treatment:
    """What somebody who waits hears; each channel renders what it can. 0 seconds: never."""

    music: str = "queue_music"
    """Name of a prompt."""
    notice: str = ""
    """Prompt said in full before the contact waits: nobody is offered it before its end."""
    greeting: str = ""
    """Prompt said once on entering the queue."""
    announce_every: float = 30.0
    first_announce: float = 10.0
    position: bool = True
    estimate: bool = True
    comfort: tuple[str, ...] = ("still_busy", "call_matters")
    """Prompts said in turn when there is nothing better to say."""
    callback_after: float = 60.0
    """Seconds of waiting after which a call back is offered, the place in the queue being kept."""
    voicemail_after: float = 0.0
    agent_number: bool = False
    """The customer hears the agent's number before the talk."""
