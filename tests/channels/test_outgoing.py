"""Calls that go out: the agent first, then the customer, and whoever hangs up at whichever step."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.channels.owing import WANG, Owing
from tests.channels.world import TENANT
from yuelai.channels.callback.errors import NoNumber
from yuelai.channels.messages import NotPossibleNow
from yuelai.channels.ports import Entry, Identified
from yuelai.channels.voice.agent_party import REJOIN_HEADER
from yuelai.interactions.events import InteractionStarted, Linked
from yuelai.media.ports import LegGone
from yuelai.routing.errors import AgentNotFree
from yuelai.telephony.ports import Ended, Ringing

CARD = {"id": str(uuid4()), "name": "王芳", "class": "gold"}


@pytest.fixture
async def world() -> Owing:
    made = Owing()
    await made.begin()
    return made


async def test_who_is_sent_to_a_flow_by_the_agent_who_called_them_has_been_with_one(world: Owing) -> None:
    """They did not serve themselves, though no flow was before."""
    walks = []

    async def run(entry: Entry, dialogue: object, context: dict[str, object]) -> object:
        walks.append(context["walk"])
        return await dialogue._gone.wait()  # type: ignore[attr-defined]

    world.script.entries["10001"] = Entry(TENANT, "other flow")
    world.script.run = run  # type: ignore[method-assign,assignment]
    await world.book(interaction_id=uuid4())
    await world.due()
    for line in range(2):
        world.lines.dialled[line].picks_up()
        await world.settle()
    await world.ask("transfer", to={"number": "10001"})
    await world.settle()
    assert walks == [2]


# --- a callback ----------------------------------------------------------------------------------------------------


async def test_the_agent_is_rung_then_the_customer_and_both_are_recorded(world: Owing) -> None:
    world.people.answer = Identified("one", [CARD])
    previous = uuid4()
    await world.book(interaction_id=previous)
    await world.due()
    (phone,) = world.lines.dialled
    snapshot = world.live.snapshot(frozenset({f"person:{world.agent.id}"}))
    (shown,) = (value for key, value in snapshot.items() if key.startswith("interaction/"))
    assert (shown["direction"], shown["state"], shown["customer"]["name"]) == ("out", "ring", "王芳")
    phone.picks_up()
    await world.settle()
    customer = world.lines.dialled[1]
    assert (customer.called, customer.caller) == (WANG, "10000")
    assert world.abroad.asked == [{"caller": "10000", "seat": "8001"}], "the toll rules count for the agent's seat"
    assert world.segments() == ["queue", "ring", "dial"]
    assert not world.tape.running, "nobody is recorded who has not answered"
    customer.picks_up()
    await world.settle()
    assert world.segments() == ["queue", "ring", "dial", "talk"]
    assert len(world.tape.running) == 1
    assert world.joined()
    customer.leaves()
    await world.settle()
    assert phone.over
    assert world.state() == "wrapup"
    await world.ask("wrapup", disposition="solved", note="")
    await world.settle()
    assert world.state() == "ready"
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.moves() == ["offered", "dialling", "done:answered"]
    assert world.last().agent_id == world.agent.id
    (started,) = (fact for fact in world.facts if isinstance(fact, InteractionStarted))
    assert started.direction == "out"
    assert ("previous", previous) in [(fact.kind, fact.other_id) for fact in world.facts if isinstance(fact, Linked)]
    assert world.abroad.standing == 0
    assert world.nothing_left()


async def test_the_agent_hears_it_ring(world: Owing) -> None:
    phone, customer = await world.dialling()
    customer.happens(Ringing(customer.id, 180, None))
    await world.settle()
    (tone,) = (told for told in world.sound.told if told[0] == "play")
    assert str(tone[3][0]).endswith("ringback.opus")
    customer.happens(Ringing(customer.id, 183, "v=0 early"))
    await world.settle()
    assert world.sound.verbs()[-2:] == ["answer", "stop"], "what the network sends is heard instead"
    customer.picks_up()
    await world.settle()
    assert world.joined()
    assert not phone.over


@pytest.mark.parametrize(
    ("status", "result", "minutes"),
    [(486, "busy", 5), (600, "busy", 5), (603, "refused", 30), (408, "no_answer", 30), (480, "no_answer", 30),
     (404, "unreachable", 30), (503, "unreachable", 30)],
)  # fmt: skip
async def test_a_customer_who_is_not_reached_is_tried_again_later(
    world: Owing, status: int, result: str, minutes: int
) -> None:
    phone, customer = await world.dialling()
    customer.leaves(status)
    await world.settle()
    assert phone.over
    assert world.end_reasons() == ["not_reached"]
    assert world.state() == "wrapup", "the agent notes what happened"
    assert (world.last().state, world.last().result, world.last().attempts) == ("waiting", result, 1)
    assert world.last().due_at - world.clock.now() == timedelta(minutes=minutes)
    await world.ask("wrapup", disposition="not_reached", note="")
    await world.settle()
    assert world.abroad.standing == 0
    assert world.nothing_left()


async def test_the_agent_hangs_up_while_the_customer_is_called(world: Owing) -> None:
    phone, customer = await world.dialling()
    phone.leaves()
    await world.settle()
    assert customer.over
    assert world.end_reasons() == ["not_reached"]
    assert world.moves()[-1] == "waiting:given_up"
    await world.pass_time(31)
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_the_agent_ends_it_at_the_screen_while_the_customer_is_called(world: Owing) -> None:
    phone, customer = await world.dialling()
    await world.ask("hangup")
    await world.settle()
    assert customer.over
    assert phone.over
    assert world.moves()[-1] == "waiting:given_up"


async def test_the_agent_hangs_up_in_talk(world: Owing) -> None:
    phone, customer = await world.connected()
    phone.leaves()
    await world.settle()
    assert customer.over
    assert world.end_reasons() == ["agent_hung_up"]
    assert world.moves()[-1] == "done:answered"


async def test_the_agent_does_not_pick_up_and_the_next_one_does() -> None:
    world = Owing(agents=2)
    await world.begin()
    await world.book()
    await world.due()
    (first,) = world.lines.dialled
    await world.ready(1)
    await world.pass_time(21)
    assert first.over
    assert world.state(0) == "busy"
    second = world.lines.dialled[1]
    assert second.called == "8002"
    second.picks_up()
    await world.settle()
    assert world.lines.dialled[2].called == WANG
    assert world.segments() == ["queue", "ring", "queue", "ring", "dial"]


async def test_the_agent_declines_and_the_customer_waits_on(world: Owing) -> None:
    await world.book()
    await world.due()
    await world.ask("hangup")
    await world.settle()
    assert world.segments() == ["queue", "ring", "queue"]
    assert world.state() == "busy"
    assert len(world.keeper) == 1
    await world.ready(0)
    assert len(world.lines.dialled) == 2, "offered again as soon as somebody is ready"


async def test_a_number_that_the_seat_may_not_call_is_not_tried_again(world: Owing) -> None:
    world.abroad.forbidden.add(WANG)
    await world.book()
    await world.due()
    (phone,) = world.lines.dialled
    phone.picks_up()
    await world.settle()
    assert phone.over
    assert world.moves()[-1] == "failed:denied"
    assert world.end_reasons() == ["not_reached"]


async def test_without_a_trunk_it_is_tried_again_later(world: Owing) -> None:
    world.lines.dead.add(WANG)
    await world.book()
    await world.due()
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.moves()[-1] == "waiting:unreachable"
    assert world.abroad.standing == 0


async def test_nothing_is_asked_of_a_customer_who_has_not_answered(world: Owing) -> None:
    await world.dialling()
    for verb in ("hold", "transfer", "consult", "conference"):
        with pytest.raises(NotPossibleNow):
            await world.ask(verb, to={"queue": "general"})
    assert world.segments() == ["queue", "ring", "dial"]


async def test_the_customers_sound_dies_while_they_are_called(world: Owing) -> None:
    phone, customer = await world.dialling()
    call = world.call()
    call.post(LegGone(call.customer_media))
    await world.settle()
    assert phone.over
    assert customer.over
    assert world.moves()[-1] == "waiting:interrupted"


async def test_a_limit_of_the_day_ends_the_talk(world: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuelai.channels.voice.placing.METER_SECONDS", 0.01)
    _, customer = await world.connected()
    world.clock.advance(61)
    line = world.call().placing._line  # type: ignore[attr-defined]
    object.__setattr__(line, "longest", 60.0)
    await world.settle()
    assert customer.over
    assert world.abroad.spent == [61.0]


async def test_the_process_stops_while_a_customer_is_called(world: Owing) -> None:
    phone, customer = await world.dialling()
    await world.channel.close()
    assert phone.over
    assert customer.over
    assert world.end_reasons() == ["system_restart"]


async def test_an_answer_that_crosses_the_agents_hang_up_leaves_nobody_hanging(world: Owing) -> None:
    phone, customer = await world.dialling()
    phone.leaves()
    customer.picks_up()
    await world.settle()
    assert customer.over
    assert world.end_reasons() == ["not_reached"]
    assert not world.tape.running


# --- a call that an agent makes ------------------------------------------------------------------------------------


async def make(world: Owing, number: str = "138 0000 0001", **more: object) -> None:
    await world.outgoing.make(world.agent.id, TENANT, number, **more)  # type: ignore[arg-type]
    await world.settle()


async def test_an_agents_own_phone_rings_first(world: Owing) -> None:
    await make(world)
    assert world.state() == "talking"
    (phone,) = world.lines.dialled
    assert phone.headers[REJOIN_HEADER] == "1", "a browser picks up by itself"
    assert world.segments() == ["ring"]
    phone.picks_up()
    await world.settle()
    customer = world.lines.dialled[1]
    assert (customer.called, customer.caller) == (WANG, "10000")
    customer.picks_up()
    await world.settle()
    assert world.segments() == ["ring", "dial", "talk"]
    await world.ask("hold")
    await world.ask("retrieve")
    customer.leaves()
    await world.settle()
    assert world.segments() == ["ring", "dial", "talk", "hold", "talk"]
    await world.ask("wrapup", disposition="solved", note="")
    await world.settle()
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_a_call_of_ones_own_needs_to_be_signed_in_and_free(world: Owing) -> None:
    await world.connected()
    with pytest.raises(AgentNotFree):
        await make(world)
    with pytest.raises(NoNumber):
        await make(world, "anonymous")
    assert len(world.channel.ids()) == 1


async def test_the_number_shown_may_be_another_one_of_ours(world: Owing) -> None:
    await make(world, caller="0571 8812 6620", queue_code="general")
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.abroad.asked[0]["caller"] == "057188126620"


@pytest.mark.parametrize("how", ["refuses", "unreachable", "screen"])
async def test_who_does_not_pick_up_their_own_phone_calls_nobody(world: Owing, how: str) -> None:
    if how == "unreachable":
        world.lines.registered = False
    await make(world)
    if how == "refuses":
        world.lines.dialled[0].leaves(486)
    elif how == "screen":
        await world.ask("hangup")
    await world.settle()
    assert [line.called for line in world.lines.dialled if line.called == WANG] == []
    assert world.end_reasons() == ["failed"]
    assert world.state() == "ready"
    assert world.nothing_left()


async def test_an_own_phone_that_nobody_answers_stops_ringing(world: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuelai.channels.voice.outgoing.OWN_PHONE_SECONDS", 0.01)
    await make(world)
    await world.settle()
    (phone,) = world.lines.dialled
    assert phone.over
    assert world.state() == "ready"


async def test_a_customer_who_does_not_answer_ends_it(world: Owing) -> None:
    await make(world)
    phone = world.lines.dialled[0]
    phone.picks_up()
    await world.settle()
    customer = world.lines.dialled[1]
    customer.happens(Ended(customer.id, "system", 408, "timeout"))
    await world.settle()
    assert phone.over
    assert world.end_reasons() == ["not_reached"]
    assert world.state() == "wrapup"


async def test_a_full_journal_lets_the_agent_go(world: Owing) -> None:
    world.full = True
    await make(world)
    await world.settle()
    assert world.state() == "ready"
    assert world.lines.dialled == []


async def test_a_wall_clock_that_is_set_changes_no_bill(world: Owing) -> None:
    _, customer = await world.connected()
    world.clock.advance(60)
    world.clock.set_wall(-3600)
    customer.leaves()
    await world.settle()
    assert world.abroad.spent == [60.0]
