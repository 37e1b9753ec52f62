"""How a caller arrives: heard before being answered, hidden, recorded only if they agree, known to somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.channels.heard import SILENT, Heard
from tests.channels.world import TENANT, Away, Line
from yuelai.channels.ports import Entry, FlowOutcome, Identified
from yuelai.channels.voice import arrival, asking
from yuelai.channels.voice.arrival import hides
from yuelai.interactions.events import InteractionIdentified
from yuelai.platform.ids import new_id


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.1)


# --- before being answered --------------------------------------------------------------------------------------------


class Quiet(Heard):
    """Whose flow asks for no key until it ends in the queue."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.script.entries["10000"] = Entry(TENANT, None, early=True)
        self.script.run = self._walk  # type: ignore[method-assign]

    async def _walk(self, entry: Entry, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        self.script.dialogue = dialogue
        gone = asyncio.ensure_future(dialogue._gone.wait())
        await asyncio.wait({self.script.outcome, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not self.script.outcome.done():
            raise Away
        return self.script.outcome.result()


async def test_a_flow_is_heard_before_the_call_is_answered_and_an_agent_answers_it() -> None:
    world = Quiet()
    await world.begin()
    line = await world.queued()
    assert line.early == (183, "v=0 ours")
    assert line.answered is None, "waiting costs the caller nothing"
    assert world.lines.dialled
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)
    assert line.answered == "v=0 ours"


async def test_asking_for_keys_answers_the_call() -> None:
    world = Heard()
    world.script.entries["10000"] = Entry(TENANT, None, early=True)
    await world.begin()
    line = await world.arrives()
    assert line.early == (183, "v=0 ours")
    await world.until(lambda: line.answered is not None)
    await world.to_queue()
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)


async def test_who_is_only_told_something_is_never_answered() -> None:
    world = Quiet()
    await world.begin()
    line = await world.arrives()
    world.script.outcome.set_result(FlowOutcome(served=True))
    await world.over()
    assert line.answered is None
    assert line.hung_up is not None
    assert world.nothing_left()


async def test_who_gives_up_before_being_answered_has_abandoned() -> None:
    world = Quiet()
    await world.begin(ready=False)
    line = await world.queued()
    line.leaves(487)
    await world.over()
    assert world.end_reasons() == ["abandoned"]
    assert world.nothing_left()


async def test_who_brings_no_description_is_answered_at_once() -> None:
    world = Quiet()
    await world.begin(ready=False)
    line = Line()
    line.offer, line.late_answer = None, "v=0 theirs"
    await world.channel.on_call(line)  # type: ignore[arg-type]
    await world.settle()
    assert line.early is None
    assert line.answered == "v=0 ours"


async def test_keys_in_the_queue_answer_who_wants_to_be_called_back() -> None:
    world = Quiet(replace(SILENT, callback_after=30))
    await world.begin(ready=False)
    line = await world.queued()
    assert line.answered is None
    world.press("1")
    await world.hears("callback_confirm")
    assert line.answered is not None


async def test_it_is_known_for_how_long_the_oldest_call_waits_for_our_answer() -> None:
    world = Quiet()
    await world.begin(ready=False)
    assert world.channel.taking_up() == 0.0
    world.sound.held_up = asyncio.Event()
    await world.arrives()
    world.clock.advance(0.25)
    await world.arrives()
    world.clock.advance(0.5)
    assert world.channel.taking_up() == pytest.approx(0.75)
    world.sound.held_up.set()
    await world.settle()
    assert world.channel.taking_up() == 0.0


# --- who calls --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", ["", "anonymous", "Anonymous", "unavailable", "restricted"])
async def test_nobody_is_looked_up_who_hides(caller: str) -> None:
    world = Heard()
    asked: list[str] = []

    async def identify(tenant_id: UUID, ani: str) -> Identified:
        asked.append(ani)
        return Identified("new", [])

    world.people.identify = identify  # type: ignore[method-assign]
    await world.begin()
    await world.queued(caller=caller)
    assert asked == []
    (fact,) = [fact for fact in world.facts if isinstance(fact, InteractionIdentified)]
    assert (fact.match, fact.customer_id) == ("withheld", None)
    assert world.call().recorder.show.document()["match"] == "withheld"
    assert len(world.lines.dialled) == 1


def test_who_asks_for_privacy_hides_though_the_number_came() -> None:
    line = Line("13800000001")
    line.carried = {"privacy": ("id; critical",)}
    assert hides(line)  # type: ignore[arg-type]
    line.carried = {"privacy": ("none",)}
    assert not hides(line)  # type: ignore[arg-type]


# --- who should speak with them ---------------------------------------------------------------------------------------


class Acquainted:
    """`channels.ports.Relations` in the test's hand."""

    def __init__(self, *preferred: tuple[UUID, str], seconds: float = 0.0, fails: bool = False) -> None:
        self.found, self.seconds, self.fails = preferred, seconds, fails
        self.asked: list[UUID] = []

    async def preferred(self, tenant_id: UUID, customer_id: UUID) -> Sequence[tuple[UUID, str]]:
        self.asked.append(customer_id)
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise ConnectionError
        return self.found


async def known(relations: Acquainted) -> tuple[Heard, list[str]]:
    """Two agents are ready, the first one longer; 王芳 comes. Returns the numbers that ring."""
    world = Heard(relations=relations, agents=2)
    customer = new_id()
    world.people.answer = Identified("one", [{"id": str(customer), "name": "王芳", "class": "vip"}])
    await world.begin()
    world.clock.advance(60)
    await world.ready(1)
    await world.queued()
    await world.until(lambda: world.lines.dialled, "a ringing telephone")
    assert relations.asked == [customer]
    return world, [line.called for line in world.lines.dialled]


async def test_the_account_manager_of_a_customer_is_rung_first() -> None:
    relations = Acquainted()
    world, rung = await known(relations)
    assert rung == ["8001"], "else it is who has been free longest"
    relations = Acquainted()
    world = Heard(relations=relations, agents=2)
    relations.found = ((world.agents[1].id, "manager"),)
    world.people.answer = Identified("one", [{"id": str(new_id()), "name": "王芳", "class": "vip"}])
    await world.begin()
    world.clock.advance(60)
    await world.ready(1)
    await world.queued()
    await world.until(lambda: world.lines.dialled)
    assert [line.called for line in world.lines.dialled] == ["8002"]


@pytest.mark.parametrize("relations", [Acquainted(seconds=30), Acquainted(fails=True)])
async def test_the_queue_does_not_wait_for_who_cannot_be_found_out(
    relations: Acquainted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "PREFERRED_SECONDS", 0.02)
    _, rung = await known(relations)
    assert rung == ["8001"]


# --- being recorded ---------------------------------------------------------------------------------------------------


async def test_who_does_not_agree_is_not_recorded_and_the_trail_says_so() -> None:
    world = Heard()
    await world.begin()
    await world.arrives()
    await world.script.dialogue.consented(False)
    await world.to_queue()
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)
    assert world.tape.running == set()
    assert {"consent": False} in world.notes("recording")


async def test_who_agrees_is_recorded() -> None:
    world = Heard()
    await world.begin()
    await world.arrives()
    await world.script.dialogue.consented(True)
    await world.to_queue()
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)
    assert len(world.tape.running) == 1
    assert {"consent": True} in world.notes("recording")


async def test_a_notice_of_the_queue_is_heard_to_its_end_before_anybody_is_rung() -> None:
    world = Heard(replace(SILENT, notice="recording_notice"))
    await world.begin()
    await world.arrives()
    world.sound.pace = 0.2
    await world.to_queue()
    await world.hears("recording_notice")
    assert world.lines.dialled == []
    await world.until(lambda: world.lines.dialled, "the agent")
    assert world.sound.stopped == []
    assert {"notice": "recording_notice"} in world.notes("recording")


# --- the agent's number -----------------------------------------------------------------------------------------------


async def test_the_customer_hears_who_speaks_where_the_queue_says_so() -> None:
    world = Heard(replace(SILENT, agent_number=True))
    await world.begin()
    await world.queued()
    world.lines.dialled[0].picks_up()
    await world.hears("agent_before", "number_8", "number_0", "number_0", "digit_1", "agent_after")
    call = world.call()
    assert call.agent is not None
    assert frozenset({call.customer_media, call.agent.media_leg}) in world.sound.joined
