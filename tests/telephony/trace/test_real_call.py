"""A call between two stacks in virtual time, as its trace tells it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.telephony.world import ANSWER, OFFER, Net, Party
from yuelai.platform.ids import new_id
from yuelai.telephony.hops import Hop
from yuelai.telephony.trace.book import Line
from yuelai.telephony.trace.glance import glance
from yuelai.telephony.trace.ladder import parties
from yuelai.telephony.trace.reader import Window, find
from yuelai.telephony.trace.segments import TraceKey
from yuelai.telephony.trace.writer import TraceWriter

KEY = TraceKey(new_id(), bytes(32))


async def test_a_real_call_gives_the_right_ladder(tmp_path: Path) -> None:
    net = Net()
    here, there = Party(net, 5060), Party(net, 5070)
    lines: dict[object, Line] = {}
    writer = TraceWriter(tmp_path, KEY, 1, net.clock, lambda told: lines.update({line.id: line for line in told}))
    here.stack.ua.observer = writer
    send, receive = here.wire.send, net.ends[here.hop]

    def sending(hop: Hop, data: bytes) -> bool:
        writer.tap(hop, data, True)
        return send(hop, data)

    def receiving(data: bytes, source: Hop) -> None:
        writer.tap(source, data, False)
        receive(data, source)  # type: ignore[arg-type]

    here.wire.send = sending  # type: ignore[method-assign]
    net.ends[here.hop] = receiving
    here.know("8001", there.hop)
    leg = await here.dial("8001")
    await net.run(1)
    (ringing,) = there.offered
    await ringing.ringing()
    await net.run(1)
    await ringing.answer(ANSWER)
    await net.run(1)
    await leg.hangup()
    await net.run(40)
    await asyncio.sleep(0)
    writer.work()
    (line,) = lines.values()
    assert (line.direction, line.leg_id, line.to_user, line.status, line.ended_by) == (
        "out",
        leg.id,
        "8001",
        200,
        "local",
    )
    messages = find(tmp_path, {KEY.id: KEY}, [Window(line.call_id, 0, 1e11)]).messages
    assert [glance(each.data).method or glance(each.data).status for each in messages] == [
        "INVITE", 100, 180, 200, "ACK", "BYE", 200,
    ]  # fmt: skip
    assert [each.sent for each in messages] == [True, False, False, False, True, True, False]
    assert [party.name for party in parties(messages)] == ["8001", ""]
    assert OFFER.encode() in messages[0].data
