"""A call's actor, from the INVITE to the last wrap-up second, with every way it can end."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.channels.world import World
from yuelai.channels.ports import FlowOutcome, Identified
from yuelai.channels.voice import reloading
from yuelai.channels.voice.messages import Actor, NoSuchCall, NotPossibleNow, NotYourCall
from yuelai.media.ports import Digit, LegGone
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.events import Seat
from yuelai.telephony.ports import Answered, Reanswered, Referred

WANG = {"id": str(uuid4()), "name": "王芳", "class": "gold"}


async def test_a_call_is_greeted_queued_answered_and_wrapped_up() -> None:
    world = World()
    await world.begin()
    world.people.answer = Identified("one", [WANG])
    customer, phone = await world.talking()
    assert customer.answered
    assert world.state() == "talking"
    assert len(world.tape.running) == 1
    customer.leaves()
    await world.settle()
    assert phone.over
    assert world.state() == "wrapup"
    await world.ask("wrapup", disposition="solved", note="")
    await world.settle()
    assert world.state() == "ready"
    assert world.segments() == ["ivr", "queue", "ring", "talk"]
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_the_screen_knows_the_customer_before_the_phone_rings() -> None:
    world = World()
    await world.begin()
    world.people.answer = Identified("one", [WANG])
    seen: list[str] = []
    dial = world.lines.dial

    async def watched(user: str, **options: object) -> object:
        snapshot = world.live.snapshot(frozenset({f"person:{world.agent.id}"}))
        seen.extend(value["customer"]["name"] for key, value in snapshot.items() if key.startswith("interaction/"))
        return await dial(user, **options)  # type: ignore[arg-type]

    world.lines.dial = watched  # type: ignore[method-assign,assignment]
    await world.queued()
    assert seen == ["王芳"]


async def test_a_stranger_who_becomes_a_customer_is_known_while_they_wait() -> None:
    world = World()
    await world.begin(ready=False)
    await world.queued()
    (interaction_id,) = world.channel.ids()
    world.people.answer = Identified("one", [WANG])
    world.channel.customer_created(SAMPLE_TENANT)
    await world.settle()
    document = world.live.get(f"interaction/{interaction_id}")
    assert document is not None
    assert document["customer"]["name"] == "王芳"


async def test_hanging_up_in_self_service_ends_the_flow_and_closes_the_record() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives()
    customer.leaves()
    await world.settle()
    assert world.script.gone
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_hanging_up_in_the_queue_is_an_abandoned_call() -> None:
    world = World()
    await world.begin(ready=False)
    customer = await world.queued()
    customer.leaves()
    await world.settle()
    assert world.end_reasons() == ["abandoned"]
    assert world.nothing_left()


async def test_hanging_up_while_it_rings_stops_the_phone_and_frees_the_agent() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    assert world.state() == "ringing"
    customer.leaves()
    await world.settle()
    assert world.lines.dialled[0].over
    assert world.state() == "ready"
    assert world.end_reasons() == ["abandoned"]
    assert world.nothing_left()


async def test_an_answer_that_crosses_the_customers_hang_up_connects_nobody() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    (phone,) = world.lines.dialled
    customer.leaves()
    phone.happens(Answered(phone.id, "v=0"))
    await world.settle()
    assert phone.over
    assert "bridge" not in world.sound.verbs()
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_an_agent_who_does_not_answer_is_set_aside_and_the_customer_keeps_waiting() -> None:
    world = World(ring_seconds=20)
    await world.begin()
    customer = await world.queued()
    await world.pass_time(21)
    assert world.lines.dialled[0].over
    assert world.state() == "busy"
    assert not customer.over
    assert world.segments() == ["ivr", "queue", "ring", "queue"]
    await world.routing.set_state(world.agent.id, "ready")
    await world.settle()
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.state() == "talking"


async def test_an_answer_after_the_ring_time_connects_nobody() -> None:
    world = World(ring_seconds=20)
    await world.begin()
    await world.queued()
    (phone,) = world.lines.dialled
    world.clock.advance(21)
    phone.happens(Answered(phone.id, "v=0"))
    await world.routing.time_passed()
    await world.settle()
    assert (world.state() == "talking") == (not phone.over)


async def test_a_declined_call_goes_back_to_the_queue() -> None:
    world = World()
    await world.begin()
    customer = await world.queued()
    world.lines.dialled[0].leaves(486)
    await world.settle()
    assert world.state() == "busy"
    assert not customer.over
    assert world.segments()[-1] == "queue"


async def test_a_seat_that_cannot_be_dialled_does_not_cost_the_customer_the_call() -> None:
    world = World()
    await world.begin()
    world.lines.registered = False
    customer = await world.queued()
    assert not customer.over
    assert world.state() == "busy"


async def test_hold_and_retrieve_are_segments_of_their_own() -> None:
    world = World()
    await world.begin()
    await world.talking()
    await world.ask("hold")
    await world.ask("hold")
    assert world.state() == "hold"
    await world.ask("retrieve")
    assert world.state() == "talking"
    assert world.segments() == ["ivr", "queue", "ring", "talk", "hold", "talk"]


async def test_the_agent_hangs_up_from_the_screen() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    await world.ask("hangup")
    await world.settle()
    assert customer.over
    assert world.end_reasons() == ["agent_hung_up"]


async def test_wrap_up_ends_by_itself() -> None:
    world = World(wrapup_seconds=30)
    await world.begin()
    customer, _ = await world.talking()
    customer.leaves()
    await world.settle()
    await world.pass_time(31)
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_a_reloaded_page_gets_its_call_back() -> None:
    world = World()
    await world.begin()
    customer, old = await world.talking()
    await world.ask("rejoin")
    new = world.lines.dialled[1]
    assert new.headers["X-Yuelai-Rejoin"] == "1"
    new.picks_up()
    await world.settle()
    assert old.over
    assert not customer.over
    assert world.state() == "talking"
    assert world.segments() == ["ivr", "queue", "ring", "talk"]
    customer.leaves()
    await world.settle()
    assert new.over


async def test_an_agents_page_that_dies_keeps_the_customer_and_may_come_back() -> None:
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    old.is_lost()
    await world.settle()
    assert not customer.over
    assert world.sound.playing, "the customer hears music"
    await world.ask("rejoin")
    world.lines.dialled[1].picks_up()
    await world.settle()
    assert world.state() == "talking"
    assert world.sound.verbs()[-2:] == ["stop", "bridge"]


async def test_an_agents_page_that_stays_away_gives_the_customer_to_the_next_agent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reloading, "REJOIN_SECONDS", 0.001)
    world = World(seat=Seat.BROWSER)
    await world.begin()
    customer, old = await world.talking()
    old.is_lost()
    await world.settle()
    assert not customer.over
    assert world.segments() == ["ivr", "queue", "ring", "talk", "queue"]
    assert len(world.tape.done) == 1
    await world.routing.set_state(world.agent.id, "ready")
    await world.settle()
    world.lines.dialled[-1].picks_up()
    await world.settle()
    assert world.state() == "talking"
    customer.leaves()
    await world.settle()
    assert world.end_reasons() == ["customer_hung_up"]


async def test_a_dead_media_engine_ends_the_call_for_both() -> None:
    world = World()
    await world.begin()
    customer, phone = await world.talking()
    for leg, listener in list(world.sound.open.items()):
        listener(LegGone(leg))
    await world.settle()
    assert customer.over
    assert phone.over
    assert world.end_reasons() == ["failed"]


async def test_a_call_without_sound_is_refused_and_recorded_as_such() -> None:
    world = World()
    await world.begin()
    world.sound.broken = True
    customer = await world.arrives()
    assert customer.hung_up == 503
    assert world.end_reasons() == ["refused"]
    assert world.nothing_left()


async def test_who_offers_no_sound_that_we_speak_is_told_so() -> None:
    world = World()
    await world.begin()
    world.sound.unfit = True
    customer = await world.arrives()
    assert customer.hung_up == 488
    assert world.end_reasons() == ["refused"]
    assert world.nothing_left()


async def test_an_unknown_number_is_not_found() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives(called="99999")
    assert customer.hung_up == 404
    assert world.facts[-1].type.startswith("agent.")


async def test_a_broken_flow_leads_to_an_agent() -> None:
    world = World()
    await world.begin(ready=False)
    await world.arrives()
    world.script.outcome.set_exception(RuntimeError("a node that does not exist"))
    await world.settle()
    assert world.segments()[-1] == "queue"


async def test_self_service_that_serves_never_meets_an_agent() -> None:
    world = World()
    await world.begin()
    customer = await world.arrives()
    world.script.outcome.set_result(FlowOutcome(served=True))
    await world.settle()
    assert customer.over
    assert world.end_reasons() == ["served"]
    assert world.lines.dialled == []
    assert world.nothing_left()


async def test_keys_reach_the_flow() -> None:
    world = World()
    await world.begin()
    await world.arrives()
    pressed: list[str] = []
    world.script.dialogue.key = pressed.append
    for leg, listener in world.sound.open.items():
        listener(Digit(leg, "5"))
    await world.settle()
    assert pressed == ["5"]


async def test_a_colleague_cannot_touch_my_call() -> None:
    world = World()
    await world.begin()
    await world.talking()
    stranger = world.channel
    (interaction_id,) = stranger.ids()
    with pytest.raises(NotYourCall):
        await stranger.command("hangup", Actor(uuid4(), "8002", frozenset()), interaction_id, {})


async def test_commands_that_do_not_fit_are_refused() -> None:
    world = World()
    await world.begin()
    customer, _ = await world.talking()
    with pytest.raises(NotPossibleNow):
        await world.ask("wrapup", disposition="solved")
    customer.leaves()
    await world.settle()
    with pytest.raises(NotPossibleNow):
        await world.ask("hold")
    (interaction_id,) = world.channel.ids()
    await world.ask("wrapup", disposition="solved")
    await world.settle()
    with pytest.raises(NoSuchCall):
        await world.channel.command("note", Actor(uuid4(), "", frozenset()), interaction_id, {"text": "x"})


@pytest.mark.parametrize("moment", ["arrives", "queued", "talking"])
async def test_stopping_the_process_ends_every_call_truthfully(moment: str) -> None:
    world = World()
    await world.begin()
    step: Callable[[], object] = getattr(world, moment)
    await step()  # type: ignore[misc]
    await world.channel.close()
    assert world.end_reasons() == ["system_restart"]


async def test_a_telephone_that_asks_for_a_transfer_to_where_nobody_may_call_is_refused_and_the_talk_goes_on() -> None:
    world = World()
    await world.begin()
    _, phone = await world.talking()
    world.abroad.forbidden = {"8009"}
    refused: list[int] = []

    class Wish:
        target, user, replaces, referred_by = "sip:8009@127.0.0.1", "8009", None, ""

        def accept(self) -> None:
            raise AssertionError

        def refuse(self, status: int = 603) -> None:
            refused.append(status)

        def progress(self, status: int) -> None:
            raise AssertionError

    phone.happens(Referred(phone.id, Wish()))
    phone.happens(Reanswered(phone.id, ""))
    await world.settle()
    assert refused == [403]
    assert world.state() == "talking"
