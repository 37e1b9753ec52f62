"""A prompt recorded at one's own telephone: rung, spoken, heard again, kept; hanging up keeps nothing."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from yuelai.channels.voice.takes import Take, Takes, Unfit
from yuelai.media.ports import Digit, PlayEnded
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import SAMPLE_TENANT, LegId, new_id
from yuelai.telephony.ports import Answered, Ended

PIECE = b"\x10\x00" * 160


class Phone:
    """Media and telephony of one seat: plays are over at once, and `presses` says what is pressed after which."""

    def __init__(self, presses: dict[str, list[str]], answers: bool = True) -> None:
        self.presses, self.answers = presses, answers
        self.played: list[str] = []
        self.injected = 0
        self.hung_up = self.closed = False
        self.post: Callable[[Any], None] = lambda event: None
        self.leg = LegId(new_id())

    async def create_leg(self, leg: LegId, kind: Any, listener: Callable[[Any], None], **_: Any) -> str:
        self.leg, self.post = leg, listener
        return "offer"

    async def dial(self, user: str, **_: Any) -> Any:
        self.post(Answered(self.leg, "answer") if self.answers else Ended(self.leg, "remote", 486, "Busy"))

        async def hangup(*_: Any) -> None:
            self.hung_up = True

        return SimpleNamespace(hangup=hangup)

    async def answer(self, leg: LegId, sdp: str) -> None: ...

    async def play(self, leg: LegId, play: UUID, files: Sequence[Path], **_: Any) -> None:
        name = files[-1].stem
        self.played.append(name)
        asyncio.get_running_loop().call_soon(self.post, PlayEnded(leg, play, True))
        if name != "beep":
            self._press(name)

    def _press(self, name: str) -> None:
        keys = self.presses.get(name, [])
        if keys:
            key = keys.pop(0)
            event = Ended(self.leg, "remote", 200, "") if key == "bye" else Digit(self.leg, key)
            asyncio.get_running_loop().call_later(0.01, self.post, event)

    async def tap(self, tap: UUID, leg: LegId, sink: Callable[[Any], None], **_: Any) -> None:
        for _n in range(100):
            sink(SimpleNamespace(pcm=PIECE))
        self._press("tap")

    async def untap(self, tap: UUID) -> None: ...
    async def stop(self, leg: LegId) -> None: ...
    async def injection(self, source: LegId) -> None: ...
    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None: ...

    async def inject(self, source: LegId, pcm: bytes) -> float:
        self.injected += len(pcm)
        self._press("injected")
        return 0.0

    async def close(self, leg: LegId) -> None:
        self.closed = True


async def taken(phone: Phone, refusals: int = 0) -> tuple[Take, list[bytes], list[bool]]:
    kept: list[bytes] = []
    private: list[bool] = []

    async def keep(wav: bytes) -> Sequence[str]:
        kept.append(wav)
        if len(kept) <= refusals:
            raise Unfit("nothing")
        return ("quiet",)

    takes = Takes(
        phone,  # type: ignore[arg-type]
        phone,  # type: ignore[arg-type]
        SystemClock(),
        lambda name, language: Path(f"{language}/{name}.opus"),
        lambda user, on, number: private.append(on),
    )
    take = Take(new_id(), SAMPLE_TENANT, "8001", False, "zh-CN", keep)
    takes.begin(take)
    assert takes.recording(take.person_id)
    async with asyncio.timeout(5):
        while takes.recording(take.person_id):
            await asyncio.sleep(0.005)
    assert takes.find(take.id) is take
    assert phone.closed
    return take, kept, private


async def test_what_is_said_until_the_pound_key_is_kept_on_one() -> None:
    phone = Phone({"tap": ["#"], "message_choice": ["1"]})
    take, kept, private = await taken(phone)
    assert (take.state, take.warnings) == ("kept", ("quiet",))
    assert phone.played == ["speak_after_tone", "beep", "message_choice", "thank_you"]
    with wave.open(io.BytesIO(kept[0])) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (8000, 1)
        # Two seconds, less the sound of the key.
        assert sound.getnframes() == 16000 - 1280
    assert private == [True, False]
    assert phone.hung_up


async def test_it_is_heard_and_said_again() -> None:
    phone = Phone({"tap": ["#", "#"], "message_choice": ["2", "3", "1"], "injected": ["2"]})
    phone.presses["message_choice"] = ["2"]
    phone.presses["injected"] = ["3"]
    phone.presses["tap"] = ["#", "#"]

    async def press_one_at_last() -> None:
        while phone.played.count("beep") < 2:
            await asyncio.sleep(0.002)
        phone.presses["message_choice"] = ["1"]

    pressing = asyncio.ensure_future(press_one_at_last())
    take, kept, _ = await taken(phone)
    await pressing
    assert take.state == "kept"
    assert phone.injected > 0
    assert len(kept) == 1
    assert phone.played.count("beep") == 2


async def test_what_cannot_be_a_prompt_is_said_again() -> None:
    phone = Phone({"tap": ["#", "#"], "message_choice": ["1", "1"]})
    take, kept, _ = await taken(phone, refusals=1)
    assert (take.state, take.reason) == ("kept", "")
    assert len(kept) == 2
    assert "message_short" in phone.played or phone.played.count("beep") == 2


@pytest.mark.parametrize("when", ["speak_after_tone", "tap", "message_choice"])
async def test_hanging_up_keeps_nothing(when: str) -> None:
    phone = Phone({"tap": ["#"], "message_choice": ["1"], when: ["bye"]})
    take, kept, private = await taken(phone)
    assert (take.state, kept, private) == ("ended", [], [True, False])


async def test_a_telephone_that_is_not_answered_is_told() -> None:
    take, kept, private = await taken(Phone({}, answers=False))
    assert (take.state, kept, private) == ("unanswered", [], [True, False])
