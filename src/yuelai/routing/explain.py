"""Why this agent: what was considered, in which order, and what decided. Kept with the offer (B8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from yuelai.routing.matching import head_start
from yuelai.routing.model import Agent, Contact, Queue

SHOWN = 5
"""How many candidates are named; the rest are counted."""


def chosen_agent(
    contact: Contact, queue: Queue, first: Sequence[Agent], considered: int, now: datetime
) -> dict[str, Any]:
    """A contact found agents free. `first` are the first of them in the order of the queue's strategy."""
    return {
        "chosen": "agent",
        **_contact(contact, queue, now),
        "strategy": queue.strategy,
        "considered": considered,
        "candidates": [_candidate(agent, queue, now) for agent in first],
        "decided_by": queue.strategy if considered > 1 else "only_agent_free",
    }


def chosen_contact(
    contact: Contact, queue: Queue, agent: Agent, heads: Sequence[tuple[Contact, Queue]], now: datetime
) -> dict[str, Any]:
    """An agent became free while contacts waited. `heads` are the first of each of the agent's queues, in order."""
    return {
        "chosen": "contact",
        **_contact(contact, queue, now),
        "strategy": queue.strategy,
        "considered": 1,
        "candidates": [_candidate(agent, queue, now)],
        "decided_by": "first_agent_to_become_free",
        "queues": [
            {"queue": other.code, "waited_seconds": _seconds(head.enqueued_at, now), "class": head.customer_class}
            for head, other in heads[:SHOWN]
        ],
    }


def _contact(contact: Contact, queue: Queue, now: datetime) -> dict[str, Any]:
    return {
        "queue": queue.code,
        "customer_class": contact.customer_class,
        "head_start_seconds": head_start(contact.customer_class, queue.priority),
        "waited_seconds": _seconds(contact.enqueued_at, now),
        "offer": contact.offers,
    }


def _candidate(agent: Agent, queue: Queue, now: datetime) -> dict[str, Any]:
    return {
        "number": agent.number,
        "level": agent.levels[queue.id],
        "idle_seconds": _seconds(agent.idle_since, now),
    }


def _seconds(since: datetime, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 3)
