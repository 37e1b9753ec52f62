"""Protected sound of phones: it is heard, events too, and nothing in the clear is."""

from __future__ import annotations

import pytest

from tests.media.party import join
from tests.media.rtp_phone import Phone
from tests.media.srtp_phone import PROFILES, SrtpPhone
from yuelai.media.ports import LegKind, LegOptions, MediaEngine, MediaUnfit, Srtp
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.g711 import Law
from yuelai.wire.sdp import parse_sdp


@pytest.mark.parametrize("suite", PROFILES)
async def test_a_protected_phone_and_one_in_the_clear_hear_each_other(engine: MediaEngine, suite: str) -> None:
    async with SrtpPhone(suite=suite) as one, Phone() as other:
        first, second = await join(engine, one), await join(engine, other)
        one.frequency, other.frequency = 700, 1100
        await engine.bridge(first.leg, second.leg)
        await one.hears(1100, but_not=(700,))
        await other.hears(700, but_not=(1100,))
        assert one.unopened == 0


async def test_two_protected_phones_of_other_suites_and_laws_hear_each_other(engine: MediaEngine) -> None:
    async with (
        SrtpPhone(Law.PCMA, suite="AES_CM_128_HMAC_SHA1_32") as one,
        SrtpPhone(Law.PCMU, protocol="RTP/SAVPF") as other,
    ):
        first, second = await join(engine, one), await join(engine, other)
        assert one.answer is not None
        assert one.answer.audio.protocol == "RTP/SAVP"
        one.frequency, other.frequency = 700, 1100
        await engine.bridge(first.leg, second.leg)
        await one.hears(1100, but_not=(700,))
        await other.hears(700, but_not=(1100,))


async def test_keys_pressed_on_a_protected_phone_are_told(engine: MediaEngine) -> None:
    async with SrtpPhone() as phone:
        party = await join(engine, phone)
        phone.frequency = 700
        for key in "4#":
            await phone.press(key)
        await phone.listen(0.2)
        assert party.digits == "4#"


async def test_what_is_not_protected_is_not_heard_on_a_protected_leg(engine: MediaEngine) -> None:
    async with SrtpPhone() as phone, Phone() as other:
        party, listener = await join(engine, phone), await join(engine, other)
        await engine.bridge(party.leg, listener.leg)
        phone.frequency = 700
        await other.hears(700)
        phone.exposed, phone.frequency = True, 1500
        await other.hears(but_not=(1500, 700))
        await phone.press("1")
        await other.listen(0.2)
        assert party.digits == ""


async def test_our_own_offer_has_keys_where_they_are_required(engine: MediaEngine) -> None:
    async with SrtpPhone() as phone, Phone() as other:
        leg, listener = LegId(new_id()), await join(engine, other)
        options = LegOptions(srtp=Srtp.REQUIRE)
        offer = await engine.create_leg(leg, LegKind.PLAIN, lambda _: None, options=options)
        assert parse_sdp(offer).audio.protocol == "RTP/SAVP"
        await engine.answer(leg, phone.answer_to(offer))
        phone.take(offer)
        phone.frequency, other.frequency = 700, 1100
        await engine.bridge(leg, listener.leg)
        await phone.hears(1100)
        await other.hears(700)


async def test_a_leg_that_insists_is_not_made_in_the_clear(engine: MediaEngine) -> None:
    async with Phone() as phone:
        with pytest.raises(MediaUnfit):
            await engine.create_leg(
                LegId(new_id()),
                LegKind.PLAIN,
                lambda _: None,
                offer=phone.describe(),
                options=LegOptions(srtp=Srtp.REQUIRE),
            )


async def test_a_phone_may_take_a_new_key_within_the_call(engine: MediaEngine) -> None:
    async with SrtpPhone() as phone, Phone() as other:
        party, listener = await join(engine, phone), await join(engine, other)
        await engine.bridge(party.leg, listener.leg)
        phone.frequency, other.frequency = 700, 1100
        await other.hears(700)
        phone.rekey()
        phone.muted = True
        phone.take(await engine.reoffer(party.leg, phone.describe()))
        phone.muted = False
        await other.hears(700)
        await phone.hears(1100)
        assert phone.unopened == 0
