"""REFER as it stands on the wire (RFC 3515, 3892, 4488): what is asked, refused, and told of how it goes."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import Referral, Referred
from yuelai.wire.sip import Request, Response

from .world import ANSWER, OFFER, Net, Party, RawPeer


class Line:
    """A raw peer in a call with a party of ours, which only listens."""

    def __init__(self) -> None:
        self.net = Net()
        self.ours = Party(self.net, 5060)
        self.peer = RawPeer(self.net, 5070)
        self.to_tag = ""
        self.cseq = 1

    async def stand(self) -> None:
        self.peer.send(self.ours.hop, self.peer.request("INVITE", "sip:10000@127.0.0.1:5060", branch="1", sdp=OFFER))
        await self.net.run(0.2)
        await self.ours.offered[0].answer(ANSWER)
        await self.net.run(0.2)
        self.to_tag = str(self.peer.last(200).to.tag)
        self.peer.send(self.ours.hop, self.within("ACK", 1))
        await self.net.run(0.2)

    def within(self, method: str, number: int | None = None, /, **headers: str) -> Request:
        if number is None:
            self.cseq += 1
            number = self.cseq
        target = "sip:yuelai@127.0.0.1:5060"
        return self.peer.request(method, target, branch=f"{method}{number}", cseq=number, to_tag=self.to_tag, **headers)

    async def refer(self, **headers: str) -> None:
        self.peer.send(self.ours.hop, self.within("REFER", **headers))
        await self.net.run(0.2)

    async def answer(self) -> Response:
        """The response to the REFER."""
        await self.net.run(0.2)
        return next(m for m in reversed(self.peer.heard) if isinstance(m, Response) and m.cseq.method == "REFER")

    @property
    def referral(self) -> Referral:
        return next(event.referral for event in reversed(self.ours.events) if isinstance(event, Referred))

    async def hear(self, seconds: float = 0.3) -> None:
        """Answer every NOTIFY while time passes."""
        for _ in range(int(seconds * 10)):
            await self.net.run(0.1)
            answered = {
                m.cseq.number for _, _, m in self.net.log if isinstance(m, Response) and m.cseq.method == "NOTIFY"
            }
            for notify in self.notifies:
                if notify.cseq.number not in answered:
                    self.peer.send(self.ours.hop, notify.response(200))

    @property
    def notifies(self) -> list[Request]:
        unique = {m.cseq.number: m for m in self.peer.heard if isinstance(m, Request) and m.method == "NOTIFY"}
        return list(unique.values())

    async def end(self) -> None:
        self.peer.send(self.ours.hop, self.within("BYE"))
        await self.hear(1)
        await self.net.run(70)
        assert self.ours.empty()
        assert self.ours.stack.timers.next_due() is None


@pytest.fixture
async def line() -> Line:
    line = Line()
    await line.stand()
    return line


async def test_a_transfer_is_accepted_and_told_step_by_step(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>", referred_by="<sip:8001@127.0.0.1>")
    referral = line.referral
    assert (referral.target, referral.user, referral.replaces) == ("sip:8002@127.0.0.1", "8002", None)
    assert referral.referred_by == "<sip:8001@127.0.0.1>"
    for _ in range(2):
        referral.accept()
    assert (await line.answer()).status == 202
    await line.hear()
    for status in (180, 180, 200, 486):
        referral.progress(status)
        await line.hear()
    assert [notify.body for notify in line.notifies] == [
        b"SIP/2.0 100 Trying\r\n", b"SIP/2.0 180 Ringing\r\n", b"SIP/2.0 200 OK\r\n"
    ]  # fmt: skip
    assert [str(notify.get("subscription-state")).partition(";")[0] for notify in line.notifies] == [
        "active", "active", "terminated"
    ]  # fmt: skip
    assert {str(notify.get("event")) for notify in line.notifies} == {"refer;id=2"}
    assert all(str(notify.content_type) == "message/sipfrag" for notify in line.notifies)
    await line.end()


async def test_steps_that_were_overtaken_are_left_out_and_the_last_one_is_told(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>")
    line.referral.accept()
    line.referral.progress(180)
    line.referral.progress(183)
    line.referral.progress(503)
    await line.answer()
    await line.hear(1)
    assert [notify.body.split()[1] for notify in line.notifies] == [b"100", b"503"]
    await line.end()


async def test_who_wants_no_subscription_gets_none(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>", refer_sub="false")
    line.referral.accept()
    line.referral.progress(200)
    response = await line.answer()
    assert (response.status, response.get("refer-sub")) == (202, "false")
    await line.net.run(1)
    assert line.notifies == []
    await line.end()


async def test_a_refusal_is_told_and_nothing_follows(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>")
    for _ in range(2):
        line.referral.refuse(603)
    line.referral.accept()
    line.referral.progress(200)
    assert (await line.answer()).status == 603
    await line.net.run(1)
    assert line.notifies == []
    await line.end()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"refer_to": "nonsense <"}, 400),
        ({"refer_to": "<mailto:a@example.com>"}, 416),
        ({"refer_to": "<sip:8002@127.0.0.1;method=BYE>"}, 403),
        ({"refer_to": "<sip:8002@127.0.0.1?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"}, 481),
        ({"refer_to": "<sip:8002@127.0.0.1?Replaces=a>"}, 400),
    ],
)
async def test_what_cannot_be_done_is_refused_without_asking_anybody(
    line: Line, headers: dict[str, str], status: int
) -> None:
    await line.refer(**headers)
    assert (await line.answer()).status == status
    assert not any(isinstance(event, Referred) for event in line.ours.events)
    await line.end()


async def test_who_does_not_listen_is_not_told_any_more(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>")
    line.referral.accept()
    await line.answer()
    line.peer.send(line.ours.hop, line.notifies[0].response(481))
    await line.net.run(0.2)
    line.referral.progress(180)
    line.referral.progress(200)
    await line.net.run(1)
    assert len(line.notifies) == 1
    await line.end()


async def test_a_transfer_that_never_ends_ends_its_subscription(line: Line) -> None:
    await line.refer(refer_to="<sip:8002@127.0.0.1>")
    line.referral.accept()
    await line.answer()
    await line.hear(0.5)
    for _ in range(20):
        await line.net.run(10)
        await line.hear(0.2)
        for message in list(line.peer.heard):
            if isinstance(message, Request) and message.method in ("OPTIONS", "UPDATE"):
                line.peer.heard.remove(message)
                line.peer.send(line.ours.hop, message.response(200))
    assert line.notifies[-1].body.startswith(b"SIP/2.0 408")
    await line.end()


@pytest.mark.parametrize(
    ("frames", "result"),
    [
        ([("SIP/2.0 100 Trying", "active"), ("SIP/2.0 200 OK", "terminated;reason=noresource")], 200),
        ([("SIP/2.0 486 Busy Here", "active")], 486),
        ([("SIP/2.0 180 Ringing", "terminated;reason=timeout")], 180),
        ([("what?", "terminated")], 0),
    ],
)
async def test_how_a_transfer_of_ours_goes_is_heard(line: Line, frames: list[tuple[str, str]], result: int) -> None:
    asking = asyncio.ensure_future(line.ours.offered[0].refer("sip:8009@127.0.0.1"))
    await line.net.run(0.2)
    refer = line.peer.last("REFER")
    assert refer.get("refer-to") == "<sip:8009@127.0.0.1>"
    assert refer.get("referred-by") is not None
    line.peer.send(line.ours.hop, refer.response(202))  # type: ignore[union-attr]
    for body, state in frames:
        notify = line.within("NOTIFY", event="refer", subscription_state=state)
        notify.set_body("message/sipfrag", body)
        line.peer.send(line.ours.hop, notify)
        await line.net.run(0.2)
        assert line.peer.responses()[-1] == 200
    assert await asking == result
    await line.end()


@pytest.mark.parametrize("status", [403, 603])
async def test_a_transfer_of_ours_that_is_refused_says_so(line: Line, status: int) -> None:
    asking = asyncio.ensure_future(line.ours.offered[0].refer("sip:8009@127.0.0.1"))
    await line.net.run(0.2)
    line.peer.send(line.ours.hop, line.peer.last("REFER").response(status))  # type: ignore[union-attr]
    await line.net.run(0.2)
    assert await asking == status
    await line.end()


async def test_notifications_that_nobody_asked_for_are_refused(line: Line) -> None:
    for event, status in (("refer;id=99", 481), ("presence", 489)):
        line.peer.send(line.ours.hop, line.within("NOTIFY", event=event, subscription_state="active"))
        await line.net.run(0.2)
        assert line.peer.responses()[-1] == status
    await line.end()


async def test_only_a_standing_call_is_transferred() -> None:
    line = Line()
    line.peer.send(line.ours.hop, line.peer.request("INVITE", "sip:10000@127.0.0.1:5060", branch="1", sdp=OFFER))
    await line.net.run(0.2)
    with pytest.raises(WrongState):
        await line.ours.offered[0].refer("sip:8009@127.0.0.1")
    await line.ours.offered[0].hangup(486)
    await line.net.run(70)
    assert line.ours.empty()
