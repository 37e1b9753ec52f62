"""Why it waited, why this agent: kept with the offer and told by the page in sentences (B8). No personal data.

Keys of an explanation (owner of the sentences: the console's interaction page):
- `chosen`: agent (a contact found agents free), contact (an agent became free while contacts waited), person (agents by
  name: asked for, preferred) or everybody (rings at all at once);
- `decided_by`: the strategy, only_agent_free, first_agent_to_become_free, only, last_agent, owner, manager or consult;
- `strategy`, `considered` (how many were free), `candidates`: the first of them in their order, each `{number, level,
  idle_seconds, figure?: {name, value}}`, figure being what the strategy compared when it is not the idle time;
- `queue`, `channel`, `customer_class`, `head_start_seconds`, `waited_seconds`, `offer` (the first, second …);
- `served_by_queue`: when an agent of another queue helps out; `skills`: `[{id, level}]` wanted at that moment;
- `queues` (chosen = contact): what else the agent could have been given, `[{queue, waited_seconds, class}]` in order;
- `met` (when it waited): `{ahead, members, ready, away, busy, offline, ringing, talking, hold, consult, wrapup}` of its
  queue as it came: who was busy; `ready` were free, `away` would have been but for their telephone or what else they
  have in hand; zeros are left out;
- `steps`: `[{why, seconds, …}]` the steps taken while it waited, see `planning.Step`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from yuelai.routing.events import AgentState
from yuelai.routing.matching import head_start, occupancy, skill

if TYPE_CHECKING:
    from yuelai.routing.lanes import Lane, Waiting
    from yuelai.routing.model import Agent, Contact
    from yuelai.routing.planning import Step

SHOWN = 5
"""How many candidates are named; the rest are counted."""


def chosen_agent(contact: Contact, lane: Lane, now: datetime) -> dict[str, Any]:
    """A contact found agents free in a lane."""
    strategy, considered = lane.pool.queue.strategy, len(lane.ready)
    said = {
        "chosen": "everybody" if lane.pool.rings_all else "agent",
        **_contact(contact, now),
        "strategy": strategy,
        "considered": considered,
        "candidates": [_candidate(entry[3], lane, now) for entry in lane.ready[:SHOWN]],
        "decided_by": strategy if considered > 1 else "only_agent_free",
    }
    return _helped(said, contact, lane)


def chosen_in_person(contact: Contact, step: Step, free: Sequence[Agent], now: datetime) -> dict[str, Any]:
    """Somebody by name: asked for, or preferred, and free."""
    return {
        "chosen": "person",
        **_contact(contact, now),
        "considered": len(free),
        "candidates": [{"number": agent.number, "idle_seconds": _seconds(agent.idle_since, now)} for agent in free],
        "decided_by": _reason(step, free[0]),
    }


def chosen_contact(contact: Contact, agent: Agent, heads: Sequence[Waiting], now: datetime) -> dict[str, Any]:
    """An agent became free while contacts waited. `heads` are the first of all that waits for the agent, in order."""
    step = contact.ladder[contact.step]
    said = {
        "chosen": "person" if step.agents else "contact",
        **_contact(contact, now),
        "considered": 1,
        "decided_by": _reason(step, agent) if step.agents else "first_agent_to_become_free",
        "queues": [
            {
                "queue": head.pool.queue.code,
                "waited_seconds": _seconds(head.enqueued_at, now),
                "class": head.customer_class,
            }
            for _, _, _, head in heads[:SHOWN]
            if head.pool is not None
        ],
    }
    lane = next((one for one in contact.lanes if one in agent.entries), None)
    if lane is None:
        said["candidates"] = [{"number": agent.number, "idle_seconds": _seconds(agent.idle_since, now)}]
        return said
    said["strategy"] = lane.pool.queue.strategy
    said["candidates"] = [_candidate(agent, lane, now)]
    return _helped(said, contact, lane)


def asked_by_name(agent: Agent) -> dict[str, Any]:
    """A colleague wants this agent."""
    return {"chosen": "person", "considered": 1, "candidates": [{"number": agent.number}], "decided_by": "consult"}


def met(contact: Contact) -> dict[str, Any]:
    """Return what made a contact wait that has just come to its queue."""
    pool = contact.pool
    assert pool is not None
    states = {state.value: count for state, count in pool.states.items()}
    free = pool.ready
    states |= {AgentState.READY.value: free, "away": states.get(AgentState.READY.value, 0) - free}
    counted = {state: count for state, count in states.items() if count}
    return {"ahead": pool.rank(contact) - 1, "members": len(pool.members), **counted}


def _reason(step: Step, agent: Agent) -> str:
    return next((why for agent_id, why in step.agents if agent_id == agent.id), step.why)


def _helped(said: dict[str, Any], contact: Contact, lane: Lane) -> dict[str, Any]:
    if lane.pool is not contact.pool:
        said["served_by_queue"] = lane.pool.queue.code
    if lane.need.skills:
        said["skills"] = [{"id": str(skill_id), "level": level} for skill_id, level in lane.need.skills]
    return said


def _contact(contact: Contact, now: datetime) -> dict[str, Any]:
    assert contact.pool is not None
    queue = contact.pool.queue
    said: dict[str, Any] = {
        "queue": queue.code,
        "channel": contact.channel,
        "customer_class": contact.customer_class,
        "head_start_seconds": head_start(
            contact.customer_class, queue.priority, contact.channel, contact.wishes.seconds
        ),
        "waited_seconds": _seconds(contact.enqueued_at, now),
        "offer": contact.offers + 1,
    }
    if contact.met is not None:
        said["met"] = contact.met
    if contact.trail:
        said["steps"] = list(contact.trail)
    return said


def _candidate(agent: Agent, lane: Lane, now: datetime) -> dict[str, Any]:
    queue = lane.pool.queue
    said: dict[str, Any] = {
        "number": agent.number,
        "level": agent.levels[queue.id],
        "idle_seconds": _seconds(agent.idle_since, now),
    }
    match queue.strategy:
        case "least_occupied":
            said["figure"] = {"name": "occupancy", "value": occupancy(agent)}
        case "round_robin":
            said["figure"] = {"name": "turns_ago", "value": lane.pool.turn - lane.pool.turns.get(agent, 0)}
        case "most_skilled" | "least_skilled_sufficient":
            said["figure"] = {"name": "skill", "value": skill(agent, lane)}
        case "fixed_order":
            said["figure"] = {"name": "position", "value": agent.positions.get(queue.id, 0)}
    return said


def _seconds(since: datetime, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 3)
