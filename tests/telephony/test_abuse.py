"""What somebody with one phone's password, or a dishonest trunk, tries: calls in our name, others' calls, memory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telephony.world import ANSWER, OFFER, Net, Party, RawPeer
from yuelai.telephony.admission import MOST_OF_USER
from yuelai.telephony.hops import UdpHop
from yuelai.wire.sip import Request, Response, parse_datagram
from yuelai.wire.sip.digest import answer

CARRIER = UdpHop("203.0.113.5", 5060)
"""Somebody who knows us by our address."""
DEAR = "sip:008821234567@203.0.113.5"


def scene(**more: Any) -> tuple[Net, Party, RawPeer, list[bytes]]:
    """Us, somebody at a phone, and what the carrier gets to see."""
    net = Net()
    ours = Party(net, 5060, trunks="127.0.0.9", **more)
    heard: list[bytes] = []
    net.ends[CARRIER] = lambda data, source: heard.append(data)
    return net, ours, RawPeer(net, 5080), heard


def signed(request: Request, response: Response, *, name: str = "8001") -> Request:
    """The same request again with the password; CSeq and branch are to be changed by the caller."""
    challenge = response.raw("www-authenticate") or response.raw("proxy-authenticate")
    field = "authorization" if response.status == 401 else "proxy-authorization"
    request.add(field, answer(challenge[0], request.method, request.target, name, "secret", nc=1))
    return request


async def asked(net: Net, ours: Party, phone: RawPeer, method: str, target: str, **more: Any) -> Response:
    """Send a request, answer the challenge to it, and return the response after that."""
    more = {"user": "8001", "branch": f"{method}1", "call_id": method, **more}
    headers = {key: more.pop(key) for key in ("contact", "to") if key in more}

    def made(cseq: int, branch: str) -> Request:
        request = phone.request(method, target, cseq=cseq, **{**more, "branch": branch})
        for name, value in headers.items():
            request.set(name, value)
        return request

    phone.send(ours.hop, made(1, f"{more['branch']}a"))
    await net.run(0.1)
    challenge = answered(phone, f"{more['branch']}a")
    phone.send(ours.hop, signed(made(2, f"{more['branch']}b"), challenge))
    await net.run(0.1)
    return answered(phone, f"{more['branch']}b")


def answered(phone: RawPeer, branch: str) -> Response:
    """The last response to the request of this branch."""
    return next(m for m in reversed(phone.heard) if isinstance(m, Response) and m.via.branch == f"z9hG4bK{branch}")


async def registered(net: Net, ours: Party, phone: RawPeer, contact: str, **more: Any) -> Response:
    return await asked(
        net, ours, phone, "REGISTER", "sip:127.0.0.1", to="<sip:8001@127.0.0.1>", contact=f"<{contact}>", **more
    )


async def test_a_phone_that_forwards_to_a_carriers_address_only_names_a_number() -> None:
    net, ours, phone, heard = scene()
    await ours.call([phone.to(user="8001")])
    await net.run(0.1)
    response = phone.invites()[0].response(302, tag="x")
    response.add("contact", f"<{DEAR}>")
    phone.send(ours.hop, response)
    await net.run(40)
    assert [(event.status, event.contacts) for event in ours.ended] == [(302, (DEAR,))]
    assert heard == []


@pytest.mark.parametrize("path", ["", "<sip:203.0.113.5;lr>"])
async def test_a_phone_cannot_have_itself_be_reached_at_a_carriers_address(path: str) -> None:
    net, ours, phone, heard = scene()
    more = {"path": path, "supported": "path"} if path else {}
    assert (await registered(net, ours, phone, DEAR, **more)).status == 200
    (place,) = ours.stack.places("8001", browser=False)
    assert place.hops == (phone.hop,)
    await ours.dial("8001")
    await net.run(1)
    assert len(phone.invites()) == 1
    assert heard == []


async def test_a_phone_is_reached_at_another_port_of_its_own_address() -> None:
    net, ours, phone, _ = scene()
    await registered(net, ours, phone, "sip:8001@127.0.0.1:5099")
    (place,) = ours.stack.places("8001", browser=False)
    assert place.hops == (UdpHop("127.0.0.1", 5099),)


async def test_what_is_asked_within_a_phones_call_never_goes_to_an_address_that_it_only_names() -> None:
    net, ours, phone, heard = scene()
    # Without a tag of its own, a re-INVITE of ours would be a call of ours wherever it arrives.
    await asked(net, ours, phone, "INVITE", "sip:10000@127.0.0.1", contact=f"<{DEAR}>", sdp=OFFER)
    (leg,) = ours.offered
    await leg.answer(ANSWER)
    await net.run(0.1)
    ok = phone.last(200)
    assert isinstance(ok, Response)
    phone.send(
        ours.hop, phone.request("ACK", "sip:127.0.0.1", branch="ack", call_id="INVITE", cseq=2, to_tag=ok.to.tag)
    )
    await net.run(0.1)
    assert ours.kinds() == ["Confirmed"]
    await leg.hangup()
    await net.run(5)
    assert "BYE" in phone.requests()
    assert heard == []


async def test_an_answer_never_goes_where_a_request_claims_to_have_been_received_from() -> None:
    net, ours, phone, _ = scene()
    for branch, more in (("a", ""), ("b", ";rport")):
        request = phone.request("OPTIONS", "sip:127.0.0.1", branch=branch)
        request.set("via", f"SIP/2.0/TCP 127.0.0.1:5080;branch=z9hG4bK{branch};received=10.0.0.5{more}")
        phone.send(ours.hop, request)
    await net.run(0.1)
    assert phone.responses() == [200, 200]
    assert [m.via.params.get("received") for m in phone.heard] == [None, "127.0.0.1"]


async def test_one_phone_cannot_take_the_places_of_all_others() -> None:
    net, ours, phone, _ = scene()
    statuses = []
    for number in range(MOST_OF_USER + 5):
        found = await asked(
            net, ours, phone, "INVITE", "sip:10000@127.0.0.1", sdp=OFFER,
            branch=f"n{number}", call_id=f"n{number}", from_tag=f"n{number}",
        )  # fmt: skip
        statuses.append(found.status)
    assert len(ours.offered) == MOST_OF_USER
    assert statuses[-5:] == [503] * 5
    for leg in ours.offered:
        await leg.hangup()
    await net.run(40)
    assert len(ours.stack.admission.lines) == 0
    assert ours.empty()


@pytest.mark.parametrize(
    ("method", "more", "statuses"),
    [
        ("INVITE", {}, {407}),
        ("REGISTER", {}, {401}),
        ("SUBSCRIBE", {}, {407}),
        ("MESSAGE", {}, {407}),
        ("OPTIONS", {}, {200}),
        ("INVITE", {"require": "magic"}, {420}),
        ("INVITE", {"to_tag": "none"}, {481}),
        ("BYE", {"to_tag": "none"}, {481}),
        ("CANCEL", {}, {481}),
        ("DANCE", {}, {501}),
        ("INVITE", {"accept": "text/html"}, {406}),
    ],
)
async def test_a_stranger_is_answered_once_and_nothing_is_kept_of_it(
    method: str, more: dict[str, Any], statuses: set[int]
) -> None:
    """Whoever writes another's address on a packet would else have us send them a dozen."""
    net, ours, phone, _ = scene()
    for number in range(3):
        target, branch = "sip:10000@127.0.0.1", f"{number}"
        phone.send(ours.hop, phone.request(method, target, branch=branch, call_id=branch, **more))
    await net.run(0.05)
    assert ours.stack.layer.size == 0
    await net.run(40)
    assert len(phone.heard) == 3
    assert set(phone.responses()) == statuses


async def test_calls_are_hung_up_however_many_strangers_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    net, ours, phone, _ = scene()
    await asked(net, ours, phone, "INVITE", "sip:10000@127.0.0.1", sdp=OFFER)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = phone.last(200).to.tag
    phone.send(ours.hop, phone.request("ACK", "sip:127.0.0.1", branch="ack", call_id="INVITE", cseq=2, to_tag=tag))
    await net.run(0.1)
    monkeypatch.setattr("yuelai.telephony.layer.MOST_TRANSACTIONS", 0)
    phone.send(ours.hop, phone.request("OPTIONS", "sip:127.0.0.1", branch="options"))
    bye = phone.request("BYE", "sip:127.0.0.1", branch="bye", call_id="INVITE", cseq=3, to_tag=tag, user="8001")
    phone.send(ours.hop, bye)
    await net.run(0.1)
    assert answered(phone, "options").status == 503
    assert answered(phone, "bye").status == 200


@pytest.mark.parametrize("password", [False, True])
async def test_in_a_phones_call_only_the_phone_speaks_from_another_place(password: bool) -> None:
    net, ours, phone, _ = scene()
    await asked(net, ours, phone, "INVITE", "sip:10000@127.0.0.1", sdp=OFFER)
    await ours.offered[0].answer(ANSWER)
    await net.run(0.1)
    tag = phone.last(200).to.tag
    phone.send(ours.hop, phone.request("ACK", "sip:127.0.0.1", branch="ack", call_id="INVITE", cseq=2, to_tag=tag))
    await net.run(0.1)
    elsewhere = UdpHop("198.51.100.9", 5060)
    heard: list[Response] = []

    def hear(data: bytes, source: Any) -> None:
        message = parse_datagram(data)
        assert isinstance(message, Response)
        heard.append(message)

    net.ends[elsewhere] = hear

    def bye(cseq: int) -> Request:
        return phone.request(
            "BYE", "sip:127.0.0.1", branch=f"bye{cseq}", call_id="INVITE", cseq=cseq, to_tag=tag, user="8001"
        )

    net.put(elsewhere, ours.hop, bye(3).to_bytes())
    await net.run(0.1)
    assert heard[-1].status == 407
    assert ours.ended == []
    if password:
        net.put(elsewhere, ours.hop, signed(bye(4), heard[-1]).to_bytes())
        await net.run(0.1)
        assert heard[-1].status == 200
        assert len(ours.ended) == 1
    else:
        net.put(elsewhere, ours.hop, signed(bye(4), heard[-1], name="8002").to_bytes())
        await net.run(0.1)
        assert heard[-1].status == 403
        assert ours.ended == []
