"""Fields that nobody looks into until a request has come far: found malformed there, they are answered 400 too."""

from __future__ import annotations

import pytest

from .world import OFFER, Net, Party, RawPeer

TARGET = "sip:10000@127.0.0.1:5060"


@pytest.mark.parametrize("field", ["require", "proxy_require", "accept", "contact", "record_route"])
@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER"])
async def test_a_bracket_that_is_not_closed_is_a_bad_request(method: str, field: str) -> None:
    net = Net()
    ours, peer = Party(net, 5060), RawPeer(net, 6000)
    peer.send(ours.hop, peer.request(method, TARGET, branch="1", sdp=OFFER, **{field: '"<'}))
    await net.run(0.5)
    finals = [status for status in peer.responses() if status >= 200]
    wanted = field in ("require", "proxy_require") or method == "INVITE"
    assert (finals == [400]) is wanted
    assert finals or ours.offered
    await net.run(60)
    assert ours.empty()


async def test_a_caller_whose_connection_goes_while_we_look_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net = Net()
    ours, peer = Party(net, 5060), RawPeer(net, 6000)
    monkeypatch.setattr(ours.wire, "reachable", lambda _hop: False)
    peer.send(ours.hop, peer.request("INVITE", TARGET, branch="1", sdp=OFFER))
    await net.run(100)
    assert ours.offered == []
    assert ours.empty()
