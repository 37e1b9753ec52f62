"""TCP as it really comes: in pieces, in heaps, in rubbish, slowly, from too many, and gone again."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from tests.telephony.transport.peers import End, closed, options, until
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop, parse_hop
from yuelai.telephony.transport import Limits
from yuelai.wire.sip import Request, Response

QUICK = Limits(first_message=0.3, message=0.3, idle=0.6, connect=1.0)


async def test_a_message_that_comes_byte_by_byte_is_one_message() -> None:
    async with End() as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        for byte in options(body=b"hello"):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        (message,) = await end.hears()
        assert message.body == b"hello"
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        writer.close()


@pytest.mark.parametrize("cut", range(0, len(options(body=b"0123456789")), 7))
async def test_two_messages_cut_anywhere_stay_two(cut: int) -> None:
    first, second = options("z9hG4bKa", body=b"0123456789"), options("z9hG4bKb")
    async with End() as end:
        _, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write((first + second)[: cut + len(second)])
        await writer.drain()
        await asyncio.sleep(0.005)
        writer.write((first + second)[cut + len(second) :])
        assert [message.call_id for message in await end.hears(2)] == ["z9hG4bKa", "z9hG4bKb"]
        writer.close()


async def test_hundred_messages_in_one_heap_are_a_hundred_in_their_order() -> None:
    async with End() as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(b"".join(options(f"z9hG4bK{n}") for n in range(100)))
        assert [m.call_id for m in await end.hears(100)] == [f"z9hG4bK{n}" for n in range(100)]
        answers = b""
        while answers.count(b"\r\n\r\n") < 100:
            answers += await reader.read(65536)
        assert answers.count(b"SIP/2.0 200") == 100
        writer.close()


async def test_a_keep_alive_is_answered_with_half_of_it() -> None:
    async with End() as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(b"\r\n\r\n")
        assert await reader.readexactly(2) == b"\r\n"
        writer.write(b"\r\n\r\n" + options())
        assert (await reader.readuntil(b"\r\n\r\n")).lstrip().startswith(b"SIP/2.0 200")
        assert len(end.heard) == 1
        writer.close()


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(400) + b"\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nContent-Length: nonsense\r\n\r\n",
        b"x" * 70_000,
    ],
)
async def test_what_is_no_sip_ends_the_connection_and_nothing_else(rubbish: bytes) -> None:
    async with End() as end:
        other_reader, other = await asyncio.open_connection("127.0.0.1", end.port)
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(rubbish)
        await closed(reader)
        other.write(options())
        assert (await other_reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        writer.close()
        other.close()
        await until(lambda: end.transports.streams.size == 0)


async def test_a_request_without_a_length_is_refused_before_the_connection_ends() -> None:
    async with End() as end:
        end.answering = False
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options().replace(b"Content-Length: 0\r\n", b""))
        (message,) = await end.hears()
        assert isinstance(message, Request)
        assert message.fault is not None
        await closed(reader)
        writer.close()


async def test_whoever_connects_and_says_nothing_is_cut() -> None:
    async with End(limits=QUICK) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        assert await closed(reader, 2) == b""
        writer.close()


async def test_a_head_that_trickles_in_is_not_waited_for() -> None:
    async with End(limits=QUICK) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options())  # it is somebody
        await reader.readuntil(b"\r\n\r\n")
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            for byte in options():
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)
                if reader.at_eof():
                    break
        except ConnectionError:
            pass
        await closed(reader, 2)
        assert loop.time() - began < 1.5
        assert len(end.heard) == 1
        writer.close()


async def test_keep_alives_alone_do_not_prove_anybody() -> None:
    async with End(limits=QUICK) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            while loop.time() - began < 2:
                writer.write(b"\r\n\r\n")
                await reader.readexactly(2)
                await asyncio.sleep(0.05)
        assert loop.time() - began < 1.0
        writer.close()


async def test_an_idle_connection_ends_and_keep_alives_hold_it() -> None:
    async with End(limits=QUICK) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options())
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(8):  # 1.6 s, well past the time a silent one has
            await asyncio.sleep(0.2)
            writer.write(b"\r\n\r\n")
            assert await reader.readexactly(2) == b"\r\n"
        await closed(reader, 2)
        writer.close()


async def test_a_flood_of_silent_connections_leaves_room_for_who_speaks() -> None:
    limits = replace(QUICK, unproven_per_address=10, first_message=5.0)
    async with End(limits=limits) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options())
        await reader.readuntil(b"\r\n\r\n")
        flood = [await asyncio.open_connection("127.0.0.1", end.port) for _ in range(60)]
        await until(lambda: end.transports.streams.size <= 11)
        writer.write(options("z9hG4bKtwo"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        for each in [writer, *(one for _, one in flood)]:
            each.close()
        await until(lambda: end.transports.streams.size == 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options("z9hG4bKthree"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        writer.close()


async def test_an_address_and_all_together_have_only_so_many() -> None:
    async with End(limits=Limits(per_address=3)) as end:
        held = []
        for n in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
            writer.write(options(f"z9hG4bK{n}"))
            await reader.readuntil(b"\r\n\r\n")
            held.append(writer)
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        assert await closed(reader) == b""
        for each in [*held, writer]:
            each.close()


async def test_when_there_is_room_for_no_more_the_silent_give_way() -> None:
    async with End(limits=Limits(connections=5)) as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options())
        await reader.readuntil(b"\r\n\r\n")
        silent = [await asyncio.open_connection("127.0.0.1", end.port) for _ in range(10)]
        for n in range(3):  # newcomers who speak come in
            one, other = await asyncio.open_connection("127.0.0.1", end.port)
            other.write(options(f"z9hG4bKnew{n}"))
            assert (await one.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
            silent.append((one, other))
        writer.write(options("z9hG4bKold"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        assert end.transports.streams.size == 5
        for _, each in [*silent, (reader, writer)]:
            each.close()


async def test_a_peer_that_reads_nothing_is_cut_before_it_fills_our_memory() -> None:
    async with End(limits=Limits(unsent=200_000)) as end:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", end.port))
        sock.sendall(options())
        await end.hears()
        (_, hop) = end.heard[0]
        for _ in range(4000):
            if not end.transports.send(hop, options(body=b"x" * 10_000)):
                break
            await asyncio.sleep(0)
        else:
            pytest.fail("40 MB were taken for a peer that reads nothing")
        await until(lambda: end.transports.streams.size == 0)
        sock.close()


async def test_the_guard_closes_the_door_and_drops_single_messages() -> None:
    class Guard:
        banned = False

        def admits(self, source: Hop, data: bytes) -> bool:
            return not self.banned if not data else b"z9hG4bKbad" not in data

        def unreadable(self, source: Hop) -> None:
            self.banned = True

    async with End() as end:
        guard = end.transports.guard = Guard()
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options("z9hG4bKbad") + options("z9hG4bKgood"))
        await reader.readuntil(b"\r\n\r\n")
        assert [message.call_id for message in end.messages] == ["z9hG4bKgood"]
        writer.write(b"rubbish\r\n\r\n")
        await until(lambda: guard.banned)
        banned, other = await asyncio.open_connection("127.0.0.1", end.port)
        assert await closed(banned) == b""
        writer.close()
        other.close()


async def test_the_tap_sees_both_ways_as_it_was() -> None:
    async with End() as end:
        seen: list[tuple[bytes, bool]] = []
        end.transports.tap = lambda _hop, data, sent: seen.append((data, sent))
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        said = options().replace(b"Call-ID: ", b"i :  ")
        writer.write(said)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert seen == [(said, False), (answer, True)]
        writer.close()


async def test_one_connection_serves_both_ways_and_many_requests() -> None:
    async with End() as caller, End() as called:
        hop = StreamHop("TCP", "127.0.0.1", called.port)
        for n in range(5):
            assert caller.transports.send(hop, options(f"z9hG4bK{n}"))
        await caller.hears(5)  # the answers
        assert {source for _, source in called.heard} == {called.heard[0][1]}
        back = called.heard[0][1]
        assert called.transports.send(back, options("z9hG4bKback"))
        await called.hears(6)
        assert caller.transports.streams.size == called.transports.streams.size == 1
        assert caller.heard[-1][1] == hop


async def test_a_port_where_nobody_listens_is_told_at_once_and_in_words() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with End() as end:
        hop = StreamHop("TCP", "127.0.0.1", port)
        assert end.transports.send(hop, options())
        assert end.lost == []  # never within the call that sends
        await until(lambda: end.lost == [hop])
        error = end.transports.last_error(hop)
        assert error is not None
        assert (error.code, str(port) in error.text) == ("refused", True)


async def test_a_peer_that_never_answers_the_door_is_given_up() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    hop = StreamHop("TCP", "127.0.0.1", listener.getsockname()[1])
    fillers = []
    for _ in range(4):  # the queue of those who wait is full then, and a SYN remains without an answer
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    async with End(limits=replace(QUICK, connect=0.4)) as end:
        assert end.transports.send(hop, options())
        await until(lambda: end.lost == [hop])
        assert end.failures[0][1].code == "timeout"
    for each in [listener, *fillers]:
        each.close()


async def test_a_connection_that_is_cut_with_a_request_under_way_is_told() -> None:
    async def cut(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    async with End() as end:
        hop = StreamHop("TCP", "127.0.0.1", server.sockets[0].getsockname()[1])
        assert end.transports.send(hop, options())
        await until(lambda: end.lost == [hop])
    server.close()


async def test_strangers_who_come_and_go_cost_no_search_for_transactions() -> None:
    async with End() as end:
        closed_ones: list[Hop] = []
        end.transports.streams.closed = closed_ones.append
        for n in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
            writer.write(options(f"z9hG4bK{n}"))
            await reader.readuntil(b"\r\n\r\n")
            writer.close()
        await until(lambda: end.transports.streams.size == 0)
        assert end.lost == []
        assert closed_ones == [source for _, source in end.heard]


async def test_a_peer_that_had_come_and_is_gone_cannot_be_called_back() -> None:
    async with End() as end:
        reader, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options())
        await reader.readuntil(b"\r\n\r\n")
        (_, hop) = end.heard[0]
        assert end.transports.reachable(hop)
        writer.close()
        await until(lambda: not end.transports.reachable(hop))
        assert not end.transports.send(hop, options("z9hG4bKlate"))
    # Nor by an earlier life's record of it.
    async with End() as end:
        assert not end.transports.reachable(parse_hop(str(hop)))
        assert not end.transports.send(parse_hop(str(hop)), options("z9hG4bKlate"))


@pytest.mark.parametrize(
    "hop",
    [
        UdpHop("127.0.0.1", 5060),
        UdpHop("2001:db8::1", 5060),
        StreamHop("TCP", "2001:db8::1", 5060),
        StreamHop("TLS", "192.0.2.1", 5061, "sip.carrier.test"),
        StreamHop("TLS", "192.0.2.1", 50123, inbound=True),
        FlowHop("0a1b"),
        FlowHop("0a1b", secure=True),
    ],
)
def test_a_hop_is_read_back_as_it_was(hop: Hop) -> None:
    again = parse_hop(str(hop))
    assert again == hop
    assert repr(again) == repr(hop)  # also what two are not compared by


@pytest.mark.parametrize("text", ["", "udp:", "udp:x", "tcp-to:1.2.3.4:5", "sctp:1.2.3.4:5", "tcp:1.2.3.4:port"])
def test_what_is_no_hop_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_hop(text)


async def test_an_answer_whose_connection_is_gone_goes_to_where_its_via_says() -> None:
    async with End(answering=False) as end, End() as phone:
        _, writer = await asyncio.open_connection("127.0.0.1", end.port)
        writer.write(options().replace(b"127.0.0.1:5060", f"127.0.0.1:{phone.port}".encode()))
        (request,) = await end.hears()
        (_, hop) = end.heard[0]
        writer.close()
        await until(lambda: not end.transports.reachable(hop))
        assert isinstance(request, Request)
        assert end.transports.send(hop, request.response(200, tag="late").to_bytes())
        (answer,) = await phone.hears()
        assert isinstance(answer, Response)
        assert answer.to.tag == "late"


async def test_the_port_is_taken_says_which() -> None:
    async with End() as end:
        with pytest.raises(OSError, match=f"port {end.port}/UDP"):
            await End().transports.open("127.0.0.1", end.port)
        with socket.socket() as other:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                # UDP comes first: it must not be somebody else's there.
                free.bind(("127.0.0.1", 0))
                taken = free.getsockname()[1]
                other.bind(("127.0.0.1", taken))
            other.listen()
            late = End()
            with pytest.raises(OSError, match=f"port {taken}/TCP"):
                await late.transports.open("127.0.0.1", taken)
            # And UDP is free again.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", taken))
