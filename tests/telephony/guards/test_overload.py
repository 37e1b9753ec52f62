"""New calls are refused while there are too many, and only then; those under way go on."""

from __future__ import annotations

import pytest

from yuelai.platform.clock import VirtualClock
from yuelai.telephony.guards.overload import (
    AT_ONCE,
    CALM,
    FEW,
    SHORT,
    STANDING,
    STANDS_AFTER,
    UNBEARABLE,
    Load,
    Overload,
)
from yuelai.telephony.hops import FlowHop, Hop, UdpHop
from yuelai.wire.sip import Request, Response, parse_datagram

PEER = UdpHop("192.0.2.7", 5062)


def busy(load: Load, now: float = 0.0) -> Load:
    """So many calls have come this second that they may be too many."""
    for _ in range(FEW):
        assert load.admits(0.0, now)
    return load


def test_a_few_calls_always_come_in_however_slow_the_machine_is() -> None:
    load = Load()
    assert all(load.admits(UNBEARABLE, number / 15) for number in range(150))


def test_a_pause_of_the_machine_is_no_overload() -> None:
    load = busy(Load())
    for now, wait in ((0.0, 0.0), (0.3, 0.3), (0.4, 0.2), (0.5, 0.05), (0.6, 0.2), (0.7, 0.01)):
        assert load.admits(wait, now)


def test_a_queue_that_stands_is_overload_and_calls_come_in_only_while_it_is_short() -> None:
    load = busy(Load())
    assert load.admits(2 * STANDING, 0.0)
    assert not load.admits(2 * STANDING, STANDS_AFTER)
    assert load.admits(SHORT, STANDS_AFTER + 0.01)
    assert not load.admits(SHORT * 1.5, STANDS_AFTER + 0.02)


def test_a_burst_that_came_in_the_same_moment_is_not_all_let_in_as_its_work_is_still_to_be_done() -> None:
    load = busy(Load())
    assert [load.admits(0.0, 0.0, at_once=n) for n in (0, AT_ONCE, 50)] == [True, True, True]
    assert not load.admits(UNBEARABLE, 0.1)
    assert [load.admits(0.0, 0.2, at_once=n) for n in (0, AT_ONCE - 1, AT_ONCE)] == [True, True, False]


def test_an_unbearable_wait_is_overload_at_once_and_it_ends_when_nobody_was_refused_for_a_while() -> None:
    load = busy(Load())
    assert not load.admits(UNBEARABLE, 0.0)
    load.feel(0.0, CALM - 0.1)
    assert load.overloaded
    load.feel(0.0, CALM)
    assert not load.overloaded
    assert load.admits(2 * STANDING, CALM + 0.1)


class Queue:
    """A server that needs `cost` seconds of work for a call let in and `refusal` for one that is not, in a queue."""

    cost, refusal = 0.002, 0.0001

    def serve(self, load: Load, rate: float, seconds: float, start: float) -> tuple[int, int, float, float]:
        """Return calls let in, refused, the longest wait after the first second, and when the last was done."""
        admitted = refused = 0
        longest, free = 0.0, start
        for number in range(int(rate * seconds)):
            came = start + number / rate
            read = max(came, free)
            wait = read - came
            if came - start > 1:
                longest = max(longest, wait)
            good = load.admits(wait, read)
            admitted, refused = admitted + good, refused + (not good)
            free = read + (self.cost if good else self.refusal)
        return admitted, refused, longest, free


@pytest.mark.parametrize("times", [1.1, 1.5, 3, 5])
def test_goodput_stays_near_its_peak_at_any_overload_and_nobody_waits_long(times: float) -> None:
    load, queue = Load(), Queue()
    peak = 1 / queue.cost
    admitted, refused, longest, free = queue.serve(load, times * peak, 10, 0.0)
    spent_on_refusals = refused * queue.refusal
    assert admitted >= 0.95 * (10 - spent_on_refusals) * peak
    assert longest < 0.35
    assert load.overloaded
    admitted, refused, _, _ = queue.serve(load, 0.8 * peak, 5, free)
    assert refused < 0.02 * admitted
    assert not load.overloaded


class Door:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.sent: list[tuple[Hop, Response]] = []
        self.overload = Overload(self.clock, self._send)
        busy(self.overload._load)

    def _send(self, hop: Hop, data: bytes) -> bool:
        response = parse_datagram(data)
        assert isinstance(response, Response)
        response.check()
        self.sent.append((hop, response))
        return True

    def passes(self, message: Request | bytes, wait: float = 2.0, source: Hop = PEER) -> bool:
        data = message.to_bytes() if isinstance(message, Request) else message
        return self.overload.passes(source, data, wait)


def request(method: str, branch: str, to: str = "<sip:10000@yuelai>", target: str = "sip:10000@yuelai") -> Request:
    message = Request(method, target)
    message.add("via", f"SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK{branch}, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKo")
    message.add("from", "<sip:13800000001@192.0.2.7>;tag=f")
    message.add("to", to)
    message.add("call-id", "c@x")
    message.add("cseq", f"7 {method}")
    return message


def test_a_refused_call_gets_a_whole_answer_where_it_came_from_and_its_ack_goes_no_further() -> None:
    door = Door()
    invite = request("INVITE", "1")
    assert not door.passes(invite)
    ((hop, response),) = door.sent
    assert (hop, response.status, response.call_id, str(response.cseq)) == (PEER, 503, "c@x", "7 INVITE")
    assert response.via.params["received"] == "192.0.2.7"
    assert response.via.params["rport"] == "5062"
    assert len(response.all("via")) == 2
    assert response.from_.tag == "f"
    assert 1 <= int(response.get("retry-after") or 0) <= 3
    ack = request("ACK", "1", to=response.get("to") or "")
    assert not door.passes(ack)
    assert len(door.sent) == 1
    assert door.passes(request("ACK", "2", to="<sip:10000@yuelai>;tag=other"))


def test_an_answer_without_rport_goes_to_the_port_of_the_via_and_over_a_connection_straight_back() -> None:
    door = Door()
    invite = request("INVITE", "1")
    invite.set("via", "SIP/2.0/UDP 192.0.2.7:5999;branch=z9hG4bK1")
    assert not door.passes(invite)
    assert not door.passes(invite, source=FlowHop("f"))
    assert [hop for hop, _ in door.sent] == [UdpHop("192.0.2.7", 5999), FlowHop("f")]


def test_calls_under_way_registrations_and_what_was_let_in_before_go_on() -> None:
    door = Door()
    early = request("INVITE", "early")
    assert door.passes(early, wait=0.0)
    assert not door.passes(request("INVITE", "late"))
    assert door.passes(early)
    assert door.passes(request("INVITE", "re", to="<sip:10000@yuelai>;tag=ours"))
    compact = request("INVITE", "re2").to_bytes().replace(b"To: <sip:10000@yuelai>", b"t: <sip:1@y>;TAG=ours")
    assert door.passes(compact)
    for method in ("REGISTER", "BYE", "OPTIONS", "CANCEL"):
        assert door.passes(request(method, method))
    door.clock.advance(20)
    assert door.passes(early)
    assert len(door.sent) == 1


def test_an_emergency_call_comes_in_but_a_flood_of_them_does_not() -> None:
    door = Door()
    through = sum(door.passes(request("INVITE", f"e{n}", target="sip:120@yuelai")) for n in range(100))
    assert through == 20


def test_calls_that_wait_long_for_our_answer_are_overload_too_however_soon_packets_are_read() -> None:
    door = Door()
    busy(door.overload._answers)
    door.overload.taking_up = lambda: STANDING
    assert door.passes(request("INVITE", "1"), wait=0.0), "a moment is none"
    door.clock.advance(STANDS_AFTER)
    door.overload.feel(0.0)
    assert not door.passes(request("INVITE", "2"), wait=0.0)
    door.overload.taking_up = lambda: 0.0
    assert door.passes(request("INVITE", "3"), wait=0.0), "as soon as answers go out, calls come in"


def test_what_only_the_parser_understands_is_left_to_it() -> None:
    door = Door()
    folded = request("INVITE", "1").to_bytes().replace(b"To: ", b"To:\r\n ")
    assert door.passes(folded)
    assert door.passes(b"INVITE sip:x SIP/2.0\r\nTo: <sip:x>\r\n\r\n")
    assert door.passes(b"\r\n\r\n")
    assert door.sent == []
