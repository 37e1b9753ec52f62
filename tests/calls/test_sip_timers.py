"""Sessions that are refreshed and sessions that expire (RFC 4028), and peers that fall silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.plain import Plain, Talk, offered, over, sdp
from tests.support.switched import Switched, switched
from yuelai.wire.sip import Request

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]
SPEED = 60
"""Ninety seconds, the shortest session there is, are a second and a half."""
SHORTEST = 90 / SPEED


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_switch() -> AsyncIterator[Switched]:
    async with switched("--idle", "3600", speed=SPEED) as running:
        yield running


async def begun(caller: Plain, phone: Plain, *headers: str, answer: tuple[str, ...] = ()) -> tuple[Talk, Talk]:
    """Return both ends of a call whose caller asks for these timers and whose phone answers so."""
    near = caller.talk(str(phone.port))
    near.send("INVITE", sdp(), headers=("Supported: timer", *headers))
    far = await phone.called()
    far.reply(await far.request("INVITE"), 200, sdp(4002), headers=answer)
    await far.request("ACK")
    return near, far


async def refreshes(end: Talk, seconds: float) -> list[Request]:
    """Answer all that keeps the session alive for this long; return it."""
    found: list[Request] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        try:
            asked = await end.refresh(left)
        except TimeoutError:
            break
        end.reply(asked, 200, sdp() if asked.body else "", headers=("Session-Expires: 90;refresher=uac",))
        if asked.method == "INVITE":
            await end.request("ACK")
        found.append(asked)
    return found


async def test_a_session_that_is_too_brief_is_refused_with_the_shortest_there_is(switch: Switched) -> None:
    async with Plain(switch.port) as caller:
        near = caller.talk("10000")
        near.send("INVITE", sdp(), headers=("Supported: timer", "Session-Expires: 30"))
        refused = await near.response("final", "INVITE")
        near.deny()
        assert (refused.status, refused.get("min-se")) == (422, "90")


async def test_we_refresh_a_session_where_that_is_ours_to_do(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await begun(caller, phone, "Session-Expires: 90;refresher=uas")
        answered = await near.response(200, "INVITE")
        assert (answered.get("session-expires") or "").replace(" ", "") == "90;refresher=uas"
        near.send("ACK")
        kept, others = await asyncio.gather(refreshes(near, 1.6 * SHORTEST), refreshes(far, 1.6 * SHORTEST))
        assert 2 <= len(kept) <= 5, [request.method for request in kept]
        assert near.count("BYE") == far.count("BYE") == 0, others
        near.send("BYE")
        await over(far)


async def test_a_session_that_nobody_refreshes_expires_and_both_ends_hear_so(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await begun(caller, phone, "Session-Expires: 90;refresher=uac")
        answered = await near.response(200, "INVITE")
        assert (answered.get("session-expires") or "").replace(" ", "") == "90;refresher=uac"
        near.send("ACK")
        other = asyncio.ensure_future(refreshes(far, 2 * SHORTEST))
        began = asyncio.get_running_loop().time()
        await over(near)
        lasted = asyncio.get_running_loop().time() - began
        other.cancel()
        await over(far)
        assert 0.5 * SHORTEST < lasted < 1.1 * SHORTEST


async def test_a_session_that_the_caller_refreshes_stands(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await begun(caller, phone, "Session-Expires: 90;refresher=uac")
        await near.response(200, "INVITE")
        near.send("ACK")
        other = asyncio.ensure_future(refreshes(far, 3 * SHORTEST))
        for _ in range(4):
            await asyncio.sleep(0.4 * SHORTEST)
            near.send("UPDATE", headers=("Supported: timer", "Session-Expires: 90;refresher=uac"))
            await near.response(200, "UPDATE")
        assert near.count("BYE") == 0
        other.cancel()
        near.send("BYE")
        await over(far)


async def test_a_refresh_that_is_not_answered_ends_the_call(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await begun(caller, phone, "Session-Expires: 90;refresher=uas")
        await near.response(200, "INVITE")
        near.send("ACK")
        other = asyncio.ensure_future(refreshes(far, 3 * SHORTEST))
        asked = await near.refresh(SHORTEST)
        near.reply(asked, 481)
        await asyncio.sleep(0.3)
        other.cancel()
        await over(far)


async def test_a_phone_that_falls_silent_is_asked_and_then_let_go_with_its_caller() -> None:
    async with (
        switched("--idle", "20", speed=20) as switch,
        Plain(0) as phone,
        Plain(switch.port) as caller,
    ):
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        # The phone's power is cut; the caller goes on answering.
        living = asyncio.ensure_future(refreshes(near, 6))
        await far.refresh(5)
        await over(near)
        living.cancel()
        assert far.count("ACK") == 1
