from __future__ import annotations

from datetime import timedelta

import pytest

from tests.routing.centre import START, Centre, agent, queue, uid
from yuelai.platform.errors import Refusal
from yuelai.routing.engine import restore
from yuelai.routing.errors import (
    AlreadyRouted,
    NoSuchAgent,
    NoSuchQueue,
    OfferGone,
    SeatInUse,
    SeatNotRegistered,
    StateNotYours,
)
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Seat, Withdraw
from yuelai.routing.inputs import (
    Accepted,
    Enqueue,
    Event,
    Held,
    Left,
    Refused,
    Released,
    SeatReachable,
    SetState,
    TimePassed,
    WrapupDone,
)
from yuelai.routing.model import AgentRecord, Session
from yuelai.routing.state import RoutingState

Q = queue(1)
CALL = uid(501)


@pytest.fixture
def centre() -> Centre:
    return Centre([Q], [agent(number, Q) for number in (1, 2, 3)])


def enqueue(centre: Centre, number: int, customer_class: str = "normal") -> None:
    centre.tell(Enqueue(uid(number), Q.id, customer_class))


def test_the_agent_who_has_been_free_longest_is_offered_first(centre: Centre) -> None:
    centre.ready(2)
    centre.pass_time(5)
    centre.ready(1)
    enqueue(centre, 501)
    assert centre.offered(501) == 2
    enqueue(centre, 502)
    assert centre.offered(502) == 1
    centre.check()


def test_a_contact_that_finds_nobody_waits_and_meets_the_next_free_agent_at_once(centre: Centre) -> None:
    enqueue(centre, 501)
    assert centre.offered(501) is None
    centre.ready(3)
    assert centre.offered(501) == 3


def test_an_offer_says_how_to_ring_and_for_how_long(centre: Centre) -> None:
    centre.ready(1, seat=Seat.BROWSER)
    enqueue(centre, 501)
    changed, offer = centre.log[-2:]
    assert isinstance(offer, Offer)
    assert (offer.number, offer.seat, offer.ring_seconds) == ("8001", Seat.BROWSER, 20)
    assert isinstance(changed, AgentStateChanged)
    assert (changed.state, changed.interaction_id) == (AgentState.RINGING, CALL)
    assert changed.until == START + timedelta(seconds=20)


def test_the_whole_life_of_a_served_contact(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(Held(CALL, True))
    assert centre.state_of(1) == AgentState.HOLD
    centre.tell(Held(CALL, False))
    centre.tell(Released(CALL))
    assert centre.state_of(1) == AgentState.WRAPUP
    centre.pass_time(30)
    assert centre.state_of(1) == AgentState.READY
    assert centre.wrapups_over() == [(501, 1)]
    states = [one.state for one in centre.log if isinstance(one, AgentStateChanged)]
    assert states == ["ready", "ringing", "talking", "hold", "talking", "wrapup", "ready"]
    assert not centre.state.contacts


def test_nobody_answering_makes_the_agent_busy_and_keeps_the_contacts_place(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.pass_time(10)
    enqueue(centre, 502)
    centre.pass_time(10)
    assert centre.state_of(1) == AgentState.BUSY
    assert centre.state.agents[uid(1)].reason == "rona"
    assert centre.log[-2:-1] == [Withdraw(CALL, uid(1), "no_answer")]
    centre.ready(2)
    assert centre.offered(501) == 2
    assert centre.offered(502) is None


def test_after_no_answer_the_next_free_agent_rings_at_once(centre: Centre) -> None:
    centre.ready(1, 2)
    enqueue(centre, 501)
    centre.pass_time(20)
    assert centre.offered(501) == 2
    assert centre.state_of(1) == AgentState.BUSY


def test_a_refusal_does_the_same_without_waiting(centre: Centre) -> None:
    centre.ready(1, 2)
    enqueue(centre, 501)
    centre.tell(Refused(CALL, uid(1), "declined"))
    assert (centre.state_of(1), centre.offered(501)) == (AgentState.BUSY, 2)


def test_a_refusal_because_the_customer_had_gone_is_not_held_against_the_agent(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Refused(CALL, uid(1), "contact_gone"))
    assert centre.state_of(1) == AgentState.READY
    assert not centre.state.contacts


def test_a_customer_who_leaves_while_it_rings_does_not_cost_the_agent_the_place(centre: Centre) -> None:
    centre.ready(1)
    centre.pass_time(5)
    centre.ready(2)
    enqueue(centre, 501)
    centre.tell(Left(CALL))
    assert [one for one in centre.log if isinstance(one, Withdraw)] == [Withdraw(CALL, uid(1), "customer_left")]
    enqueue(centre, 502)
    assert centre.offered(502) == 1


def test_an_answer_that_comes_too_late_is_refused(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Left(CALL))
    with pytest.raises(OfferGone):
        centre.tell(Accepted(CALL, uid(1)))
    centre.check()


def test_better_customers_come_first_but_nobody_waits_for_ever(centre: Centre) -> None:
    enqueue(centre, 501, "normal")
    centre.pass_time(100)
    enqueue(centre, 502, "vip")
    centre.ready(1)
    assert centre.offered(502) == 1
    centre.pass_time(1)
    # Ten minutes later a fresh VIP no longer overtakes whoever has waited all the time.
    centre.tell(Accepted(uid(502), uid(1)))
    centre.pass_time(600)
    enqueue(centre, 503, "vip")
    centre.tell(Released(uid(502)))
    centre.tell(WrapupDone(uid(1)))
    assert centre.offered(501) == 1


def test_classes_are_served_in_their_order(centre: Centre) -> None:
    for number, customer_class in ((501, "normal"), (502, "silver"), (503, "gold"), (504, "vip"), (505, "other")):
        enqueue(centre, number, customer_class)
    served = []
    centre.ready(1)
    for _ in range(5):
        ((contact, _agent),) = centre.offers.items()
        served.append(contact.int)
        centre.tell(Left(contact))
    assert served == [504, 503, 502, 501, 505]


def test_an_agent_of_two_queues_serves_the_more_urgent_one_first() -> None:
    low, high = queue(1), queue(2, priority=5)
    centre = Centre([low, high], [agent(1, low, high)])
    centre.tell(Enqueue(uid(501), low.id))
    centre.pass_time(60)
    centre.tell(Enqueue(uid(502), high.id))
    centre.ready(1)
    assert centre.offered(502) == 1
    offer = centre.log[-1]
    assert isinstance(offer, Offer)
    assert [one["queue"] for one in offer.explanation["queues"]] == ["q2", "q1"]


def test_an_agent_is_never_offered_what_is_not_of_their_queues() -> None:
    mine, other = queue(1), queue(2)
    centre = Centre([mine, other], [agent(1, mine)])
    centre.ready(1)
    centre.tell(Enqueue(uid(501), other.id))
    assert centre.offered(501) is None


def test_the_best_skilled_agent_comes_first_where_the_queue_says_so() -> None:
    skilled = queue(1, strategy="most_skilled")
    centre = Centre([skilled], [agent(1, skilled, level=2), agent(2, skilled, level=5)])
    centre.ready(1)
    centre.pass_time(60)
    centre.ready(2)
    centre.tell(Enqueue(uid(501), skilled.id))
    assert centre.offered(501) == 2


def test_ready_without_a_registered_seat_is_refused(centre: Centre) -> None:
    with pytest.raises(SeatNotRegistered) as refusal:
        centre.tell(SetState(uid(1), AgentState.READY, seat=Seat.BROWSER))
    assert refusal.value.problem()["code"] == "seat_not_registered"
    assert centre.state_of(1) == AgentState.OFFLINE


def test_a_seat_that_is_lost_gets_no_offers_until_it_is_back(centre: Centre) -> None:
    centre.ready(1)
    centre.tell(SeatReachable(uid(1), Seat.PHONE, False))
    enqueue(centre, 501)
    assert centre.offered(501) is None
    centre.tell(SeatReachable(uid(1), Seat.BROWSER, True))
    assert centre.offered(501) is None
    centre.tell(SeatReachable(uid(1), Seat.PHONE, True))
    assert centre.offered(501) == 1


def test_a_seat_lost_while_it_rings_gives_the_contact_to_the_next_one(centre: Centre) -> None:
    centre.ready(1, 2)
    enqueue(centre, 501)
    centre.tell(SeatReachable(uid(1), Seat.PHONE, False))
    assert (centre.state_of(1), centre.offered(501)) == (AgentState.READY, 2)
    centre.check()


def test_what_an_agent_asks_for_during_a_call_comes_after_the_wrap_up(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(SetState(uid(1), AgentState.BUSY, "lunch"))
    assert centre.state_of(1) == AgentState.TALKING
    centre.tell(Released(CALL))
    centre.pass_time(30)
    assert (centre.state_of(1), centre.state.agents[uid(1)].reason) == (AgentState.BUSY, "lunch")


def test_asking_for_ready_during_a_call_takes_the_wish_back(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(SetState(uid(1), AgentState.OFFLINE))
    centre.tell(SetState(uid(1), AgentState.READY))
    centre.tell(Released(CALL))
    centre.tell(WrapupDone(uid(1)))
    assert centre.state_of(1) == AgentState.READY


def test_becoming_ready_in_wrap_up_ends_it_at_once(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(Released(CALL))
    enqueue(centre, 502)
    centre.tell(SetState(uid(1), AgentState.READY))
    assert centre.wrapups_over() == [(501, 1)]
    assert centre.offered(502) == 1


def test_going_away_while_it_rings_gives_the_contact_back(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(SetState(uid(1), AgentState.OFFLINE))
    assert centre.state_of(1) == AgentState.OFFLINE
    assert centre.offered(501) is None
    centre.ready(2)
    assert centre.offered(501) == 2


def test_without_wrap_up_time_the_agent_is_ready_at_once_and_the_wrap_up_over() -> None:
    quick = queue(1, wrapup=0)
    centre = Centre([quick], [agent(1, quick)])
    centre.ready(1)
    centre.tell(Enqueue(CALL, quick.id))
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(Released(CALL))
    assert centre.state_of(1) == AgentState.READY
    assert centre.wrapups_over() == [(501, 1)]


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (SetState(uid(99), AgentState.BUSY), NoSuchAgent),
        (SetState(uid(1), AgentState.TALKING), StateNotYours),
        (SetState(uid(1), AgentState.READY, seat=Seat.BROWSER), SeatInUse),
        (Enqueue(uid(502), uid(77)), NoSuchQueue),
        (Enqueue(CALL, Q.id), AlreadyRouted),
        (Refused(CALL, uid(2), "declined"), OfferGone),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(centre: Centre, event: Event, refusal: type[Refusal]) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    before = len(centre.log)
    with pytest.raises(refusal):
        centre.tell(event)
    assert len(centre.log) == before
    assert centre.offered(501) == 1
    centre.check()


def test_what_is_over_can_be_told_again_without_harm(centre: Centre) -> None:
    centre.ready(1)
    enqueue(centre, 501)
    centre.tell(Accepted(CALL, uid(1)))
    centre.tell(Released(CALL))
    centre.tell(WrapupDone(uid(1)))
    before = len(centre.log)
    for event in (Released(CALL), Left(CALL), WrapupDone(uid(1)), Held(CALL, True), TimePassed()):
        centre.tell(event)
    assert len(centre.log) == before


def test_after_a_restart_agents_keep_their_states_and_no_ghost_call_stays() -> None:
    def record(number: int, state: AgentState, reason: str = "") -> AgentRecord:
        session = Session(state, reason, Seat.BROWSER, START, CALL if state == AgentState.TALKING else None)
        return AgentRecord(uid(number), Q.tenant_id, f"80{number:02}", "", {Q.id: 1}, session)

    state = RoutingState(
        [Q],
        [
            record(1, AgentState.BUSY, "lunch"),
            record(2, AgentState.TALKING),
            record(3, AgentState.WRAPUP),
            record(4, AgentState.READY),
        ],
        now=START,
    )
    facts = restore(state, START)
    assert [(one.agent_id.int, one.state, one.reason) for one in facts if isinstance(one, AgentStateChanged)] == [
        (2, AgentState.READY, "system_restart"),
        (3, AgentState.READY, "system_restart"),
    ]
    assert state.agents[uid(1)].reason == "lunch"
    assert state.agents[uid(2)].contact_id is None
    assert not any(one.available for one in state.agents.values()), "nobody is offered before a seat registers"


def test_the_explanation_names_who_was_considered_and_what_decided(centre: Centre) -> None:
    centre.ready(2)
    centre.pass_time(40)
    centre.ready(1, 3)
    enqueue(centre, 501, "gold")
    offer = centre.log[-1]
    assert isinstance(offer, Offer)
    why = offer.explanation
    assert (why["chosen"], why["decided_by"], why["considered"]) == ("agent", "longest_idle", 3)
    assert why["candidates"][0] == {"number": "8002", "level": 1, "idle_seconds": 40.0}
    assert (why["customer_class"], why["head_start_seconds"]) == ("gold", 180.0)
