"""What an agent has in hand: several channels, consultations, transfers, own calls, wrap-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.capacity import INTERRUPTS, SPOKEN
from yuelai.routing.errors import AgentNotFree, NoSuchContact, NoWrapup, WrapupTooLong
from yuelai.routing.events import AgentState, AgentStateChanged, AgentWished, Offer, Seat, Withdraw
from yuelai.routing.inputs import (
    Accepted,
    Begin,
    Consult,
    Consulting,
    DirectoryChanged,
    Enqueue,
    ExtendWrapup,
    HandOver,
    Held,
    Left,
    Private,
    Refused,
    Released,
    SeatReachable,
    SetState,
    WrapupDone,
)
from yuelai.routing.model import Wishes

Q = queue(1, wrapup=30)
CALL, ASKED = uid(501), uid(601)
CHAT = Wishes(channel="chat")


@pytest.fixture
def centre() -> Centre:
    """Agent 1 talks with a customer; 2 is ready, 3 on a break."""
    made = Centre([Q], [agent(number, Q) for number in (1, 2, 3)])
    made.ready(1)
    made.tell(Enqueue(CALL, Q.id))
    made.tell(Accepted(CALL, uid(1)))
    made.ready(2, 3)
    made.tell(SetState(uid(3), AgentState.BUSY, "lunch"))
    return made


def consult(centre: Centre, who: int | None = None) -> None:
    queue_id = Q.id if who is None else None
    centre.tell(Consult(ASKED, CALL, SAMPLE_TENANT, uid(1), uid(who) if who else None, queue_id))
    centre.check()


def last(centre: Centre) -> AgentStateChanged:
    return next(one for one in reversed(centre.log) if isinstance(one, AgentStateChanged))


def test_a_colleague_who_is_asked_rings_talks_and_is_free_again_without_a_wrap_up(centre: Centre) -> None:
    consult(centre, 2)
    offer = next(one for one in reversed(centre.log) if isinstance(one, Offer))
    assert (offer.contact_id, offer.interaction_id, offer.consult) == (ASKED, CALL, True)
    centre.tell(Accepted(ASKED, uid(2)))
    centre.tell(Consulting(CALL, True))
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.CONSULT, AgentState.TALKING)
    assert last(centre).interaction_id == CALL
    centre.tell(Left(ASKED))
    centre.tell(Consulting(CALL, False))
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.TALKING, AgentState.READY)
    centre.check()


def test_a_break_does_not_forbid_a_colleagues_question_and_is_not_lost_by_it(centre: Centre) -> None:
    consult(centre, 3)
    assert centre.state_of(3) == AgentState.RINGING
    commands = centre.tell(Refused(ASKED, uid(3), "declined"))
    assert [one for one in commands if isinstance(one, Withdraw)] == [Withdraw(CALL, uid(3), "declined", ASKED)]
    assert (centre.state_of(3), centre.state.agents[uid(3)].reason) == (AgentState.BUSY, "lunch")
    assert ASKED not in centre.state.contacts, "nobody else is asked"


@pytest.mark.parametrize("who", [1, 4])
def test_who_has_a_call_or_is_away_cannot_be_asked(who: int) -> None:
    made = Centre([Q], [agent(number, Q) for number in (1, 4)])
    made.ready(1)
    made.tell(Enqueue(CALL, Q.id))
    with pytest.raises(AgentNotFree):
        made.tell(Consult(ASKED, CALL, SAMPLE_TENANT, uid(9), uid(who)))
    made.check()


def test_a_question_to_a_queue_waits_there_and_never_goes_to_who_asks(centre: Centre) -> None:
    centre.tell(SetState(uid(2), AgentState.OFFLINE))
    consult(centre)
    assert centre.state.pools[Q.id].waiting == 1
    centre.tell(Released(CALL))
    centre.pass_time(30)
    assert centre.state_of(1) == AgentState.READY
    assert centre.offered(601) is None
    centre.tell(SetState(uid(3), AgentState.READY))
    assert centre.offered(601) == 3


def test_the_consulted_agent_gets_the_customer_and_the_other_one_wraps_up(centre: Centre) -> None:
    consult(centre, 2)
    with pytest.raises(NoSuchContact):
        centre.tell(HandOver(CALL, ASKED))
    centre.tell(Accepted(ASKED, uid(2)))
    centre.tell(HandOver(CALL, ASKED))
    centre.check()
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.WRAPUP, AgentState.TALKING)
    assert centre.state.contacts[CALL].agent_id == uid(2)
    assert ASKED not in centre.state.contacts
    centre.tell(Held(CALL, True))
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.WRAPUP, AgentState.HOLD)
    centre.tell(Released(CALL))
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.WRAPUP, AgentState.WRAPUP)
    centre.tell(WrapupDone(uid(1), CALL))
    assert (centre.state_of(1), centre.state_of(2)) == (AgentState.READY, AgentState.WRAPUP)


def test_who_sends_a_customer_back_to_the_queue_wraps_up_beside_it(centre: Centre) -> None:
    centre.tell(Released(CALL))
    centre.tell(SetState(uid(2), AgentState.OFFLINE))
    centre.tell(Enqueue(CALL, Q.id, wishes=Wishes(without=frozenset({uid(1)}))))
    centre.check()
    centre.tell(SetState(uid(3), AgentState.READY))
    assert centre.offered(501) == 3
    assert centre.state_of(1) == AgentState.WRAPUP


def test_an_agent_makes_a_call_and_wraps_up(centre: Centre) -> None:
    own = uid(701)
    with pytest.raises(AgentNotFree):
        centre.tell(Begin(own, own, uid(1), SAMPLE_TENANT))
    centre.tell(Begin(own, own, uid(3), SAMPLE_TENANT, Q.id))
    assert (centre.state_of(3), centre.state.agents[uid(3)].reason) == (AgentState.TALKING, "outbound")
    assert centre.state.pools[Q.id].talking == 2
    centre.check()
    centre.tell(Released(own))
    centre.pass_time(30)
    assert (centre.state_of(3), centre.state.agents[uid(3)].reason) == (AgentState.BUSY, "lunch")
    centre.check()


def test_a_call_of_the_agents_own_keeps_contacts_away_and_is_shown_as_busy(centre: Centre) -> None:
    centre.tell(Private(uid(2), True, "010"))
    assert (last(centre).state, last(centre).reason) == (AgentState.BUSY, "private_call")
    centre.tell(Enqueue(uid(502), Q.id))
    assert centre.offered(502) is None
    centre.tell(Private(uid(2), False))
    assert centre.offered(502) == 2


def test_a_wrap_up_lasts_longer_when_asked_up_to_what_the_queue_allows(centre: Centre) -> None:
    with pytest.raises(NoWrapup):
        centre.tell(ExtendWrapup(uid(1), 60))
    centre.tell(Released(CALL))
    ends = centre.state.agents[uid(1)].until
    assert ends is not None
    centre.tell(ExtendWrapup(uid(1), 200))
    centre.tell(ExtendWrapup(uid(1), 200))
    assert centre.state.agents[uid(1)].until == ends + timedelta(seconds=Q.extend_seconds)
    with pytest.raises(WrapupTooLong):
        centre.tell(ExtendWrapup(uid(1), 10))
    centre.pass_time(329)
    assert centre.state_of(1) == AgentState.WRAPUP
    centre.pass_time(1)
    assert centre.state_of(1) == AgentState.READY


def test_a_leaders_word_is_kept_for_after_the_call_and_ends_a_wrap_up_at_once(centre: Centre) -> None:
    leader = uid(99)
    centre.tell(SetState(uid(1), AgentState.BUSY, "meeting", by=leader))
    wish = next(one for one in reversed(centre.log) if isinstance(one, AgentWished))
    assert (wish.state, wish.by) == (AgentState.BUSY, leader)
    assert centre.state_of(1) == AgentState.TALKING
    centre.tell(Released(CALL))
    assert centre.state_of(1) == AgentState.WRAPUP
    centre.tell(SetState(uid(1), AgentState.OFFLINE, "sent_home", by=leader))
    assert (centre.state_of(1), last(centre).by) == (AgentState.OFFLINE, leader)
    assert centre.wrapups_over() == [(501, 1)]


def chatting(chats: int) -> Centre:
    made = Centre([Q], [replace(agent(1, Q), capacity={"voice": 1, "chat": chats})])
    made.tell(SeatReachable(uid(1), Seat.BROWSER, True))
    made.ready(1)
    return made


def test_so_many_chats_and_one_call_but_no_chat_beside_a_call() -> None:
    made = chatting(2)
    for number in (501, 502, 503):
        made.tell(Enqueue(uid(number), Q.id, wishes=CHAT))
    assert list(made.offers) == [uid(501)], "one thing at a time asks for attention"
    made.tell(Accepted(uid(501), uid(1)))
    made.tell(Accepted(uid(502), uid(1)))
    assert not made.offers
    made.tell(Enqueue(uid(504), Q.id))
    assert made.offered(504) == 1, "a call is given to who has chats"
    made.tell(Accepted(uid(504), uid(1)))
    made.tell(Released(uid(501)))
    assert not made.offers, "no chat beside a call"
    assert made.state_of(1) == AgentState.TALKING
    made.check()
    made.pass_time(30)
    made.tell(Released(uid(504)))
    made.tell(WrapupDone(uid(1), uid(504)))
    assert made.offered(503) == 1
    made.check()


def test_who_is_allowed_fewer_chats_keeps_those_in_hand_and_is_given_no_more() -> None:
    made = chatting(2)
    for number in (501, 502, 503):
        made.tell(Enqueue(uid(number), Q.id, wishes=CHAT))
    for number in (501, 502):
        made.tell(Accepted(uid(number), uid(1)))
    fewer = replace(agent(1, Q), capacity={"voice": 1, "chat": 1})
    made.tell(DirectoryChanged((Q,), (fewer,)))
    assert set(made.state.agents[uid(1)].work) == {uid(501), uid(502)}, "nobody's chat ends by it"
    for number, offered in ((501, None), (502, 1)):
        made.tell(Released(uid(number)))
        made.tell(WrapupDone(uid(1), uid(number)))
        assert made.offered(503) == offered
    made.check()


def test_chats_need_a_browser_and_calls_the_agents_seat() -> None:
    made = Centre([Q], [replace(agent(1, Q), capacity={"voice": 1, "chat": 1})])
    made.ready(1)
    made.tell(Enqueue(uid(501), Q.id, wishes=CHAT))
    assert made.offered(501) is None
    made.tell(SeatReachable(uid(1), Seat.BROWSER, True))
    assert made.offered(501) == 1


def test_nothing_is_given_in_channels_an_agent_has_no_capacity_for() -> None:
    made = Centre([Q], [replace(agent(1, Q), capacity={"chat": 1})])
    made.tell(SeatReachable(uid(1), Seat.BROWSER, True))
    made.ready(1)
    made.tell(Enqueue(uid(501), Q.id))
    assert made.offered(501) is None
    made.check()


def test_nothing_interrupts_speech_and_speech_interrupts_nothing_spoken() -> None:
    assert not any(SPOKEN & interrupted for interrupted in INTERRUPTS.values())
