"""A device that dies without a word does not leave a call behind; one that lives is not disturbed."""

from __future__ import annotations

from typing import Any

import pytest

from yuelai.telephony.liveness import IDLE_SECONDS, RETICENCE
from yuelai.wire.sip import Request, Response

from .test_calls import establish, pair
from .test_registrar import in_call
from .world import ANSWER, OFFER, Net, Party, RawPeer, shaky

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"


async def standing_call(**headers: Any) -> tuple[Net, Party, RawPeer]:
    """A trunk's caller in a call with us, who says exactly what the test wants said."""
    net = Net()
    ours, caller = Party(net, 5060), RawPeer(net, 6001)
    caller.send(ours.hop, caller.request("INVITE", "sip:10000@yuelai", branch="i1", sdp=OFFER, **headers))
    await net.run(0.1)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = caller.last(200).to.tag
    caller.send(ours.hop, caller.request("ACK", "sip:10000@yuelai", branch="a1", to_tag=tag))
    await net.run(0.1)
    assert ours.kinds() == ["Confirmed"]
    return net, ours, caller


def asked(caller: RawPeer) -> Request:
    """The probe that came; there must have been one."""
    return [m for m in caller.heard if isinstance(m, Request) and m.method in ("OPTIONS", "UPDATE")][-1]


@pytest.mark.parametrize("dies", ["caller", "callee"])
async def test_whoever_vanishes_the_call_ends_on_the_other_side_within_two_minutes_and_leaves_nothing(
    dies: str,
) -> None:
    net, caller, callee = pair()
    await establish(net, caller, callee)
    gone, left = (caller, callee) if dies == "caller" else (callee, caller)
    del net.ends[gone.hop]
    net.stacks.remove(gone.stack)
    await net.run(IDLE_SECONDS)
    assert left.ended == []
    await net.run(35)
    assert [(e.by, e.status) for e in left.ended] == [("system", 408)]
    await net.run(70)
    assert left.empty()


async def test_two_that_live_stay_together_for_hours_on_a_bad_line() -> None:
    net = Net(shaky(3, loss=0.3))
    caller, callee = Party(net, 5070), Party(net, 5060)
    caller.know("10000", callee.hop)
    await establish(net, caller, callee)
    await net.run(2 * 3600)
    assert caller.ended == callee.ended == []
    assert net.sent(caller.hop, "UPDATE") + net.sent(callee.hop, "UPDATE") >= 2 * 3600 / (IDLE_SECONDS + 32)


async def test_whoever_has_been_heard_is_not_asked() -> None:
    net, ours, caller = await standing_call(allow=ALLOW)
    tag = caller.last(200).to.tag
    for number in range(5):
        await net.run(IDLE_SECONDS - 10)
        caller.send(
            ours.hop, caller.request("UPDATE", "sip:10000@yuelai", branch=f"u{number}", cseq=2 + number, to_tag=tag)
        )
    assert caller.requests() == []


@pytest.mark.parametrize(
    ("allow", "method"), [(ALLOW, "UPDATE"), ("INVITE, ACK, BYE, OPTIONS", "OPTIONS"), ("INVITE, ACK, BYE", "OPTIONS")]
)
async def test_the_peer_is_asked_by_a_method_it_knows_and_any_answer_is_a_sign_of_life(allow: str, method: str) -> None:
    net, ours, caller = await standing_call(allow=allow)
    for status in (200, 405, 501, 500, 491):
        await net.run(IDLE_SECONDS)
        probe = asked(caller)
        assert (probe.method, probe.body, probe.to.tag) == (method, b"", "ft")
        caller.send(ours.hop, probe.response(status))
        await net.run(1)
    assert ours.ended == []


@pytest.mark.parametrize("allow", [ALLOW, "INVITE, OPTIONS"])
async def test_a_peer_that_knows_nothing_of_the_call_ends_it(allow: str) -> None:
    net, ours, caller = await standing_call(allow=allow)
    await net.run(IDLE_SECONDS)
    caller.send(ours.hop, asked(caller).response(481))
    await net.run(0.1)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 481)]
    await net.run(70)
    assert ours.empty()


async def test_options_that_find_no_such_user_end_nothing() -> None:
    net, ours, caller = await standing_call(allow="INVITE, OPTIONS")
    await net.run(IDLE_SECONDS)
    caller.send(ours.hop, asked(caller).response(404))
    await net.run(1)
    assert ours.ended == []


async def test_a_peer_that_never_said_what_it_allows_is_asked_late_but_is_asked() -> None:
    net, ours, caller = await standing_call()
    await net.run(IDLE_SECONDS * RETICENCE - 1)
    assert caller.requests() == []
    await net.run(40)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]


async def test_a_peer_whose_sound_has_stopped_is_asked_at_once_and_ended_when_it_is_gone() -> None:
    net, ours, caller = await standing_call(allow=ALLOW)
    ours.offered[0].suspect()
    ours.offered[0].suspect()
    await net.run(0.1)
    assert len(caller.requests()) == 1
    caller.send(ours.hop, asked(caller).response(200))
    await net.run(40)
    assert ours.ended == [], "it is only silent"
    ours.offered[0].suspect()
    await net.run(33)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]


async def test_a_silent_peer_that_never_said_what_it_allows_is_asked_in_time_but_not_at_once() -> None:
    net, ours, caller = await standing_call()
    await net.run(20)
    ours.offered[0].suspect()
    await net.run(IDLE_SECONDS - 21)
    assert caller.requests() == []
    await net.run(35)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]


async def test_a_browser_that_comes_back_on_another_flow_survives_the_probe_that_was_lost() -> None:
    net, ours, page = await in_call()
    leg = next(iter(ours.stack.ua.legs.values()))
    page.ours.wire.flows[page.flow] = lambda data: None  # the connection swallows everything, and nobody knows yet
    leg.liveness.probe()
    await net.run(10)
    again = type(page)(net, ours, "f2")
    await again.register()
    await net.run(40)
    assert ours.ended == []
    assert again.methods() == ["UPDATE"]


async def test_a_caller_that_asks_for_a_session_timer_refreshes_it_by_itself() -> None:
    _, ours, caller = await standing_call(allow=ALLOW, supported="timer", session_expires="1800")
    ok = caller.last(200)
    assert (ok.get("session-expires"), ok.get("require")) == ("1800;refresher=uac", "timer")
    tag = ok.to.tag
    caller.send(
        ours.hop,
        caller.request(
            "UPDATE", "sip:10000@yuelai", branch="u", cseq=2, to_tag=tag, supported="timer",
            session_expires="1800;refresher=uac",
        ),
    )  # fmt: skip
    await ours.net.run(0.1)
    refreshed = caller.last(200)
    assert (refreshed.cseq.method, refreshed.get("session-expires")) == ("UPDATE", "1800;refresher=uac")


async def test_a_refresh_that_is_left_to_us_comes_at_half_time_however_much_is_said_besides() -> None:
    net, ours, caller = await standing_call(allow=ALLOW, require="timer", session_expires="120;refresher=uas")
    ok = caller.last(200)
    assert (ok.get("session-expires"), ok.get("require")) == ("120;refresher=uas", None)
    for count in range(1, 4):
        await net.run(30)
        caller.send(
            ours.hop, caller.request("INFO", "sip:10000@yuelai", branch=f"n{count}", cseq=1 + count, to_tag=ok.to.tag)
        )
        await net.run(31)
        refresh = asked(caller)
        assert len({m.cseq.number for m in caller.heard if isinstance(m, Request) and m.method == "UPDATE"}) == count
        assert (refresh.get("session-expires"), refresh.get("supported")) == ("120;refresher=uac", "timer")
        caller.send(ours.hop, refresh.response(200))
        await net.run(0.1)
    assert ours.ended == []


async def test_no_timer_is_agreed_on_that_we_could_not_refresh() -> None:
    _, _, caller = await standing_call(
        allow="INVITE, ACK, BYE", supported="timer", session_expires="1800;refresher=uas"
    )
    assert caller.last(200).get("session-expires") is None


@pytest.mark.parametrize(
    ("session_expires", "status"), [("89", 422), ("90", 100), ("abc", 400), ("1800;refresher=nobody", 400)]
)
async def test_a_session_too_short_or_malformed_is_refused(session_expires: str, status: int) -> None:
    net = Net()
    ours, caller = Party(net, 5060), RawPeer(net, 6001)
    invite = caller.request(
        "INVITE", "sip:10000@yuelai", branch="i1", sdp=OFFER, supported="timer", session_expires=session_expires
    )
    caller.send(ours.hop, invite)
    await net.run(0.1)
    response = caller.heard[-1]
    assert isinstance(response, Response)
    assert response.status == status
    assert response.get("min-se") == ("90" if status == 422 else None)


async def test_a_refresh_too_short_is_refused_and_the_call_stays() -> None:
    net, ours, caller = await standing_call(allow=ALLOW)
    update = caller.request(
        "UPDATE", "sip:10000@yuelai", branch="u", cseq=2, to_tag=caller.last(200).to.tag, supported="timer",
        session_expires="30",
    )  # fmt: skip
    caller.send(ours.hop, update)
    await net.run(0.1)
    assert caller.responses()[-1] == 422
    assert ours.ended == []


@pytest.mark.parametrize("away", [20.0, 600.0])
async def test_a_peer_that_cannot_even_be_sent_to_has_half_a_minute_to_come_back(away: float) -> None:
    """A dead port by ICMP, or a connection that is refused: 503 at once and not 408 after a while."""
    net, ours, caller = await standing_call(allow=ALLOW)
    send = ours.wire.send
    ours.wire.send = lambda hop, data: hop != caller.hop and send(hop, data)  # type: ignore[method-assign]
    await net.run(IDLE_SECONDS + away)
    ours.wire.send = send  # type: ignore[method-assign]
    if away > 60:
        assert [(e.by, e.status) for e in ours.ended] == [("system", 408)]
        return
    assert ours.ended == []
    await net.run(10)
    caller.send(ours.hop, asked(caller).response(200))
    await net.run(60)
    assert ours.ended == []
