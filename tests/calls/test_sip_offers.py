"""Offers and answers, reliable ringing and keys, carried between plain peers (RFC 3264, 3262, 3311)."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.plain import Plain, offered, over, sdp, standing
from tests.support.switched import Switched
from yuelai.wire.sip import Request

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]


async def test_a_new_offer_and_its_answer_are_carried_across(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INVITE", sdp(4100, version=2))
        asked = await far.request("INVITE")
        assert "m=audio 4100 " in (asked.sdp or "")
        far.reply(asked, 200, sdp(4102, version=2))
        await far.request("ACK")
        answered = await near.response(200, "INVITE")
        assert "m=audio 4102 " in (answered.sdp or "")
        near.send("ACK")
        near.send("BYE")
        await over(far)


async def test_an_offer_by_update_is_answered_by_the_other_side(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("UPDATE", sdp(4100, version=2))
        asked = await far.got("INVITE") if not far.count("UPDATE") else await far.got("UPDATE")
        assert "m=audio 4100 " in (asked.sdp or "")
        assert isinstance(asked, Request)
        far.reply(asked, 200, sdp(4102, version=2))
        answered = await near.response(200, "UPDATE")
        assert "m=audio 4102 " in (answered.sdp or "")
        near.send("BYE")
        await over(far)


async def test_a_refused_offer_leaves_the_call_as_it_was(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INVITE", sdp(4100, version=2))
        far.reply(await far.request("INVITE"), 488)
        await far.request("ACK")
        assert (await near.response("final", "INVITE")).status == 488
        near.deny()
        await asyncio.sleep(0.2)
        assert near.count("BYE") == far.count("BYE") == 0
        near.send("BYE")
        await over(far)


async def test_a_reinvite_without_an_offer_is_answered_with_one_and_the_answer_taken_across(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INVITE")
        offer = await near.response(200, "INVITE")
        assert "m=audio 4002 " in (offer.sdp or "")
        near.send("ACK", sdp(4100, version=2))
        asked = await far.request("INVITE")
        assert "m=audio 4100 " in (asked.sdp or "")
        far.reply(asked, 200, sdp(4002))
        await far.request("ACK")
        near.send("BYE")
        await over(far)


async def test_ringing_is_repeated_until_it_is_acknowledged(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near = caller.talk(str(phone.port))
        near.send("INVITE", sdp(), headers=("Require: 100rel",))
        far = await phone.called()
        invite = await far.request("INVITE")
        far.reply(invite, 183, sdp(4002))
        early = await near.response(183)
        for _ in range(2):
            await near.response(183)
        near.join(early)
        near.send("PRACK", headers=("RAck: 999 1 INVITE",))
        await near.response(481, "PRACK")
        near.send("PRACK", headers=(f"RAck: {early.get('rseq')} 1 INVITE",))
        await near.response(200, "PRACK")
        await asyncio.sleep(0.1)
        said = near.count(183)
        await asyncio.sleep(0.5)
        assert near.count(183) == said
        far.reply(invite, 200, sdp(4002))
        await near.response(200, "INVITE")
        near.send("ACK", cseq=1)
        near.send("BYE")
        await over(far)


async def test_a_call_that_needs_what_we_do_not_know_is_refused_by_name(switch: Switched) -> None:
    async with Plain(switch.port) as caller:
        near = caller.talk("10000")
        near.send("INVITE", sdp(), headers=("Require: wishes",))
        refused = await near.response("final", "INVITE")
        near.deny()
        assert (refused.status, refused.get("unsupported")) == (420, "wishes")


async def test_a_body_we_cannot_read_is_refused(switch: Switched) -> None:
    async with Plain(switch.port) as caller:
        near = caller.talk("10000")
        near.send("INVITE", "who goes there", kind="text/plain")
        refused = await near.response("final", "INVITE")
        near.deny()
        assert (refused.status, refused.get("accept")) == (415, "application/sdp")


async def test_keys_by_info_reach_the_other_side(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INFO", "Signal=5\r\nDuration=160\r\n", kind="application/dtmf-relay")
        await near.response(200, "INFO")
        info = await far.request("INFO")
        far.reply(info, 200)
        assert "5" in info.body.decode().partition("\n")[0]
        near.send("BYE")
        await over(far)


async def test_early_media_of_the_phone_is_the_callers(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 183, sdp(4202))
        early = await near.response(183)
        assert "m=audio 4202 " in (early.sdp or "")
        far.reply(invite, 200, sdp(4202))
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)
