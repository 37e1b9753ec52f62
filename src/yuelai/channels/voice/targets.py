"""Where a customer is to go, or who is to be asked: a colleague, a queue, a number of ours or one outside."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.channels.ports import Entry, NotAllowedOutside, OutsideLine
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import NoSuchAgent, NoSuchQueue
from yuelai.routing.model import Agent, Queue
from yuelai.routing.state import serves

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall


class NoTarget(Refusal):
    """It does not say to whom: an agent, a queue or a number."""

    status = 422
    code = "no_target"


class NotToYourself(Refusal):
    """This contact is with that agent already."""

    status = 409
    code = "agent_has_it"


@dataclass(frozen=True)
class ToAgent:
    agent_id: UUID
    number: str

    def told(self) -> dict[str, str]:
        return {"agent": self.number}


@dataclass(frozen=True)
class ToQueue:
    queue: Queue

    def told(self) -> dict[str, str]:
        return {"queue": self.queue.code}


@dataclass(frozen=True)
class ToFlow:
    """An access number of ours."""

    number: str
    entry: Entry

    def told(self) -> dict[str, str]:
        return {"access": self.number}


@dataclass(frozen=True)
class ToNumber:
    number: str

    def told(self) -> dict[str, str]:
        return {"number": self.number}


Target = ToAgent | ToQueue | ToFlow | ToNumber


def target(call: VoiceCall, to: Mapping[str, Any]) -> Target:
    """Read `{agent: number}`, `{queue: code}` or `{number: …}`. Raises `NoSuchAgent`, `NoSuchQueue`, `NoTarget`."""
    routing, tenant_id = call.services.routing, call.tenant.id
    match to:
        case {"agent": str(number)}:
            agent = _colleague(call, number)
            if agent is None:
                raise NoSuchAgent
            return ToAgent(agent.id, agent.number)
        case {"queue": str(code)}:
            return ToQueue(routing.queue(code, tenant_id))
        case {"number": str(number)} if number:
            return dialled(call, number)
    raise NoTarget


def _colleague(call: VoiceCall, number: str) -> Agent | None:
    """Return who has this work number, if they work for the contact's tenant."""
    agent = call.services.routing.agents_of_number(number)
    return agent if agent is not None and serves(agent, call.tenant.id) else None


def dialled(call: VoiceCall, number: str) -> Target:
    """What a telephone would reach by these digits: a colleague, a queue's code, a number of ours, else outside."""
    routing, tenant_id = call.services.routing, call.tenant.id
    agent = _colleague(call, number)
    if agent is not None:
        return ToAgent(agent.id, agent.number)
    with contextlib.suppress(NoSuchQueue):
        return ToQueue(routing.queue(number, tenant_id))
    entry = call.services.flows.entry(number)
    if entry is not None and entry.tenant.id == tenant_id:
        return ToFlow(number, entry)
    return ToNumber(number)


def line(call: VoiceCall, number: str, seat: str = "") -> OutsideLine:
    """A line outside for the contact, on the account of the agent at `seat`, else of the trunk it came by.

    Raises `NotAllowedOutside`, and telephony's refusals when no trunk can be had.
    """
    outside = call.services.outside
    if outside is None:
        raise NotAllowedOutside
    trunk = call.customer.trunk_id if call.customer is not None else None
    return outside.line(number, caller=call.called, seat=seat, trunk=None if seat else trunk)
