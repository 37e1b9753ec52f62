"""The order of candidates: one strategy a function, and the order in which waiting contacts are served.

Both orders are keys that do not change while their owner waits, so that a queue can keep itself sorted and a decision
looks only at heads. Smaller keys come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yuelai.routing.lanes import Lane
    from yuelai.routing.model import Agent

Key = Any
Strategy = Callable[["Agent", "Lane"], Key]
"""Sort key of an agent for a lane of a queue; constant while the agent stays free."""


def longest_idle(agent: Agent, lane: Lane) -> Key:
    """Whoever has been free longest."""
    return agent.idle_since


def least_occupied(agent: Agent, lane: Lane) -> Key:
    """Whoever had contacts in hand for the smallest share of the session, as of when they became free."""
    return (occupancy(agent), agent.idle_since)


def round_robin(agent: Agent, lane: Lane) -> Key:
    """In turn: whoever was given something of this queue the longest ago."""
    return (lane.pool.turns.get(agent, 0), agent.idle_since)


def most_skilled(agent: Agent, lane: Lane) -> Key:
    """Whoever has the highest levels in the skills that are wanted; then in the queue."""
    return (-skill(agent, lane), -agent.levels[lane.pool.queue.id], agent.idle_since)


def least_skilled_sufficient(agent: Agent, lane: Lane) -> Key:
    """Whoever has just enough of what is wanted, so that the best stay free for what needs them."""
    return (skill(agent, lane), agent.levels[lane.pool.queue.id], agent.idle_since)


def fixed_order(agent: Agent, lane: Lane) -> Key:
    """By the members' places in the queue, always from the first one on."""
    return (agent.positions.get(lane.pool.queue.id, 0), agent.number)


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "longest_idle": longest_idle,
        "least_occupied": least_occupied,
        "round_robin": round_robin,
        "most_skilled": most_skilled,
        "least_skilled_sufficient": least_skilled_sufficient,
        "fixed_order": fixed_order,
        # All at once; who is named first in the explanation is a matter of order only.
        "ring_all": longest_idle,
    }
)


def skill(agent: Agent, lane: Lane) -> int:
    """Return the sum of the agent's levels in the skills the lane wants."""
    return sum(agent.skills.get(skill_id, 0) for skill_id, _ in lane.need.skills)


def occupancy(agent: Agent) -> float:
    """Return the share of the session with something in hand, until the agent last became free; 0 to 1."""
    if agent.signed_in_at is None:
        return 0.0
    session = (agent.idle_since - agent.signed_in_at).total_seconds()
    return round(min(1.0, agent.occupied_seconds / session), 6) if session > 0 else 0.0


CLASS_HEAD_START: Mapping[str, float] = MappingProxyType({"vip": 600.0, "gold": 180.0, "silver": 60.0, "normal": 0.0})
"""Seconds a customer of each class is taken to have waited already."""

CHANNEL_HEAD_START: Mapping[str, float] = MappingProxyType(
    {"voice": 0.0, "video": 0.0, "chat": -30.0, "messaging": -60.0, "sms": -300.0, "email": -600.0, "fax": -600.0}
)
"""Seconds of head start by channel: whoever holds a telephone waits with all their attention."""

PRIORITY_HEAD_START = 60.0
"""Seconds of head start for each point of a queue's priority."""


def head_start(customer_class: str, queue_priority: int, channel: str = "voice", wished: float = 0.0) -> float:
    """Return seconds; an unknown class counts as normal. `wished` is what the contact itself brings."""
    of_channel = CHANNEL_HEAD_START.get(channel, CHANNEL_HEAD_START["email"])
    return CLASS_HEAD_START.get(customer_class, 0.0) + PRIORITY_HEAD_START * queue_priority + of_channel + wished


def virtual_arrival(
    enqueued_at: datetime, customer_class: str, queue_priority: int, channel: str = "voice", wished: float = 0.0
) -> float:
    """Return when (Unix seconds) the contact is taken to have come.

    All contacts age alike, so their order never changes while they wait, and nobody starves: a contact can be
    overtaken only by those who came within the largest head start after it.
    """
    return enqueued_at.timestamp() - head_start(customer_class, queue_priority, channel, wished)
