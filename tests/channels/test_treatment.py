"""What somebody who waits hears, what they may choose instead, and that nobody who answers waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.channels.heard import SILENT, Heard
from yuelai.channels.voice import asking
from yuelai.channels.voice.announcing import Announcements, wait_words
from yuelai.platform.ids import new_id
from yuelai.routing.model import Position
from yuelai.routing.settings import Treatment

NEWS = replace(SILENT, first_announce=0.01, announce_every=0.03, comfort=("still_busy", "call_matters"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.1)


# --- the plan, pure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ["wait_short"]),
        (59.9, ["wait_short"]),
        (60, ["wait_about", "minutes_1"]),
        (61, ["wait_about", "minutes_2"]),
        (119, ["wait_about", "minutes_2"]),
        (600, ["wait_about", "minutes_10"]),
        (601, ["wait_about", "minutes_15"]),
        (1500, ["wait_about", "minutes_30"]),
        (3600, ["wait_about", "minutes_60"]),
        (3601, ["wait_long"]),
    ],
)
def test_a_wait_is_never_told_shorter_than_it_is(seconds: float, words: list[str]) -> None:
    assert wait_words(seconds) == words


def test_the_third_place_and_two_minutes_in_both_languages() -> None:
    for language in ("zh-CN", "en"):
        plan = Announcements(Treatment())
        said = plan.words(10, Position(3, 5, 110.0), language)
        assert said == ["position_before", "number_3", "position_after", "wait_about", "minutes_2"]


def test_a_place_is_told_again_only_when_it_is_better_and_comfort_comes_in_turn() -> None:
    plan = Announcements(Treatment(callback_after=0))
    heard = []
    for waited, place in ((10, 4), (40, 4), (70, 5), (100, 4), (130, 1)):
        heard.append(plan.words(waited, Position(place, 9), "zh-CN"))
        plan.said(waited)
    assert heard == [
        ["position_before", "number_4", "position_after"],
        ["still_busy"],
        ["call_matters"],
        ["still_busy"],
        ["position_next"],
    ]


def test_an_offer_is_made_when_its_time_has_come_and_then_again() -> None:
    plan = Announcements(Treatment(announce_every=20, callback_after=60, voicemail_after=120))
    heard = {}
    while (due := plan.due()) is not None and due < 300:
        heard[due] = plan.words(due, None, "en")
        plan.said(due)
    offers = {at: [word for word in words if word.endswith("_offer")] for at, words in heard.items()}
    assert {at: words for at, words in offers.items() if words} == {
        60.0: ["callback_offer"],
        120.0: ["message_offer"],
        150.0: ["callback_offer"],
        240.0: ["callback_offer", "message_offer"],
    }


def test_nothing_is_ever_said_where_nothing_is_set() -> None:
    assert Announcements(SILENT).due() is None


def test_where_nobody_calls_back_nothing_of_it_is_offered() -> None:
    plan = Announcements(Treatment(first_announce=0, voicemail_after=30), callback=False, message=False)
    assert plan.due() is None


# --- in a call --------------------------------------------------------------------------------------------------------


async def test_the_queue_greets_once_and_then_tells_the_place() -> None:
    world = Heard(replace(NEWS, greeting="welcome"))
    await world.waits()
    await world.hears("welcome", "position_next", "still_busy", "call_matters", "still_busy")
    assert world.said.count("welcome") == 1
    assert world.sound.languages == {"zh-CN"}
    await world.until(world.music_on)


async def test_the_second_caller_is_second_and_next_when_the_first_has_gone() -> None:
    world = Heard(NEWS)
    first = await world.waits()
    world.script.outcome = asyncio.get_running_loop().create_future()
    await world.queued(caller="13900000002")
    await world.hears("position_before", "number_2", "position_after")
    before = len(world.said)
    first.leaves()
    await world.until(lambda: "position_next" in world.said[before:])


async def test_each_queue_has_the_music_it_is_set_to() -> None:
    world = Heard(replace(SILENT, music="hold_music"))
    await world.waits()
    ((_, source, (file,)),) = [told for told in world.sound.told if told[0] == "music"]
    assert str(file) == "zh-CN/hold_music.opus"
    assert ("route", source, world.call().customer_media, 1.0) in world.sound.told


async def test_an_agent_who_is_rung_cuts_the_sentence_short_and_the_music_goes_on() -> None:
    world = Heard(NEWS)
    world.sound.pace = None
    await world.waits()
    await world.hears("position_next")
    await world.ready(0)
    assert world.sound.stopped == ["position_next"]
    assert world.music_on()
    assert len(world.lines.dialled) == 1


async def test_the_talk_begins_in_silence_of_all_prompts() -> None:
    world = Heard(NEWS, ring_seconds=20)
    await world.waits()
    await world.ready(0)
    world.sound.pace = None
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)
    said = len(world.said)
    await asyncio.sleep(0.1)
    assert world.said[said:] == []
    assert world.joined()


async def test_nothing_is_said_while_an_agent_rings_and_it_goes_on_when_nobody_answers() -> None:
    world = Heard(NEWS)
    await world.waits()
    await world.hears("position_next")
    await world.ready(0)
    said = len(world.said)
    await asyncio.sleep(0.1)
    assert world.said[said:] == []
    world.lines.dialled[0].leaves(486)
    await world.until(lambda: len(world.said) > said)
    assert world.state() == "busy"


async def test_key_one_books_a_call_to_the_callers_own_number_and_keeps_the_place() -> None:
    world = Heard(replace(SILENT, callback_after=0.01))
    line = await world.waits()
    since = world.clock.now()
    await world.hears("callback_offer")
    world.press("1")
    await world.hears("callback_number_is", "digit_1", "number_3", "callback_confirm")
    world.press("1")
    await world.over()
    (owed,) = world.books.owed
    assert (owed.number, owed.queue, owed.since, owed.language) == ("13800000001", "general", since, "zh-CN")
    assert world.said[-1] == "callback_booked"
    assert world.end_reasons() == ["callback_booked"]
    assert line.over
    assert world.routing._state.contacts == {}
    assert world.nothing_left()
    assert world.notes("callback")


async def test_another_number_is_keyed_in_checked_and_read_back() -> None:
    world = Heard(replace(SILENT, callback_after=30))
    await world.waits()
    world.press("1")
    await world.hears("callback_confirm")
    world.press("2")
    await world.hears("enter_phone")
    world.press("123#")
    await world.hears("wrong_length", "enter_phone")
    world.press("13900000007#")
    await world.hears("you_entered", "number_7", "confirm_entry")
    world.press("1")
    await world.over()
    assert [owed.number for owed in world.books.owed] == ["13900000007"]


@pytest.mark.parametrize("keyed", ["0085212345678", "00881612345678", "4001234567", "110", "16812345"])
async def test_no_number_that_costs_more_than_a_telephone_of_the_country_is_taken(keyed: str) -> None:
    world = Heard(replace(SILENT, callback_after=30))
    await world.waits(caller="anonymous")
    world.press("1")
    await world.hears("enter_phone")
    world.press(f"{keyed}#")
    await world.hears("wrong_length", "enter_phone")
    world.press("057188880000#")
    await world.hears("confirm_entry")
    world.press("1")
    await world.over()
    assert [owed.number for owed in world.books.owed] == ["057188880000"]


async def test_who_hides_their_number_has_to_key_one_in() -> None:
    world = Heard(replace(SILENT, callback_after=30))
    await world.waits(caller="anonymous")
    world.press("1")
    await world.hears("enter_phone")
    assert "callback_number_is" not in world.said
    world.press("02088886666#")
    await world.hears("confirm_entry")
    world.press("1")
    await world.over()
    assert [owed.number for owed in world.books.owed] == ["02088886666"]


async def test_who_does_not_confirm_waits_on_at_the_same_place() -> None:
    world = Heard(replace(SILENT, callback_after=30, first_announce=0.02))
    await world.waits()
    world.press("1")
    await world.hears("callback_confirm")
    await world.until(world.music_on)
    assert world.books.owed == []
    assert len(world.routing._state.contacts) == 1
    await world.ready(0)
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)


async def test_an_agent_comes_before_a_number_that_is_being_keyed_in() -> None:
    world = Heard(replace(SILENT, callback_after=30))
    await world.waits()
    world.press("1")
    await world.hears("callback_confirm")
    await world.ready(0)
    world.press("1")
    world.lines.dialled[0].picks_up()
    await world.until(world.joined)
    await world.settle()
    assert world.books.owed == []


async def test_when_it_cannot_be_booked_they_are_told_and_wait_on() -> None:
    world = Heard(replace(SILENT, callback_after=30))
    world.books.away = True
    await world.waits()
    world.press("1")
    await world.hears("callback_confirm")
    world.press("1")
    await world.hears("not_available")
    await world.until(world.music_on)
    assert len(world.routing._state.contacts) == 1
    assert world.end_reasons() == []


async def test_keys_mean_nothing_in_a_queue_that_offers_nothing() -> None:
    world = Heard(SILENT)
    await world.waits()
    world.press("120#*")
    await world.settle()
    assert world.said == []
    assert len(world.routing._state.contacts) == 1


async def test_music_that_nobody_hears_any_more_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    from yuelai.channels.voice import music

    monkeypatch.setattr(music, "IDLE_SECONDS", 0.02)
    world = Heard(SILENT)
    line = await world.waits()
    shared = world.channel._services.music
    assert len(shared) == 1
    line.leaves()
    await world.over()
    await world.until(lambda: len(shared) == 0)


async def test_who_is_moved_hears_the_other_queues_music_and_keeps_the_time_they_have_waited() -> None:
    world = Heard(replace(SILENT, callback_after=0.15))
    other = replace(world.queue, id=new_id(), code="other", treatment=replace(SILENT, music="hold_music"))
    world.queues = [world.queue, other]
    await world.waits()
    since = world.call().treatment.since
    await world.routing.follow(world.agents, [other])
    await world.until(lambda: len([told for told in world.sound.told if told[0] == "music"]) == 2)
    assert world.call().treatment.since == since
    await world.until(world.music_on)
    world.press("1")
    await asyncio.sleep(0.2)
    assert world.said == [], "the other queue offers nothing"


async def test_what_there_is_no_recording_of_is_left_out() -> None:
    world = Heard(replace(NEWS, greeting="no_such_prompt"))
    services = world.channel._services

    def prompt(name: str, language: str) -> object:
        if name == "no_such_prompt":
            raise ValueError(name)
        return services.prompt(name, language)

    world.channel._services = replace(services, prompt=prompt)  # type: ignore[arg-type]
    await world.waits()
    await world.hears("position_next")


async def test_a_sentence_that_cannot_be_played_costs_neither_the_music_nor_the_next_one() -> None:
    world = Heard(NEWS)
    world.sound.deaf = {"play"}
    await world.waits()
    await asyncio.sleep(0.05)
    assert world.said == []
    await world.until(world.music_on)
    world.sound.deaf = set()
    await world.hears("call_matters")
    await world.until(world.music_on)


async def test_a_booking_stands_and_the_queue_is_left_though_the_sound_breaks_at_that_moment() -> None:
    world = Heard(replace(SILENT, callback_after=0.01))
    await world.waits()
    await world.hears("callback_offer")
    world.press("1")
    await world.hears("callback_confirm")
    world.sound.deaf = {"route"}
    world.press("1")
    await world.over()
    assert len(world.books.owed) == 1
    assert world.end_reasons() == ["callback_booked"]
    assert world.routing._state.contacts == {}, "nobody is rung for who has gone"
