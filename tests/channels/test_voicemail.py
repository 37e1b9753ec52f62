"""A message is left: how it ends, what is kept of it, and whose it becomes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.channels.heard import SILENT, Heard
from tests.channels.world import Line
from yuelai.channels.voice import asking, voicemail
from yuelai.media.ports import MediaError, TapFrame
from yuelai.platform.ids import RecordingId

QUEUE = replace(SILENT, voicemail_after=60)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.1)
    monkeypatch.setattr(voicemail, "TICK_SECONDS", 0.005)
    monkeypatch.setattr(voicemail, "SILENCE_SECONDS", 0.15)
    monkeypatch.setattr(voicemail, "SHORTEST_SECONDS", 0.02)
    monkeypatch.setattr(voicemail, "LONGEST_SECONDS", 0.5)


async def at_the_tone() -> tuple[Heard, Line]:
    """A caller in the queue has pressed 2 and heard the tone."""
    world = Heard(QUEUE)
    line = await world.waits()
    world.press("2")
    await world.hears("leave_message", "beep")
    await world.until(lambda: world.tape.running, "the recording")
    return world, line


async def says_something(world: Heard) -> None:
    world.speaks(True)
    await asyncio.sleep(0.03)
    world.speaks(False, 0.03)
    await world.settle()


async def test_a_message_is_kept_and_becomes_somebodys_to_answer() -> None:
    world, line = await at_the_tone()
    since = world.clock.now()
    await says_something(world)
    world.press("#")
    await world.hears("message_choice")
    world.press("1")
    await world.over()
    ((owed, recording, seconds),) = world.books.messages
    assert (owed.number, owed.queue, owed.since, seconds) == ("13800000001", "general", since, 1.0)
    assert world.tape.done == [recording]
    assert world.recorded() == [recording]
    assert world.end_reasons() == ["message_left"]
    assert world.segments() == ["ivr", "queue", "message"]
    assert world.said[-2:] == ["message_saved", "goodbye"]
    assert world.notes("voicemail")[-1]["recording_id"] == str(recording)
    assert line.over
    assert world.nothing_left()
    assert world.routing._state.contacts == {}


async def test_silence_ends_it() -> None:
    world, _ = await at_the_tone()
    await says_something(world)
    await world.hears("message_choice")
    world.press("1")
    await world.over()
    assert world.end_reasons() == ["message_left"]


async def test_it_ends_at_its_longest_though_somebody_speaks_on() -> None:
    world, _ = await at_the_tone()
    world.speaks(True)
    await world.hears("message_choice")
    await world.over()
    assert world.end_reasons() == ["message_left"], "without a choice it is kept"


async def test_who_hangs_up_has_left_what_they_said() -> None:
    world, line = await at_the_tone()
    world.speaks(True)
    await asyncio.sleep(0.05)
    line.leaves()
    await world.over()
    assert len(world.books.messages) == len(world.recorded()) == 1
    assert world.end_reasons() == ["message_left"]
    assert world.nothing_left()


async def test_who_hangs_up_without_a_word_has_given_up() -> None:
    world, line = await at_the_tone()
    line.leaves()
    await world.over()
    assert world.books.messages == []
    assert world.recorded() == []
    assert len(world.tape.discarded) == 1
    assert world.end_reasons() == ["abandoned"]
    assert world.nothing_left()


async def test_who_hangs_up_before_the_tone_has_given_up() -> None:
    world = Heard(QUEUE)
    line = await world.waits()
    world.sound.pace = None
    world.press("2")
    await world.hears("leave_message")
    line.leaves()
    await world.over()
    assert world.end_reasons() == ["abandoned"]
    assert world.nothing_left()


async def test_what_is_too_short_is_thrown_away_and_asked_for_again() -> None:
    world, _ = await at_the_tone()
    world.press("#")
    await world.hears("message_short", "leave_message", "beep")
    await world.until(lambda: world.tape.running)
    assert len(world.tape.discarded) == 1
    await says_something(world)
    world.press("#")
    await world.hears("message_choice")
    world.press("1")
    await world.over()
    assert len(world.books.messages) == 1


async def test_who_never_says_anything_is_let_go_in_the_end() -> None:
    world, _ = await at_the_tone()
    await world.over()
    assert len(world.tape.discarded) == voicemail.ATTEMPTS
    assert world.said[-1] == "goodbye"
    assert world.end_reasons() == ["turned_away"]
    assert world.nothing_left()


async def test_it_can_be_heard_and_said_anew() -> None:
    world, _ = await at_the_tone()
    ((_, tap, leg, sink),) = [told for told in world.sound.told if told[0] == "tap"]
    assert leg == world.call().customer_media
    sink(TapFrame(tap, 0, b"\1\2" * 160))
    await says_something(world)
    world.press("#")
    await world.hears("message_choice")
    world.press("2")
    await world.until(lambda: [told for told in world.sound.told if told[0] == "inject"])
    ((_, source, pcm),) = [told for told in world.sound.told if told[0] == "inject"]
    assert pcm == b"\1\2" * 160
    assert ("route", source, leg, 1.0) in world.sound.told
    await world.until(lambda: world.said.count("message_choice") == 2)
    world.press("3")
    await world.until(lambda: world.said.count("beep") == 2)
    await world.until(lambda: world.tape.running)
    assert len(world.tape.discarded) == 1
    await says_something(world)
    world.press("#")
    await world.until(lambda: world.said.count("message_choice") == 3)
    world.press("1")
    await world.over()
    assert len(world.books.messages) == 1
    assert world.recorded() == world.tape.done


async def test_a_message_that_cannot_be_assigned_is_kept_all_the_same() -> None:
    world, line = await at_the_tone()
    world.books.away = True
    world.speaks(True)
    await asyncio.sleep(0.05)
    line.leaves()
    await world.over()
    assert len(world.recorded()) == 1
    assert world.end_reasons() == ["message_left"]


async def test_where_nothing_can_be_recorded_the_caller_is_let_go_truthfully() -> None:
    world = Heard(QUEUE)

    async def fails(*arguments: object) -> object:
        raise MediaError("no disk")

    world.tape.start = fails  # type: ignore[method-assign, assignment]
    await world.waits()
    world.press("2")
    await world.over()
    assert world.end_reasons() == ["failed"]
    assert world.nothing_left()


async def test_a_message_being_left_survives_the_end_of_the_process() -> None:
    world, _ = await at_the_tone()
    world.speaks(True)
    await asyncio.sleep(0.05)
    await world.channel.close()
    assert len(world.recorded()) == 1
    assert world.tape.running == set()


async def test_an_agent_who_comes_free_does_not_ring_for_who_leaves_a_message() -> None:
    world, line = await at_the_tone()
    await world.ready(0)
    assert world.lines.dialled == []
    assert world.state() == "ready"
    line.leaves()
    await world.over()


async def test_who_hides_their_number_can_leave_a_message_that_nobody_can_call_back() -> None:
    world = Heard(QUEUE)
    line = await world.waits(caller="anonymous")
    world.press("2")
    await world.hears("beep")
    await world.until(lambda: world.tape.running)
    world.speaks(True)
    await asyncio.sleep(0.05)
    line.leaves()
    await world.over()
    ((owed, _, _),) = world.books.messages
    assert owed.number == ""


async def test_who_hangs_up_as_the_recording_begins_leaves_none_behind() -> None:
    world = Heard(replace(SILENT, voicemail_after=0.01))
    start, begun = world.tape.start, asyncio.Event()

    async def slow(*asked: Any) -> RecordingId:
        recording = await start(*asked)
        await begun.wait()
        return recording

    world.tape.start = slow  # type: ignore[method-assign]
    customer = await world.waits()
    await world.hears("message_offer")
    world.press("2")
    await world.until(lambda: world.tape.running, "the recording")
    customer.leaves()
    await asyncio.sleep(0.01)
    begun.set()
    await world.over()
    assert world.nothing_left()
    assert len(world.tape.discarded) == 1
    assert world.books.messages == []
