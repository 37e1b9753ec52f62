"""Whose call it is that comes in, what its numbers become, and how many there may be."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import ANSWER, Net, Passwords
from yuelai.platform.clock import VirtualClock
from yuelai.telephony.auth import REALM
from yuelai.telephony.hops import StreamHop, UdpHop
from yuelai.telephony.ports import Credential
from yuelai.telephony.trunks.accounts import TrunkCredentials
from yuelai.telephony.trunks.model import Trunk
from yuelai.telephony.trunks.numbers import Rewriting, Rule
from yuelai.telephony.trunks.state import TrunkState
from yuelai.wire.sip import Response
from yuelai.wire.sip.digest import answer


def gate(code: str = "gate", **details: Any) -> Trunk:
    return trunk(code, **{"sources": ["127.0.0.0/8"], "host": "", "direction": "in", **details})


async def offered(net: Net, centre: Centre, peer: Carrier, target: str = "sip:10000@127.0.0.1", **details: Any) -> Any:
    number = len(centre.party.offered)
    peer.call(
        centre.party.hop,
        target,
        **{"branch": f"b{number}", "call_id": f"c{number}", "from_tag": f"t{number}", **details},
    )
    await net.run(0.5)
    return centre.party.offered[number] if len(centre.party.offered) > number else None


async def test_a_call_from_a_trunks_network_is_its_and_the_narrowest_network_counts() -> None:
    net = Net()
    wide, narrow = gate("wide"), gate("narrow", sources=["127.0.0.1/32"])
    centre, peer = Centre(net, wide, narrow), Carrier(net, 5080)
    leg = await offered(net, centre, peer)
    assert (leg.trunk_id, leg.trunk, leg.caller, leg.called) == (narrow.id, True, "13800000001", "10000")
    centre.follow(wide)
    leg = await offered(net, centre, peer)
    assert leg.trunk_id == wide.id
    centre.follow(gate("out", direction="out"))
    assert await offered(net, centre, peer) is None
    assert peer.responses()[-1] == 407, "whoever is no trunk must say who they are"


async def test_bare_addresses_of_the_settings_go_on_without_a_trunk() -> None:
    net = Net()
    centre, peer = Centre(net, trunks="127.0.0.1"), Carrier(net, 5080)
    leg = await offered(net, centre, peer)
    assert (leg.trunk_id, leg.trunk, leg.caller) == (None, True, "13800000001")


async def test_numbers_are_written_as_the_centre_knows_them() -> None:
    net = Net()
    rules = Rewriting((Rule("95", 2),))
    centre = Centre(net, gate(called_in=rules, caller_in=Rewriting((), "national")))
    peer = Carrier(net, 5080)
    leg = await offered(net, centre, peer, "sip:9510000@127.0.0.1", user="+8657188886666")
    assert (leg.caller, leg.called) == ("057188886666", "10000")
    leg = await offered(net, centre, peer, p_asserted_identity="<sip:+8613800000009@x>", user="anonymous")
    assert leg.caller == "13800000009"
    leg = await offered(net, centre, peer, user="anonymous")
    assert leg.caller == ""


async def test_a_full_trunk_says_so_to_the_caller_in_its_document_and_once_in_the_log() -> None:
    net = Net()
    east = gate(max_channels_in=1)
    centre, peer = Centre(net, east), Carrier(net, 5080)
    leg = await offered(net, centre, peer)
    with capture_logs() as lines:
        for _ in range(3):
            assert await offered(net, centre, peer, branch=f"x{_}", call_id=f"x{_}") is None
    refused = peer.last(503)
    assert isinstance(refused, Response)
    assert refused.get("retry-after") == "5"
    assert "cause=34" in (refused.get("reason") or "")
    assert "limit" in (refused.get("warning") or "")
    assert [line["limit"] for line in lines if line["event"] == "trunk_full"] == ["1 calls in"]
    await net.run(1.5)
    document = centre.documents[east.id]
    assert document is not None
    assert (document["error"]["code"], document["channels"]) == ("full", {"in": 1, "out": 0, "max": None})
    await leg.answer(ANSWER)
    await leg.hangup()
    await net.run(40)
    document = centre.documents[east.id]
    assert document is not None
    assert (document["error"], document["channels"]["in"], document["calls_today"]) == (None, 0, 1)
    assert await offered(net, centre, peer, branch="y", call_id="y", from_tag="y") is not None


async def test_a_gateway_signs_in_by_name_and_password_from_anywhere() -> None:
    net = Net()
    east = gate(sources=[], peer_username="gate", peer_secret="open")
    centre, peer = Centre(net, east), Carrier(net, 5080)
    store = TrunkCredentials(Passwords("8001"), centre.trunks)
    centre.party.stack.authenticator._credentials = store
    assert await offered(net, centre, peer) is None
    asked = peer.last(407)
    assert isinstance(asked, Response)
    for password, found in (("wrong", False), ("open", True)):
        given_ = answer(asked.raw("proxy-authenticate")[0], "INVITE", "sip:10000@127.0.0.1", "gate", password)
        leg = await offered(net, centre, peer, branch=password, cseq=2, from_tag=password, proxy_authorization=given_)
        assert (leg is not None) is found
    assert leg is not None
    assert (leg.trunk_id, leg.caller) == (east.id, "13800000001")
    phone = await store.credential("8001")
    assert phone is not None, "telephones are known as before"


async def test_a_gateway_that_may_not_call_in_is_no_telephone_either() -> None:
    net = Net()
    east = gate(sources=[], peer_username="gate", peer_secret="open", direction="out")
    centre, peer = Centre(net, east), Carrier(net, 5080)
    centre.party.stack.authenticator._credentials = TrunkCredentials(Passwords("8001"), centre.trunks)
    assert await offered(net, centre, peer) is None
    asked = peer.last(407)
    assert isinstance(asked, Response)
    given_ = answer(asked.raw("proxy-authenticate")[0], "INVITE", "sip:10000@127.0.0.1", "gate", "open")
    assert await offered(net, centre, peer, branch="again", cseq=2, proxy_authorization=given_) is None
    assert peer.responses()[-1] == 403


async def test_a_peer_registered_here_is_called_where_it_is() -> None:
    net = Net()
    east = gate(direction="both", peer_username="gate", peer_secret="open", sources=[])
    centre, peer = Centre(net, east), Carrier(net, 5080)
    centre.party.know("gate", peer.hop)
    ((destination,),) = centre.trunks.through(east.id, "10010")
    assert (destination.uri, destination.hops) == ("sip:10010@127.0.0.1:5080", (peer.hop,))


async def test_a_certificate_makes_a_connection_the_trunks() -> None:
    net = Net()
    east = gate(sources=[], certificate_name="SBC.example.com")
    centre, peer = Centre(net, east), Carrier(net, 5080)
    centre.trunks.network.peer_names = lambda hop: frozenset({"sbc.example.com"} if str(hop).endswith(":40000") else ())
    invite = peer.request("INVITE", "sip:10000@x", branch="1")
    ways = StreamHop("TLS", "192.0.2.1", 40_000), StreamHop("TLS", "192.0.2.1", 40_001), UdpHop("192.0.2.1", 40_000)
    found = [centre.trunks.known(invite, hop) for hop in ways]
    assert [one.trunk_id if one else None for one in found] == [east.id, None, None]


async def test_addresses_of_trunks_are_known_to_the_guards() -> None:
    net = Net()
    Carrier(net, 5070)
    centre = Centre(net, gate(sources=["192.0.2.0/24"]), trunk("east", 5070))
    await net.run(2)
    asked = ["192.0.2.9", "127.0.0.1", "198.51.100.1", "no address"]
    assert [centre.trunks.is_trunk_address(address) for address in asked] == [True, True, False, False]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["in", "out", "leave", "wait"]), st.floats(0, 1)), max_size=60),
    st.integers(0, 4), st.integers(0, 4), st.integers(0, 5), st.integers(0, 3),
)  # fmt: skip
def test_no_limit_is_ever_passed_and_every_place_comes_back(
    happenings: list[tuple[str, float]], most_in: int, most_out: int, total: int, cps: int
) -> None:
    clock = VirtualClock()
    east = gate(max_channels_in=most_in, max_channels_out=most_out, max_channels_total=total, max_cps=cps)
    state = TrunkState(east, clock, lambda _state: None, lambda _seconds, _callback: None)
    held: list[str] = []
    begun: list[float] = []
    for what, chance in happenings:
        if what == "wait":
            clock.advance(chance)
        elif what == "leave":
            if held:
                direction = held.pop(int(chance * len(held)) % len(held))
                (state.inward if direction == "in" else state.outward).leave(200 if chance > 0.5 else 486)
        else:
            room = state.blocked(what) is None
            entered = (state.inward if what == "in" else state.outward).enter()
            assert entered == room
            if entered:
                held.append(what)
                begun.append(clock.monotonic())
        assert state.channels == {"in": held.count("in"), "out": held.count("out")}
        assert not most_in or held.count("in") <= most_in
        assert not most_out or held.count("out") <= most_out
        assert not total or len(held) <= total
        assert not cps or sum(1 for at in begun if clock.monotonic() - at < 1.0) <= cps
    assert state.calls_today == len(begun)


async def test_the_store_asks_phones_first() -> None:
    """A trunk cannot take a telephone's name away."""

    class Nobody:
        def credential(self, username: str, realm: str) -> Credential | None:
            assert realm == REALM
            return Credential("thief", "", "")

    store = TrunkCredentials(Passwords("8001"), Nobody())
    found = await store.credential("8001")
    assert found is not None
    assert found.user == "8001"


async def test_a_telephone_of_a_gateways_name_is_a_telephone() -> None:
    net = Net()
    centre, peer = Centre(net, gate(sources=[], peer_username="8001", peer_secret="open")), Carrier(net, 5080)
    centre.party.stack.authenticator._credentials = TrunkCredentials(Passwords("8001"), centre.trunks)
    assert await offered(net, centre, peer) is None
    asked = peer.last(407)
    assert isinstance(asked, Response)
    given_ = answer(asked.raw("proxy-authenticate")[0], "INVITE", "sip:10000@127.0.0.1", "8001", "secret")
    leg = await offered(net, centre, peer, branch="2", cseq=2, from_tag="2", proxy_authorization=given_)
    assert (leg.trunk, leg.trunk_id, leg.caller) == (False, None, "8001")
