"""Calls that leave by a trunk, as they stand on the wire: numbers, caller, credentials, codecs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import OFFER, Net
from yuelai.platform.ids import new_id
from yuelai.telephony.codecs import preferred
from yuelai.telephony.trunks.caller import may_show
from yuelai.telephony.trunks.errors import NoTrunk, TrunksFull
from yuelai.telephony.trunks.model import CallerPolicy, Route, Trunk
from yuelai.telephony.trunks.numbers import Rewriting, Rule
from yuelai.wire.sdp import parse_sdp
from yuelai.wire.sip import Request

OURS = "057188880000"


async def sent(east: Trunk, number: str = "013800000002", **details: Any) -> Request:
    """The INVITE that the carrier gets."""
    net = Net()
    carrier = Carrier(net, 5070)
    carrier.calls = 486
    centre = Centre(net, east)
    await centre.call(number, **details)
    await net.run(1)
    invite = carrier.last("INVITE")
    assert isinstance(invite, Request)
    return invite


async def test_the_number_is_rewritten_for_the_trunk_and_for_nobody_else() -> None:
    cheap = Rewriting((Rule("1", 0, "17951"),), "national")
    invite = await sent(trunk("east", called_out=cheap))
    assert invite.target == "sip:1795113800000002@127.0.0.1:5070"
    assert invite.to.uri.user == "1795113800000002"
    invite = await sent(trunk("east", called_out=Rewriting((), "e164")), "0012015550123")
    assert invite.uri.user == "+12015550123"
    invite = await sent(trunk("east", called_out=Rewriting((), "e164")), "10086")
    assert invite.uri.user == "10086"


@pytest.mark.parametrize(
    ("policy", "caller", "shown"),
    [
        (CallerPolicy(), "8001", "8001"),
        (CallerPolicy(default=OURS), "", OURS),
        (CallerPolicy(default=OURS, allowed=("05718888",)), "8001", OURS),
        (CallerPolicy(default=OURS, allowed=("05718888",)), "057188881234", "057188881234"),
        (CallerPolicy(default=OURS, allowed=("05718888",)), "+8657188881234", "+8657188881234"),
        (CallerPolicy(default=OURS, allowed=("05718888",)), "13800000009", OURS),
        (CallerPolicy(default=OURS, allowed=("+86571",)), "057188881234", "057188881234"),
        (CallerPolicy(allowed=("0571",)), "8001", "anonymous"),
    ],
)
async def test_only_numbers_of_ours_are_shown(policy: CallerPolicy, caller: str, shown: str) -> None:
    invite = await sent(trunk("east", caller_policy=policy), caller=caller, caller_name="王芳")
    assert invite.from_.uri.user == shown
    assert invite.get("p-asserted-identity") is None, "nobody asserts anything to those who are not trusted"
    assert invite.from_.name == ("王芳" if shown == caller else "" if shown != "anonymous" else "Anonymous")


async def test_what_is_withheld_is_told_to_trusted_trunks_alone() -> None:
    invite = await sent(trunk("east"), caller=OURS, withheld=True)
    assert str(invite.from_.uri) == "sip:anonymous@anonymous.invalid"
    assert (invite.get("privacy"), invite.get("p-asserted-identity")) == ("id", None)
    assert OURS not in invite.to_bytes().decode()
    invite = await sent(trunk("east", caller_policy=CallerPolicy(trusted=True)), caller=OURS, withheld=True)
    assert (invite.from_.uri.user, invite.get("privacy")) == ("anonymous", "id")
    assert OURS in (invite.get("p-asserted-identity") or "")


async def test_the_caller_is_written_as_the_trunk_wants_it() -> None:
    east = trunk("east", caller_out=Rewriting((), "e164"), caller_policy=CallerPolicy(trusted=True), domain="ims.cn")
    invite = await sent(east, caller=OURS)
    assert str(invite.from_.uri) == "sip:+8657188880000@ims.cn"
    assert invite.get("p-asserted-identity") == "<sip:+8657188880000@ims.cn>"


async def test_an_outbound_proxy_gets_what_is_for_somebody_else() -> None:
    invite = await sent(trunk("east", host="ims.example", port=None, outbound_proxy="127.0.0.1:5070"))
    assert invite.target == "sip:013800000002@ims.example"
    assert invite.raw("route") == ["<sip:127.0.0.1:5070;lr>"]


async def test_our_password_answers_the_carriers_challenge_and_is_not_told() -> None:
    net = Net()
    carrier = Carrier(net, 5070)
    carrier.calls = None
    east = trunk("east", username="0571", secret="secret", options_seconds=0)
    centre = Centre(net, east)
    await centre.call()
    await net.run(0.1)
    first = carrier.last("INVITE")
    assert isinstance(first, Request)
    asked = first.response(407, tag="x")
    asked.add("proxy-authenticate", 'Digest realm="carrier", nonce="n1", algorithm=SHA-256, qop="auth"')
    carrier.send(centre.party.hop, asked)
    await net.run(0.1)
    second = carrier.last("INVITE")
    assert isinstance(second, Request)
    assert 'username="0571"' in (second.get("proxy-authorization") or "")
    assert "secret" not in second.to_bytes().decode()
    assert "secret" not in repr(east)


async def test_full_trunks_and_numbers_without_a_route_are_refused_by_name() -> None:
    net = Net()
    carrier = Carrier(net, 5070)
    east = trunk("east", max_channels_out=1)
    centre = Centre(net, east)
    leg = await centre.call()
    await net.run(1)
    with pytest.raises(TrunksFull):
        centre.trunks.plan("13800000002", caller="8001")
    explained = centre.trunks.explain("13800000002")
    assert (explained["error"], explained["candidates"][0]["why"][0]) == ("trunks_full", "full")
    await leg.hangup()
    await net.run(40)
    assert centre.trunks.plan("13800000002", caller="8001")
    assert carrier.count("INVITE") == 1
    centre.trunks.follow([east], [Route(new_id(), "861")])
    with pytest.raises(NoTrunk) as refused:
        centre.trunks.plan("0012015550123", caller="8001")
    assert refused.value.extra == {"reason": "no_route"}


async def test_a_choice_is_explained_with_what_would_be_sent() -> None:
    net = Net()
    Carrier(net, 5070)
    Carrier(net, 5071).deaf = True
    east = trunk("east", 5070, rates={"86": 80_000}, called_out=Rewriting((), "e164"))
    west = trunk("west", 5071, rates={"86": 60_000})
    centre = Centre(net, east, west)
    await net.run(30)
    explained = centre.trunks.explain("057188886666")
    assert (explained["number"], explained["route"]["prefix"]) == ("+8657188886666", "")
    first, second = explained["candidates"]
    assert (first["code"], first["sends"], first["state"], first["why"][0]) == (
        "east",
        "+8657188886666",
        "up",
        "dearer",
    )
    assert (second["code"], second["state"], second["why"][:2]) == ("west", "down", ["down", "cheapest"])


def test_prefixes_of_numbers_that_may_be_shown_are_known_in_every_form() -> None:
    east = trunk("east", caller_policy=CallerPolicy(allowed=("0571", "4001234567")))
    asked = ["057188886666", "+8657188886666", "008657188886666", "4001234567", "+864001234567", "01065551234", ""]
    assert [may_show(east, number) for number in asked] == [True, True, True, True, True, False, False]


MANY = OFFER.replace("RTP/AVP 0", "RTP/AVP 0 8 96 101 18") + (
    "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\na=rtcp-fb:96 nack\r\na=ptime:20\r\n"
)


@pytest.mark.parametrize(
    ("codecs", "formats"),
    [
        ((), ["0", "8", "96", "101", "18"]),
        (("PCMA", "PCMU"), ["8", "0", "101"]),
        (("opus",), ["96", "101"]),
        (("G729", "pcma"), ["18", "8", "101"]),
        (("AMR",), ["0", "8", "96", "101", "18"]),
    ],
)
def test_codecs_are_put_in_order_or_taken_out(codecs: tuple[str, ...], formats: list[str]) -> None:
    (media,) = parse_sdp(preferred(MANY, codecs)).media
    assert media.formats == formats
    assert media.ptime == 20
    assert [codec.name for codec in media.codecs if codec.payload_type == 101] == ["telephone-event"]
    assert media.has("rtcp-fb") is ("96" in formats)


def test_what_is_no_description_is_left_alone() -> None:
    assert preferred("nonsense", ("PCMA",)) == "nonsense"
