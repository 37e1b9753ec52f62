"""UDP: both families, bursts, peers that ICMP says are away, and requests too large for a datagram."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from tests.telephony.transport.peers import End, options, until
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.telephony.transport import Transports
from yuelai.telephony.transport.icmp import Unreachable
from yuelai.telephony.transport.large import LARGEST
from yuelai.telephony.transport.udp import RECEIVE_BUFFER, UdpSocket


def have_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not have_ipv6(), reason="this machine has no ::1")


async def test_requests_are_answered_where_they_came_from() -> None:
    async with End() as caller, End() as called:
        hop = UdpHop("127.0.0.1", called.port)
        assert caller.transports.send(hop, options(transport="UDP"))
        await caller.hears()
        assert called.heard[0][1] == UdpHop("127.0.0.1", caller.port)
        assert caller.heard[0][1] == hop


async def test_a_burst_is_held_until_we_come_to_it() -> None:
    async with End(answering=False) as end:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            granted = end.transports._udp[False]._sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)  # type: ignore[union-attr]
            many = 2000 if granted >= RECEIVE_BUFFER else 100  # the kernel may grant less where we are not root
            for n in range(many):
                peer.sendto(options(f"z9hG4bK{n}", transport="UDP"), ("127.0.0.1", end.port))
        await end.hears(many)


async def test_noise_is_dropped_and_keep_alives_are_not_noise() -> None:
    async with End() as end:
        seen: list[bytes] = []
        end.transports.tap = lambda _hop, data, _sent: seen.append(data)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for data in (b"\r\n\r\n", b"\0\0\0\0", b"", b"nonsense", b"\xff" * 2000):
                peer.sendto(data, ("127.0.0.1", end.port))
            peer.sendto(options(transport="UDP"), ("127.0.0.1", end.port))
        await end.hears()
        assert b"\r\n\r\n" not in seen
        assert b"nonsense" in seen  # a trace shows what a broken peer says


async def test_a_banned_address_is_not_even_read() -> None:
    class Guard:
        def admits(self, source: Hop, data: bytes) -> bool:
            return b"friendly" not in data

        def unreadable(self, source: Hop) -> None:
            raise AssertionError

    async with End() as end:
        end.transports.guard = Guard()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(options("z9hG4bKfriendly", transport="UDP"), ("127.0.0.1", end.port))
            peer.sendto(options("z9hG4bKother", transport="UDP"), ("127.0.0.1", end.port))
        await end.hears()
        assert [message.call_id for message in end.messages] == ["z9hG4bKother"]


async def sent_until_lost(end: End, hop: UdpHop) -> None:
    """As a transaction does, only faster."""
    async with asyncio.timeout(5):
        while hop not in end.lost:
            assert end.transports.send(hop, options(transport="UDP"))
            await asyncio.sleep(0.05)


@pytest.fixture
def doubt(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr("yuelai.telephony.transport.udp.DOUBT_SECONDS", 0.3)
    return 0.3


async def test_a_peer_that_starts_anew_is_not_given_up_by_icmp(doubt: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        hop = UdpHop("127.0.0.1", probe.getsockname()[1])
    loop = asyncio.get_running_loop()
    async with End() as end:
        for _ in range(3):
            began = loop.time()
            while loop.time() - began < doubt - 0.1:
                assert end.transports.send(hop, options(transport="UDP"))
                await asyncio.sleep(0.05)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                peer.bind((hop.host, hop.port))
                peer.sendto(options(transport="UDP"), ("127.0.0.1", end.port))
                heard = len(end.heard) + 1
                await end.hears(heard)
        assert end.lost == []


async def test_a_dead_peer_is_known_soon_by_icmp(doubt: float) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        dead = UdpHop("127.0.0.1", probe.getsockname()[1])
    async with End() as end, End() as living:
        await sent_until_lost(end, dead)
        assert end.transports.send(dead, options(transport="UDP"))
        # What is sent next is not lost with the error that is waiting.
        assert end.transports.send(UdpHop("127.0.0.1", living.port), options("z9hG4bKliving", transport="UDP"))
        await end.hears()
        assert set(end.lost) == {dead}
        error = end.transports.last_error(dead)
        assert error is not None
        assert error.code == "refused"
        # And the socket still hears.
        assert living.transports.send(UdpHop("127.0.0.1", end.port), options("z9hG4bKback", transport="UDP"))
        await end.hears(2)


async def test_icmp_about_answers_of_ours_kills_nobody() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        hop = UdpHop("127.0.0.1", gone.getsockname()[1])
    async with End() as end, End() as other:
        end.transports.send(hop, b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\n\r\n")
        end.transports.send(UdpHop("127.0.0.1", other.port), options(transport="UDP"))
        await end.hears()
        assert end.lost == []


async def test_forged_icmp_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not see our messages cannot know the branch in them (RFC 5927 §4)."""
    async with End() as end, End() as living:
        hop = UdpHop("127.0.0.1", living.port)
        said = options("z9hG4bKsecret", transport="UDP")
        assert end.transports.send(hop, said)
        await end.hears()
        forged = [
            Unreachable(hop.host, hop.port, b"", "refused"),
            Unreachable(hop.host, hop.port, said[:20], "refused"),
            Unreachable(hop.host, hop.port, said.replace(b"secret", b"guess!"), "refused"),
            Unreachable("192.0.2.1", 5060, said, "refused"),
        ]
        ours: UdpSocket = end.transports._udp[False]
        monkeypatch.setattr("yuelai.telephony.transport.icmp.drain", lambda _sock: iter(forged))
        monkeypatch.setattr("yuelai.telephony.transport.udp.DOUBT_SECONDS", 0.0)
        ours._hear_errors()
        assert end.lost == []
        forged.append(Unreachable(hop.host, hop.port, said[:200], "refused"))
        ours._hear_errors()
        assert end.lost == [hop]


async def test_sending_never_waits_and_a_full_or_fenced_kernel_is_only_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    async with End() as end:
        ours = end.transports._udp[False]

        class Sock:
            error: OSError

            def sendto(self, *_: object) -> None:
                raise self.error

        real, fake = ours._sock, Sock()
        monkeypatch.setattr(ours, "_sock", fake)
        hop = UdpHop("192.0.2.1", 5060)
        for error, sent in [
            (BlockingIOError(errno.EAGAIN, "full"), True),
            (PermissionError(errno.EPERM, "firewall"), True),
            (OSError(errno.ENOBUFS, "full"), True),
            (OSError(errno.ENETUNREACH, "no way"), False),
            (OSError(errno.EMSGSIZE, "too long"), False),
        ]:
            fake.error = error
            assert end.transports.send(hop, options(transport="UDP")) is sent, error
        monkeypatch.setattr(ours, "_sock", real)


async def test_hops_that_lead_nowhere_are_refused_without_waiting() -> None:
    async with End() as end:
        for hop in (
            UdpHop("::1", 5060),
            UdpHop("a name", 5060),
            UdpHop("pbx.example", 5060),
            UdpHop("127.0.0.1", 99999),
        ):
            assert end.transports.send(hop, options(transport="UDP")) is False, hop
        assert end.transports.send(StreamHop("TCP", "pbx.example", 5060), options()) is False
        assert end.transports.send(FlowHop("none"), options()) is False
        assert not end.transports.reachable(UdpHop("::1", 5060))
        assert end.transports.reachable(UdpHop("127.0.0.1", 5060))


@needs_ipv6
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_ipv6_alone(transport: str) -> None:
    async with End(family="::1") as caller, End(family="::1") as called:
        hop = UdpHop("::1", called.port) if transport == "UDP" else StreamHop("TCP", "::1", called.port)
        assert caller.transports.send(hop, options(transport=transport))
        await caller.hears()
        assert called.heard[0][1].host == "::1"  # type: ignore[union-attr]
        assert caller.transports.send(UdpHop("127.0.0.1", called.port), options(transport="UDP")) is False


@needs_ipv6
async def test_bound_to_all_addresses_both_families_are_served_at_one_port() -> None:
    async with End(family="::") as end, End(family="::1") as six, End() as four:
        for peer, host in ((six, "::1"), (four, "127.0.0.1")):
            assert peer.transports.send(UdpHop(host, end.port), options(transport="UDP"))
            assert peer.transports.send(StreamHop("TCP", host, end.port), options("z9hG4bKtcp"))
            await peer.hears(2)
        # Nobody is known by an address of the other family (::ffff:127.0.0.1).
        assert {hop.host for _, hop in end.heard} == {"::1", "127.0.0.1"}  # type: ignore[union-attr]


@needs_ipv6
async def test_a_dead_peer_is_known_soon_by_icmp_of_ipv6(doubt: float) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::1", 0))
        dead = UdpHop("::1", probe.getsockname()[1])
    async with End(family="::1") as end:
        await sent_until_lost(end, dead)


# --- large requests (RFC 3261 §18.1.1) ------------------------------------------------------------------------


def large(branch: str = "z9hG4bKlarge") -> bytes:
    data = options(branch, transport="UDP", padding=LARGEST)
    assert len(data) > LARGEST
    return data


async def known(end: End, hop: UdpHop) -> None:
    """Wait until it is found out that a peer listens by TCP."""
    end.transports.large_by_tcp(hop)
    await until(lambda: hop in end.transports._large._known)


async def test_a_large_request_goes_by_tcp_where_the_peer_listens_and_its_repetition_not_at_all() -> None:
    async with End() as end, End() as peer:
        hop = UdpHop("127.0.0.1", peer.port)
        await known(end, hop)
        for _ in range(3):  # the transaction believes in UDP and repeats
            assert end.transports.send(hop, large())
        await end.hears()
        await asyncio.sleep(0.05)
        ((request, source),) = peer.heard
        assert (source.transport, request.via.transport) == ("TCP", "TCP")
        assert end.transports.send(hop, options("z9hG4bKsmall", transport="UDP"))
        await peer.hears(2)
        assert peer.heard[1][1].transport == "UDP"


async def test_what_belongs_to_a_large_request_follows_it() -> None:
    async with End() as end, End(answering=False) as peer:
        hop = UdpHop("127.0.0.1", peer.port)
        await known(end, hop)
        invite = large().replace(b"OPTIONS", b"INVITE")
        cancel = options("z9hG4bKlarge", transport="UDP").replace(b"OPTIONS", b"CANCEL")
        for data in (invite, cancel, cancel.replace(b"CANCEL", b"ACK")):
            assert end.transports.send(hop, data)
        await peer.hears(3)
        assert [source.transport for _, source in peer.heard] == ["TCP", "TCP", "TCP"]


async def test_where_nobody_is_known_to_listen_large_requests_go_by_udp() -> None:
    async with End() as end, End() as peer:
        assert end.transports.send(UdpHop("127.0.0.1", peer.port), large())
        await peer.hears()
        assert peer.heard[0][1].transport == "UDP"


async def test_a_peer_that_does_not_listen_by_tcp_is_no_failure() -> None:
    async with End() as end:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            hop = UdpHop("127.0.0.1", peer.getsockname()[1])
            end.transports.large_by_tcp(hop)
            await until(lambda: end.transports.streams.size == 0)
            assert end.failures == end.lost == []
            assert end.transports.send(hop, large())
            assert peer.recv(65535) == large()


async def test_when_tcp_fails_the_next_repetition_goes_by_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        peer.setblocking(False)
        hop = UdpHop("127.0.0.1", peer.getsockname()[1])
        async with End() as end:
            with socket.create_server((hop.host, hop.port)) as listener:
                await known(end, hop)
                listener.accept()[0].close()
            await until(lambda: end.transports.streams.size == 0)
            assert end.transports.send(hop, large())
            await until(lambda: end.failures)
            assert end.transports.send(hop, large())
            got = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(peer, 65535), 2)
            assert got == large()
            assert hop not in end.lost  # what is under way to the peer by UDP goes on


async def test_large_answers_stay_where_the_request_came() -> None:
    async with End() as end, End() as peer:
        hop = UdpHop("127.0.0.1", peer.port)
        await known(end, hop)
        answer = large().replace(b"OPTIONS sip:10000@127.0.0.1 SIP/2.0", b"SIP/2.0 200 OK")
        assert end.transports.send(hop, answer)
        await peer.hears()
        assert peer.heard[0][1].transport == "UDP"


# --- flows of browsers ----------------------------------------------------------------------------------------


def test_a_flow_carries_messages_both_ways_and_is_known_by_its_kind() -> None:
    heard: list[Hop] = []
    transports = Transports(lambda _message, hop: heard.append(hop))
    sent: list[bytes] = []
    transports.flows.open("f1", sent.append, remote="192.0.2.7", secure=True)
    transports.flows.received("f1", options(transport="WSS"))
    transports.flows.received("f1", b"\r\n\r\n")
    transports.flows.received("unknown", options(transport="WSS"))
    (hop,) = heard
    assert (hop, hop.transport, str(hop)) == (FlowHop("f1"), "WSS", "flows:f1")
    assert transports.address(hop) == "192.0.2.7"
    assert transports.send(hop, b"SIP/2.0 200 OK\r\n\r\n")
    assert sent == [b"\r\n", b"SIP/2.0 200 OK\r\n\r\n"]
    transports.flows.close("f1")
    assert not transports.send(hop, b"late")
    assert not transports.reachable(hop)
