"""Header fields that are read only when somebody asks: what they say, what is refused, and that writing is strict."""

from __future__ import annotations

import pytest

from yuelai.wire.sip import Message, PeerError, Request, Response, parse_datagram, parse_uri
from yuelai.wire.sip.body import Part, write_parts
from yuelai.wire.sip.events import Event, SubscriptionState, allowed_events, event_of, subscription_state_of
from yuelai.wire.sip.fields import CSeq
from yuelai.wire.sip.identity import asserted_identities, diversions, history, privacy_of, withheld
from yuelai.wire.sip.notes import Reason, path_of, reasons, user_to_user, warnings
from yuelai.wire.sip.timing import (
    RetryAfter,
    SessionExpires,
    expires_of,
    methods_of,
    min_se_of,
    rack_of,
    retry_after_of,
    rseq_of,
    session_expires_of,
)
from yuelai.wire.sip.transfer import (
    DialogRef,
    ReferTo,
    join_of,
    refer_to_of,
    referred_by_of,
    replaces_of,
    target_dialog_of,
)


def holding(**fields: str | list[str]) -> Message:
    message = Request("INVITE", "sip:a@b")
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            message.add(name.replace("_", "-"), value)
    return message


def test_refer_to_tells_target_method_and_the_dialog_to_replace() -> None:
    value = '"Li" <sip:8002@10.0.0.2;method=INVITE?Replaces=12345%40h%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>'
    refer = refer_to_of(holding(refer_to=value))
    assert refer is not None
    assert (refer.uri.user, refer.method, refer.name, refer.uri.headers) == ("8002", "INVITE", "Li", "")
    assert refer.replaces == DialogRef("12345@h", "1", "2")
    assert refer.headers[1] == ("require", "replaces")


def test_refer_to_written_is_refer_to_read() -> None:
    replaces = DialogRef("a@b;c", "x", "y", early_only=True)
    wanted = ReferTo(parse_uri("sip:8002@10.0.0.2:5080;transport=tcp"), (("replaces", str(replaces)),))
    again = refer_to_of(holding(refer_to=str(wanted)))
    assert again is not None
    assert (again.uri, again.method) == (wanted.uri, "INVITE")
    assert again.headers == wanted.headers
    bye = refer_to_of(holding(refer_to=str(ReferTo(parse_uri("sip:a@b"), method="BYE"))))
    assert bye is not None
    assert bye.method == "BYE"


def test_a_refer_needs_one_refer_to_and_no_smuggled_lines() -> None:
    assert refer_to_of(holding()) is None
    with pytest.raises(PeerError):
        refer_to_of(holding(refer_to=["<sip:a@b>", "<sip:c@d>"]))
    with pytest.raises(PeerError):
        refer_to_of(holding(refer_to="<sip:a@b?X=%0d%0aVia:%20evil>"))


def test_replaces_and_join_name_a_dialog() -> None:
    value = "425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only"
    assert replaces_of(holding(replaces=value)) == DialogRef("425928@bobster.example.org", "7743", "6472", True)
    assert str(replaces_of(holding(replaces=value))) == value
    assert join_of(holding(join="1@h;from-tag=a;to-tag=b")) == DialogRef("1@h", "b", "a")
    assert target_dialog_of(holding(target_dialog="1@h;local-tag=theirs;remote-tag=ours")) == DialogRef(
        "1@h", "ours", "theirs"
    )
    referred = referred_by_of(holding(referred_by="<sip:boss@example.com>;cid=1"))
    assert referred is not None
    assert referred.uri.user == "boss"


@pytest.mark.parametrize(
    "fields",
    [
        {"replaces": "1@h;to-tag=1"},
        {"replaces": "1@h;to-tag=;from-tag=2"},
        {"replaces": ["1@h;to-tag=1;from-tag=2", "2@h;to-tag=1;from-tag=2"]},
        {"replaces": "1@h;to-tag=1;from-tag=2", "join": "1@h;to-tag=1;from-tag=2"},
    ],
)
def test_a_replaces_that_names_no_single_dialog_is_refused(fields: dict[str, str | list[str]]) -> None:
    with pytest.raises(PeerError):
        replaces_of(holding(**fields))


def test_events_and_the_state_of_subscriptions() -> None:
    event = event_of(holding(event="Dialog;id=7;sla"))
    assert event == Event("dialog", "7", {"sla": None})
    assert str(event) == "dialog;id=7;sla"
    message = holding(subscription_state="Terminated;reason=timeout;retry-after=5")
    assert subscription_state_of(message) == SubscriptionState("terminated", None, "timeout", 5)
    assert str(SubscriptionState("active", 3600)) == "active;expires=3600"
    assert allowed_events(holding(allow_events=["Presence, dialog", "talk"])) == {"presence", "dialog", "talk"}
    with pytest.raises(PeerError):
        subscription_state_of(holding(subscription_state="active;expires=soon"))
    with pytest.raises(PeerError):
        event_of(holding(event="a b"))


def test_reliable_responses_are_numbered() -> None:
    assert rseq_of(holding(rseq="988789")) == 988789
    rack = rack_of(holding(rack="776656 1 INVITE"))
    assert rack is not None
    assert (rack.rseq, rack.cseq, str(rack)) == (776656, CSeq(1, "INVITE"), "776656 1 INVITE")
    for fields in ({"rseq": "0"}, {"rseq": "4294967296"}, {"rack": "1 INVITE"}, {"rack": "x 1 INVITE"}):
        with pytest.raises(PeerError):
            (rseq_of if "rseq" in fields else rack_of)(holding(**fields))


def test_session_timers_and_other_times() -> None:
    assert session_expires_of(holding(session_expires="4000;Refresher=UAC")) == SessionExpires(4000, "uac")
    assert str(SessionExpires(1800, "uas")) == "1800;refresher=uas"
    assert min_se_of(holding(min_se="90;lr")) == 90
    assert expires_of(holding(expires="3600")) == 3600
    assert retry_after_of(holding(retry_after="18000;duration=3600")) == RetryAfter(18000, 3600)
    assert retry_after_of(holding(retry_after="120 (I'm in a meeting)")) == RetryAfter(120)
    assert retry_after_of(holding(retry_after="5 (back (soon));duration=9")) == RetryAfter(5, 9)
    assert retry_after_of(holding(retry_after="never")) is None
    assert methods_of(holding(allow="INVITE, ACK")) == frozenset(("INVITE", "ACK"))
    assert methods_of(holding()) is None
    with pytest.raises(PeerError):
        session_expires_of(holding(session_expires="1800;refresher=me"))


def test_who_calls_and_whether_it_may_be_shown() -> None:
    message = holding(p_asserted_identity='"Zhang" <sip:+86138@c.example>, <tel:+86138>', privacy="id; critical")
    assert [identity.uri.scheme for identity in asserted_identities(message)] == ["sip", "tel"]
    assert privacy_of(message) == {"id", "critical"}
    assert withheld(message)
    assert not withheld(holding(privacy="none"))
    assert privacy_of(holding(privacy="id,user")) == {"id", "user"}


def test_the_way_a_call_came() -> None:
    message = holding(
        diversion=["<sip:1@a>;reason=user-busy;counter=2, <tel:2>", "<sip:3@a>;reason=unconditional;privacy=full"],
        history_info=[
            "<sip:b@x?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1.1;rc=1, <sip:a@x>;index=1",
            '"C" <sip:c@x>;index=1.1.1',
        ],
    )
    first, second, third = diversions(message)
    assert (first.reason, first.count, second.reason, third.address.params) == (
        "user-busy", 2, "unknown", {"privacy": "full"},
    )  # fmt: skip
    assert str(first) == "<sip:1@a>;reason=user-busy;counter=2"
    entries = history(message)
    assert [(entry.index, entry.address.uri.user) for entry in entries] == [
        ((1,), "a"), ((1, 1), "b"), ((1, 1, 1), "c"),
    ]  # fmt: skip
    assert (entries[1].why, entries[1].hidden, entries[2].hidden) == ("SIP;cause=302", True, False)


def test_words_beside_the_call() -> None:
    message = holding(
        reason=['Q.850;cause=16;text="Normal, clearing", SIP;cause=200', "not readable at all", "X;cause=many"],
        warning=['301 isi.edu "Incompatible, bandwidth"', "garbage"],
        user_to_user=['56a390f3d2b7310023;encoding=hex;purpose=isdn-uui, "a b";content=text;encoding=text'],
        path="<sip:p1.example;lr>, <sip:p2.example;lr>",
    )
    assert reasons(message) == [Reason("Q.850", 16, "Normal, clearing"), Reason("SIP", 200)]
    assert str(reasons(message)[0]) == 'Q.850;cause=16;text="Normal, clearing"'
    assert [(w.code, w.text) for w in warnings(message)] == [(301, "Incompatible, bandwidth")]
    isdn, text = user_to_user(message)
    assert (isdn.octets[:2], isdn.purpose, text.octets) == (b"\x56\xa3", "isdn-uui", b"a b")
    assert str(text) == '"a b";content=text;encoding=text'
    assert [hop.uri.host for hop in path_of(message)] == ["p1.example", "p2.example"]
    with pytest.raises(PeerError):
        user_to_user(holding(user_to_user="x" * 2000))


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        (None, True),
        ("", False),
        ("application/sdp", True),
        ("text/plain, Application / SDP;level=1", True),
        ("application/*", True),
        ("*/*;q=0.1", True),
        ("application/sdp;q=0.0", False),
        ("text/plain", False),
    ],
)
def test_which_bodies_the_other_side_takes(accept: str | None, taken: bool) -> None:
    message = holding() if accept is None else holding(accept=accept)
    assert message.accepts("application/sdp") is taken


SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"


def mixed(*parts: Part, kind: str = "multipart/mixed") -> Message:
    message = holding()
    message.set_body(f'{kind};boundary="outer bound"', write_parts(list(parts), "outer bound"))
    return message


def test_a_description_is_found_within_a_multipart_body() -> None:
    sdp = Part(
        [("content-type", "application/sdp"), ("content-disposition", "session;handling=required")], SDP.encode()
    )
    pidf = Part([("content-type", "application/pidf+xml"), ("content-id", "<a@b>")], b"<presence/>")
    early = Part([("content-type", "application/sdp"), ("content-disposition", "early-session")], b"v=1")
    assert mixed(pidf, early, sdp).sdp == SDP
    assert mixed(pidf).sdp is None
    inner = write_parts([sdp], "in")
    nested = Part([("content-type", "multipart/alternative; boundary=in")], inner)
    assert mixed(pidf, nested, kind="Multipart/Related").sdp == SDP
    assert [part.content_type for part in mixed(pidf, nested).parts] == ["application/pidf+xml", "application/sdp"]
    assert mixed(pidf, sdp).part("application/pidf+xml") == b"<presence/>"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/mixed", b"--a\r\n\r\nx\r\n--a--\r\n"),
        ("multipart/mixed;boundary=a", b"--a\r\n\r\nx"),
        ("multipart/mixed;boundary=a", b"--a\r\nno colon\r\n\r\nx\r\n--a--"),
        ("multipart/mixed;boundary=a", b"--a\r\n\r\n" * 40 + b"\r\n--a--"),
        ("multipart/mixed;boundary=" + "a" * 71, b""),
        ('multipart/mixed;boundary="a', b"--a--"),
    ],
)
def test_a_multipart_body_that_cannot_be_read_holds_no_description(content_type: str, body: bytes) -> None:
    message = holding()
    message.set_body(content_type, body or b"x")
    assert message.sdp is None
    with pytest.raises(PeerError):
        _ = message.parts


def test_what_is_encoded_is_no_description() -> None:
    message = holding(content_encoding="gzip")
    message.set_body("application/sdp", b"\x1f\x8b")
    assert message.sdp is None


def test_a_head_with_a_line_break_is_never_written() -> None:
    with pytest.raises(ValueError, match="line break"):
        Response(200, "OK\r\nVia: evil").to_bytes()
    with pytest.raises(ValueError, match="line break"):
        Request("INVITE", "sip:a@b\nX: y").to_bytes()
    with pytest.raises(ValueError, match="line break"):
        Request("INVITE", "sip:a@b", [("x", "a\rb")]).to_bytes()


def test_parameters_of_uris_are_unescaped_and_escaped_again() -> None:
    uri = parse_uri("sip:a@b;gr=urn:uuid:1;x%3by=1%3b2%2541")
    assert uri.params == {"gr": "urn:uuid:1", "x;y": "1;2%41"}
    assert str(uri) == "sip:a@b;gr=urn:uuid:1;x%3By=1%3B2%2541"
    assert parse_uri(str(uri)) == uri


def test_a_stranger_that_is_not_sip_gets_no_answer() -> None:
    for start in (b"GET / HTTP/1.1", b"INVITE sip:a@b", b"\x16\x03\x01", b"(x) sip:a@b SIP/2.0"):
        with pytest.raises(PeerError):
            parse_datagram(start + b"\r\nHost: x\r\n\r\n")
