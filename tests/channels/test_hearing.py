"""Music of one's own queue, announcements over it, and quiet when somebody speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from tests.channels.world import Sound
from yuelai.channels.voice import music as music_module
from yuelai.channels.voice.hearing import BENEATH, Hearing
from yuelai.channels.voice.music import SharedMusic
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId, new_id


class House:
    def __init__(self) -> None:
        self.sound = Sound()
        self.services: Any = SimpleNamespace(media=self.sound, prompt=lambda name, language: f"{language}/{name}")
        self.services.music = SharedMusic(self.sound, self.services.prompt)
        self.tasks: list[asyncio.Task[None]] = []

    def caller(self) -> tuple[LegId, Hearing]:
        leg = LegId(new_id())
        self.sound.open[leg] = lambda event: None
        return leg, Hearing(self.services, leg, self.spawn)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self.tasks.append(asyncio.ensure_future(work))
        return self.tasks[-1]

    def told(self, *verbs: str) -> list[tuple[Any, ...]]:
        return [told for told in self.sound.told if told[0] in verbs]

    async def until(self, count: int, verb: str) -> None:
        async with asyncio.timeout(5):
            while len(self.told(verb)) < count:
                await asyncio.sleep(0.001)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    for task in house.tasks:
        task.cancel()


async def test_callers_of_one_queue_hear_one_music_and_of_another_queue_another(house: House) -> None:
    (ann, hers), (bob, his), (eve, other) = (house.caller() for _ in range(3))
    queue = uuid4()
    await asyncio.gather(
        hers.wait(queue, "zh-CN", "queue_music"),
        his.wait(queue, "zh-CN", "queue_music"),
        other.wait(uuid4(), "en", "queue_music"),
    )
    made = {told[1]: told[2] for told in house.told("music")}
    assert sorted(map(str, made.values())) == ["['en/queue_music']", "['zh-CN/queue_music']"]
    source_of = {told[2]: told[1] for told in house.told("route")}
    assert source_of[ann] == source_of[bob] != source_of[eve]
    assert house.told("play") == []


async def test_who_is_on_hold_hears_other_music_and_then_nothing(house: House) -> None:
    ann, hers = house.caller()
    await hers.music("zh-CN")
    ((_, source, files),) = house.told("music")
    assert files == ["zh-CN/hold_music"]
    await hers.quiet()
    assert house.told("route", "stop") == [("route", source, ann, 1.0), ("route", source, ann, 0.0), ("stop", ann)]


async def test_words_are_spoken_over_the_music_and_then_it_is_as_loud_as_before(house: House) -> None:
    ann, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    hers.speak(hers.say(["all_busy", "still_busy"], "en"))
    await house.until(1, "play")
    ((_, leg, play, files),) = house.told("play")
    assert (leg, files) == (ann, ["en/all_busy", "en/still_busy"])
    assert house.told("route")[-1][3] == BENEATH
    hers.play_ended(new_id())
    hers.play_ended(play)
    await house.until(3, "route")
    assert [told[3] for told in house.told("route")] == [1.0, BENEATH, 1.0]


async def test_whoever_speaks_is_cut_short_by_a_hush_and_the_music_goes_on(house: House) -> None:
    ann, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    hers.speak(hers.say(["all_busy"], "en"))
    await house.until(1, "play")
    await hers.hush()
    assert house.told("route", "stop")[-2:] == [("stop", ann), ("route", house.told("music")[0][1], ann, 1.0)]
    await asyncio.sleep(0)
    assert all(task.done() for task in house.tasks)
    before = len(house.sound.told)
    await hers.hush()
    assert len(house.sound.told) == before, "nothing is to be hushed twice"


async def test_nothing_more_is_said_to_who_is_served(house: House) -> None:
    _, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    hers.speak(hers.say(["all_busy"], "en"))
    await house.until(1, "play")
    await hers.quiet()
    await asyncio.sleep(0)
    assert all(task.done() for task in house.tasks)
    assert house.told("route", "stop")[-1][0] == "stop"


async def test_one_who_speaks_makes_another_one_silent(house: House) -> None:
    _, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    hers.speak(hers.say(["all_busy"], "en"))
    await house.until(1, "play")
    hers.speak(hers.say(["still_busy"], "en"))
    await house.until(2, "play")
    assert house.tasks[0].done()
    assert house.told("play")[-1][3] == ["en/still_busy"]


async def test_music_that_cannot_be_made_is_tried_again_by_the_next(house: House) -> None:
    _, hers = house.caller()
    house.sound.deaf = {"music"}
    with pytest.raises(MediaError):
        await hers.music("en")
    house.sound.deaf = set()
    await hers.music("en")
    assert len(house.told("music")) == 1


async def test_who_comes_back_in_time_hears_the_music_go_on_and_later_it_is_closed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_module, "IDLE_SECONDS", 0.05)
    shared: SharedMusic = house.services.music
    _, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    await hers.quiet()
    await hers.wait("queue", "en", "queue_music")
    await asyncio.sleep(0.1)
    assert len(shared) == len(house.told("music")) == 1
    hers.close()
    async with asyncio.timeout(2):
        while len(shared):
            await asyncio.sleep(0.005)


async def test_going_from_one_music_to_another_leaves_the_first(house: House) -> None:
    ann, hers = house.caller()
    await hers.wait("queue", "en", "queue_music")
    await hers.music("en")
    (_, queue, _), (_, hold, _) = house.told("music")
    assert house.told("route")[1:] == [("route", queue, ann, 0.0), ("route", hold, ann, 1.0)]
