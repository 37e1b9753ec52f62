"""A message is left in a flow: kept once, whoever ends it, and the flow goes on; who was served may hang up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.channels.heard import Heard
from tests.channels.world import Line
from yuelai.channels.ports import FlowOutcome
from yuelai.channels.voice import asking, leaving, voicemail
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.interactions.events import EndReason
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Unavailable

Walk = Callable[[VoiceDialogue], Awaitable[FlowOutcome]]
SERVED = FlowOutcome(served=True)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.1)
    monkeypatch.setattr(voicemail, "TICK_SECONDS", 0.005)
    monkeypatch.setattr(voicemail, "SILENCE_SECONDS", 0.15)
    monkeypatch.setattr(voicemail, "SHORTEST_SECONDS", 0.02)


async def walking(walk: Walk, pace: float | None = 0.002) -> tuple[Heard, Line]:
    """A caller is in this flow; prompts take `pace` seconds each."""
    world = Heard()
    world.sound.pace = pace

    async def run(entry: Any, dialogue: Any, context: Any) -> FlowOutcome:
        return await walk(dialogue)

    async def files(tenant_id: UUID, utterances: Sequence[Any], language: str) -> list[Path]:
        return [Path(each) for each in utterances]

    world.script.run = run  # type: ignore[method-assign]
    world.script.files = files  # type: ignore[method-assign]
    await world.begin(ready=False)
    return world, await world.arrives()


class Record:
    """A flow that takes `times` messages, then asks for a key; `served` by each of them, if it says so."""

    def __init__(
        self, queue: str = "general", *, times: int = 1, served: bool = True, longest: float = 60, language: str = ""
    ) -> None:
        self._queue, self._times, self._served, self._longest = queue, times, served, longest
        self._language = language
        self.taken: list[float] = []

    async def __call__(self, dialogue: VoiceDialogue) -> FlowOutcome:
        if self._language:
            await dialogue.set_language(self._language)
        for _ in range(self._times):
            self.taken.append((await dialogue.record(self._queue, self._longest)).seconds)  # type: ignore[arg-type]
            if self.taken[-1] and self._served:
                await dialogue.served()
        await dialogue.collect([], maximum=1, first_timeout=30)
        return SERVED


async def speaking(world: Heard, seconds: float = 0.05) -> None:
    await world.until(lambda: world.tape.running, "the recording")
    world.speaks(True)
    await asyncio.sleep(seconds)


async def keeps(world: Heard, nth: int = 1) -> None:
    """The caller says something and keeps it."""
    await speaking(world)
    world.speaks(False, 0.05)
    await world.settle()
    world.press("#")
    await world.until(lambda: world.said.count("message_choice") == nth)
    world.press("1")


async def test_a_message_becomes_somebodys_and_the_flow_goes_on() -> None:
    flow = Record()
    world, line = await walking(flow)
    since = world.clock.now()
    await keeps(world)
    await world.until(lambda: flow.taken)
    ((owed, recording, seconds),) = world.books.messages
    assert (owed.number, owed.queue, owed.since, owed.language) == ("13800000001", "general", since, "zh-CN")
    assert (world.recorded(), seconds, flow.taken) == ([recording], 1.0, [1.0])
    assert world.said == ["beep", "message_choice"], "what is said before is the flow's"
    await world.until(lambda: world.segments() == ["ivr", "message", "ivr"])
    assert not line.over
    world.press("5")
    await world.over()
    assert len(world.books.messages) == 1
    assert world.end_reasons() == ["served"]
    assert world.nothing_left()


async def test_a_key_that_cuts_the_words_before_it_short_answers_nothing_after_it() -> None:
    """Who is told to press the pound key at the end presses it at once."""
    asked = list[str]()

    async def tells(dialogue: VoiceDialogue) -> FlowOutcome:
        await dialogue.say(["leave_message"])
        await dialogue.record("general", 60)
        await dialogue.say(["message_saved"])
        asked.append((await dialogue.collect(["main_menu"], maximum=1, first_timeout=30)).digits)
        return SERVED

    world, _ = await walking(tells, pace=None)
    await world.hears("leave_message")
    world.sound.pace = 0.002
    world.press("##")
    await keeps(world)
    await world.hears("leave_message", "beep", "message_choice", "message_saved", "main_menu")
    assert asked == []
    world.press("5")
    await world.over()
    assert asked == ["5"]


async def test_two_messages_of_one_contact_are_two() -> None:
    flow = Record(times=2)
    world, line = await walking(flow)
    await keeps(world)
    await world.until(lambda: flow.taken)
    await keeps(world, 2)
    await world.until(lambda: len(flow.taken) == 2)
    line.leaves()
    await world.over()
    assert len(world.books.messages) == len(set(world.recorded())) == 2


@pytest.mark.parametrize(("served", "reason"), [(True, "served"), (False, "message_left")])
async def test_who_hangs_up_has_left_what_they_said_and_the_flow_says_whether_that_served_them(
    served: bool, reason: str
) -> None:
    flow = Record(served=served)
    world, line = await walking(flow)
    await speaking(world)
    line.leaves()
    await world.over()
    assert len(world.books.messages) == len(world.recorded()) == len(flow.taken) == 1
    assert world.end_reasons() == [reason]
    assert world.segments() == ["ivr", "message"]
    assert world.nothing_left()


async def test_who_hangs_up_a_while_after_it_was_kept_has_left_it_too() -> None:
    flow = Record(served=False)
    world, line = await walking(flow)
    await keeps(world)
    await world.until(lambda: flow.taken)
    await world.until(lambda: world.segments() == ["ivr", "message", "ivr"])
    line.leaves()
    await world.over()
    assert (len(world.books.messages), world.end_reasons()) == (1, ["message_left"])


async def test_no_recording_stays_behind_whatever_breaks_while_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*arguments: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(voicemail.Voicemail, "_wanted", breaks)
    world, _ = await walking(Record())
    await speaking(world)
    world.press("#")
    await world.until(lambda: "queue" in world.segments(), "a flow that breaks leads to an agent")
    assert (len(world.recorded()), len(world.books.messages), world.tape.running) == (1, 1, set())


async def test_who_hangs_up_while_a_message_cannot_be_kept_has_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*arguments: object) -> bool:
        raise Unavailable("the journal is full")

    monkeypatch.setattr(leaving, "keep", full)
    world, line = await walking(Record())
    await speaking(world)
    line.leaves()
    await world.over()
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_who_hangs_up_while_they_are_asked_what_is_to_become_of_it_has_left_it() -> None:
    world, line = await walking(Record())
    await speaking(world)
    world.press("#")
    await world.hears("message_choice")
    line.leaves()
    await world.over()
    assert len(world.books.messages) == 1
    assert world.end_reasons() == ["served"]


async def test_who_hangs_up_without_a_word_has_left_nothing() -> None:
    world, line = await walking(Record())
    await world.until(lambda: world.tape.running)
    line.leaves()
    await world.over()
    assert (world.books.messages, world.recorded()) == ([], [])
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_what_is_too_short_is_asked_for_again_and_who_says_nothing_goes_on_without() -> None:
    flow = Record()
    world, line = await walking(flow)
    await world.until(lambda: flow.taken)
    assert flow.taken == [0.0]
    assert world.said == ["beep", *["message_short", "leave_message", "beep"] * (voicemail.ATTEMPTS - 1)]
    assert world.books.messages == []
    await world.until(lambda: world.segments() == ["ivr", "message", "ivr"])
    line.leaves()
    await world.over()
    assert world.end_reasons() == ["customer_hung_up"]


async def test_it_ends_at_its_longest_though_somebody_speaks_on() -> None:
    flow = Record(longest=0.2)
    world, line = await walking(flow)
    await speaking(world)
    await world.hears("message_choice")
    await world.until(lambda: flow.taken, "without a choice it is kept")
    line.leaves()
    await world.over()
    assert len(world.books.messages) == 1


async def test_a_queue_that_is_not_there_takes_none() -> None:
    flow = Record("nowhere")
    world, line = await walking(flow)
    await world.until(lambda: flow.taken)
    assert (flow.taken, world.said) == ([0.0], [])
    line.leaves()
    await world.over()


async def test_where_nothing_can_be_recorded_the_flow_goes_on() -> None:
    flow = Record()

    async def fails(*arguments: object) -> object:
        raise MediaError("no disk")

    world, line = await walking(flow)
    world.tape.start = fails  # type: ignore[method-assign, assignment]
    await world.until(lambda: flow.taken)
    assert flow.taken == [0.0]
    line.leaves()
    await world.over()
    assert world.end_reasons() == ["customer_hung_up"]
    assert world.nothing_left()


async def test_a_message_that_nobody_will_hear_is_not_said_to_be_left() -> None:
    flow = Record()
    world, line = await walking(flow)
    world.books.away = True
    await keeps(world)
    await world.until(lambda: flow.taken)
    assert flow.taken == [0.0]
    assert len(world.recorded()) == 1, "it is there all the same"
    line.leaves()
    await world.over()


async def test_it_is_taken_in_the_language_of_the_flow() -> None:
    world, line = await walking(Record(language="en"))
    await speaking(world)
    line.leaves()
    await world.over()
    assert world.sound.languages == {"en"}
    assert world.books.messages[0][0].language == "en"


async def test_a_message_survives_the_end_of_the_process() -> None:
    world, _ = await walking(Record())
    await speaking(world)
    await world.channel.close()
    assert len(world.recorded()) == len(world.books.messages) == 1
    assert world.tape.running == set()


@pytest.mark.parametrize(("marks", "reason"), [([True], "served"), ([True, False], "customer_hung_up")])
async def test_who_has_what_they_came_for_and_hangs_up_was_served(marks: list[bool], reason: str) -> None:
    async def tells(dialogue: VoiceDialogue) -> FlowOutcome:
        for mark in marks:
            await dialogue.served(mark)
        await dialogue.collect([], maximum=1, first_timeout=30)
        return SERVED

    world, line = await walking(tells)
    await world.settle()
    line.leaves()
    await world.over()
    assert world.end_reasons() == [reason]


async def test_what_has_served_counts_in_the_flow_alone() -> None:
    """Who waits for an agent after it and gives up has given up."""

    async def tells(dialogue: VoiceDialogue) -> FlowOutcome:
        await dialogue.served()
        return FlowOutcome(queue="general")

    world, line = await walking(tells)
    await world.until(lambda: "queue" in world.segments())
    line.leaves()
    await world.over()
    assert world.end_reasons() == [EndReason.ABANDONED]


async def test_nothing_serves_who_has_gone() -> None:
    gone = asyncio.Event()

    async def tells(dialogue: VoiceDialogue) -> FlowOutcome:
        await gone.wait()
        await dialogue.served()
        raise AssertionError("they are not there")

    world, line = await walking(tells)
    line.leaves()
    await world.until(world.end_reasons)
    gone.set()
    await world.over()
    assert world.end_reasons() == ["customer_hung_up"]
