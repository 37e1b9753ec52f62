"""sipp calls sipp through the switch: what the two of them see, over UDP, TCP and TLS, and that nothing stays of it."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from tests.support.centre import free_sip_port
from tests.support.plain import Plain, offered, over, register, sdp
from tests.support.switched import Switched

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]

PAIRS = {
    "the caller hangs up": ("calls", "picks_up"),
    "the phone hangs up": ("waits", "hangs_up"),
    "early media": ("hears", "plays_early"),
    "the offer comes late": ("offers_late", "is_asked_to_offer"),
    "the caller holds": ("holds", "is_held"),
    "the phone holds": ("calls_and_is_held", "answers_and_holds"),
    "the caller gives up": ("gives_up", "is_cancelled"),
    "ringing acknowledged": ("hears_reliably", "rings_reliably"),
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_both_ends_see_the_same_call(switch: Switched, pair: str, transport: str) -> None:
    caller, phone = PAIRS[pair]
    port = free_sip_port()
    called = f"{'0' if transport == 't1' else ''}{port}"
    options = ("-t", transport)
    callee = await switch.sipp(phone, port, options=options).ready()
    await asyncio.gather(switch.sipp(caller, free_sip_port(), options=options, CALLED=called).done(), callee.done())


@pytest.mark.parametrize("status", [404, 480, 486, 603])
async def test_a_refusal_reaches_the_caller_as_it_was(switch: Switched, status: int) -> None:
    port = free_sip_port()
    phone = await switch.sipp("refuses", port, STATUS=str(status)).ready()
    caller = switch.sipp("is_refused", free_sip_port(), CALLED=str(port), STATUS=str(status))
    await asyncio.gather(caller.done(), phone.done())


async def test_a_number_that_leads_nowhere_is_refused(switch: Switched) -> None:
    await switch.sipp("is_refused", free_sip_port(), CALLED="nobody", STATUS="404").done()


@pytest.fixture
def impatient(switch: Switched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is rung for longer than five seconds (half a second, as we hurry)."""
    monkeypatch.setattr(switch, "timeout", 5.0)


@pytest.mark.usefixtures("impatient")
async def test_nobody_is_rung_for_ever(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 180)
        far.reply(await far.request("CANCEL"), 200)
        far.reply(invite, 487)
        await far.request("ACK")
        refused = await near.response("final", "INVITE")
        near.deny()
        assert refused.status in (408, 480)


async def test_when_nobody_is_there_the_next_one_is_called(switch: Switched) -> None:
    away, there = free_sip_port(), free_sip_port()
    phone = await switch.sipp("picks_up", there).ready()
    await asyncio.gather(switch.sipp("calls", free_sip_port(), CALLED=f"{away}*{there}").done(), phone.done())


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_a_peer_is_told_what_we_understand(switch: Switched, transport: str) -> None:
    await switch.sipp("options", free_sip_port(), options=("-t", transport)).done()


async def test_fifty_calls_at_once_all_come_through(switch: Switched) -> None:
    port = free_sip_port()
    phone = await switch.sipp("picks_up", port, calls=50).ready()
    caller = switch.sipp("calls", free_sip_port(), calls=50, options=("-r", "25"), CALLED=str(port), MILLISECONDS="300")
    await asyncio.gather(caller.done(), phone.done())


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.mark.parametrize("kind", ["tcp", "tls"])
async def test_a_phone_that_registered_over_a_connection_is_called_over_it(switch: Switched, kind: str) -> None:
    tls = trusting() if kind == "tls" else None
    port = switch.telephony.tls_port if tls else switch.port
    assert port
    async with (
        Plain(port, user="8001", tls=tls, tcp=True) as phone,
        Plain(port, tls=tls, tcp=True) as caller,
    ):
        await register(phone)
        near = caller.talk("8001")
        near.send("INVITE", sdp())
        far = await phone.called()
        invite = await far.request("INVITE")
        assert invite.via.transport == phone.transport
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        # Half a second in our haste is five: over a stream nothing is repeated.
        await asyncio.sleep(0.5)
        assert far.count("INVITE") == far.count("ACK") == near.count(200) == 1
        near.send("BYE")
        await near.response(200, "BYE")
        await over(far)
        await register(phone, expires=0)


@pytest.mark.usefixtures("impatient")
async def test_a_caller_whose_connection_broke_does_not_ring_a_phone_for_ever(switch: Switched) -> None:
    async with Plain(0) as phone:
        async with Plain(switch.port, tcp=True) as caller:
            near, far, invite = await offered(caller, phone)
            far.reply(invite, 180)
            await near.response(180)
        far.reply(await far.request("CANCEL"), 200)
        far.reply(invite, 487)
        await far.request("ACK")


MALFORMED = {
    "nothing": b"",
    "noise": bytes(range(256)) * 4,
    "half a line": b"INVITE sip:10000@127.0.0.1",
    "no headers": b"INVITE sip:10000@127.0.0.1 SIP/2.0\r\n\r\n",
    "no version": b"INVITE sip:10000@127.0.0.1\r\nVia: x\r\n\r\n",
    "wrong version": b"INVITE sip:10000@127.0.0.1 SIP/7.0\r\nVia: SIP/7.0/UDP 127.0.0.1;branch=z9hG4bKa\r\n\r\n",
    "no Via": b"OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\n"
    b"CSeq: 1 OPTIONS\r\n\r\n",
    "a response to nothing": b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnone\r\n"
    b"From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: none\r\nCSeq: 1 INVITE\r\n\r\n",
    "a status that is none": b"SIP/2.0 9999 What\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnone\r\n\r\n",
    "a very long line": b"OPTIONS sip:" + b"a" * 60000 + b"@127.0.0.1 SIP/2.0\r\n\r\n",
    "a thousand Vias": b"OPTIONS sip:a@127.0.0.1 SIP/2.0\r\n"
    + b"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa\r\n" * 1000
    + b"\r\n",
    "only a keep-alive": b"\r\n\r\n",
}


@pytest.mark.parametrize("kind", ["udp", "tcp"])
async def test_nothing_malformed_disturbs_the_call_after_it(switch: Switched, kind: str) -> None:
    for data in MALFORMED.values():
        async with Plain(switch.port, tcp=kind == "tcp") as vandal:
            vandal.raw(data)
    async with Plain(switch.port) as caller:
        for spoilt in SPOILT.values():
            talk = caller.talk("10000")
            talk.send("INVITE", sdp(), headers=spoilt)
            assert (await talk.response("final")).status == 400
            talk.deny()
    port = free_sip_port()
    phone = await switch.sipp("picks_up", port).ready()
    await asyncio.gather(switch.sipp("calls", free_sip_port(), CALLED=str(port)).done(), phone.done())


SPOILT = {
    "two Call-IDs": ("Call-ID: another",),
    "two CSeqs": ("CSeq: 77 INVITE",),
    "two Froms": ("From: <sip:other@example.com>;tag=other",),
    "two lengths": ("Content-Length: 5",),
}
"""Fields of which there may be one; an INVITE with two different ones is answered 400."""
