from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tests.telephony.trace.messages import CARRIER, PHONE, answered, message
from yuelai.platform.ids import new_id
from yuelai.telephony.trace.book import CallBook, Line
from yuelai.telephony.trace.glance import glance

NOW = 1_763_800_000.0


@dataclass
class Party:
    id: UUID
    caller: str
    called: str
    correlation: UUID | None = None
    account: UUID | None = None


class Book:
    def __init__(self) -> None:
        self.book, self.now = CallBook(), NOW
        self.lines: dict[UUID, Line] = {}

    def see(self, data: bytes, *, sent: bool, hop: object = CARRIER) -> None:
        self.now += 1
        self.book.seen(glance(data), str(hop), self.now, sent=sent)

    def line(self) -> Line:
        for line in self.book.changed(self.now):
            self.lines[line.id] = line
        (only,) = self.lines.values()
        return only


def test_a_call_from_its_first_message_to_its_end() -> None:
    book = Book()
    for hop, data, sent in answered():
        book.see(data, sent=sent, hop=hop)
    line = book.line()
    assert (line.direction, line.from_user, line.to_user, line.hop) == ("in", "13800000001", "10000", str(CARRIER))
    assert (line.status, line.ended_by, line.agent) == (200, "remote", "Switch 3")
    times = [at.timestamp() - NOW for at in (line.started_at, line.ringing_at, line.answered_at, line.ended_at) if at]
    assert times == [1, 3, 4, 6]
    assert len(book.book) == 0


def test_a_refusal_says_why() -> None:
    book = Book()
    book.see(answered()[0][1], sent=False)
    more = 'Reason: Q.850;cause=34;text="No circuit available"\r\n'
    book.see(message("SIP/2.0 503 Service Unavailable", more=more), sent=True)
    line = book.line()
    assert (line.status, line.reason, line.ended_by) == (503, "No circuit available", "local")
    assert line.answered_at is None


def test_a_challenged_invite_and_its_repetition_are_one_call() -> None:
    book = Book()
    book.see(answered()[0][1], sent=True)
    book.see(message("SIP/2.0 407 Proxy Authentication Required"), sent=False)
    assert book.line().ended_at is not None
    book.see(message("INVITE sip:x SIP/2.0", cseq="2 INVITE", branch="z9hG4bKother"), sent=True, hop=PHONE)
    book.see(message("SIP/2.0 200 OK", cseq="2 INVITE"), sent=False)
    line = book.line()
    assert (line.status, line.ended_at, line.hop, line.direction) == (200, None, str(PHONE), "out")


def test_repetitions_and_re_invites_change_nothing() -> None:
    book = Book()
    call = answered()
    for _, data, sent in (*call[:4], call[0], call[3], call[4]):
        book.see(data, sent=sent)
    at = book.line().answered_at
    book.see(message("INVITE sip:x SIP/2.0", cseq="2 INVITE", to_tag=";tag=ours", branch="z9hG4bKr"), sent=False)
    book.see(message("SIP/2.0 488 Not Acceptable Here", cseq="2 INVITE"), sent=True)
    line = book.line()
    assert (line.status, line.ended_at, line.answered_at) == (200, None, at)


def test_a_refused_call_whose_invite_comes_again_is_not_another_one() -> None:
    book = Book()
    book.see(answered()[0][1], sent=False)
    book.see(message("SIP/2.0 486 Busy Here"), sent=True)
    assert book.line().status == 486
    book.see(answered()[0][1], sent=False)
    assert book.line().status == 486


def test_the_leg_tells_what_the_wire_does_not_whenever_it_is_known() -> None:
    book, matter, trunk = Book(), new_id(), new_id()
    leg = Party(new_id(), "+8613800000001", "10000")
    book.book.began(leg, "one@192.0.2.10", sent=False, trunk=trunk)
    book.see(answered()[0][1], sent=False)
    line = book.line()
    assert (line.leg_id, line.trunk_id, line.from_user, line.correlation) == (leg.id, trunk, leg.caller, None)
    leg.correlation = matter
    assert book.line().correlation == matter


def test_a_leg_that_tries_several_trunks_has_a_line_for_each() -> None:
    book, first, second = Book(), new_id(), new_id()
    leg = Party(new_id(), "8001", "13900000002")
    for trunk, call_id in ((first, "a"), (second, "b")):
        book.book.began(leg, call_id, sent=True, trunk=trunk)
        book.see(message("INVITE sip:x SIP/2.0", call_id=call_id), sent=True)
    assert {line.call_id: line.trunk_id for line in book.book.changed(book.now)} == {"a": first, "b": second}


def test_a_leg_that_ends_without_a_word_on_the_wire_ends_its_calls() -> None:
    book = Book()
    leg = Party(new_id(), "8001", "13900000002")
    book.see(answered()[0][1], sent=True)
    book.book.began(leg, "one@192.0.2.10", sent=True)
    book.book.ended(leg, 408, "no answer", book.now + 32)
    line = book.line()
    assert (line.status, line.reason, line.ended_by) == (408, "no answer", "system")


def test_a_leg_that_refuses_is_told_apart_from_one_that_nobody_answered() -> None:
    book = Book()
    leg = Party(new_id(), "13800000001", "9999")
    book.see(answered()[0][1], sent=False)
    book.book.began(leg, "one@192.0.2.10", sent=False)
    book.book.ended(leg, 404, "Not Found", book.now)  # the leg ends, then it says so
    book.see(message("SIP/2.0 404 Not Found"), sent=True)
    line = book.line()
    assert (line.status, line.reason, line.ended_by) == (404, "Not Found", "local")
    book.see(message("SIP/2.0 200 OK"), sent=False)
    assert book.line().status == 404


def test_a_call_from_us_to_ourselves_is_two() -> None:
    book = Book()
    invite = answered()[0][1]
    book.see(invite, sent=True)
    book.see(invite, sent=False)
    book.see(message("SIP/2.0 486 Busy Here"), sent=True)
    book.see(message("SIP/2.0 486 Busy Here"), sent=False)
    lines = book.book.changed(book.now)
    assert sorted((line.direction, line.status, line.ended_by) for line in lines) == [
        ("in", 486, "local"), ("out", 486, "remote"),
    ]  # fmt: skip


def test_what_comes_from_strangers_can_be_kept_whatever_it_is() -> None:
    book = Book()
    leg = Party(new_id(), "\x00\ud800evil", "x" * 400)
    book.see(b"INVITE sip:\xff\x00 SIP/2.0\r\nCall-ID: \x00\xfe\r\nFrom: <sip:\x00\xff@>\r\n\r\n", sent=False)
    book.see(b"\xff\xfe\x00", sent=False)
    book.see(b"SIP/2.0 999999 x\r\nCSeq: 99999999999999 INVITE\r\n\r\n", sent=True)
    (line,) = book.book.changed(book.now)
    book.book.began(leg, line.call_id, sent=False)
    (line,) = book.book.changed(book.now)
    for text in (line.call_id, line.from_user, line.to_user, line.reason, line.agent):
        text.encode()
        assert "\x00" not in text
        assert len(text) <= 255


def test_the_book_is_empty_in_the_end() -> None:
    book = Book()
    for number in range(200):
        leg = Party(new_id(), "1", "2")
        book.book.began(leg, f"c{number}", sent=False)
        for hop, data, sent in answered(f"c{number}")[: 1 + number % 7]:
            book.see(data, sent=sent, hop=hop)
        book.book.ended(leg, 480, "", book.now)
    book.book.changed(book.now + 60)
    assert len(book.book) == 0
    assert not book.book._parties
    assert not book.book._legs
    assert not book.book._trunks
