"""Trunks say what their sound is to be like: one offer for all places, fitted to each."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from yuelai.media.ports import KeyMode, LegOptions, Srtp
from yuelai.platform.ids import new_id
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted
from yuelai.telephony.b2bua.wishes import together
from yuelai.telephony.codecs import fitted, unprotected
from yuelai.telephony.ports import Destination
from yuelai.wire.sdp import parse_sdp

from .engine import Books
from .house import House, description

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 7000 RTP/SAVP 111 8 0 101\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n"
)
CARRIER, OFFICE, OLD = (new_id() for _ in range(3))
SOUNDS = {
    CARRIER: LegOptions(codecs=("PCMA",)),
    OFFICE: LegOptions(codecs=("opus", "PCMU"), srtp=Srtp.REQUIRE),
    OLD: LegOptions(srtp=Srtp.OFF),
}


def sounds(trunk: UUID | None) -> LegOptions:
    return SOUNDS.get(trunk, LegOptions()) if trunk is not None else LegOptions()


def plan(*trunks: UUID | None) -> Plan:
    return Plan([[Destination("sip:1@127.0.0.1", trunk_id=trunk)] for trunk in trunks])


@pytest.mark.parametrize(
    ("trunks", "codecs", "srtp"),
    [
        ([None], (), Srtp.ACCEPT),
        ([CARRIER], ("PCMA",), Srtp.ACCEPT),
        ([CARRIER, OFFICE], ("PCMA", "opus", "PCMU"), Srtp.REQUIRE),
        ([OFFICE, OLD], ("opus", "PCMU", "PCMA"), Srtp.REQUIRE),
        ([OLD], (), Srtp.OFF),
        ([], (), Srtp.ACCEPT),
    ],
)
def test_one_offer_names_what_any_of_the_places_wants(
    trunks: list[UUID | None], codecs: tuple[str, ...], srtp: Srtp
) -> None:
    assert together(plan(*trunks), sounds) == LegOptions(codecs=codecs, srtp=srtp)


@pytest.mark.parametrize(
    ("srtp", "protocol", "keys"),
    [
        (None, "RTP/SAVP", True),
        (Srtp.REQUIRE, "RTP/SAVP", True),
        (Srtp.ACCEPT, "RTP/AVP", False),
        (Srtp.OFF, "RTP/AVP", False),
    ],
)
def test_each_place_is_offered_its_own_codecs_and_keys_only_if_it_requires_them(
    srtp: Srtp | None, protocol: str, keys: bool
) -> None:
    audio = parse_sdp(fitted(OFFER, Destination("sip:1@127.0.0.1", codecs=("PCMU",), srtp=srtp))).audio
    assert (audio.protocol, audio.has("crypto")) == (protocol, keys)
    assert audio.payload_types == [0, 101]


def test_what_is_no_description_is_left_alone() -> None:
    assert unprotected("a=crypto: nonsense") == "a=crypto: nonsense"
    assert unprotected(OFFER.replace("a=crypto", "a=other")) == OFFER.replace("a=crypto", "a=other")


async def test_the_trunk_that_answers_decides_how_its_answer_is_read() -> None:
    engine = Books()

    async def planned(wanted: Wanted) -> Plan | Refuse:
        (place,) = house.stack.places(wanted.number, browser=False)
        office = Destination("sip:x@127.0.0.1:5099", trunk_id=OFFICE, srtp=Srtp.REQUIRE, patience=1.0)
        old = Destination(place.uri, place.hops, trunk_id=OLD, srtp=Srtp.OFF)
        return Plan([[office], [old]], timeout=60)

    house = House(plan=planned, engine=engine, sounds=sounds)
    caller, callee = house.party(5070), house.party(5080, "8001")
    await house.dial(caller, "8001")
    await house.net.run(40)
    (far,) = [leg for leg in engine.open if engine.options[leg].srtp is Srtp.REQUIRE]
    await callee.offered[-1].answer(description(callee))
    await house.net.run(1)
    assert engine.options[far] == replace(SOUNDS[OLD], keys=KeyMode.RELAY)
    (near,) = [leg for leg in engine.open if leg != far]
    assert engine.beside[far] == near
    assert engine.hears(near, far)
    assert engine.hears(far, near)
    await house.board.close()
    await house.net.run(130)
    assert house.empty()
