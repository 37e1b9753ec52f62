"""A contact waits: it comes, takes the steps of its ladder, goes elsewhere by a rule, or is forgotten."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.routing import explain
from yuelai.routing.deadlines import Deadline
from yuelai.routing.errors import AlreadyRouted
from yuelai.routing.events import Diverted, Moved, StepTaken
from yuelai.routing.inputs import Enqueue, Outlook
from yuelai.routing.lanes import remove
from yuelai.routing.matching import virtual_arrival
from yuelai.routing.model import Contact, ContactStage, Wishes
from yuelai.routing.planning import AWAY, ladder
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen

if TYPE_CHECKING:
    from yuelai.routing.pools import Pool
    from yuelai.routing.turn import Turn

HOPS = 3
"""A contact is sent on from queue to queue at most so often when it comes."""

LADDERS = 64
"""So many are remembered for each queue."""

OPEN = Outlook()


def enqueue(turn: Turn, event: Enqueue) -> None:
    pool = turn.state.pool(event.queue_id)
    if event.interaction_id in turn.state.contacts:
        raise AlreadyRouted()
    queue, wishes = pool.queue, event.wishes
    contact = Contact(
        event.interaction_id,
        event.interaction_id,
        queue.tenant_id,
        pool,
        wishes.channel,
        event.customer_class,
        event.attributes,
        wishes,
        turn.state.serial(),
        enqueued_at=min(event.since or turn.now, turn.now),
        entered_at=turn.now,
        arrival=0.0,
    )
    turn.state.contacts[contact.id] = contact
    if pool.has_entry_rules and not _let_in(turn, contact, event.outlook):
        return
    assert contact.pool is not None
    priority = contact.pool.queue.priority
    contact.arrival = virtual_arrival(
        contact.enqueued_at, contact.customer_class, priority, wishes.channel, wishes.seconds
    )
    begin(turn, contact)


def begin(turn: Turn, contact: Contact) -> None:
    """The contact is new in its queue: it waits on the first step, or is offered at once."""
    plan(turn, contact, contact.wishes)
    enter(turn, contact)
    if turn.serve_contact(contact):
        return
    contact.met = explain.met(contact)
    # Whoever gives up before anybody is offered to them has this explanation only.
    turn.commands.append(StepTaken(contact.interaction_id, "waits", dict(contact.met), contact.id))
    if contact.ladder[contact.step].agents:
        _told(turn, contact)
    _arm(turn, contact)


def plan(turn: Turn, contact: Contact, wishes: Wishes) -> None:
    """Give the contact its ladder. In a flood of calls the same few are used again and again: making them anew would
    cost more than all else, and what is thrown away has to be collected."""
    pool, state = contact.pool, turn.state
    assert pool is not None
    contact.step = 0
    may_come = partial(state.may_come, contact)
    # Preferred is who can be had soon: nobody is kept waiting for somebody's lunch.
    at_work = tuple(one for one in wishes.preferred if state.works(one[0]))
    if at_work != wishes.preferred:
        wishes = replace(wishes, preferred=at_work)
    in_person = wishes.only is not None or bool(wishes.preferred)
    if in_person and not any(map(may_come, _by_name(wishes))):
        wishes, in_person = replace(wishes, only=None, preferred=()), False
    if not in_person and not contact.consult:
        known = pool.ladders.get(wishes)
        if known is not None:
            contact.ladder = known
            return
    contact.ladder = ladder(
        pool.queue, wishes, may_come, partial(state.queue_of, contact.tenant_id), consult=contact.consult
    )
    if not in_person and not contact.consult:
        if len(pool.ladders) >= LADDERS:
            pool.ladders.clear()
        pool.ladders[wishes] = contact.ladder


def _by_name(wishes: Wishes) -> Iterator[UUID]:
    if wishes.only is not None:
        yield wishes.only
    yield from (agent_id for agent_id, _ in wishes.preferred)


def enter(turn: Turn, contact: Contact) -> None:
    """Stand in the lists of the present step."""
    assert contact.pool is not None
    step = contact.ladder[contact.step]
    contact.stage, contact.agent = ContactStage.WAITING, None
    contact.waiting = entry = (step.tier, contact.arrival, contact.serial, contact)
    contact.pool.wait(contact)
    turn.state.touched_pools.add(contact.pool)
    for agent_id, _ in step.agents:
        agent = turn.state.agents.get(agent_id)
        if agent is not None:
            insort(agent.wanted, entry)
            contact.wanting.append(agent)
    if not step.agents:
        for queue_id in step.queues:
            pool = turn.state.pools.get(queue_id)
            if pool is not None and not pool.retired:
                lane = pool.lane(step.need)
                insort(lane.waiting, entry)
                contact.lanes.append(lane)


def leave(turn: Turn, contact: Contact) -> None:
    """Stand in no list any more."""
    assert contact.pool is not None
    for lane in contact.lanes:
        remove(lane.waiting, contact.waiting)
    for agent in contact.wanting:
        remove(agent.wanted, contact.waiting)
    contact.lanes, contact.wanting = [], []
    contact.pool.unwait(contact)
    contact.waiting = None
    turn.state.deadlines.cancel(contact.deadline)
    contact.deadline = None
    turn.state.touched_pools.add(contact.pool)


def enter_again(turn: Turn, contact: Contact) -> None:
    """The queues of the present step are others than when the contact took it."""
    leave(turn, contact)
    enter(turn, contact)
    _arm(turn, contact)


def resume(turn: Turn, contact: Contact) -> None:
    """An offer was not taken: back to its old place, and on from there. Who was asked by name is not asked again."""
    if contact.ringing or contact.id not in turn.state.contacts:
        return
    if contact.pool is None:
        del turn.state.contacts[contact.id]
        return
    enter(turn, contact)
    advance(turn, contact)


def advance(turn: Turn, contact: Contact) -> None:
    """Take every step that is due; the contact is offered as soon as one leads to somebody free."""
    waited = (turn.now - contact.entered_at).total_seconds()
    while True:
        if turn.serve_contact(contact):
            return
        following = contact.step + 1
        if following >= len(contact.ladder) or contact.ladder[following].after > waited:
            _arm(turn, contact)
            return
        leave(turn, contact)
        contact.step = following
        step = contact.ladder[following]
        if step.divert is not None:
            _divert(turn, contact, step.divert)
            return
        enter(turn, contact)
        _told(turn, contact)


def forget(turn: Turn, contact: Contact) -> None:
    if contact.waiting is not None:
        leave(turn, contact)
    del turn.state.contacts[contact.id]


def nobody_left(turn: Turn) -> None:
    """Agents have signed out: nobody waits for them any more, and queues without any agent do as they are set."""
    away, turn.away = turn.away, []
    for agent in away:
        for entry in list(agent.wanted):
            contact = entry[3]
            if contact.waiting is entry:
                _without_them(turn, contact)
        # Who is forgotten has no queues any more.
        for pool in agent.pools or list(turn.state.pools.values()):
            empty(turn, pool)


def empty(turn: Turn, pool: Pool) -> None:
    """Send who waits elsewhere when no agent of the queue is signed in and a rule says so."""
    rule = pool.when_nobody
    if rule is None or pool.signed_in or not pool.order:
        return
    for entry in list(pool.order):
        contact = entry[3]
        if contact.waiting is None or contact.pool is not pool or contact.consult or contact.wishes.stays:
            continue
        if rule.to is OverflowTo.QUEUE:
            target = turn.state.codes.get((contact.tenant_id, rule.target))
            if target is None or target is pool or not target.signed_in:
                continue
            leave(turn, contact)
            _move(turn, contact, target, rule)
            plan(turn, contact, contact.wishes)
            enter(turn, contact)
            advance(turn, contact)
        else:
            leave(turn, contact)
            _divert(turn, contact, rule)


def _without_them(turn: Turn, contact: Contact) -> None:
    """Somebody the contact waits for in person has signed out: wait for the others, or for anybody."""
    leave(turn, contact)
    plan(turn, contact, contact.wishes)
    waited = (turn.now - contact.entered_at).total_seconds()
    while contact.step + 1 < len(contact.ladder) and contact.ladder[contact.step + 1].after <= waited:
        contact.step += 1
    divert = contact.ladder[contact.step].divert
    if divert is not None:
        _divert(turn, contact, divert)
        return
    enter(turn, contact)
    _told(turn, contact)
    advance(turn, contact)


def _let_in(turn: Turn, contact: Contact, outlook: Mapping[UUID, Outlook]) -> bool:
    """Judge the rules for who comes; the contact's queue may be another one then. False when it went away."""
    if contact.wishes.stays:
        return True
    for _ in range(HOPS):
        pool = contact.pool
        assert pool is not None
        for rule in pool.queue.overflows:
            if _holds(rule, pool, outlook):
                if rule.to in AWAY:
                    _divert(turn, contact, rule)
                    return False
                target = turn.state.codes.get((contact.tenant_id, rule.target))
                if target is not None and target is not pool:  # a rule that leads to a closed queue does not count
                    _move(turn, contact, target, rule)
                    break
        else:
            return True
    return True


def _holds(rule: Overflow, pool: Pool, outlook: Mapping[UUID, Outlook]) -> bool:
    if rule.to is OverflowTo.SITE:
        return False
    seen = outlook.get(pool.queue.id, OPEN)
    match rule.when:
        case OverflowWhen.CLOSED:
            return seen.closed
        case OverflowWhen.NOBODY:
            return not pool.signed_in
        case OverflowWhen.LENGTH:
            return pool.waiting >= rule.limit and not pool.plain.ready
        case OverflowWhen.ESTIMATE:
            return seen.estimate is not None and seen.estimate >= rule.limit and not pool.plain.ready
    return False


def _move(turn: Turn, contact: Contact, target: Pool, rule: Overflow) -> None:
    assert contact.pool is not None
    data: dict[str, Any] = {
        "when": rule.when.value, "from": contact.pool.queue.code, "to": target.queue.code
    }  # fmt: skip
    contact.pool = target
    contact.trail.append({"why": "overflow", "seconds": 0.0, **data})
    turn.commands.append(Moved(contact.interaction_id, target.queue.id, target.queue.code, contact.id))
    turn.commands.append(StepTaken(contact.interaction_id, "overflow", data, contact.id))


def _divert(turn: Turn, contact: Contact, rule: Overflow) -> None:
    del turn.state.contacts[contact.id]
    turn.commands.append(Diverted(contact.interaction_id, rule.to.value, rule.target, rule.when.value, contact.id))


def _told(turn: Turn, contact: Contact) -> None:
    """The step in which the contact waits on is known to whoever keeps its trail."""
    step = contact.ladder[contact.step]
    if step.why:
        seconds = round((turn.now - contact.entered_at).total_seconds(), 3)
        contact.trail.append({"why": step.why, "seconds": seconds, **step.data})
        turn.commands.append(StepTaken(contact.interaction_id, step.why, step.data, contact.id))


def _arm(turn: Turn, contact: Contact) -> None:
    following = contact.step + 1
    if following < len(contact.ladder) and contact.deadline is None:
        at = contact.entered_at + timedelta(seconds=contact.ladder[following].after)
        contact.deadline = turn.state.deadlines.add(Deadline(at, contact=contact))
