"""One connection to a provider, octet by octet: what we say is read by another's code, what it says by ours."""

from __future__ import annotations

import struct
from datetime import timedelta
from typing import Any

import pytest
from aiosmpplib.protocol import DeliverSm, SmppMessage, SubmitSm
from aiosmpplib.state import TON, OptionalParam, PhoneNumber
from hypothesis import given
from hypothesis import strategies as st

from yuelai.messages.encoding import Piece, pieces
from yuelai.messages.model import PartState
from yuelai.messages.ports import Answered, Receipt, Submission, Tag, Verdict
from yuelai.messages.smpp import pdus
from yuelai.messages.smpp.connection import BindRefused, Connection
from yuelai.messages.smpp.pdus import Broken, Frames, Pdu
from yuelai.platform.ids import new_id

TO = "+8613800000001"


def bound() -> Connection:
    connection = Connection("user", "secret", "10000")
    (asked,) = Frames().take(connection.to_send())
    assert asked.command == 0x09
    assert asked.body.startswith(b"user\0secret\0")
    connection.receive(pdus.written(pdus.BIND_RESP, asked.sequence, b"them\0"))
    assert connection.bound
    return connection


def submission(piece: Piece | None = None, number: int = 1) -> Submission:
    tag = Tag(new_id(), number)
    return Submission(tag, TO, piece or pieces("hello", 1)[0], 0xABCD, timedelta(minutes=5))


def submitted(connection: Connection, one: Submission) -> Pdu:
    connection.submit(one, 1.0)
    (pdu,) = Frames().take(connection.to_send())
    return pdu


def read(pdu: Pdu) -> SubmitSm:
    data = pdus.written(pdu.command, pdu.sequence, pdu.body)
    found = SubmitSm.from_pdu(data, SmppMessage.parse_header(data), "gsm0338")
    assert isinstance(found, SubmitSm)
    return found


@pytest.mark.parametrize("text", ["hello €", "您的账单"])
def test_what_is_submitted_says_to_whom_what_and_until_when(text: str) -> None:
    pdu = submitted(bound(), submission(pieces(text, 1)[0]))
    found = read(pdu)
    assert (found.destination.number, found.source.number, found.short_message) == (TO[1:], "10000", text)
    assert (found.registered_delivery, found.validity_period) == (1, timedelta(minutes=5))
    assert [(one.tag, one.value) for one in found.optional_params or []] == [(0x0204, 0xABCD)]


def test_the_parts_of_a_long_one_say_which_they_are() -> None:
    connection, text = bound(), "您" * 100
    found = [read(submitted(connection, submission(piece))) for piece in pieces(text, 0x107)]
    assert [one.get_segmentation_data() for one in found] == [(7, 1, 2), (7, 2, 2)]
    assert "".join(one.short_message for one in found) == text


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (0x00, Verdict.TAKEN),
        (0x0B, Verdict.REFUSED),
        (0x58, Verdict.THROTTLED),
        (0x14, Verdict.THROTTLED),
        (0x08, Verdict.LATER),
        (0x4FF, Verdict.REFUSED),  # of its own making
    ],
)
def test_every_answer_means_something(status: int, verdict: Verdict) -> None:
    connection, one = bound(), submission()
    sequence = submitted(connection, one).sequence
    (event,) = connection.receive(pdus.written(pdus.SUBMIT_RESP, sequence, b"id7\0" if status == 0 else b"", status))
    assert isinstance(event, Answered)
    assert (event.tag, event.verdict, event.provider_id) == (one.tag, verdict, "id7" if status == 0 else "")
    assert connection.under_way == 0
    assert connection.end() == []


def test_answers_come_in_any_order_and_what_has_none_at_the_end_is_lost() -> None:
    connection = bound()
    sent = [submission(number=number) for number in range(1, 5)]
    sequences = [submitted(connection, one).sequence for one in sent]
    answers = [connection.receive(pdus.written(pdus.SUBMIT_RESP, sequences[place], b"x\0"))[0] for place in (2, 0)]
    assert [answer.tag.number for answer in answers if isinstance(answer, Answered)] == [3, 1]
    # An answer to nothing is nothing.
    assert connection.receive(pdus.written(pdus.SUBMIT_RESP, 999, b"x\0")) == []
    assert connection.end() == [Answered(sent[1].tag, Verdict.LOST), Answered(sent[3].tag, Verdict.LOST)]
    assert connection.end() == []


def receipt(text: str, *, reference: int | None = None, sequence: int = 9, **more: Any) -> bytes:
    params = [] if reference is None else [OptionalParam(0x0204, reference)]
    params += [OptionalParam(tag, value) for tag, value in more.get("params", [])]
    pdu = DeliverSm(
        sequence_num=sequence,
        short_message=text,
        source=PhoneNumber(TO[1:]),
        esm_class=more.get("esm_class", 0x04),
        optional_params=params,
    )
    data: bytes = pdu.pdu()
    return data


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        (
            "id:77 sub:001 dlvrd:001 submit date:2611230200 done date:2611230201 stat:DELIVRD err:000 text:x",
            "delivered",
            "",
        ),
        ("id:77 stat:UNDELIV err:00A text:stat:DELIVRD", "failed", "undeliv"),
        ("id:77 submit date:261123020000 stat:EXPIRED", "failed", "expired"),
        ("ID:77 STAT:accepted", "sent", ""),
        ("id:77 stat:ENROUTE", "sent", ""),
        ("id:77 stat:UNKNOWN", "sent", ""),
        ("id:77", "sent", ""),
    ],
)
def test_a_receipt_is_read_however_its_provider_writes_it(text: str, state: str, reason: str) -> None:
    connection = bound()
    (event,) = connection.receive(receipt(text, reference=0xABCD))
    assert event == Receipt(9, "77", TO, 0xABCD, PartState(state), reason)
    # Only what is kept is confirmed.
    assert connection.to_send() == b""
    connection.confirm(event)
    assert connection.to_send() == struct.pack("!IIII", 17, 0x80000005, 0, 9) + b"\0"


def test_a_receipt_may_say_all_in_parameters() -> None:
    (event,) = bound().receive(receipt("-", params=[(0x001E, "abc"), (0x0427, 2)]))
    assert event == Receipt(9, "abc", TO, None, PartState.DELIVERED)


def test_no_number_of_a_receipt_has_what_a_database_cannot_keep() -> None:
    written = receipt("id:12=34 stat:DELIVRD").replace(b"12=34", b"12\x0034")
    found = [
        *bound().receive(written),
        *bound().receive(receipt("-", params=[(0x001E, "ab\0cd"), (0x0427, 2)])),
    ]
    assert [one.provider_id for one in found if isinstance(one, Receipt)] == ["12", "ab"]


@pytest.mark.parametrize("source", ["8613800000001", "13800000001", "008613800000001", "+8613800000001"])
@pytest.mark.parametrize("kind", [TON.UNKNOWN, TON.NATIONAL, TON.INTERNATIONAL])
def test_whom_a_receipt_is_about_however_their_number_is_written(source: str, kind: TON) -> None:
    written = receipt("id:1 stat:DELIVRD")
    address = b"\0" + bytes([kind]) + b"\1" + source.encode() + b"\0"
    old = written.index(TO[1:].encode())
    body = address + written[old + len(TO) :]
    (event,) = bound().receive(pdus.written(pdus.DELIVER, 9, body))
    assert isinstance(event, Receipt)
    wanted = TO if len(source) > 11 or kind is not TON.INTERNATIONAL else "+13800000001"
    assert event.to == wanted


def test_what_came_before_rubbish_counts() -> None:
    connection, one = bound(), submission()
    answer = pdus.written(pdus.SUBMIT_RESP, submitted(connection, one).sequence, b"77\0")
    (event,) = connection.receive(answer + b"\xff" * 16)
    assert event == Answered(one.tag, Verdict.TAKEN, "77")
    with pytest.raises(Broken):
        connection.receive(b"")


def test_what_somebody_writes_to_us_is_taken_and_counted() -> None:
    connection = bound()
    assert connection.receive(receipt("TD", esm_class=0)) == []
    assert connection.receive(pdus.written(pdus.DELIVER, 10, b"\0\1")) == []
    assert (connection.foreign, len(Frames().take(connection.to_send()))) == (2, 2)


def test_whoever_asks_whether_we_are_there_is_answered() -> None:
    connection = bound()
    connection.receive(pdus.written(pdus.ENQUIRE, 5))
    connection.receive(pdus.written(pdus.UNBIND, 6))
    answers = Frames().take(connection.to_send())
    assert [(one.command, one.sequence) for one in answers] == [(pdus.ENQUIRE_RESP, 5), (pdus.UNBIND_RESP, 6)]
    assert connection.over


def test_a_provider_that_will_not_have_us_says_so() -> None:
    connection = Connection("user", "wrong")
    with pytest.raises(BindRefused):
        connection.receive(pdus.written(pdus.BIND_RESP, 1, b"", 0x0E))


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad Request\r\n", struct.pack("!IIII", 15, 4, 0, 1), b"\xff" * 16])
def test_who_speaks_something_else_is_not_listened_to(data: bytes) -> None:
    with pytest.raises(Broken):
        bound().receive(data)


@given(st.binary(max_size=300), st.sampled_from([pdus.DELIVER, pdus.SUBMIT_RESP, pdus.BIND_RESP, 0x103, 0x80000103]))
def test_no_body_breaks_us(body: bytes, command: int) -> None:
    bound().receive(pdus.written(command, 3, body))


@given(st.lists(st.integers(1, 40), max_size=20))
def test_it_does_not_matter_how_octets_are_cut(cuts: list[int]) -> None:
    data = receipt("id:1 stat:DELIVRD") + receipt("id:2 stat:REJECTD", sequence=10)
    connection, found = bound(), []
    for cut in cuts:
        found += connection.receive(data[:cut])
        data = data[cut:]
    found += connection.receive(data)
    assert [(one.provider_id, one.state) for one in found if isinstance(one, Receipt)] == [
        ("1", PartState.DELIVERED),
        ("2", PartState.FAILED),
    ]
