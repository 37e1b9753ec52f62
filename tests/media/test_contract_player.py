"""What is played, whatever it is kept as; and that a caller's word ends it. Written against the port alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import av
import numpy as np
import pytest

from tests.media.party import join, save
from tests.media.rtp_phone import FRAME, Phone, phones, steadily, tone
from yuelai.media.ports import Barge, LegOptions, MediaEngine, MediaError, PlayEnded

Until = Callable[[Callable[[], bool]], Awaitable[None]]

PROMPTS = Path(__file__).resolve().parents[2] / "src" / "yuelai" / "prompts"
LEVEL = -12.0


def encoded(path: Path, codec: str, rate: int, *, stereo: bool = False, hertz: float = 900, seconds: float = 3) -> Path:
    """A tone at LEVEL in one of the formats that may be played."""
    kind = {".wav": "wav", ".opus": "ogg", ".flac": "flac"}[path.suffix]
    sound = np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate) * 32767 * 10 ** (LEVEL / 20)
    samples = np.repeat(sound.astype(np.int16), 1 + stereo).reshape(1, -1)
    layout = "stereo" if stereo else "mono"
    with av.open(str(path), "w", format=kind) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
    return path


async def hears(phone: Phone, *frequencies: float) -> None:
    async with asyncio.timeout(8):
        while not steadily(await phone.listen(0.4), LEVEL, *frequencies):
            pass


@pytest.mark.parametrize(
    ("name", "codec", "rate", "stereo"),
    [
        ("a.wav", "pcm_s16le", 44100, True),
        ("a.wav", "pcm_s16le", 16000, False),
        ("a.opus", "libopus", 48000, False),
        ("a.opus", "libopus", 48000, True),
        ("a.flac", "flac", 32000, True),
    ],
)
async def test_each_format_is_heard_at_its_level(
    engine: MediaEngine, tmp_path: Path, name: str, codec: str, rate: int, stereo: bool
) -> None:
    file = encoded(tmp_path / name, codec, rate, stereo=stereo)
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        await engine.play(party.leg, uuid4(), [file])
        await hears(ann, 900)


async def test_formats_follow_each_other_without_a_gap(engine: MediaEngine, tmp_path: Path, until: Until) -> None:
    # Whole periods of the tone, so that a gap or a repeated sample would show as silence or a step.
    files = [
        encoded(tmp_path / "a.flac", "flac", 16000, hertz=500, seconds=0.5),
        save(tmp_path / "b.wav", tone(500, 0.5, LEVEL)),
        encoded(tmp_path / "c.wav", "pcm_s16le", 48000, hertz=500, seconds=0.5),
    ]
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        await ann.listen(0.2)
        ann.heard.clear()
        play = uuid4()
        await engine.play(party.leg, play, files)
        await until(lambda: bool(party.plays))
        await asyncio.sleep(0.1)
        assert party.plays == [PlayEnded(party.leg, play, True)]
        sound = ann.sound().astype(float)
        begin, end = np.flatnonzero(np.abs(sound) > 500)[[0, -1]]
        assert abs((end - begin) - 12000) < 20
        middle = sound[begin + 40 : end - 40]
        quiet = np.abs(middle[: len(middle) // 16 * 16].reshape(-1, 16)).max(axis=1)
        assert quiet.min() > 4000, "a gap"
        assert np.abs(np.diff(middle)).max() < 5000, "a step"


async def test_what_cannot_be_played_is_refused_in_plain_words(engine: MediaEngine, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04" + bytes(100))
    cut = encoded(tmp_path / "b.flac", "flac", 8000)
    cut.write_bytes(cut.read_bytes()[:30])
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        for name, why in (("a.mp3", "neither WAV, Ogg nor FLAC"), ("b.flac", "damaged"), ("c.wav", "No such file")):
            with pytest.raises(MediaError, match=f"cannot play {name}: .*{why}"):
                await engine.play(party.leg, uuid4(), [tmp_path / name])
        assert party.plays == []


class Speaker(Phone):
    """Says a recorded sentence when told to."""

    words: np.ndarray = np.zeros(0, np.int16)

    def _next(self) -> np.ndarray:
        frame, self.words = self.words[:FRAME], self.words[FRAME:]
        return np.pad(frame, (0, FRAME - len(frame)))


def sentence(name: str) -> np.ndarray:
    with av.open(str(PROMPTS / f"{name}.opus")) as file:
        wide = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])
    return (wide[::6] * 32767).astype(np.int16)  # the prompts have nothing above 3.4 kHz


async def test_the_first_word_ends_a_prompt_that_listens_for_words(
    engine: MediaEngine, tmp_path: Path, until: Until
) -> None:
    menu = save(tmp_path / "menu.wav", tone(500, 20, LEVEL))
    async with Speaker() as ann:
        party = await join(engine, ann)
        await engine.adjust(party.leg, LegOptions())
        play = uuid4()
        await engine.play(party.leg, play, [menu], barge=[Barge.SPEECH])
        await hears(ann, 500)
        assert party.plays == [], "silence is no word"
        loop = asyncio.get_running_loop()
        ann.words, began = sentence("zh-CN/enter_account"), loop.time()
        await until(lambda: bool(party.plays))
        assert loop.time() - began < 1.0
        assert party.plays == [PlayEnded(party.leg, play, False, Barge.SPEECH)]


async def test_a_word_does_not_end_a_prompt_that_listens_for_keys(
    engine: MediaEngine, tmp_path: Path, until: Until
) -> None:
    menu = save(tmp_path / "menu.wav", tone(500, 20, LEVEL))
    async with Speaker() as ann:
        party = await join(engine, ann)
        play = uuid4()
        await engine.play(party.leg, play, [menu], barge=[Barge.KEY])
        ann.words = sentence("zh-CN/please_wait")
        await asyncio.sleep(len(ann.words) / 8000 + 0.2)
        assert party.plays == []
        await ann.press("5")
        await until(lambda: bool(party.plays))
        assert party.plays == [PlayEnded(party.leg, play, False, Barge.KEY)]


async def test_reading_a_long_file_is_not_heard_by_others(engine: MediaEngine, tmp_path: Path) -> None:
    long = encoded(tmp_path / "long.opus", "libopus", 48000, stereo=True, seconds=240)
    music = save(tmp_path / "music.wav", tone(500, 1, LEVEL))
    async with phones(2) as (ann, bob):
        hers, his = await join(engine, ann), await join(engine, bob)
        await engine.play(hers.leg, uuid4(), [music], loop=True)
        await hears(ann, 500)
        reading = asyncio.ensure_future(engine.play(his.leg, uuid4(), [long]))
        gaps = frames = 0
        while not reading.done():
            await ann.listen(0.2)
            arrived = [packet.timestamp for packet in ann.heard]
            gaps += sum((after - before) % 2**32 != FRAME for before, after in pairwise(arrived))
            frames += len(arrived)
        await reading
        # Other work on the machine may cost a tick now and then.
        assert gaps <= frames // 20, "ticks were left out"
        await asyncio.gather(hears(ann, 500), hears(bob, 900))


async def test_a_play_stopped_while_it_is_read_is_never_heard(
    engine: MediaEngine, tmp_path: Path, until: Until
) -> None:
    long = encoded(tmp_path / "long.opus", "libopus", 48000, seconds=120)
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        play = uuid4()
        starting = asyncio.ensure_future(engine.play(party.leg, play, [long]))
        await asyncio.sleep(0.02)
        await engine.stop(party.leg)
        await starting
        await until(lambda: bool(party.plays))
        assert party.plays == [PlayEnded(party.leg, play, False)]
        assert not steadily(await ann.listen(0.4), LEVEL, 900)
