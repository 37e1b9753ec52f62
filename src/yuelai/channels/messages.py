"""What the actor of a contact finds in its mailbox on any channel, and what it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.channels.ports import Identified
from yuelai.platform.errors import Refusal


@dataclass(frozen=True)
class CustomerKnown:
    """Identification answered."""

    result: Identified


@dataclass(frozen=True)
class StrangersMayBeKnown:
    """A customer was created: a caller nobody knew may be that one."""


@dataclass(frozen=True)
class WrapUpOver:
    """The agent's wrap-up ended: by its time or because the agent moved on."""

    agent_id: UUID


@dataclass(frozen=True)
class Shutdown:
    """The process is stopping."""


@dataclass(frozen=True)
class Actor:
    """Who asks: a person and what they may do."""

    person_id: UUID
    number: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class Command:
    """A request of a screen; the future gets the result or the refusal."""

    name: str
    actor: Actor
    arguments: Mapping[str, Any]
    done: asyncio.Future[Any] = field(compare=False)

    def refuse(self, refusal: Refusal) -> None:
        if not self.done.done():
            self.done.set_exception(refusal)


class NotYourContact(Refusal):
    """This contact is with somebody else."""

    status = 403
    code = "not_your_interaction"


class NotPossibleNow(Refusal):
    """The call is not in a state for this."""

    status = 409
    code = "wrong_call_state"


class NoSuchContact(Refusal):
    """This contact is over or does not exist."""

    status = 404
    code = "interaction_not_live"
