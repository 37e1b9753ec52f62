"""More than two speak with the customer: who comes, who goes, and who goes on with them."""

from __future__ import annotations

import pytest

from tests.channels.desk import OUTSIDE, Desk
from yuelai.channels.voice.messages import NoSuchParty, NotPossibleNow
from yuelai.media.ports import LegSilent
from yuelai.routing.events import Seat


async def three(desk: Desk, **to: str) -> str:
    """Customer, A and who was asked speak together; return the number of the third."""
    await desk.talks()
    await desk.consults(**to)
    await desk.ask("conference")
    await desk.settle()
    return desk.number_of(to)


@pytest.mark.parametrize("to", [{"agent": "8002"}, {"queue": "experts"}, {"number": OUTSIDE}])
async def test_three_hear_each_other(to: dict[str, str]) -> None:
    desk = Desk()
    third = await three(desk, **to)
    assert desk.hear("customer", "8001", third)
    assert (desk.segment(), desk.state(0)) == ("conference", "talking")
    assert len(desk.tape.running) == 1
    desk.customer.leaves()
    await desk.settle()
    assert desk.end_reasons() == ["customer_hung_up"]
    assert desk.phone(third).over
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_four_hear_each_other_and_five_segments_tell_of_it() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    await desk.consults(queue="experts")
    assert desk.hear("customer", "8002")
    assert desk.hear("8001", "8003")
    assert desk.segment() == "conference"
    await desk.ask("conference")
    await desk.settle()
    assert desk.hear("customer", "8001", "8002", "8003")
    await desk.consults(number=OUTSIDE)
    await desk.ask("conference")
    await desk.settle()
    assert desk.hear("customer", "8001", "8002", "8003", OUTSIDE)
    desk.customer.leaves()
    await desk.everything_ends()
    assert sorted(desk.wrapped_up()) == ["8001", "8002", "8003"]
    assert desk.nothing_left()


async def test_the_agent_in_charge_leaves_and_the_colleague_goes_on() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    await desk.ask("leave")
    await desk.settle()
    assert desk.hear("customer", "8002")
    assert (desk.segment(), desk.state(0), desk.state(1)) == ("talk", "wrapup", "talking")
    assert desk.call().agent is desk.party("8002")
    desk.phone("8002").leaves()
    await desk.settle()
    assert desk.end_reasons() == ["agent_hung_up"]
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_the_agent_in_charge_leaves_customer_and_outside_to_each_other() -> None:
    desk = Desk()
    await three(desk, number=OUTSIDE)
    await desk.ask("leave")
    await desk.settle()
    assert desk.hear("customer", OUTSIDE)
    assert not desk.tape.running
    desk.phone(OUTSIDE).leaves()
    await desk.settle()
    assert desk.end_reasons() == ["transferred_out"]
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_the_colleague_leaves_and_wraps_up_while_the_agent_talks_on() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    await desk.ask("leave", by=1)
    await desk.settle()
    assert desk.hear("customer", "8001")
    assert desk.segment() == "talk"
    await desk.pass_time(31)
    assert desk.state(1) == "ready"
    assert desk.state(0) == "talking"


async def test_somebody_is_dropped_by_the_agent_in_charge_only() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    with pytest.raises(NotPossibleNow):
        await desk.ask("drop", by=1, participant_id=desk.participant("8001"))
    with pytest.raises(NoSuchParty):
        await desk.ask("drop", participant_id=desk.participant("8001"))
    await desk.ask("drop", participant_id=desk.participant("8002"))
    await desk.settle()
    assert desk.phone("8002").over
    assert desk.hear("customer", "8001")


async def test_the_customer_is_dropped_and_the_call_is_over() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    await desk.ask("drop", participant_id=str(desk.call().id))
    await desk.settle()
    assert desk.customer.over
    assert desk.end_reasons() == ["agent_hung_up"]


async def test_a_customer_on_hold_hears_music_while_the_colleagues_talk() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    await desk.ask("hold")
    assert desk.music("customer")
    assert desk.hear("8001", "8002")
    assert desk.segment() == "hold"
    await desk.ask("retrieve")
    assert desk.hear("customer", "8001", "8002")


async def test_the_hold_key_of_one_of_three_leaves_the_others_talking() -> None:
    desk = Desk()
    await three(desk, agent="8002")
    desk.phone("8002").reoffers("sendonly")
    await desk.settle()
    assert desk.hear("customer", "8001")
    assert desk.heard_by("8002") == set()
    desk.phone("8002").reoffers("sendrecv")
    await desk.settle()
    assert desk.hear("customer", "8001", "8002")


@pytest.mark.parametrize("who", ["8001", "8002"])
async def test_a_telephone_whose_sound_dies_leaves_the_others_talking(who: str) -> None:
    desk = Desk()
    await three(desk, agent="8002")
    desk.sound_dies_of(who)
    await desk.settle()
    assert desk.hear("customer", "8002" if who == "8001" else "8001")
    assert not desk.customer.over


async def test_a_page_that_is_lost_in_a_conference_may_come_back() -> None:
    desk = Desk(seat=Seat.BROWSER)
    await three(desk, agent="8002")
    desk.call().post(LegSilent(desk.media_of("8002"), 5.0))
    await desk.settle()
    assert desk.hear("customer", "8001")
    await desk.ask("rejoin", by=1)
    await desk.answers("8002")
    assert desk.hear("customer", "8001", "8002")


async def test_participants_are_shown_as_they_stand() -> None:
    desk = await Desk().talks()
    await desk.asks(agent="8002")
    states = {one["number"]: (one["role"], one["state"]) for one in desk.document()["participants"]}
    assert states["8002"] == ("consulted", "ringing")
    await desk.answers("8002")
    await desk.ask("conference")
    await desk.settle()
    states = {one["number"]: (one["role"], one["state"]) for one in desk.document()["participants"]}
    assert (states["8001"], states["8002"]) == (("agent", "talking"), ("agent", "talking"))
    seen = desk.live.snapshot(frozenset({f"person:{desk.agents[1].id}"}))
    assert [key for key in seen if key.startswith("interaction/")]


async def test_a_conference_goes_on_with_who_is_there_before_whose_page_may_come_back() -> None:
    desk = Desk(seat=Seat.BROWSER)
    await three(desk, agent="8002")
    await desk.consults(queue="experts")
    await desk.ask("conference")
    desk.call().post(LegSilent(desk.media_of("8002"), 5.0))
    await desk.settle()
    desk.phone("8001").leaves()
    await desk.settle()
    assert desk.hear("customer", "8003")
    assert desk.call().agent is desk.party("8003")
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_asking_one_more_cannot_be_completed_before_they_answer_and_costs_nobody_the_customer() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    await desk.ask("conference")
    await desk.asks(agent="8003")
    with pytest.raises(NotPossibleNow):
        await desk.ask("consult_complete")
    await desk.settle()
    assert desk.hear("customer", "8002")
    assert desk.rings("8003")
    await desk.answers("8003")
    await desk.ask("consult_complete")
    await desk.settle()
    assert desk.hear("customer", "8002", "8003")
