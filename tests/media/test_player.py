from __future__ import annotations

from uuid import UUID, uuid4

import numpy as np

from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.player import Play, Player
from yuelai.media.ports import Barge


def play_out(play: Play, frames: int) -> list[float]:
    out = np.zeros((frames, FRAME), np.float32)
    for row in out:
        play.mix_into(row)
    return out.reshape(-1).tolist()


def test_pieces_follow_each_other_without_a_gap() -> None:
    pieces = [np.full(100, 1, np.int16), np.empty(0, np.int16), np.full(300, 2, np.int16)]
    play = Play(uuid4(), pieces, loop=False, gain=1.0)
    assert play_out(play, 3) == [1.0] * 100 + [2.0] * 300 + [0.0] * 80
    assert play.ended


def test_a_loop_goes_round_and_never_ends() -> None:
    play = Play(uuid4(), [np.arange(100, dtype=np.int16)], loop=True, gain=0.5)
    assert play_out(play, 5) == [n % 100 * 0.5 for n in range(800)]
    assert not play.ended


def test_a_loop_of_nothing_ends_at_once() -> None:
    assert Play(uuid4(), [np.empty(0, np.int16)], loop=True, gain=1.0).ended


def test_a_stall_takes_as_long_out_of_a_prompt() -> None:
    sound = np.arange(1000, dtype=np.int16)
    play = Play(uuid4(), [sound[:200], sound[200:]], loop=False, gain=1.0)
    play_out(play, 1)
    play.skip(2)
    assert play_out(play, 1) == sound[3 * FRAME : 4 * FRAME].tolist()
    play.skip(5)
    assert play.ended
    looped = Play(uuid4(), [sound], loop=True, gain=1.0)
    looped.skip(10**9)
    assert play_out(looped, 1) == [(10**9 * FRAME + n) % 1000 for n in range(FRAME)]


class Leg:
    def __init__(self) -> None:
        self.told: list[tuple[UUID, bool, Barge | None]] = []
        self.player = Player(lambda *ended: self.told.append(ended))

    def play(self, *barge: Barge, turn: int | None = None, samples: int = 400) -> UUID:
        play = Play(uuid4(), [np.ones(samples, np.int16)], loop=False, gain=1.0, barge=frozenset(barge))
        self.player.start(self.player.prepare() if turn is None else turn, play)
        return play.id


def test_a_newer_play_ends_the_older() -> None:
    leg = Leg()
    first, second = leg.play(), leg.play()
    assert leg.told == [(first, False, None)]
    leg.player.over()
    assert leg.told[1:] == [(second, True, None)]
    assert leg.player.play is None


def test_a_key_ends_what_may_be_broken_into_by_keys() -> None:
    leg = Leg()
    deaf = leg.play(Barge.SPEECH)
    leg.player.barge(Barge.KEY)
    assert leg.told == []
    listening = leg.play(Barge.KEY)
    leg.player.barge(Barge.KEY)
    leg.player.barge(Barge.KEY)
    assert leg.told == [(deaf, False, None), (listening, False, Barge.KEY)]


def test_a_play_whose_files_came_late_gives_way_to_the_newer_one() -> None:
    leg = Leg()
    slow = leg.player.prepare()
    quick = leg.play()
    late = leg.play(turn=slow)
    assert leg.told == [(late, False, None)]
    assert leg.player.play is not None
    assert leg.player.play.id == quick


def test_stop_also_ends_what_is_still_being_read() -> None:
    leg = Leg()
    turn = leg.player.prepare()
    leg.player.stop()
    late = leg.play(turn=turn)
    assert leg.told == [(late, False, None)]
    assert leg.player.play is None


def test_a_play_of_nothing_ends_at_once() -> None:
    leg = Leg()
    assert leg.told == [] or leg.player.play is not None
    empty = leg.play(samples=0)
    assert leg.told == [(empty, True, None)]
