"""An agent sends the customer on without a word: to a colleague, a queue, a number of ours, a number outside."""

from __future__ import annotations

import pytest

from tests.channels.desk import OUTSIDE, Desk
from tests.channels.world import TENANT
from yuelai.channels.ports import Entry, NotAllowedOutside
from yuelai.channels.voice.targets import NoTarget, NotToYourself
from yuelai.interactions.events import InteractionRecorded
from yuelai.platform.ids import new_id
from yuelai.routing.errors import AgentNotFree, NoSuchAgent, NoSuchQueue
from yuelai.routing.model import AgentRecord, Queue


async def test_a_customer_sent_to_a_colleague_rings_there_and_the_sender_wraps_up_at_once() -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    assert desk.phone("8001").over
    assert (desk.state(0), desk.state(1)) == ("wrapup", "ringing")
    assert desk.music_for_who_waits()
    await desk.answers("8002")
    assert desk.hear("customer", "8002")
    assert (desk.state(0), desk.state(1)) == ("wrapup", "talking")
    assert desk.segments() == ["ivr", "queue", "ring", "talk", "queue", "ring", "talk"]
    assert sum(isinstance(fact, InteractionRecorded) for fact in desk.facts) == 1
    assert len(desk.tape.running) == 1, "a recording of its own for each agent"


async def test_the_new_agents_screen_has_customer_trail_and_the_senders_note() -> None:
    desk = await Desk().talks()
    await desk.ask("transfer", to={"agent": "8002"}, note="wants the invoice of May")
    await desk.settle()
    seen = desk.live.snapshot(frozenset({f"person:{desk.agents[1].id}"}))
    (document,) = [value for key, value in seen.items() if key.startswith("interaction/")]
    assert [line["text"] for line in document["trail"] if line["kind"] == "note"] == ["wants the invoice of May"]
    assert {"transfer", "offer"} <= {line["kind"] for line in document["trail"]}


async def test_the_senders_wrap_up_is_theirs_while_the_colleague_talks_on() -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    await desk.answers("8002")
    await desk.ask("wrapup", by=0, disposition="passed on", note="invoice")
    await desk.settle()
    assert (desk.state(0), desk.state(1)) == ("ready", "talking")
    assert not desk.customer.over
    desk.customer.leaves()
    await desk.settle()
    await desk.ask("wrapup", by=1, disposition="solved")
    await desk.settle()
    assert desk.wrapped_up() == ["8001", "8002"]
    assert desk.closed() == 1
    assert desk.life().disposition == "solved"
    assert desk.nothing_left()


async def test_who_wraps_up_longest_closes_the_contact() -> None:
    desk = await Desk(wrapup_seconds=60).talks()
    await desk.sends(agent="8002")
    await desk.answers("8002")
    desk.customer.leaves()
    await desk.settle()
    await desk.ask("wrapup", by=1, disposition="solved")
    assert desk.closed() == 0
    await desk.pass_time(61)
    assert desk.closed() == 1
    assert desk.nothing_left()


@pytest.mark.parametrize("how", ["lets it ring", "refuses"])
async def test_a_colleague_who_does_not_take_the_customer_gives_them_back_to_the_sender(how: str) -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    if how == "lets it ring":
        await desk.pass_time(21)
    else:
        desk.phone("8002").leaves(486)
        await desk.settle()
    assert desk.state(1) == "busy"
    assert desk.state(0) == "ringing", "still in wrap-up, hence there"
    assert "transfer_failed.opus" in [file.name for file in desk.said()]
    await desk.answers("8001")
    assert desk.hear("customer", "8001")
    desk.customer.leaves()
    await desk.settle()
    assert desk.end_reasons() == ["customer_hung_up"]
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_a_customer_whose_sender_has_gone_on_waits_at_their_old_place() -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    await desk.ask("wrapup", by=0, disposition="passed on")
    await desk.routing.set_state(desk.agents[0].id, "busy", "break")
    desk.phone("8002").leaves(486)
    await desk.settle()
    assert desk.segment() == "queue"
    contact = desk.routing._state.contacts[desk.call().id]
    assert contact.enqueued_at == desk.call().waiting.since
    await desk.routing.set_state(desk.agents[1].id, "ready", "")
    await desk.settle()
    await desk.answers("8002")
    assert desk.hear("customer", "8002")


async def test_a_contact_that_came_back_can_be_sent_on_again() -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    desk.phone("8002").leaves(486)
    await desk.settle()
    await desk.answers("8001")
    await desk.sends(queue="experts")
    await desk.answers("8003")
    assert desk.hear("customer", "8003")
    assert desk.state(0) == "wrapup"
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_a_customer_sent_to_a_queue_is_taken_by_one_of_it() -> None:
    desk = await Desk().talks()
    await desk.sends(queue="experts")
    assert desk.state(2) == "ringing"
    await desk.answers("8003")
    assert desk.hear("customer", "8003")
    assert desk.document()["queue"]["code"] == "experts"


async def test_a_customer_sent_to_the_senders_own_queue_does_not_come_back_to_the_sender() -> None:
    desk = await Desk(wrapup_seconds=0).talks()
    await desk.sends(queue="general")
    assert desk.state(0) == "ready"
    assert desk.state(1) == "ringing"


async def test_a_customer_sent_outside_speaks_on_without_an_agent_and_is_accounted_for() -> None:
    desk = await Desk().talks()
    await desk.sends(number=OUTSIDE)
    assert desk.state(0) == "wrapup"
    assert desk.segment() == "dial"
    assert desk.abroad.asked == [{"caller": "10000", "seat": "8001", "trunk": None}]
    await desk.answers(OUTSIDE)
    assert desk.hear("customer", OUTSIDE)
    assert desk.segment() == "talk"
    desk.clock.advance(42)
    desk.customer.leaves()
    await desk.settle()
    assert desk.end_reasons() == ["transferred_out"]
    assert desk.abroad.spent == [42.0]
    await desk.everything_ends()
    assert desk.nothing_left()


@pytest.mark.parametrize("how", ["busy", "cannot be dialled", "without sound"])
async def test_a_number_outside_that_does_not_answer_brings_the_customer_back(how: str) -> None:
    desk = await Desk().talks()
    if how == "cannot be dialled":
        desk.lines.dead = {OUTSIDE}
    await desk.sends(number=OUTSIDE)
    if how == "busy":
        desk.phone(OUTSIDE).leaves(486)
    elif how == "without sound":
        desk.sound.deaf = {"answer"}
        desk.phone(OUTSIDE).picks_up()
        await desk.settle()
        desk.sound.deaf = set()
    await desk.settle()
    assert desk.state(0) == "ringing"
    await desk.answers("8001")
    assert desk.hear("customer", "8001")
    assert desk.abroad.standing == 0


async def test_a_number_that_may_not_be_called_is_refused_and_the_talk_goes_on() -> None:
    desk = await Desk().talks()
    desk.abroad.forbidden = {OUTSIDE}
    with pytest.raises(NotAllowedOutside):
        await desk.sends(number=OUTSIDE)
    assert desk.hear("customer", "8001")
    assert desk.state(0) == "talking"


async def test_whoever_cannot_be_sent_to_is_told_and_the_talk_goes_on() -> None:
    desk = await Desk().talks()
    await desk.routing.set_state(desk.agents[1].id, "busy", "lunch")
    for to, refusal in [
        ({"agent": "8002"}, AgentNotFree),
        ({"agent": "8001"}, NotToYourself),
        ({"agent": "9999"}, NoSuchAgent),
        ({"queue": "nowhere"}, NoSuchQueue),
        ({}, NoTarget),
    ]:
        with pytest.raises(refusal):
            await desk.ask("transfer", to=to)
    assert desk.hear("customer", "8001")
    assert desk.segments() == ["ivr", "queue", "ring", "talk"]


async def test_a_customer_sent_to_another_number_of_ours_is_greeted_by_its_flow() -> None:
    desk = await Desk().talks()
    desk.script.entries["10001"] = Entry(TENANT, "other flow")
    walked = []

    async def run(entry: Entry, dialogue: object, context: object) -> object:
        walked.append(entry.flow)
        return await dialogue._gone.wait()  # type: ignore[attr-defined]

    desk.script.run = run  # type: ignore[method-assign,assignment]
    await desk.sends(number="10001")
    assert walked == ["other flow"]
    assert desk.segment() == "ivr"
    assert desk.state(0) == "wrapup"
    desk.customer.leaves()
    await desk.settle()
    assert desk.end_reasons() == ["customer_hung_up"]
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_a_held_customer_who_is_sent_on_is_heard_by_the_colleague() -> None:
    desk = await Desk().talks()
    await desk.ask("hold")
    await desk.sends(agent="8002")
    await desk.answers("8002")
    assert desk.hear("customer", "8002")


async def test_who_sent_a_customer_that_came_back_to_somebody_else_has_nothing_left_to_wrap_up() -> None:
    desk = await Desk().talks()
    await desk.sends(agent="8002")
    desk.phone("8002").leaves(486)
    await desk.settle()
    await desk.pass_time(21)
    assert desk.state(0) == "busy", "it rang at the sender, in vain"
    await desk.ready(1)
    await desk.pass_time(31)
    await desk.answers("8002")
    assert desk.hear("customer", "8002")
    assert desk.life().parties.wrapping() == []
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.wrapped_up() == ["8001", "8002"]
    assert desk.nothing_left()


@pytest.mark.parametrize("to", [{"agent": "9001"}, {"number": "9001"}])
@pytest.mark.parametrize("verb", ["transfer", "consult"])
async def test_nobody_of_another_tenant_is_sent_a_customer_or_asked(verb: str, to: dict[str, str]) -> None:
    desk = Desk()
    elsewhere = new_id()
    theirs = Queue(new_id(), elsewhere, "general", "别家")
    stranger = AgentRecord(new_id(), elsewhere, "9001", "外人", {theirs.id: 1})
    desk.agents, desk.queues = [*desk.agents, stranger], [*desk.queues, theirs]
    await desk.talks()
    await desk.ready(3)
    desk.abroad.forbidden.add("9001")
    with pytest.raises((NoSuchAgent, NotAllowedOutside)):
        await desk.ask(verb, to=to)
    await desk.settle()
    assert desk.hear("customer", "8001")
    assert desk.state(3) == "ready"
