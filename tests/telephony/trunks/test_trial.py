"""Test calls: really made, timed, ended by us, one at a time, and leaving nothing behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import ANSWER, OFFER, Net
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.trunks.errors import NoSuchTrunk, NoTrunk, TestCallUnderWay
from yuelai.telephony.trunks.model import Trunk
from yuelai.telephony.trunks.trial import NoSound, Trials
from yuelai.wire.sip import Request


class Sound:
    """A media engine that only remembers which legs are open."""

    def __init__(self) -> None:
        self.open: dict[LegId, str] = {}
        self.away = False

    async def create_leg(self, leg: LegId, *_: Any, **__: Any) -> str:
        if self.away:
            raise MediaError("away")
        self.open[leg] = ""
        return OFFER.replace("RTP/AVP 0", "RTP/AVP 0 8")

    async def answer(self, leg: LegId, sdp: str) -> None:
        self.open[leg] = sdp

    async def close(self, leg: LegId) -> None:
        self.open.pop(leg, None)


class Tried:
    def __init__(self, *trunks: Trunk) -> None:
        self.net, self.sound = Net(), Sound()
        self.carrier = Carrier(self.net, 5070)
        self.centre = Centre(self.net, *trunks)
        self.trials = Trials(
            self.centre.trunks,
            self.centre.party.stack,
            self.sound,  # type: ignore[arg-type]
            self.net.clock,
            talks=0.05,
        )

    async def call(self, trunk_: Trunk, number: str = "13800000002", seconds: float = 1) -> dict[str, Any]:
        task = asyncio.ensure_future(self.trials.call(trunk_.id, number))
        await self.net.run(seconds)
        return await task

    async def over(self) -> None:
        await self.net.run(60)
        self.centre.trunks.close()
        await self.net.run(60)
        assert self.centre.party.empty()
        assert self.sound.open == {}


async def test_a_call_that_is_answered_is_timed_and_ended() -> None:
    east = trunk("east", codecs=("PCMA",))
    tried = Tried(east)
    tried.carrier.calls = None
    task = asyncio.ensure_future(tried.trials.call(east.id, "13800000002"))
    await tried.net.run(0.1)
    invite = tried.carrier.last("INVITE")
    assert isinstance(invite, Request)
    assert "RTP/AVP 8\r\n" in (invite.sdp or ""), "the trunk's codecs"
    for status, after in ((180, 2), (200, 3)):
        await tried.net.run(after)
        answer = invite.response(status, tag="a")
        answer.add("contact", "<sip:carrier@127.0.0.1:5070>")
        if status == 200:
            answer.set_body("application/sdp", ANSWER)
        tried.carrier.send(tried.centre.party.hop, answer)
        await tried.net.run(0.1)
    result = await task
    assert (result["status"], result["reason"], result["why"]) == (200, "OK", "")
    assert result["seconds_to_ring"] == pytest.approx(2.1, abs=0.05)
    assert result["seconds_to_answer"] == pytest.approx(5.2, abs=0.05)
    assert result["route"] == "sip:13800000002@127.0.0.1:5070"
    await tried.over()
    assert tried.carrier.count("BYE") == 1


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (486, ""),
        (407, "trunk east does not accept our user name and password (407"),
        (500, "trunk east: 500"),
    ],
)
async def test_what_came_of_it_is_said(status: int, why: str) -> None:
    east = trunk("east")
    tried = Tried(east)
    tried.carrier.calls = status
    result = await tried.call(east)
    assert (result["status"], result["seconds_to_answer"]) == (status, None)
    assert result["why"].startswith(why)
    assert bool(result["why"]) is bool(why)
    await tried.over()


async def test_a_trunk_that_does_not_answer_and_one_that_is_full_are_said_to() -> None:
    east = trunk("east", max_channels_out=1, options_seconds=0)
    tried = Tried(east)
    tried.carrier.deaf = True
    result = await tried.call(east, seconds=5)
    assert result["status"] == 408
    assert result["why"] == "trunk east: udp:127.0.0.1:5070 does not answer"
    state = tried.centre.trunks.state(east.id)
    assert state is not None
    assert state.outward.enter()
    result = await tried.call(east)
    assert (result["status"], result["why"]) == (503, "trunk east is full: 1 calls out")
    state.outward.leave(200)
    await tried.over()


async def test_one_at_a_time_and_only_where_there_is_a_way() -> None:
    east, gate, off = trunk("east"), trunk("gate", direction="in", host=""), trunk("off", active=False)
    tried = Tried(east, gate, off)
    tried.carrier.calls = None
    first = asyncio.ensure_future(tried.trials.call(east.id, "13800000002"))
    await tried.net.run(0.1)
    with pytest.raises(TestCallUnderWay):
        await tried.trials.call(east.id, "13800000003")
    with pytest.raises(NoSuchTrunk):
        await tried.trials.call(new_id(), "13800000002")
    for closed, reason in ((gate, "inbound_only"), (off, "inactive")):
        with pytest.raises(NoTrunk) as refused:
            await tried.trials.call(closed.id, "13800000002")
        assert refused.value.extra == {"reason": reason}
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    tried.sound.away = True
    with pytest.raises(NoSound):
        await tried.trials.call(east.id, "13800000002")
    await tried.over()
    assert tried.carrier.count("INVITE") >= 1
