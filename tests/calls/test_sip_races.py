"""Messages that cross, repeat, come too late or twice, between peers of ours that speak when told to and the switch."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.plain import Plain, offered, over, sdp, standing
from tests.support.switched import Switched
from yuelai.wire.sip import Request

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]


async def test_an_invite_that_comes_three_times_calls_the_phone_once(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near = caller.talk(str(phone.port))
        invite = near.send("INVITE", sdp())
        near.again(invite)
        far = await phone.called()
        far.reply(await far.request("INVITE"), 200, sdp(4002))
        await far.request("ACK")
        await near.response(200, "INVITE")
        near.again(invite)
        near.send("ACK")
        near.send("BYE")
        await near.response(200, "BYE")
        await over(far)
        assert phone.new.empty()
        assert far.asked("INVITE") == 1


async def test_a_200_that_is_repeated_is_acknowledged_each_time(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        ok = far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        for _ in range(2):
            far.again(ok)
            await far.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)


async def test_a_bye_that_is_repeated_is_answered_each_time(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        bye = near.send("BYE")
        await near.response(200, "BYE")
        near.again(bye)
        await near.response(200, "BYE")
        await over(far)


async def test_a_200_is_repeated_until_the_ack_comes(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        for _ in range(3):
            await near.response(200, "INVITE")
        near.send("ACK")
        await asyncio.sleep(0.3)
        said = near.count(200)
        await asyncio.sleep(0.8)  # twice T2: a 200 that is still repeated would have come
        assert near.count(200) == said
        near.send("BYE")
        await near.response(200, "BYE")
        await over(far)


async def test_a_caller_who_never_acknowledges_is_let_go_and_so_is_the_phone(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        await over(near)
        await over(far)
        assert near.count(200) > 5


async def test_cancel_before_the_phone_has_said_anything_waits_for_it(switch: Switched) -> None:
    # RFC 3261 §9.1: no CANCEL may be sent before a provisional response has come.
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        near.send("CANCEL")
        await near.response(200, "CANCEL")
        await near.response(487, "INVITE")
        near.deny()
        await asyncio.sleep(0.1)
        assert far.count("CANCEL") == 0
        far.reply(invite, 180)
        far.reply(await far.request("CANCEL"), 200)
        far.reply(invite, 487)
        await far.request("ACK")


async def test_a_cancel_that_crosses_the_phones_200_ends_the_call_with_bye(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 180)
        await near.response(180)
        near.send("CANCEL")
        await far.request("CANCEL")
        far.reply(invite, 200, sdp(4002))
        await far.request("ACK")
        await over(far)
        await near.response(487, "INVITE")
        near.deny()


async def test_a_cancel_that_comes_after_our_200_changes_nothing(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 200, sdp(4002))
        await near.response(200, "INVITE")
        near.send("CANCEL")
        await near.response(200, "CANCEL")
        near.send("ACK")
        await asyncio.sleep(0.3)
        assert far.count("BYE") == 0
        near.send("BYE")
        await near.response(200, "BYE")
        await over(far)


async def test_of_two_phones_that_answer_one_fork_the_second_is_acknowledged_and_let_go(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, phone)
        far.reply(invite, 180, tag="one")
        far.reply(invite, 180, tag="two")
        await near.response(180)
        far.reply(invite, 200, sdp(4002), tag="two")
        assert (await far.request("ACK")).to.tag == "two"
        far.reply(invite, 200, sdp(4004), tag="one")
        late = {(await far.request("ACK")).to.tag}
        bye = await far.request("BYE")
        late.add(bye.to.tag)
        assert late == {"one"}
        far.reply(bye, 200, tag="one")
        await near.response(200, "INVITE")
        near.send("ACK")
        await asyncio.sleep(0.3)
        assert [m.to.tag for m in far.heard if isinstance(m, Request) and m.method == "BYE"] == ["one"]
        near.send("BYE")
        bye = await far.request("BYE")
        assert bye.to.tag == "two"
        far.reply(bye, 200)
        await near.response(200, "BYE")


async def test_of_two_phones_called_at_once_the_slower_is_cancelled(switch: Switched) -> None:
    async with Plain(0) as quick, Plain(0) as slow, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, quick, slow)
        other = await slow.called()
        ringing = await other.request("INVITE")
        other.reply(ringing, 180)
        far.reply(invite, 200, sdp(4002))
        cancel = await other.request("CANCEL")
        other.reply(cancel, 200)
        other.reply(ringing, 487)
        await other.request("ACK")
        await near.response(200, "INVITE")
        near.send("ACK")
        near.send("BYE")
        await over(far)


async def test_the_slower_of_two_that_answers_all_the_same_is_acknowledged_and_let_go(switch: Switched) -> None:
    async with Plain(0) as quick, Plain(0) as slow, Plain(switch.port) as caller:
        near, far, invite = await offered(caller, quick, slow)
        other = await slow.called()
        ringing = await other.request("INVITE")
        other.reply(ringing, 180)
        far.reply(invite, 200, sdp(4002))
        other.reply(ringing, 200, sdp(4004))
        await other.request("ACK")
        await over(other)
        await near.response(200, "INVITE")
        near.send("ACK")
        await asyncio.sleep(0.2)
        assert far.count("BYE") == 0
        near.send("BYE")
        await over(far)


async def test_byes_that_cross_are_both_answered(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("BYE")
        passed = await far.request("BYE")
        # The phone hangs up too, and only then answers the BYE that has come to it meanwhile.
        far.send("BYE")
        await far.response(200, "BYE")
        far.reply(passed, 200)
        await near.response(200, "BYE")
        await asyncio.sleep(0.2)
        assert near.count("BYE") == 0


async def test_both_hang_up_in_the_same_moment(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("BYE")
        far.send("BYE")
        await near.response(200, "BYE")
        await far.response(200, "BYE")


async def test_reinvites_that_cross_are_answered_491_and_the_call_stands(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INVITE", sdp(way="sendonly", version=2))
        passed = await far.request("INVITE")
        # Before it answers, the phone wants something itself.
        far.send("INVITE", sdp(4002, version=2))
        await far.response(491, "INVITE")
        far.deny()
        far.reply(passed, 200, sdp(4002, "recvonly", version=2))
        await near.response(200, "INVITE")
        near.send("ACK")
        await far.request("ACK")
        near.send("BYE")
        await near.response(200, "BYE")
        await over(far)


async def test_a_phone_that_answers_491_is_asked_again_or_the_caller_is_told(switch: Switched) -> None:
    async with Plain(0) as phone, Plain(switch.port) as caller:
        near, far = await standing(caller, phone)
        near.send("INVITE", sdp(way="sendonly", version=2))
        far.reply(await far.request("INVITE"), 491)
        await far.request("ACK")
        answered = asyncio.ensure_future(near.response("final", "INVITE"))
        again = asyncio.ensure_future(far.request("INVITE"))
        await asyncio.wait([answered, again], return_when=asyncio.FIRST_COMPLETED)
        if again.done():  # RFC 3261 §14.1: after a while of its own choice
            far.reply(again.result(), 200, sdp(4002, "recvonly", version=2))
            assert (await answered).status == 200
            await far.request("ACK")
        else:
            again.cancel()
            assert answered.result().status == 491
        near.send("ACK") if answered.result().status == 200 else near.deny()
        near.send("BYE")
        await over(far)


@pytest.mark.parametrize("method", ["INVITE", "BYE", "INFO", "OPTIONS", "UPDATE", "REFER", "NOTIFY", "PRACK"])
async def test_requests_in_a_call_that_never_was_are_answered_481(switch: Switched, method: str) -> None:
    async with Plain(switch.port) as caller:
        talk = caller.talk("10000")
        talk.remote.params["tag"] = "never"
        talk.send(method)
        await talk.response(481, method)
        if method == "INVITE":
            talk.deny()
