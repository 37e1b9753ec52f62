"""Queues and agents come, change and go while contacts wait, ring and talk."""

from __future__ import annotations

from dataclasses import replace

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.platform.ids import new_id
from yuelai.routing.errors import NoSuchQueue
from yuelai.routing.events import AgentState, AgentStateChanged, Moved, Offer, Stranded, Withdraw
from yuelai.routing.inputs import Accepted, DirectoryChanged, Enqueue, Released
from yuelai.routing.model import AgentRecord, Command, Queue

GENERAL = replace(queue(1), code="general")
FAULT = queue(2, priority=5)
ONE, TWO = agent(1, GENERAL, FAULT), agent(2, GENERAL)


def centre(*ready: int) -> Centre:
    made = Centre([GENERAL, FAULT], [ONE, TWO])
    made.ready(*ready)
    return made


def change(made: Centre, queues: list[Queue], agents: list[AgentRecord]) -> list[Command]:
    commands = made.tell(DirectoryChanged(tuple(queues), tuple(agents)))
    made.check()
    return commands


def states(commands: list[Command]) -> list[tuple[int, str, str]]:
    return [(c.agent_id.int, c.state, c.reason) for c in commands if isinstance(c, AgentStateChanged)]


def test_what_is_as_before_moves_nothing() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), GENERAL.id))
    assert change(made, [GENERAL, FAULT], [ONE, TWO]) == []
    assert made.offered(500) == 1


def test_a_new_member_is_offered_at_once_who_waits() -> None:
    made = centre(2)
    made.tell(Enqueue(uid(500), FAULT.id))
    assert made.offered(500) is None
    change(made, [GENERAL, FAULT], [ONE, agent(2, GENERAL, FAULT)])
    assert made.offered(500) == 2


def test_a_new_queue_can_be_waited_in_and_a_closed_one_cannot() -> None:
    made, new = centre(), queue(3)
    change(made, [GENERAL, new], [ONE])
    made.tell(Enqueue(uid(500), new.id))
    try:
        made.tell(Enqueue(uid(501), FAULT.id))
    except NoSuchQueue:
        return
    raise AssertionError("a closed queue took a contact")


def test_who_waits_in_a_closed_queue_goes_to_the_general_one_at_the_place_of_their_arrival() -> None:
    made = centre()
    made.tell(Enqueue(uid(500), FAULT.id))
    made.pass_time(10)
    made.tell(Enqueue(uid(501), GENERAL.id))
    commands = change(made, [GENERAL], [ONE, TWO])
    assert [c for c in commands if isinstance(c, Moved)] == [Moved(uid(500), GENERAL.id, "general")]
    made.ready(2)
    assert made.offered(500) == 2, "who came first is served first"


def test_an_offer_stands_when_its_queue_is_closed() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), FAULT.id))
    commands = change(made, [GENERAL], [ONE, TWO])
    assert not [c for c in commands if isinstance(c, Withdraw)]
    made.tell(Accepted(uid(500), uid(1)))
    assert made.state_of(1) == AgentState.TALKING


def test_a_talk_goes_on_when_its_queue_is_closed_and_has_its_wrap_up() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), FAULT.id))
    made.tell(Accepted(uid(500), uid(1)))
    change(made, [GENERAL], [ONE, TWO])
    assert made.state_of(1) == AgentState.TALKING
    made.tell(Released(uid(500)))
    made.check()
    assert made.state_of(1) == AgentState.WRAPUP
    assert FAULT.id not in made.state.pools


def test_without_any_queue_contacts_are_stranded_and_talks_go_on() -> None:
    made = centre(1, 2)
    made.tell(Enqueue(uid(500), FAULT.id))
    made.tell(Accepted(uid(500), uid(1)))
    made.tell(Enqueue(uid(501), GENERAL.id))
    made.tell(Enqueue(uid(502), GENERAL.id))
    commands = change(made, [], [])
    assert {c.interaction_id for c in commands if isinstance(c, Stranded)} == {uid(501), uid(502)}
    assert made.state_of(1) == AgentState.TALKING
    made.tell(Released(uid(500)))
    made.pass_time(60)
    assert not made.state.agents


def test_one_tenants_contacts_never_go_to_anothers_queue() -> None:
    theirs = Queue(new_id(), new_id(), "general", "Theirs")
    made = Centre([FAULT, theirs], [agent(1, theirs)])
    made.ready(1)
    made.tell(Enqueue(uid(500), FAULT.id))
    commands = change(made, [theirs], [agent(1, theirs)])
    assert [c for c in commands if isinstance(c, Stranded)] == [Stranded(uid(500))]
    assert made.offered(500) is None


def test_an_agent_who_is_removed_finishes_the_contact_and_then_goes() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), GENERAL.id))
    made.tell(Accepted(uid(500), uid(1)))
    assert states(change(made, [GENERAL, FAULT], [TWO])) == []
    made.tell(Released(uid(500)))
    assert made.state_of(1) == AgentState.WRAPUP
    assert states(made.pass_time(60)) == [(1, "offline", "removed")]
    assert uid(1) not in made.state.agents


def test_an_agent_who_is_removed_while_ringing_gives_the_contact_back() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), GENERAL.id))
    made.ready(2)
    commands = change(made, [GENERAL, FAULT], [TWO])
    assert states(commands) == [(1, "offline", "removed"), (2, "ringing", "")]
    assert made.offered(500) == 2


def test_who_is_taken_back_before_the_contact_is_over_stays() -> None:
    made = centre(1)
    made.tell(Enqueue(uid(500), GENERAL.id))
    made.tell(Accepted(uid(500), uid(1)))
    change(made, [GENERAL, FAULT], [TWO])
    change(made, [GENERAL, FAULT], [ONE, TWO])
    made.tell(Released(uid(500)))
    made.pass_time(60)
    assert made.state_of(1) == AgentState.READY


def test_another_strategy_decides_from_then_on() -> None:
    made = Centre([GENERAL], [agent(1, GENERAL, level=1), agent(2, GENERAL, level=5)])
    made.ready(1)
    made.pass_time(5)
    made.ready(2)
    change(made, [replace(GENERAL, strategy="most_skilled")], [agent(1, GENERAL, level=1), agent(2, GENERAL, level=5)])
    made.tell(Enqueue(uid(500), GENERAL.id))
    assert made.offered(500) == 2


def test_another_number_is_rung_from_then_on() -> None:
    made = centre(1)
    change(made, [GENERAL, FAULT], [replace(ONE, number="8999", name="Other"), TWO])
    (offer,) = [c for c in made.tell(Enqueue(uid(500), GENERAL.id)) if isinstance(c, Offer)]
    assert offer.number == "8999"


def test_one_agent_serves_two_tenants_one_contact_at_a_time_and_each_is_told_its_own_seconds() -> None:
    home, theirs = new_id(), Queue(new_id(), new_id(), "general", "Theirs")
    both = replace(agent(1, GENERAL, theirs), home=home)
    made = Centre([GENERAL, theirs], [both])
    made.ready(1)
    made.tell(Enqueue(uid(500), theirs.id))
    made.tell(Enqueue(uid(501), GENERAL.id))
    assert (made.offered(500), made.offered(501)) == (1, None)
    for contact in (500, 501):
        made.tell(Accepted(uid(contact), uid(1)))
        made.tell(Released(uid(contact)))
        made.pass_time(30)
    told = [(c.state.value, c.tenant_id) for c in made.log if isinstance(c, AgentStateChanged)]
    assert told == [
        ("ready", home),
        *((state, theirs.tenant_id) for state in ("ringing", "talking", "wrapup")),
        ("ready", home),
        *((state, GENERAL.tenant_id) for state in ("ringing", "talking", "wrapup")),
        ("ready", home),
    ]
