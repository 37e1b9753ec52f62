"""TLS: whom we believe, what we say when we do not, and certificates that change while we run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.support.certificates import Authority, Pair
from tests.telephony.transport.peers import End, closed, options, until
from yuelai.platform.certificates import CertificateUnreadable, ClientTrust, ServerCertificate
from yuelai.telephony.hops import StreamHop, UdpHop
from yuelai.telephony.transport import Limits, TrunkTls
from yuelai.telephony.transport.tls import identities, speaks_for


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@contextlib.asynccontextmanager
async def carrier(pair: Pair, *, client_ca: Path | None = None) -> AsyncIterator[End]:
    """A peer that listens by TLS with this certificate."""
    async with End() as end:
        await end.listen_tls(ServerCertificate(pair.cert, pair.key, client_ca=client_ca, every=0).context)
        yield end


def ours(authority: Authority | None, pair: Pair | None = None, **limits: float) -> End:
    trust = ClientTrust(
        extra_ca=authority.file if authority else None, cert=pair.cert if pair else None, key=pair.key if pair else None
    )
    return End(tls=TrunkTls(trust), limits=Limits(**limits))  # type: ignore[arg-type]


async def failing(end: End, hop: StreamHop) -> tuple[str, str]:
    """Send to a peer that must not be reached; return code and text of what went wrong."""
    assert end.transports.send(hop, options())
    await until(lambda: end.lost == [hop])
    error = end.transports.last_error(hop)
    assert error is not None
    assert end.failures == [(hop, error)]
    return error.code, error.text


async def test_a_carrier_with_a_good_certificate_is_called_and_calls_back(authority: Authority) -> None:
    async with carrier(authority.issue("sip.carrier.test")) as peer, ours(authority) as end:
        hop = StreamHop("TLS", "127.0.0.1", peer.tls_port, "sip.carrier.test")
        assert end.transports.send(hop, options())
        await end.hears()
        (_, back) = peer.heard[0]
        assert back.transport == "TLS"
        assert peer.transports.send(back, options("z9hG4bKback"))
        await end.hears(2)
        assert end.failures == peer.failures == []


@pytest.mark.parametrize(
    ("names", "uris", "addresses", "days", "wanted", "code", "words"),
    [
        (("sip.carrier.test",), (), (), (-10, -1), "sip.carrier.test", "certificate_expired", "has expired"),
        (("sip.carrier.test",), (), (), (1, 9), "sip.carrier.test", "certificate_not_yet_valid", "not valid yet"),
        (("other.test",), (), (), (-1, 9), "sip.carrier.test", "certificate_wrong_name", "other.test"),
        (("a.test",), ("sip:other.test",), (), (-1, 9), "a.test", "certificate_wrong_name", "other.test"),
        (("sip.carrier.test",), (), (), (-1, 9), "", "certificate_wrong_name", "not for 127.0.0.1"),
    ],
)  # fmt: skip
async def test_a_certificate_that_is_wrong_is_said_in_one_line(
    authority: Authority,
    names: tuple[str, ...],
    uris: tuple[str, ...],
    addresses: tuple[str, ...],
    days: tuple[int, int],
    wanted: str,
    code: str,
    words: str,
) -> None:
    pair = authority.issue(*names, uris=uris, addresses=addresses, days=days)
    async with carrier(pair) as peer, ours(authority) as end:
        got, text = await failing(end, StreamHop("TLS", "127.0.0.1", peer.tls_port, wanted))
        assert (got, words in text, "\n" in text) == (code, True, False)
        assert peer.heard == []  # nothing was told to whom we do not believe


async def test_an_authority_that_nobody_knows_is_not_believed(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", "Somebody")
    async with carrier(stranger.issue("sip.carrier.test")) as peer, ours(authority) as end:
        code, _ = await failing(end, StreamHop("TLS", "127.0.0.1", peer.tls_port, "sip.carrier.test"))
        assert code == "certificate_unknown_authority"
        assert peer.heard == []


async def test_an_address_in_the_certificate_is_enough_when_no_name_is_known(authority: Authority) -> None:
    async with carrier(authority.issue(addresses=("127.0.0.1",))) as peer, ours(authority) as end:
        assert end.transports.send(StreamHop("TLS", "127.0.0.1", peer.tls_port), options())
        await end.hears()


async def test_one_partys_connection_is_never_used_for_another(authority: Authority) -> None:
    async with carrier(authority.issue("one.test")) as peer, ours(authority) as end:
        assert end.transports.send(StreamHop("TLS", "127.0.0.1", peer.tls_port, "one.test"), options())
        await end.hears()
        assert end.transports.send(StreamHop("TLS", "127.0.0.1", peer.tls_port, "two.test"), options("z9hG4bK2"))
        await until(lambda: end.failures)
        assert end.failures[0][1].code == "certificate_wrong_name"
        assert len(peer.heard) == 1


async def test_a_port_without_tls_and_one_that_is_silent(authority: Authority) -> None:
    async with End() as plain, ours(authority, connect=0.5) as end:
        code, _ = await failing(end, StreamHop("TLS", "127.0.0.1", plain.port, "sip.carrier.test"))
        assert code in ("tls", "closed", "timeout")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        async with ours(authority, connect=0.3) as end:
            code, _ = await failing(end, StreamHop("TLS", "127.0.0.1", silent.getsockname()[1], "x.test"))
            assert code == "timeout"


async def test_whoever_must_show_a_certificate_and_has_none_is_turned_away(authority: Authority) -> None:
    async with carrier(authority.issue("sip.carrier.test"), client_ca=authority.file) as peer:
        hop = StreamHop("TLS", "127.0.0.1", peer.tls_port, "sip.carrier.test")
        async with ours(authority) as end:
            code, text = await failing(end, hop)
            # Our own server, as asyncio's, cannot say why it closes.
            assert (code, "certificate of ours" in text) in (("closed", True), ("client_certificate", True))
            assert peer.heard == []
        async with ours(authority, authority.issue("us.test")) as end:
            assert end.transports.send(hop, options())
            await end.hears()
            # Both know whom they speak with.
            assert peer.transports.peer_names(peer.heard[0][1]) == {"us.test"}
            assert end.transports.peer_names(hop) == {"sip.carrier.test"}
            assert peer.transports.peer_names(UdpHop("127.0.0.1", 5060)) == frozenset()


async def test_a_server_that_says_what_it_misses_is_understood(authority: Authority, tmp_path: Path) -> None:
    pair = authority.issue("sip.carrier.test")
    context = ServerCertificate(pair.cert, pair.key, client_ca=authority.file).context
    listener = socket.create_server(("127.0.0.1", 0))
    hop = StreamHop("TLS", "127.0.0.1", listener.getsockname()[1], "sip.carrier.test")

    def turn_away() -> None:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            context.wrap_socket(sock, server_side=True)  # blocking, hence with the alert that OpenSSL makes

    for shown in (None, Authority(tmp_path / "stranger").issue("us.test")):
        turned_away = asyncio.create_task(asyncio.to_thread(turn_away))
        async with ours(authority, shown) as end:
            code, text = await failing(end, hop)
            assert code == "client_certificate", text
        await turned_away
    listener.close()


async def test_a_renewed_certificate_is_shown_without_a_restart(authority: Authority) -> None:
    pair = authority.issue("old.test")
    async with carrier(pair) as peer, ours(authority) as end:
        old = StreamHop("TLS", "127.0.0.1", peer.tls_port, "old.test")
        assert end.transports.send(old, options())
        await end.hears()
        authority.issue("new.test", into=pair)
        os.utime(pair.cert, ns=(1, 1))
        assert end.transports.send(old, options("z9hG4bKstands"))  # what stands goes on
        await end.hears(2)
    async with carrier(authority.issue("first.test", into=pair)) as peer, ours(authority) as end:
        authority.issue("second.test", into=pair)
        assert end.transports.send(StreamHop("TLS", "127.0.0.1", peer.tls_port, "second.test"), options())
        await end.hears()
        # Half of a renewal (the key is another's) changes nothing.
        pair.key.write_bytes(authority.issue("other.test").key.read_bytes())
        assert end.transports.send(StreamHop("TLS", "localhost.invalid", peer.tls_port), b"x") is False
        trusting = ssl.create_default_context(cafile=authority.file)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", peer.tls_port, ssl=trusting, server_hostname="second.test"
        )
        writer.write(options("z9hG4bKhalf"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200")
        writer.close()


async def test_tls_that_is_not_set_up_is_said(authority: Authority, tmp_path: Path) -> None:
    hop = StreamHop("TLS", "127.0.0.1", 5061, "sip.carrier.test")
    async with End() as end:
        assert (await failing(end, hop))[0] == "tls"
    async with End(tls=TrunkTls(ClientTrust(extra_ca=tmp_path / "none.pem"))) as end:
        code, text = await failing(end, hop)
        assert (code, "none.pem is not there" in text) == ("tls", True)


async def test_old_versions_of_tls_are_refused(authority: Authority) -> None:
    async with carrier(authority.issue("sip.carrier.test")) as peer:
        context = ssl.create_default_context(cafile=authority.file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", peer.tls_port, ssl=context, server_hostname="sip.carrier.test")


async def test_a_handshake_that_does_not_go_on_is_cut_and_counts_against_its_address(authority: Authority) -> None:
    pair = authority.issue("sip.carrier.test")
    async with End(limits=Limits(handshake=0.5, unproven_per_address=5)) as end:
        port = await end.listen_tls(ServerCertificate(pair.cert, pair.key).context)
        half = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        await asyncio.sleep(0.1)
        assert end.transports.streams.size == 5
        for reader, _ in half:
            await closed(reader)
        await until(lambda: end.transports.streams.size == 0)
        for _, writer in half:
            writer.close()


async def test_handshakes_that_give_way_hold_no_socket(authority: Authority) -> None:
    pair = authority.issue("sip.carrier.test")
    process = psutil.Process()
    async with End(limits=Limits(connections=5)) as end:
        port = await end.listen_tls(ServerCertificate(pair.cert, pair.key).context)
        before = process.num_fds()
        half = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
        await until(lambda: process.num_fds() - before <= 40 + 5 + 1)
        for _, writer in half:
            writer.close()
        await until(lambda: end.transports.streams.size == 0)


def test_files_that_cannot_be_used_are_named(authority: Authority, tmp_path: Path) -> None:
    one, two = authority.issue("one.test"), authority.issue("two.test")
    with pytest.raises(CertificateUnreadable, match="do not belong together"):
        ServerCertificate(one.cert, two.key)
    with pytest.raises(CertificateUnreadable, match=r"missing\.pem is not there"):
        ServerCertificate(tmp_path / "missing.pem", one.key)
    (tmp_path / "rubbish.pem").write_text("rubbish")
    with pytest.raises(CertificateUnreadable, match=r"rubbish\.pem"):
        ServerCertificate(tmp_path / "rubbish.pem", one.key)
    with pytest.raises(CertificateUnreadable, match=r"rubbish\.pem"):
        ClientTrust(extra_ca=tmp_path / "rubbish.pem").context()


def test_whom_a_certificate_speaks_for() -> None:
    shown = {"subjectAltName": (("DNS", "Sip.Carrier.Test"), ("DNS", "*.pool.test"), ("IP Address", "::1"))}
    names = identities(shown)
    for wanted in ("sip.carrier.test", "SIP.carrier.test.", "a.pool.test", "[::1]", "0:0:0:0:0:0:0:1"):
        assert speaks_for(names, wanted), wanted
    for wanted in ("carrier.test", "a.b.pool.test", "pool.test", "x.sip.carrier.test", "127.0.0.1", ""):
        assert not speaks_for(names, wanted), wanted
    # RFC 5922 §7.1: where there are SIP URIs they alone count; one with a user is a person, not a domain.
    uris = {"subjectAltName": (("DNS", "dns.test"), ("URI", "sip:uri.test"), ("URI", "sip:alice@person.test"))}
    assert identities(uris) == {"uri.test"}
    assert not speaks_for(frozenset({"*.test"}), "carrier.test")
