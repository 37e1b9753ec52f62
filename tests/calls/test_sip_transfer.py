"""Calls that are moved: REFER blind and attended, Replaces, and 302 (RFC 3515, 3891, 5589), between plain phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.plain import Plain, Talk, dial, over, picked_up, register, renegotiated, sdp
from tests.support.switched import Switched
from yuelai.wire.sip import Request

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]


@asynccontextmanager
async def phones(switch: Switched) -> AsyncIterator[tuple[Plain, Plain, Plain]]:
    """Three registered phones, 8001 to 8003."""
    async with (
        Plain(switch.port, user="8001") as one,
        Plain(switch.port, user="8002") as two,
        Plain(switch.port, user="8003") as three,
    ):
        for phone in (one, two, three):
            await register(phone)
        yield one, two, three
        for phone in (one, two, three):
            await register(phone, expires=0)


async def talking(one: Plain, two: Plain) -> tuple[Talk, Talk]:
    """Return both ends of a call of one to two that stands."""
    near = await dial(one, two.user)
    far = await picked_up(two)
    await near.response(200, "INVITE")
    near.send("ACK")
    return near, far


async def told(end: Talk, status: int) -> None:
    """Take the NOTIFYs of a transfer until this status."""
    while True:
        notify = await end.request("NOTIFY")
        assert (notify.get("event") or "").startswith("refer")
        assert notify.content_type == "message/sipfrag"
        end.reply(notify, 200)
        said = int(notify.body.split()[1])
        if said == status:
            if status >= 200:
                assert (notify.get("subscription-state") or "").startswith("terminated")
            return
        assert said < 200, said


async def let_go(end: Talk) -> None:
    """Take the BYE after a transfer, or hang up when we are to do it (both are right, RFC 5589 §6.1)."""
    try:
        end.reply(await end.request("BYE", timeout=1), 200)
    except AssertionError:
        end.send("BYE")
        await end.response(200, "BYE")


@pytest.mark.parametrize("by", ["the caller", "the phone"])
async def test_a_blind_transfer_connects_the_other_two(switch: Switched, by: str) -> None:
    async with phones(switch) as (one, two, three):
        near, far = await talking(one, two)
        who, stays = (near, far) if by == "the caller" else (far, near)
        who.send("REFER", headers=(f"Refer-To: <sip:8003@127.0.0.1:{switch.port}>",))
        await who.response(202, "REFER")
        third = await picked_up(three)
        await renegotiated(stays, three.port)
        await told(who, 200)
        await let_go(who)
        assert stays.count("BYE") == third.count("BYE") == 0
        third.send("BYE")
        await third.response(200, "BYE")
        await over(stays)


async def test_a_blind_transfer_to_nobody_leaves_the_call_as_it_was(switch: Switched) -> None:
    async with phones(switch) as (one, two, _):
        near, far = await talking(one, two)
        far.send("REFER", headers=(f"Refer-To: <sip:nobody@127.0.0.1:{switch.port}>",))
        answered = await far.response("final", "REFER")
        if answered.status == 202:
            await told(far, 404)
        await asyncio.sleep(0.2)
        assert near.count("BYE") == far.count("BYE") == 0
        near.send("BYE")
        await over(far)


async def test_a_blind_transfer_to_somebody_busy_leaves_the_call_as_it_was(switch: Switched) -> None:
    async with phones(switch) as (one, two, three):
        near, far = await talking(one, two)
        far.send("REFER", headers=(f"Refer-To: <sip:8003@127.0.0.1:{switch.port}>",))
        await far.response(202, "REFER")
        third = await three.called()
        third.reply(await third.request("INVITE"), 486)
        await third.request("ACK")
        await told(far, 486)
        await asyncio.sleep(0.2)
        assert near.count("BYE") == far.count("BYE") == 0
        near.send("BYE")
        await over(far)


async def test_an_attended_transfer_joins_the_two_calls(switch: Switched) -> None:
    async with phones(switch) as (one, two, three):
        near, far = await talking(one, two)
        # Two holds one and asks three.
        far.send("INVITE", sdp(two.port, "sendonly", version=2))
        held = await near.request("INVITE")
        assert "a=sendonly" in (held.sdp or "")
        near.reply(held, 200, sdp(one.port, "recvonly", version=2))
        await near.request("ACK")
        await far.response(200, "INVITE")
        far.send("ACK")
        asking, third = await talking(two, three)
        replaced = f"{asking.call_id}%3Bto-tag%3D{asking.remote.tag}%3Bfrom-tag%3D{asking.local.tag}"
        far.send("REFER", headers=(f"Refer-To: <sip:8003@127.0.0.1:{switch.port}?Replaces={replaced}>",))
        await far.response(202, "REFER")
        both = asyncio.gather(taken_over(near, three.port), taken_over(third, one.port))
        await told(far, 200)
        await both
        await asyncio.gather(let_go(far), let_go(asking))
        assert near.count("BYE") == third.count("BYE") == 0
        near.send("BYE")
        await near.response(200, "BYE")
        await over(third)


async def taken_over(end: Talk, port: int) -> None:
    """Answer re-INVITEs until this end is connected both ways with the sound at that port."""
    while True:
        asked = await end.request("INVITE")
        end.reply(asked, 200, sdp(end.peer.port, version=3))
        await end.request("ACK")
        if f"m=audio {port} " in (asked.sdp or "") and "a=sendrecv" in (asked.sdp or ""):
            return


async def test_an_invite_with_replaces_takes_the_place_of_a_phone(switch: Switched) -> None:
    async with phones(switch) as (one, two, three):
        near, far = await talking(one, two)
        # The dialog as the phone that is replaced sees it: its tag is `to-tag` for us who are on its other end.
        replaces = f"Replaces: {far.call_id};to-tag={far.remote.tag};from-tag={far.local.tag}"
        taker = await dial(three, "8001", replaces)
        moved = asyncio.ensure_future(renegotiated(near, three.port))
        await taker.response(200, "INVITE")
        taker.send("ACK")
        await moved
        await over(far)
        assert taker.count("BYE") == near.count("BYE") == 0
        taker.send("BYE")
        await taker.response(200, "BYE")
        await over(near)


async def test_an_invite_that_wants_to_replace_what_is_not_there_is_refused(switch: Switched) -> None:
    async with phones(switch) as (one, _, three):
        taker = await dial(three, one.user, "Replaces: never;to-tag=a;from-tag=b")
        refused = await taker.response("final", "INVITE")
        taker.deny()
        assert refused.status == 481


async def test_a_ringing_call_is_picked_up_elsewhere_with_replaces(switch: Switched) -> None:
    async with phones(switch) as (one, two, three):
        near = await dial(one, "8002")
        far = await two.called()
        invite = await far.request("INVITE")
        far.reply(invite, 180)
        await near.response(180)
        replaces = f"Replaces: {far.call_id};to-tag={far.remote.tag};from-tag={far.local.tag};early-only"
        taker = await dial(three, "8001", replaces)
        far.reply(await far.request("CANCEL"), 200)
        far.reply(invite, 487)
        await far.request("ACK")
        await taker.response(200, "INVITE")
        taker.send("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        taker.send("BYE")
        await taker.response(200, "BYE")
        await over(near)


async def test_a_302_is_followed_to_the_next_place(switch: Switched) -> None:
    async with Plain(0) as first, Plain(0) as second, Plain(switch.port) as caller:
        near = caller.talk(str(first.port))
        near.send("INVITE", sdp())
        asked = await first.called()
        moved = f"<sip:moved@127.0.0.1:{second.port}>"
        invite = await asked.request("INVITE")
        asked.reply(invite, 302, contact=moved)
        await asked.request("ACK")
        far = await picked_up(second)
        first_request = far.heard[0]
        assert isinstance(first_request, Request)
        assert first_request.uri.user == "moved"
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)


async def test_places_that_point_at_each_other_do_not_call_for_ever(switch: Switched) -> None:
    async with Plain(0) as first, Plain(0) as second, Plain(switch.port) as caller:
        near = caller.talk(str(first.port))
        near.send("INVITE", sdp())

        async def sends_away(one: Plain, other: Plain) -> int:
            asked = 0
            while True:
                talk = await one.called()
                asked += 1
                talk.reply(await talk.request("INVITE"), 302, contact=f"<sip:x@127.0.0.1:{other.port}>")
                await talk.request("ACK")

        loops = [asyncio.ensure_future(sends_away(*pair)) for pair in ((first, second), (second, first))]
        refused = await near.response("final", "INVITE")
        near.deny()
        for loop in loops:
            loop.cancel()
        assert refused.status >= 300
        assert len(first.talks) + len(second.talks) <= 7
