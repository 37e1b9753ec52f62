"""An agent asks somebody while the customer waits with music: before the answer, after it, and what may come of it."""

from __future__ import annotations

import pytest

from tests.channels.desk import OUTSIDE, Desk
from yuelai.channels.voice.messages import NotPossibleNow, NotYourCall
from yuelai.channels.voice.targets import NotToYourself
from yuelai.interactions.events import InteractionRecorded, ParticipantJoined
from yuelai.media.ports import LegSilent
from yuelai.routing.errors import AgentNotFree
from yuelai.routing.events import Seat

TO = [{"agent": "8002"}, {"queue": "experts"}, {"number": OUTSIDE}]
NAMES = ["agent", "queue", "number"]


@pytest.mark.parametrize("to", TO, ids=NAMES)
async def test_who_is_asked_speaks_with_the_agent_while_the_customer_hears_music(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.asks(**to)
    assert desk.music("customer")
    assert desk.music("8001"), "the agent hears it ring"
    assert desk.told_to_play()[-1] == "ringback.opus"
    assert desk.segment() == "consult"
    assert desk.state(0) == "consult"
    asked = desk.number_of(to)
    await desk.answers(asked)
    assert desk.hear("8001", asked)
    assert desk.music("customer")
    assert len(desk.tape.running) == 1, "the recording goes on"


@pytest.mark.parametrize("to", TO, ids=NAMES)
async def test_a_consultation_that_is_cancelled_brings_the_customer_back(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.consults(**to)
    await desk.ask("consult_cancel")
    await desk.settle()
    assert desk.hear("customer", "8001")
    assert desk.phone(desk.number_of(to)).over
    assert desk.segments()[-3:] == ["talk", "consult", "talk"]
    assert desk.state(0) == "talking"
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.nothing_left()


@pytest.mark.parametrize("to", TO, ids=NAMES)
async def test_a_consultation_that_is_cancelled_while_it_rings_stops_the_ringing(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.asks(**to)
    await desk.ask("consult_cancel")
    await desk.settle()
    assert desk.phone(desk.number_of(to)).over
    assert desk.hear("customer", "8001")
    assert (desk.state(1), desk.state(2)) == ("ready", "ready"), "it was not their doing"


@pytest.mark.parametrize("to", TO[:2], ids=NAMES[:2])
async def test_a_colleague_who_was_asked_takes_the_customer(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.consults(**to)
    await desk.ask("consult_complete")
    await desk.settle()
    asked = desk.number_of(to)
    assert desk.hear("customer", asked)
    assert desk.phone("8001").over
    assert desk.state(0) == "wrapup"
    assert desk.state(1 if asked == "8002" else 2) == "talking"
    assert desk.segments()[-3:] == ["talk", "consult", "talk"]
    assert sum(isinstance(fact, InteractionRecorded) for fact in desk.facts) == 1
    assert len(desk.tape.running) == 1
    assert [str(fact.role) for fact in desk.facts if isinstance(fact, ParticipantJoined)] == [
        "agent",
        "consulted",
        "agent",
    ]
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_somebody_outside_who_was_asked_takes_the_customer() -> None:
    desk = await Desk().talks()
    await desk.consults(number=OUTSIDE)
    await desk.ask("consult_complete")
    await desk.settle()
    assert desk.hear("customer", OUTSIDE)
    assert desk.state(0) == "wrapup"
    desk.phone(OUTSIDE).leaves()
    await desk.settle()
    assert desk.customer.over
    assert desk.end_reasons() == ["transferred_out"]
    await desk.everything_ends()
    assert desk.nothing_left()


@pytest.mark.parametrize("to", TO, ids=NAMES)
async def test_a_consultation_completed_while_it_rings_sends_the_customer_there(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.asks(**to)
    await desk.ask("consult_complete")
    await desk.settle()
    assert desk.state(0) == "wrapup"
    assert desk.phone("8001").over
    asked = desk.number_of(to)
    await desk.answers(asked)
    assert desk.hear("customer", asked)


@pytest.mark.parametrize("to", TO, ids=NAMES)
async def test_the_agent_changes_between_customer_and_who_was_asked(to: dict[str, str]) -> None:
    desk = await Desk().talks()
    await desk.consults(**to)
    asked = desk.number_of(to)
    await desk.ask("alternate")
    assert desk.hear("customer", "8001")
    assert desk.music(asked)
    assert (desk.segment(), desk.state(0)) == ("talk", "talking")
    await desk.ask("alternate")
    assert desk.hear("8001", asked)
    assert desk.music("customer")
    assert (desk.segment(), desk.state(0)) == ("consult", "consult")


async def test_a_colleague_who_does_not_answer_leaves_the_customer_on_hold() -> None:
    desk = await Desk().talks()
    await desk.asks(agent="8002")
    desk.phone("8002").leaves(486)
    await desk.settle()
    assert desk.music("customer")
    assert (desk.segment(), desk.state(0), desk.state(1)) == ("hold", "hold", "busy")
    await desk.ask("retrieve")
    assert desk.hear("customer", "8001")


async def test_a_colleague_who_lets_it_ring_leaves_the_customer_on_hold() -> None:
    desk = await Desk().talks()
    await desk.asks(agent="8002")
    await desk.pass_time(21)
    assert (desk.segment(), desk.state(1)) == ("hold", "busy")
    await desk.ask("retrieve")
    assert desk.hear("customer", "8001")


async def test_a_queue_that_was_asked_goes_on_when_one_of_it_does_not_answer() -> None:
    desk = await Desk().talks()
    await desk.asks(queue="experts")
    desk.phone("8003").leaves(486)
    await desk.settle()
    assert (desk.segment(), desk.state(2)) == ("consult", "busy")
    await desk.routing.set_state(desk.agents[2].id, "ready", "")
    await desk.settle()
    await desk.answers("8003")
    assert desk.hear("8001", "8003")


async def test_a_colleague_who_hangs_up_leaves_the_customer_on_hold() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    desk.phone("8002").leaves()
    await desk.settle()
    assert desk.music("customer")
    assert desk.segment() == "hold"
    assert desk.state(1) in ("ready", "wrapup")


async def test_an_agent_who_hangs_up_has_handed_the_customer_over() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    desk.phone("8001").leaves()
    await desk.settle()
    assert desk.hear("customer", "8002")
    assert not desk.customer.over


async def test_a_colleague_may_be_asked_though_on_a_break_but_not_in_a_call() -> None:
    desk = await Desk().talks()
    await desk.routing.set_state(desk.agents[1].id, "busy", "paperwork")
    await desk.consults(agent="8002")
    assert desk.hear("8001", "8002")
    await desk.ask("consult_cancel")
    with pytest.raises(NotToYourself):
        await desk.ask("consult", to={"agent": "8001"})
    second = await desk.arrives()
    assert not second.over


async def test_who_talks_already_cannot_be_asked_and_nothing_has_changed() -> None:
    desk = await Desk().talks()
    await desk.routing.private(desk.agents[1].id, True, "8009")
    with pytest.raises(AgentNotFree):
        await desk.ask("consult", to={"agent": "8002"})
    assert desk.hear("customer", "8001")
    assert desk.segment() == "talk"


async def test_only_who_is_in_charge_decides_about_the_customer() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    for verb in ("consult_complete", "conference", "alternate", "hold", "transfer", "keys"):
        with pytest.raises(NotPossibleNow):
            await desk.ask(verb, by=1)
    with pytest.raises(NotYourCall):
        await desk.ask("hold", by=2)
    assert desk.hear("8001", "8002")


async def test_verbs_of_a_consultation_are_refused_without_one() -> None:
    desk = await Desk().talks()
    for verb in ("consult_complete", "consult_cancel", "conference", "alternate", "leave"):
        with pytest.raises(NotPossibleNow):
            await desk.ask(verb)
    assert desk.hear("customer", "8001")


async def test_a_second_consultation_is_refused_while_one_is_under_way() -> None:
    desk = await Desk().talks()
    await desk.asks(agent="8002")
    for verb in ("consult", "transfer"):
        with pytest.raises(NotPossibleNow):
            await desk.ask(verb, to={"queue": "experts"})
    await desk.answers("8002")
    assert desk.hear("8001", "8002")


async def test_the_agents_own_hold_key_in_a_consultation_gives_both_others_music() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    desk.phone("8001").reoffers("sendonly")
    await desk.settle()
    assert desk.music("8002")
    assert desk.music("customer")
    desk.phone("8001").reoffers("sendrecv")
    await desk.settle()
    assert desk.hear("8001", "8002")


async def test_an_agents_page_that_is_reloaded_while_somebody_is_asked_comes_back_to_them() -> None:
    desk = await Desk(seat=Seat.BROWSER).talks()
    await desk.consults(agent="8002")
    old = desk.phone("8001")
    desk.call().post(LegSilent(desk.media_of("8001"), 5.0))
    await desk.settle()
    assert desk.music("8002")
    await desk.ask("rejoin")
    await desk.answers("8001")
    assert old.over
    assert desk.hear("8001", "8002")
    await desk.ask("consult_cancel")
    assert desk.hear("customer", "8001")


async def test_keys_are_pressed_towards_the_customer() -> None:
    desk = await Desk().talks()
    await desk.ask("keys", digits="12#")
    assert ("send_keys", desk.call().customer_media, "12#") in desk.sound.told


async def test_who_is_asked_reads_the_note() -> None:
    desk = await Desk().talks()
    await desk.ask("consult", to={"agent": "8002"}, note="wants the invoice of May")
    await desk.settle()
    seen = desk.live.snapshot(frozenset({f"person:{desk.agents[1].id}"}))
    (document,) = [value for key, value in seen.items() if key.startswith("interaction/")]
    lines = [(line["kind"], line["actor"], line["text"]) for line in document["trail"][-3:]]
    assert ("consult", "8001", "") in lines
    assert ("note", "8001", "wants the invoice of May") in lines
