"""Keys and signals, under the contract: who is told of them and who hears them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from tests.media.hearing.sounds import PROMPTS, dialled, listen, rounds, tone
from tests.media.party import Party
from tests.media.rtp_phone import FRAME, Phone
from yuelai.media.embedded.files import read
from yuelai.media.ports import (
    Digit,
    KeyMode,
    LegKind,
    LegOptions,
    MediaEngine,
    MediaError,
    SpeechBegan,
    SpeechEnded,
    Tone,
    ToneHeard,
)
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.dtmf import KeyReceiver, parse_event, press
from yuelai.wire.g711 import Law

Until = Callable[..., Awaitable[None]]


class Dialler(Phone):
    """A phone that says any sound, and hears keys besides; `events` is whether it speaks of telephone events at all."""

    def __init__(self, law: Law = Law.PCMU, event_type: int = 101, *, events: bool = True) -> None:
        super().__init__(law, event_type)
        self.events = events
        self._saying = np.zeros(0, np.int16)

    def describe(self, direction: str = "sendrecv") -> str:
        text = super().describe(direction)
        if self.events:
            return text
        lines = [line for line in text.split("\r\n") if "telephone-event" not in line]
        return "\r\n".join(line.removesuffix(f" {self.event_type}") for line in lines)

    def say(self, sound: np.ndarray) -> None:
        self._saying = np.concatenate([self._saying, np.clip(np.round(sound), -32768, 32767).astype(np.int16)])

    def _next(self) -> np.ndarray:
        frame, self._saying = self._saying[:FRAME], self._saying[FRAME:]
        return np.concatenate([frame, np.zeros(FRAME - len(frame), np.int16)])

    @property
    def pressed(self) -> str:
        """The keys that came as telephone events."""
        receiver = KeyReceiver()
        packets = [packet for packet in self.heard if packet.payload_type == self.event_type]
        return "".join(key for packet in packets if (key := receiver.receive(packet)))

    @property
    def sounded(self) -> str:
        """The keys that came as tones."""
        sound = self.sound([packet for packet in self.heard if packet.payload_type != self.event_type])
        return "".join(heard.key or "" for _, heard in listen(sound[None], tones=True)[0])


async def join(engine: MediaEngine, phone: Phone, **options: object) -> Party:
    party = Party(phone, LegId(new_id()))
    chosen = LegOptions(**options)  # type: ignore[arg-type]
    offer = phone.describe()
    phone.take(await engine.create_leg(party.leg, LegKind.PLAIN, party.events.append, offer=offer, options=chosen))
    return party


@pytest.mark.parametrize("events", [True, False])
async def test_keys_pressed_towards_a_party_come_as_it_understands_them(
    engine: MediaEngine, until: Until, events: bool
) -> None:
    async with Dialler(event_type=96, events=events) as phone:
        party = await join(engine, phone)
        await engine.send_keys(party.leg, "159#D0", duration_ms=100, pause_ms=60)
        await until(lambda: (phone.pressed if events else phone.sounded) == "159#D0")
        assert (phone.sounded if events else phone.pressed) == ""
        with pytest.raises(MediaError):
            await engine.send_keys(party.leg, "12x")


async def test_what_is_pressed_meanwhile_comes_after_it(engine: MediaEngine, until: Until) -> None:
    async with Dialler() as phone, Dialler() as other:
        one, two = await join(engine, phone), await join(engine, other)
        await engine.bridge(one.leg, two.leg)
        await engine.send_keys(one.leg, "12", duration_ms=60, pause_ms=60)
        await engine.send_keys(one.leg, "34", duration_ms=60, pause_ms=60)

        def ends() -> int:
            return sum(p.payload_type == 101 and parse_event(p.payload).end for p in phone.heard)

        await until(lambda: ends() == 12)
        assert phone.pressed == "1234"
        assert other.pressed == ""


@pytest.mark.parametrize("mode", KeyMode)
async def test_others_hear_a_key_as_its_legs_mode_says(engine: MediaEngine, until: Until, mode: KeyMode) -> None:
    async with Dialler() as phone, Dialler(event_type=97) as knowing, Dialler(events=False) as unknowing:
        one = await join(engine, phone, keys=mode)
        for other in (knowing, unknowing):
            await engine.route(one.leg, (await join(engine, other)).leg, 1.0)
        for key in "7*":
            await phone.press(key)
            await asyncio.sleep(0.1)
        await until(lambda: one.digits == "7*")
        wanted = {
            KeyMode.BLOCK: ("", ""),
            KeyMode.RELAY: ("7*", ""),
            KeyMode.TRANSLATE: ("7*", "7*"),
        }[mode]
        await until(lambda: (knowing.pressed, unknowing.sounded) == wanted)
        await asyncio.sleep(0.3)
        assert (knowing.pressed, unknowing.sounded) == wanted
        assert (knowing.sounded, unknowing.pressed) == ("", "")


@pytest.mark.parametrize("mode", KeyMode)
async def test_two_who_speak_with_each_other_hear_keys_as_the_mode_says(
    engine: MediaEngine, until: Until, mode: KeyMode
) -> None:
    async with Dialler() as phone, Dialler(Law.PCMA, event_type=97) as other:
        one, two = await join(engine, phone, keys=mode), await join(engine, other, keys=mode)
        await engine.bridge(one.leg, two.leg)
        await asyncio.sleep(0.1)
        for key in "55":
            await phone.press(key)
            await asyncio.sleep(0.1)
        await until(lambda: one.digits == "55")
        await asyncio.sleep(0.3)
        assert other.pressed == ("" if mode is KeyMode.BLOCK else "55")
        assert other.sounded == ""
        assert two.digits == ""


@pytest.mark.parametrize("mode", KeyMode)
async def test_tones_in_the_sound_are_keys_where_they_are_listened_for(
    engine: MediaEngine, until: Until, mode: KeyMode
) -> None:
    random = np.random.default_rng(1)
    async with Dialler() as phone, Dialler() as knowing, Dialler(events=False) as unknowing:
        one = await join(engine, phone, keys=mode, tones=True)
        for other in (knowing, unknowing):
            await engine.route(one.leg, (await join(engine, other)).leg, 1.0)
        await asyncio.sleep(0.2)
        phone.say(dialled(random, "1593", snr=30, on=(0.1, 0.15), gap=(0.1, 0.15)))
        await until(lambda: one.digits == "1593")
        assert all(event.tone for event in one.events if isinstance(event, Digit))
        wanted = {
            KeyMode.BLOCK: ("", "", ""),
            KeyMode.RELAY: ("", "1593", "1593"),
            KeyMode.TRANSLATE: ("1593", "", "1593"),
        }[mode]
        await asyncio.sleep(0.6)
        assert (knowing.pressed, knowing.sounded, unknowing.sounded) == wanted


async def test_a_phone_that_sends_a_key_both_ways_has_pressed_it_once(engine: MediaEngine, until: Until) -> None:
    async with Dialler() as phone:
        party = await join(engine, phone, tones=True)
        await asyncio.sleep(0.1)
        for key, low, high in (("1", 697, 1209), ("1", 697, 1209), ("9", 852, 1477)):
            phone.say(tone(0.16, low, high, level=-16))
            begun, at = phone._timestamp, 0
            for event in press(key):
                await asyncio.sleep((event.offset - at) / 8000)
                at = event.offset
                phone.send(phone.event_type, event.payload, timestamp=begun, marker=event.marker)
            await asyncio.sleep(0.1)
        await until(lambda: party.digits.endswith("9"))
        await asyncio.sleep(0.4)
        assert party.digits == "119"


async def test_a_calling_fax_is_told_within_a_second_and_a_busy_line_soon(engine: MediaEngine, until: Until) -> None:
    async with Dialler() as fax, Dialler(Law.PCMA) as engaged:
        one = await join(engine, fax, detect=frozenset(Tone))
        two = await join(engine, engaged, detect=frozenset(Tone))
        await engine.bridge(one.leg, two.leg)
        loop = asyncio.get_running_loop()
        fax.say(rounds(3, 0.5, 3, 1100))
        engaged.say(rounds(4, 0.35, 0.35, 450))
        begin = loop.time()
        await until(lambda: ToneHeard(one.leg, Tone.CNG) in one.events)
        assert loop.time() - begin < 1.3  # a second, and the way there and back
        await until(lambda: ToneHeard(two.leg, Tone.BUSY) in two.events)
        assert len([event for event in (*one.events, *two.events) if isinstance(event, ToneHeard)]) == 2


async def test_who_speaks_and_for_how_long_is_told(engine: MediaEngine, until: Until) -> None:
    voice = read(sorted((PROMPTS / "en").iterdir())[0])
    async with Dialler() as phone:
        party = await join(engine, phone, speech=True)
        await asyncio.sleep(0.3)
        phone.say(voice)
        await until(lambda: any(isinstance(event, SpeechEnded) for event in party.events))
        assert isinstance(party.events[0], SpeechBegan)
        assert 0.2 < party.events[1].seconds < len(voice) / 8000 + 0.2
