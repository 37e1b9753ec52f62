"""What every MediaEngine must do, heard from outside: real UDP on loopback, and only the port's verbs."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from tests.media.conftest import Rig
from tests.media.party import join, save
from tests.media.rtp_phone import Phone, levels, phones, steadily, tone
from yuelai.media.ports import LegGone, LegKind, MediaEngine, MediaError, PlayEnded
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.g711 import Law

Until = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.mark.parametrize("laws", [(Law.PCMU, Law.PCMU), (Law.PCMA, Law.PCMA), (Law.PCMA, Law.PCMU)])
async def test_two_bridged_parties_hear_each_other_and_not_themselves(
    engine: MediaEngine, laws: tuple[Law, Law]
) -> None:
    async with phones(2, *laws) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        ann.frequency, bob.frequency = 700, 1100
        await engine.bridge(one.leg, other.leg)
        await asyncio.gather(ann.hears(1100, but_not=(700,)), bob.hears(700, but_not=(1100,)))
        assert steadily(await bob.listen(1), -10, 700, but_not=(1100,))
        await engine.unbridge(one.leg, other.leg)
        await asyncio.gather(ann.hears(but_not=(1100,)), bob.hears(but_not=(700,)))


async def test_sound_is_sent_evenly_without_gaps(engine: MediaEngine) -> None:
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        await engine.bridge(one.leg, other.leg)
        await ann.listen(2)
        packets = ann.heard
        assert {(b.sequence - a.sequence) & 0xFFFF for a, b in itertools.pairwise(packets)} == {1}
        assert {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in itertools.pairwise(packets)} == {160}
        assert [packet.marker for packet in packets[1:]] == [False] * (len(packets) - 1)


async def test_we_may_call_and_take_an_early_answer_replaced_by_the_final_one(engine: MediaEngine) -> None:
    async with phones(3) as (ann, early, bob):
        one = await join(engine, ann)
        leg = LegId(new_id())
        offer = await engine.create_leg(leg, LegKind.PLAIN, lambda _: None)
        await engine.bridge(one.leg, leg)
        ann.frequency = 700
        early.take(offer)
        await engine.answer(leg, early.describe())
        await early.hears(700)
        bob.take(offer)
        bob.frequency = 1100
        await engine.answer(leg, bob.describe())
        await asyncio.gather(bob.hears(700), ann.hears(1100))


async def test_a_prompt_is_heard_whole_and_its_end_told_once(engine: MediaEngine, tmp_path: Path, until: Until) -> None:
    files = [save(tmp_path / "one.wav", tone(500, 0.5)), save(tmp_path / "two.wav", tone(900, 0.25))]
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        await ann.listen(0.2)
        ann.heard.clear()
        play = uuid4()
        await engine.play(party.leg, play, files)
        await until(lambda: bool(party.plays))
        await asyncio.sleep(0.1)
        assert party.plays == [PlayEnded(party.leg, play, True)]
        sound = ann.sound()
        begin, end = np.flatnonzero(np.abs(sound) > 500)[[0, -1]]
        assert abs((end - begin) - 6000) < 20
        assert levels(sound[begin : begin + 4000], 500, 900)[0] > -12
        assert levels(sound[begin + 4100 : begin + 5900], 900)[0] > -12


async def test_a_key_is_told_once_and_may_stop_the_prompt(engine: MediaEngine, tmp_path: Path, until: Until) -> None:
    menu = save(tmp_path / "menu.wav", tone(500, 10))
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        play = uuid4()
        await engine.play(party.leg, play, [menu])
        await ann.hears(500)
        await ann.press("1")
        await until(lambda: party.digits == "1")
        await engine.stop(party.leg)
        await until(lambda: bool(party.plays))
        await ann.hears(but_not=(500,))
        for key in "1*0#":
            await ann.press(key)
        await until(lambda: len(party.digits) >= 5)
        await asyncio.sleep(0.1)
        assert party.digits == "11*0#"
        assert party.plays == [PlayEnded(party.leg, play, False)]


async def test_keys_come_under_the_number_the_offer_gave_them(engine: MediaEngine, until: Until) -> None:
    async with Phone(Law.PCMA, event_type=126) as ann:
        party = await join(engine, ann)
        assert ann.answer is not None
        assert [(c.payload_type, c.name) for c in ann.answer.audio.codecs] == [(8, "PCMA"), (126, "telephone-event")]
        await ann.press("5")
        await until(lambda: party.digits == "5")


async def test_a_newer_play_replaces_the_older_and_closing_ends_it(engine: MediaEngine, tmp_path: Path) -> None:
    menu = save(tmp_path / "menu.wav", tone(500, 5))
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        first, second = uuid4(), uuid4()
        await engine.play(party.leg, first, [menu])
        await engine.play(party.leg, second, [menu])
        await engine.close(party.leg)
        assert party.plays == [PlayEnded(party.leg, first, False), PlayEnded(party.leg, second, False)]


async def test_a_prompt_that_cannot_be_played_leaves_the_one_that_plays(engine: MediaEngine, tmp_path: Path) -> None:
    menu = save(tmp_path / "menu.wav", tone(500, 5))
    async with phones(1) as (ann,):
        party = await join(engine, ann)
        await engine.play(party.leg, uuid4(), [menu])
        with pytest.raises(MediaError, match=r"no\.wav"):
            await engine.play(party.leg, uuid4(), [tmp_path / "no.wav"])
        await ann.hears(500)
        assert party.plays == []


async def test_on_hold_a_party_hears_music_and_nobody_hears_it(engine: MediaEngine, tmp_path: Path) -> None:
    music = save(tmp_path / "music.wav", tone(400, 0.3))
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        ann.frequency, bob.frequency = 700, 1100
        await engine.bridge(one.leg, other.leg)
        await bob.hears(700)
        await engine.hold(one.leg, True)
        await engine.play(one.leg, uuid4(), [music], loop=True, gain=0.5)
        await asyncio.gather(ann.hears(400, but_not=(1100,)), bob.hears(but_not=(700,)))
        looped = await ann.listen(1)
        assert steadily(looped, -16, 400, but_not=(1100,))
        await engine.stop(one.leg)
        await engine.hold(one.leg, False)
        await asyncio.gather(ann.hears(1100, but_not=(400,)), bob.hears(700))


async def test_three_parties_hear_the_others_and_a_listener_only_listens(engine: MediaEngine) -> None:
    async with phones(4) as (ann, bob, cas, lea):
        parties = [await join(engine, phone) for phone in (ann, bob, cas, lea)]
        for phone, frequency in zip((ann, bob, cas, lea), (700, 1100, 1700, 2300), strict=True):
            phone.frequency, phone.level = frequency, -16
        talkers = parties[:3]
        for n, party in enumerate(talkers):
            for other in talkers[n + 1 :]:
                await engine.bridge(party.leg, other.leg)
            await engine.route(party.leg, parties[3].leg, 0.5)
        await asyncio.gather(
            ann.hears(1100, 1700, but_not=(700, 2300)),
            bob.hears(700, 1700, but_not=(1100, 2300)),
            cas.hears(700, 1100, but_not=(1700, 2300)),
            lea.hears(700, 1100, 1700, but_not=(2300,)),
        )
        assert steadily(await lea.listen(1), -22, 700, 1100, 1700, but_not=(2300,))


async def test_the_peer_may_hold_by_a_new_offer_and_come_back(engine: MediaEngine) -> None:
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        bob.frequency = 1100
        await engine.bridge(one.leg, other.leg)
        await ann.hears(1100)
        port = ann.target
        ann.take(await engine.reoffer(one.leg, ann.describe("sendonly")))
        assert ann.answer is not None
        assert ann.answer.direction(ann.answer.audio) == "recvonly"
        assert ann.target == port
        await asyncio.sleep(0.1)
        ann.heard.clear()
        await asyncio.sleep(0.2)
        assert ann.heard == []
        ann.take(await engine.reoffer(one.leg, ann.describe()))
        await ann.hears(1100)


async def test_closing_a_leg_releases_its_ports_and_routes_and_may_be_repeated(engine: MediaEngine) -> None:
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        ann.frequency = 700
        await engine.bridge(one.leg, other.leg)
        await bob.hears(700)
        await engine.close(one.leg)
        await engine.close(one.leg)
        assert ann.target is not None
        for port in (ann.target[1], ann.target[1] + 1):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind(("127.0.0.1", port))
        await bob.hears(but_not=(700,))
        with pytest.raises(MediaError):
            await engine.bridge(one.leg, other.leg)


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4000 RTP/AVP 96\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 host.invalid\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n",
    ],
    ids=["empty", "no codec", "no audio", "no address", "a name", "SRTP"],
)
async def test_an_offer_that_cannot_be_met_is_refused(engine: MediaEngine, offer: str) -> None:
    with pytest.raises(MediaError):
        await engine.create_leg(LegId(new_id()), LegKind.PLAIN, lambda _: None, offer=offer)


async def test_verbs_on_an_unknown_leg_are_refused(engine: MediaEngine) -> None:
    leg = LegId(new_id())
    for verb in (engine.stop(leg), engine.hold(leg, True), engine.answer(leg, ""), engine.play(leg, uuid4(), [])):
        with pytest.raises(MediaError):
            await verb
    await engine.close(leg)


async def test_a_stranger_on_the_network_is_not_heard(engine: MediaEngine, until: Until) -> None:
    async with phones(3) as (ann, bob, eve):
        one, other = await join(engine, ann), await join(engine, bob)
        ann.frequency, eve.frequency = 700, 2000
        await engine.bridge(one.leg, other.leg)
        await bob.hears(700)
        assert ann.answer is not None
        eve.take(str(ann.answer))
        await eve.press("9")
        await bob.hears(700, but_not=(2000,))
        assert one.digits == ""
        assert eve.heard == []


async def test_when_the_engine_dies_every_leg_is_told_and_new_ones_can_be_made(
    own_rig: Rig, own_engine: MediaEngine, tmp_path: Path, until: Until
) -> None:
    engine = own_engine
    music = save(tmp_path / "music.wav", tone(400, 5))
    async with phones(2) as (ann, bob):
        one, other = await join(engine, ann), await join(engine, bob)
        play = uuid4()
        await engine.play(one.leg, play, [music])
        own_rig.end()
        await until(lambda: LegGone(one.leg) in one.events and LegGone(other.leg) in other.events)
        assert one.events == [PlayEnded(one.leg, play, False), LegGone(one.leg)]
        assert other.events == [LegGone(other.leg)]
        with pytest.raises(MediaError):
            await engine.bridge(one.leg, other.leg)
        await engine.close(one.leg)
        own_rig.run()
        party = None
        async with asyncio.timeout(20):
            while party is None:
                try:
                    party = await join(engine, ann)
                except MediaError:
                    await asyncio.sleep(0.05)
        await engine.play(party.leg, uuid4(), [music])
        await ann.hears(400)


async def test_a_leg_whose_maker_stopped_waiting_does_not_stay(rig: Rig) -> None:
    core = await rig.connect()
    before = (await core.health())["legs"]
    making = asyncio.ensure_future(core.create_leg(LegId(new_id()), LegKind.PLAIN, lambda _: None))
    await asyncio.sleep(0)
    making.cancel()
    await asyncio.wait([making])
    assert making.cancelled()
    assert (await core.health())["legs"] == before
    await core.disconnect()
