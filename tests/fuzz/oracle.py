"""What must hold of every input: only PeerError comes out, what is written is strict, and reads as the same again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from yuelai.wire.errors import PeerError
from yuelai.wire.sdp import DIRECTIONS, parse_sdp
from yuelai.wire.sip import (
    Message,
    Request,
    Response,
    StreamParser,
    events,
    identity,
    notes,
    parse_datagram,
    parse_via,
    timing,
    transfer,
)
from yuelai.wire.sip.digest import answer, parse_auth, parse_credentials

VIEWS: list[Callable[[Any], Any]] = [
    lambda m: m.via, lambda m: m.cseq, lambda m: m.from_, lambda m: m.to, lambda m: m.call_id, lambda m: m.parts,
    lambda m: m.accepts("application/sdp"), lambda m: [parse_via(value) for value in m.all("via")],
    lambda m: m.addresses("contact"), lambda m: m.addresses("route"), lambda m: m.addresses("record-route"),
    lambda m: m.options("supported"), lambda m: m.options("require"), transfer.refer_to_of, transfer.replaces_of,
    lambda m: (refer := transfer.refer_to_of(m)) and refer.replaces, transfer.join_of, transfer.target_dialog_of,
    transfer.referred_by_of, events.event_of, events.subscription_state_of, events.allowed_events, timing.rseq_of,
    timing.rack_of, timing.session_expires_of, timing.min_se_of, timing.expires_of, timing.retry_after_of,
    timing.methods_of, identity.asserted_identities, identity.withheld, identity.diversions, identity.history,
    notes.reasons, notes.warnings, notes.user_to_user, notes.path_of, notes.service_route_of,
    lambda m: [parse_auth(value) for value in m.raw("www-authenticate")],
    lambda m: [parse_credentials(value) for value in m.raw("authorization")],
    lambda m: [answer(value, "INVITE", "sip:a@b", "u", "p") for value in m.raw("www-authenticate")],
]  # fmt: skip
WRITTEN = (transfer.refer_to_of, transfer.replaces_of, events.event_of, events.subscription_state_of,
           timing.session_expires_of, timing.rack_of)  # fmt: skip
"""Readers whose result, written, must read as the same."""


def examine(data: bytes) -> str:
    """Look at a datagram in every way; return `refused`, `fault` or `read`. Raises anything but PeerError: a defect."""
    try:
        message = parse_datagram(data)
    except PeerError:
        return "refused"
    for view in VIEWS:
        try:
            view(message)
        except PeerError:
            continue
    if (description := message.sdp) is not None:
        examine_sdp(description)
    blamed: PeerError | None = None
    try:
        message.check()
    except PeerError as error:
        blamed = error
    if isinstance(message, Request):
        message.response(400, tag="t").to_bytes()
    if blamed is not None:
        assert blamed.status in (400, 505, 513)
        return "fault"
    _stable(message)
    return "read"


def _stable(message: Request | Response) -> None:
    written = message.to_bytes()
    head = written[: written.index(b"\r\n\r\n")]
    assert head.count(b"\r\n") == head.count(b"\n") == head.count(b"\r") == 1 + _kept(message)
    again = parse_datagram(written)
    again.check()
    assert type(again) is type(message)
    assert again.to_bytes() == written
    assert again.body == message.body
    assert _values(again) == _values(message)
    for address in (again.from_, again.to):
        assert str(type(message).to.fget(_holding("to", str(address)))) == str(address)  # type: ignore[attr-defined]
    if isinstance(message, Request):
        uri = str(message.uri)
        assert str(Request("X", uri).uri) == uri
    for reader in WRITTEN:
        try:
            value = reader(message)
        except PeerError:
            continue
        if value is not None:
            name = {"refer_to_of": "refer-to", "replaces_of": "replaces", "event_of": "event", "rack_of": "rack",
                    "subscription_state_of": "subscription-state",
                    "session_expires_of": "session-expires"}[reader.__name__]  # fmt: skip
            assert reader(_holding(name, str(value))) == value, (name, str(value))


def _kept(message: Message) -> int:
    return sum(name != "content-length" for name, _ in message.fields)


def _values(message: Message) -> list[tuple[str, str]]:
    return [pair for pair in message.fields if pair[0] != "content-length"]


def _holding(name: str, value: str) -> Request:
    message = Request("INVITE", "sip:a@b")
    message.add(name, value)
    return message


def examine_sdp(text: str) -> str:
    """The same for a description: `refused` or `read`."""
    try:
        session = parse_sdp(text)
    except PeerError:
        return "refused"
    for media in session.media:
        _ = media.codecs, media.ptime, media.candidates, media.refused
        _ = session.fingerprint(media), session.ice(media), session.setup(media), session.secured(media)
        assert session.direction(media) in DIRECTIONS
    written = str(session)
    again = parse_sdp(written)
    assert str(again) == written
    assert len(again.media) == len(session.media)
    again.set_direction("inactive")
    again.follow(session)
    assert str(parse_sdp(str(again))) == str(again)
    return "read"


def examine_stream(data: bytes, cuts: list[int]) -> str:
    """Feed the bytes in pieces: the same messages come out as when they come at once, and the same end."""
    assert _through(data, []) == _through(data, cuts)
    return "streamed"


def _through(data: bytes, cuts: list[int]) -> tuple[list[bytes], bool]:
    parser, found = StreamParser(), []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    try:
        for start, end in itertools.pairwise(edges):
            for message in parser.feed(data[start:end]):
                try:
                    message.check()
                except PeerError:
                    found.append(b"fault")
                else:
                    found.append(message.to_bytes())
    except PeerError:
        return found, False
    return found, True
