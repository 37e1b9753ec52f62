"""SipTelephony over TCP and TLS, with sipp at the other end.

sipp as Debian builds it knows no TLS, so it speaks through a relay that does nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.centre import free_sip_port
from tests.support.certificates import Authority
from tests.support.plain import Plain, register
from tests.support.sipp import Sipp
from tests.telephony.world import ANSWER, OFFER, MemoryBindings, MemoryJournal, Passwords
from yuelai.platform.certificates import CertificateUnreadable
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.telephony.hops import Hop, StreamHop, UdpHop
from yuelai.telephony.ports import Answered, Destination, Ended, Leg, LegEvent, Ringing
from yuelai.telephony.service import SipTelephony
from yuelai.wire.sip import Request, parse_datagram

pytestmark = pytest.mark.calls


class Desk:
    """Answers every call, and calls out; `ends` tells how each leg came to its end."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.settings = Settings(home=home, trunks="127.0.0.1", **settings)  # type: ignore[arg-type]
        self.journal = MemoryJournal()
        self.telephony = SipTelephony(self.settings, SystemClock(), Passwords("8001"), self.journal, MemoryBindings())
        self.events: list[LegEvent] = []
        self.telephony.on_call(self._take)

    async def _take(self, leg: Leg) -> None:
        leg.listen(self.events.append)
        await leg.ringing()
        await leg.answer(ANSWER)

    async def dial(self, *hops: Hop) -> Leg:
        destination = Destination("sip:10000@127.0.0.1", hops)
        return await self.telephony.dial_to(
            [[destination]], sdp=OFFER, caller="13800000001", called="10000", listener=self.events.append
        )

    @property
    def ends(self) -> list[tuple[str, int]]:
        return [(event.by, event.status) for event in self.events if isinstance(event, Ended)]

    async def hears(self, kind: type[LegEvent], count: int = 1) -> None:
        async with asyncio.timeout(20):
            while sum(isinstance(event, kind) for event in self.events) < count:
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[Desk]:
    assert shutil.which("sipp"), "sipp is missing: `make test` installs it"
    await desk.telephony.start(port=0)
    try:
        yield desk
    finally:
        await desk.telephony.close()
    assert desk.telephony.legs == 0
    assert desk.journal.open == {}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running(Desk(tmp_path)) as made:
        yield made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@pytest.fixture
async def secure(tmp_path: Path, authority: Authority) -> AsyncIterator[Desk]:
    pair = authority.issue("desk.test")
    made = Desk(tmp_path, tls_cert=pair.cert, tls_key=pair.key, sip_tls_ca=authority.file)
    async with running(made):
        yield made


@contextlib.asynccontextmanager
async def relay(
    target: int, *, inner: ssl.SSLContext | None = None, outer: ssl.SSLContext | None = None, name: str = ""
) -> AsyncIterator[int]:
    """Listen, by TLS with `outer`, and carry all to this port, by TLS with `inner`; yield where."""
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await asyncio.open_connection("127.0.0.1", target, ssl=inner, server_hostname=name or None)
        for each in (copy(reader, far[1]), copy(far[0], writer)):
            tasks.add(asyncio.ensure_future(each))

    server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=outer)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def calls(server: int, *, mode: str = "t1", count: int = 1) -> Sipp:
    options = ("-t", mode, "-r", "50", *(("-max_socket", "500") if mode == "tn" else ()))
    words = {"CALLER": "13800000001", "MILLISECONDS": "200"}
    return Sipp("call_for_a_while", server, port=free_sip_port(), calls=count, words=words, options=options)


@pytest.mark.parametrize(("mode", "count"), [("t1", 1), ("t1", 60), ("tn", 60)])
async def test_calls_by_tcp_over_one_connection_or_one_each(desk: Desk, mode: str, count: int) -> None:
    await calls(desk.telephony.port, mode=mode, count=count).done()
    await desk.hears(Ended, count)
    assert set(desk.ends) == {("remote", 0)}
    assert len(desk.ends) == count


async def test_a_trunk_is_called_by_tcp_and_told_when_it_is_over(desk: Desk) -> None:
    phone = await Sipp("answer", desk.telephony.port, port=(port := free_sip_port()), options=("-t", "t1")).ready()
    leg = await desk.dial(StreamHop("TCP", "127.0.0.1", port))
    await desk.hears(Answered)
    assert len(desk.journal.open) == 1
    await leg.hangup()
    await phone.done()
    assert desk.ends == [("local", 480)]


async def test_when_tcp_is_refused_the_next_way_is_taken_at_once(desk: Desk) -> None:
    phone = await Sipp("answer", desk.telephony.port, port=(port := free_sip_port())).ready()
    dead = StreamHop("TCP", "127.0.0.1", free_sip_port())
    async with asyncio.timeout(5):
        leg = await desk.dial(dead, UdpHop("127.0.0.1", port))
        await desk.hears(Answered)
    error = desk.telephony.transports.last_error(dead)
    assert error is not None
    assert error.code == "refused"
    await leg.hangup()
    await phone.done()


async def test_calls_by_tls(secure: Desk, authority: Authority) -> None:
    trust = ssl.create_default_context(cafile=authority.file)
    assert secure.telephony.tls_port
    async with relay(secure.telephony.tls_port, inner=trust, name="desk.test") as port:
        await calls(port, count=20).done()
    await secure.hears(Ended, 20)
    assert set(secure.ends) == {("remote", 0)}


async def test_a_trunk_is_called_by_tls_when_its_certificate_is_its_own(secure: Desk, authority: Authority) -> None:
    pair = authority.issue("trunk.test")
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(pair.cert, pair.key)
    phone = await Sipp("answer", secure.telephony.port, port=(port := free_sip_port()), options=("-t", "t1")).ready()
    async with relay(port, outer=ours) as front:
        leg = await secure.dial(StreamHop("TLS", "127.0.0.1", front, "other.test"))
        await secure.hears(Ended)
        assert secure.ends == [("system", 503)]
        error = secure.telephony.transports.last_error(StreamHop("TLS", "127.0.0.1", front))
        assert error is not None
        assert error.code == "certificate_wrong_name"
        leg = await secure.dial(StreamHop("TLS", "127.0.0.1", front, "trunk.test"))
        await secure.hears(Answered)
        await leg.hangup()
        await phone.done()
    assert secure.ends[1:] == [("local", 480)]


async def test_only_peers_of_the_right_authority_may_speak_tls(tmp_path: Path, authority: Authority) -> None:
    pair, theirs = authority.issue("desk.test"), authority.issue("phone.test")
    made = Desk(tmp_path, tls_cert=pair.cert, tls_key=pair.key, sip_tls_client_ca=authority.file)
    async with running(made) as desk:
        assert desk.telephony.tls_port
        trust = ssl.create_default_context(cafile=authority.file)
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            reader, _ = await asyncio.open_connection(
                "127.0.0.1", desk.telephony.tls_port, ssl=trust, server_hostname="desk.test"
            )
            await reader.readexactly(1)
        trust.load_cert_chain(theirs.cert, theirs.key)
        async with relay(desk.telephony.tls_port, inner=trust, name="desk.test") as port:
            await calls(port).done()
        await desk.hears(Ended)


async def test_the_other_side_is_cut_off_while_it_rings_and_the_call_ends(desk: Desk) -> None:
    phone = await Sipp(
        "ring_until_cancelled", desk.telephony.port, port=(port := free_sip_port()), options=("-t", "t1")
    ).ready()
    await desk.dial(StreamHop("TCP", "127.0.0.1", port))
    await desk.hears(Ringing)
    phone.stop()
    await desk.hears(Ended)
    assert desk.ends == [("system", 503)]


class Device(Plain):
    """A phone that says which device it is (RFC 5626 §4.1)."""

    @property
    def contact(self) -> str:
        return '<sip:8001@127.0.0.1:5999;transport=tcp>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000008001>"'


async def test_a_phone_whose_connection_broke_in_a_call_is_found_over_its_next_one(desk: Desk) -> None:
    async with Device(desk.telephony.port, user="8001", tcp=True) as phone:
        await register(phone)
        leg = await desk.telephony.dial(
            "8001", browser=False, sdp=OFFER, caller="13800000001", caller_name="", listener=desk.events.append
        )
        talk = await phone.called()
        talk.reply(await talk.request("INVITE"), 200, ANSWER)
        await talk.request("ACK")
        await desk.hears(Answered)
    async with Device(desk.telephony.port, user="8001", tcp=True) as phone:
        await register(phone)
        await leg.hangup()
        talk = await phone.called()
        talk.reply(await talk.request("BYE"), 200)
        await desk.hears(Ended)
    assert desk.ends == [("local", 480)]


async def test_calls_go_on_beside_a_flood_of_rubbish_connections(desk: Desk) -> None:
    stop = asyncio.Event()

    async def flood() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", desk.telephony.port)
                writer.write(b"\x16\x03\x01 no SIP at all\r\n\r\n" * 50)
                with contextlib.suppress(OSError):
                    await reader.read()
                writer.close()
            await asyncio.sleep(0.005)

    floods = [asyncio.ensure_future(flood()) for _ in range(10)]
    try:
        await calls(desk.telephony.port, count=20).done()
        await desk.hears(Ended, 20)
    finally:
        stop.set()
        await asyncio.gather(*floods)
    assert set(desk.ends) == {("remote", 0)}


@pytest.mark.parametrize("far", ["127.0.0.1", "::1"])
async def test_bound_to_all_each_kind_of_peer_is_told_an_address_it_can_reach(tmp_path: Path, far: str) -> None:
    heard: asyncio.Queue[Request] = asyncio.Queue()

    class Peer(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            message = parse_datagram(data)
            if isinstance(message, Request):
                heard.put_nowait(message)
                self.transport.sendto(
                    message.response(486 if message.method == "INVITE" else 200, tag="t").to_bytes(), addr
                )

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    try:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Peer, local_addr=(far, 0))
    except OSError:
        pytest.skip(f"this machine has no {far}")
    async with running(Desk(tmp_path, bind="::")) as desk:
        await desk.dial(UdpHop(far, transport.get_extra_info("sockname")[1]))
        invite = await asyncio.wait_for(heard.get(), 5)
        (contact,) = invite.addresses("contact")
        for host in (contact.uri.host, invite.via.sent_by[0]):
            assert (":" in host, "[" in host) == (":" in far, ":" in far)
        assert contact.uri.port == desk.telephony.port
        await desk.hears(Ended)
    assert desk.ends == [("remote", 486)]
    transport.close()


async def test_a_taken_port_and_a_missing_certificate_are_said_clearly(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=f"SIP cannot listen on port {desk.telephony.port}/"):
        await Desk(tmp_path).telephony.start(port=desk.telephony.port)
    pair = Authority(tmp_path / "ca").issue("desk.test")
    with contextlib.ExitStack() as stack:
        other = None
        while other is None:
            port = free_sip_port()
            with contextlib.suppress(OSError):
                other = stack.enter_context(socket.create_server(("127.0.0.1", port + 1)))
        late = Desk(tmp_path, tls_cert=pair.cert, tls_key=pair.key)
        with pytest.raises(OSError, match=rf"port {port + 1}/TCP \(TLS\)"):
            await late.telephony.start(port=port)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", port))  # nothing of it is left open
    missing = Desk(tmp_path, tls_cert=tmp_path / "none.pem", tls_key=tmp_path / "none.key")
    with pytest.raises(CertificateUnreadable, match=r"none\.pem is not there"):
        await missing.telephony.start(port=0)
