"""The order of candidates: one strategy a function, and the order in which waiting contacts are served.

Both orders are keys that do not change while their owner waits, so that a queue can keep itself sorted and a decision
looks only at heads. Smaller keys come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from yuelai.routing.model import Agent

Key = tuple[Any, ...]
Strategy = Callable[[Agent, UUID], Key]
"""Sort key of an agent for a queue; constant while the agent stays ready."""


def longest_idle(agent: Agent, queue_id: UUID) -> Key:
    """Whoever has been free longest."""
    return (agent.idle_since,)


def best_skill(agent: Agent, queue_id: UUID) -> Key:
    """Whoever is best at it; among equals, whoever has been free longest."""
    return (-agent.levels[queue_id], agent.idle_since)


STRATEGIES: Mapping[str, Strategy] = MappingProxyType({"longest_idle": longest_idle, "best_skill": best_skill})

CLASS_HEAD_START: Mapping[str, float] = MappingProxyType({"vip": 600.0, "gold": 180.0, "silver": 60.0, "normal": 0.0})
"""Seconds a customer of each class is taken to have waited already."""

PRIORITY_HEAD_START = 60.0
"""Seconds of head start for each point of a queue's priority."""


def head_start(customer_class: str, queue_priority: int) -> float:
    """Return seconds; an unknown class counts as normal."""
    return CLASS_HEAD_START.get(customer_class, 0.0) + PRIORITY_HEAD_START * queue_priority


def virtual_arrival(enqueued_at: datetime, customer_class: str, queue_priority: int) -> float:
    """Return when (Unix seconds) the contact is taken to have come.

    All contacts age alike, so their order never changes while they wait, and nobody starves: a contact can be
    overtaken only by those who came within the largest head start after it.
    """
    return enqueued_at.timestamp() - head_start(customer_class, queue_priority)
