"""The queue sends somebody elsewhere: in the right words, and to a true end."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.channels.heard import SILENT, Heard
from yuelai.channels.ports import Closing
from yuelai.channels.voice import asking, voicemail
from yuelai.channels.voice.excuses import closed_words
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 19, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.1)
    monkeypatch.setattr(voicemail, "TICK_SECONDS", 0.005)
    monkeypatch.setattr(voicemail, "SILENCE_SECONDS", 0.15)
    monkeypatch.setattr(voicemail, "SHORTEST_SECONDS", 0.02)


# --- the words, pure --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "language", "when"),
    [
        (NOW + timedelta(hours=1), "zh-CN", ["today", "hour_20", "exactly"]),
        (NOW + timedelta(hours=14), "zh-CN", ["tomorrow", "hour_9", "exactly"]),
        (NOW + timedelta(hours=14), "en", ["tomorrow", "number_9", "o_clock"]),
        (NOW + timedelta(days=3, hours=-10), "zh-CN", ["year_2026", "month_11", "day_23", "hour_9", "exactly"]),
    ],
)
def test_it_is_said_when_somebody_will_be_here_again(opens: datetime, language: str, when: list[str]) -> None:
    assert closed_words(Closing(False, opens), NOW, language) == ["closed", "opens_again", *when]


def test_today_is_the_day_of_the_callers_centre_not_of_greenwich() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI)
    opens = datetime(2026, 11, 21, 0, 30, tzinfo=SHANGHAI)
    said = closed_words(Closing(False, opens), late.astimezone(ZoneInfo("UTC")), "zh-CN")
    assert said[2] == "tomorrow"


def test_an_opening_nobody_knows_or_that_is_far_is_not_told() -> None:
    assert closed_words(Closing(False, None), NOW, "en") == ["closed", "call_in_hours"]
    assert closed_words(Closing(True, NOW + timedelta(days=30)), NOW, "en") == ["holiday"]
    assert closed_words(None, NOW, "en") == ["closed", "call_in_hours"]


# --- in a call --------------------------------------------------------------------------------------------------------


def rule(when: OverflowWhen, to: OverflowTo, target: str = "", limit: float = 0.0) -> Overflow:
    return Overflow(when, to, limit, target)


async def sent(world: Heard, *, agents: bool = False) -> None:
    """Somebody comes to a queue that sends them on."""
    world.routing.is_closed = lambda queue, now: True
    await world.begin(ready=agents)
    await world.queued()


async def test_who_comes_when_it_is_closed_is_told_until_when_and_let_go() -> None:
    closing = Closing(False, datetime(2026, 11, 20, 14, 0, tzinfo=SHANGHAI))
    world = Heard(SILENT, rule(OverflowWhen.CLOSED, OverflowTo.MESSAGE), closing=closing)
    await sent(world, agents=True)
    await world.over()
    assert world.said == ["closed", "opens_again", "today", "hour_14", "exactly", "goodbye"]
    assert world.end_reasons() == ["turned_away"]
    assert world.lines.dialled == []
    assert world.nothing_left()
    (note,) = [note for note in world.notes("queue") if "diverted" in note]
    assert note == {"diverted": "message", "why": "closed"}


async def test_a_prompt_of_the_queues_own_is_said_instead() -> None:
    world = Heard(SILENT, rule(OverflowWhen.CLOSED, OverflowTo.MESSAGE, "hours_weekdays"))
    await sent(world)
    await world.over()
    assert world.said == ["hours_weekdays", "goodbye"]


@pytest.mark.parametrize(("when", "word"), [(OverflowWhen.NOBODY, "nobody_here"), (OverflowWhen.LENGTH, "queue_full")])
async def test_nobody_here_and_too_many_are_other_words(when: OverflowWhen, word: str) -> None:
    world = Heard(SILENT, rule(when, OverflowTo.MESSAGE))
    await world.begin(ready=False)
    await world.queued()
    await world.over()
    assert world.said == [word, "goodbye"]
    assert world.end_reasons() == ["turned_away"]


async def test_who_hangs_up_while_being_told_was_turned_away() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.MESSAGE))
    world.sound.pace = None
    await world.begin(ready=False)
    line = await world.queued()
    await world.hears("nobody_here")
    line.leaves()
    await world.over()
    assert world.end_reasons() == ["turned_away"]


async def test_a_message_may_be_left_when_nobody_is_here() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.VOICEMAIL))
    await world.begin(ready=False)
    line = await world.queued()
    await world.hears("nobody_here", "leave_message", "beep")
    await world.until(lambda: world.tape.running)
    world.speaks(True)
    await asyncio.sleep(0.05)
    line.leaves()
    await world.over()
    assert len(world.books.messages) == 1
    assert world.end_reasons() == ["message_left"]
    assert world.segments() == ["ivr", "queue", "message"]


async def test_a_call_back_may_be_asked_for_when_nobody_is_here() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.CALLBACK))
    await world.begin(ready=False)
    await world.queued()
    await world.hears("nobody_here", "callback_instead")
    world.press("1")
    await world.hears("callback_number_is", "callback_confirm")
    world.press("1")
    await world.over()
    assert [owed.number for owed in world.books.owed] == ["13800000001"]
    assert world.end_reasons() == ["callback_booked"]
    assert world.said[-1] == "callback_booked"


async def test_who_wants_no_call_back_is_let_go() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.CALLBACK))
    await world.begin(ready=False)
    await world.queued()
    await world.over()
    assert world.books.owed == []
    assert world.end_reasons() == ["turned_away"]
    assert world.nothing_left()


async def test_after_a_long_wait_a_message_can_be_left() -> None:
    world = Heard(SILENT, rule(OverflowWhen.WAIT, OverflowTo.VOICEMAIL, limit=120))
    await world.waits()
    await world.pass_time(121)
    await world.hears("thanks_for_waiting", "leave_message")
    assert world.routing._state.contacts == {}


async def test_an_outside_number_is_dialled_for_them_and_joined() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.NUMBER, "02088886666"))
    await world.begin(ready=False)
    await world.queued()
    await world.until(lambda: world.lines.dialled, "the outside line")
    (outside,) = world.lines.dialled
    assert outside.called == "02088886666"
    outside.picks_up()
    await world.settle()
    call = world.call()
    (party,) = call.parties
    assert world.sound.hears(call.customer_media, party.media_leg)
    outside.leaves()
    await world.over()
    assert world.nothing_left()


async def test_a_number_that_does_not_answer_is_tried_once_and_then_they_are_told() -> None:
    world = Heard(SILENT, rule(OverflowWhen.NOBODY, OverflowTo.NUMBER, "02088886666"))
    await world.begin(ready=False)
    await world.queued()
    await world.until(lambda: world.lines.dialled)
    world.lines.dialled[0].leaves(486)
    await world.over()
    assert len(world.lines.dialled) == 1
    assert world.said[-2:] == ["nobody_here", "goodbye"]
    assert world.end_reasons() == ["turned_away"]
    assert world.nothing_left()


async def test_who_has_waited_for_a_number_in_vain_may_leave_a_message() -> None:
    world = Heard(SILENT, rule(OverflowWhen.WAIT, OverflowTo.NUMBER, "02088886666", limit=60))
    await world.waits()
    await world.pass_time(61)
    await world.until(lambda: world.lines.dialled)
    world.lines.dialled[0].leaves(486)
    await world.settle()
    assert len(world.routing._state.contacts) == 1, "they wait on"
    await world.pass_time(61)
    await world.hears("thanks_for_waiting", "leave_message", "beep")
    assert len(world.lines.dialled) == 1
    assert world.segments()[-1] == "message"
