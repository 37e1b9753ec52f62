"""Keys heard in the sound (ITU-T Q.24; Show: a thousand numbers, none lost or doubled)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.hearing.sounds import (
    FRAME,
    RATE,
    beside_each_other,
    dialled,
    listen,
    noisy,
    numbers,
    press,
    prompts,
    silence,
    through,
    tone,
    voices,
)
from yuelai.media.embedded.codecs import decoder, encoder
from yuelai.media.embedded.codecs.base import Agreed
from yuelai.media.embedded.hearing import Hearing
from yuelai.wire.dtmf import KEYS, TONES
from yuelai.wire.g711 import Law


def keys(rows: np.ndarray) -> list[str]:
    return ["".join(heard.key or "" for _, heard in found) for found in listen(rows, tones=True)]


@pytest.mark.parametrize("snr", [30, 15])
@pytest.mark.parametrize("law", [None, Law.PCMA, Law.PCMU])
def test_a_thousand_numbers_are_heard_without_a_key_lost_or_doubled(snr: float, law: Law | None) -> None:
    random = np.random.default_rng(int(snr) + (10 if law is None else law))
    wanted = numbers(random, 1000 if law is None else 250)
    rows = beside_each_other([dialled(random, n, snr=snr, on=(0.04, 0.12), gap=(0.04, 0.12)) for n in wanted])
    assert keys(rows if law is None else through(law, rows)) == wanted


@pytest.mark.parametrize("snr", [30, 15])
def test_the_shortest_keys_with_the_shortest_pauses_are_heard(snr: float) -> None:
    random = np.random.default_rng(3)
    wanted = numbers(random, 200)
    rows = beside_each_other([dialled(random, n, snr=snr, on=(0.04, 0.041), gap=(0.04, 0.041)) for n in wanted])
    assert keys(rows) == wanted


def test_keys_are_heard_through_opus() -> None:
    random, opus = np.random.default_rng(4), Agreed("opus", 111, 48000, {})
    wanted = numbers(random, 20)
    rows = beside_each_other([dialled(random, n, snr=30, on=(0.07, 0.12), gap=(0.07, 0.12)) for n in wanted])
    heard = []
    for row in rows:
        out, back = encoder(opus), decoder(opus)
        frames = [out.encode(row[start : start + FRAME]) for start in range(0, len(row), FRAME)]
        heard.append(np.concatenate([back.decode(frame) if frame else np.zeros(FRAME, np.int16) for frame in frames]))
    assert keys(beside_each_other(heard)) == wanted


def test_a_phone_may_be_a_little_beside_its_frequencies_and_no_more() -> None:
    random = np.random.default_rng(5)
    near, far = [], []
    for key, (low, high) in TONES.items():
        for sign in (-1, 1):
            for sounds, off in ((near, 0.015), (far, 0.035)):
                for one, other in ((1 + sign * off, 1), (1, 1 + sign * off)):
                    sound = tone(0.1, low * one, high * other, random=random)
                    sounds.append(np.concatenate([silence(0.05), noisy(sound, 30, random)]))
        assert key in KEYS
    assert all(len(heard) == 1 for heard in keys(beside_each_other(near)))
    assert set(keys(beside_each_other(far))) == {""}


def test_what_is_too_short_to_be_a_key_is_none() -> None:
    random = np.random.default_rng(6)
    rows = [np.concatenate([silence(0.05), press(k, 0.023, random, level=-15)]) for k in KEYS for _ in range(8)]
    assert set(keys(beside_each_other(rows))) == {""}


@pytest.mark.parametrize("milliseconds", [10, 20])
def test_an_interruption_as_of_a_lost_packet_divides_no_key(milliseconds: int) -> None:
    random, rows = np.random.default_rng(8), []
    for key in KEYS:
        for start in (0.05, 0.053, 0.057):
            whole = tone(0.2, *TONES[key], random=random)
            whole[800 : 800 + milliseconds * 8] = 0
            rows.append(np.concatenate([silence(start), noisy(whole, 30, random)]))
    assert keys(beside_each_other(rows)) == [key for key in KEYS for _ in range(3)]


def test_one_tone_much_louder_than_the_other_is_no_key() -> None:
    random = np.random.default_rng(9)
    quiet, loud = (
        [np.concatenate([silence(0.05), press(k, 0.1, random, level=-20, twist=t)]) for k in KEYS] for t in (-16, 14)
    )
    assert set(keys(beside_each_other([*quiet, *loud]))) == {""}


def test_a_key_is_told_within_sixty_milliseconds_and_released_after_its_time() -> None:
    random = np.random.default_rng(10)
    rows = beside_each_other([np.concatenate([silence(0.1), press("5", 0.3, random, level=-15)])])
    (began, ended) = listen(rows, tones=True)[0]
    assert began[1].key == "5"
    assert 0.1 < began[0] < 0.16
    assert ended[1].released == "5"
    assert ended[1].seconds == pytest.approx(0.3, abs=0.012)


def test_ten_minutes_of_voices_are_no_keys() -> None:
    rows = voices()
    assert rows.size / RATE > 600
    assert "".join(keys(rows)) == ""


def test_our_own_prompts_are_no_keys() -> None:
    spoken = np.concatenate([*prompts("zh-CN"), *prompts("en")])
    rows = spoken[: len(spoken) // (20 * RATE) * 20 * RATE].reshape(-1, 20 * RATE)
    assert "".join(keys(rows)) == ""


def test_music_is_no_keys() -> None:
    assert set(keys(beside_each_other(prompts("common")))) == {""}


def test_a_key_that_is_cut_leaves_no_more_than_its_beginning() -> None:
    random = np.random.default_rng(11)
    voice = voices(20)[0][: RATE // 2]
    said = np.concatenate([voice, press("7", 0.2, random, level=-15), voice]).astype(np.int16)
    hearing, slot, left = Hearing(), np.array([0]), []
    hearing.want(0, tones=True, detect=frozenset(), speech=False)
    for start in range(0, len(said) - FRAME + 1, FRAME):
        frame = said[None, start : start + FRAME].copy()
        hearing.hear(slot, frame)
        hearing.cut(slot, frame)
        left.append(frame[0])
    cut = np.concatenate(left)
    assert np.array_equal(cut[: RATE // 2], said[: RATE // 2])
    assert np.count_nonzero(cut[RATE // 2 : RATE // 2 + 1600]) <= 2 * FRAME
    assert np.array_equal(cut[-RATE // 4 :], said[-RATE // 4 :][: len(cut[-RATE // 4 :])])


def test_a_leg_that_is_listened_to_no_more_is_forgotten() -> None:
    random = np.random.default_rng(12)
    sound = beside_each_other([press("1", 0.1, random, level=-15)])
    hearing, slot = Hearing(), np.array([300])
    assert len(hearing.wanted) <= 300
    hearing.hear(slot, sound[:, :FRAME])
    hearing.want(300, tones=True)
    hearing.hear(slot, sound[:, :FRAME])
    hearing.want(300, tones=False)
    assert not hearing.wanted.any()
    hearing.want(300, tones=True)
    assert hearing.hear(slot, sound[:, FRAME * 3 : FRAME * 4]) == []
