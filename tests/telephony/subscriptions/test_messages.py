"""Short messages between seats: to every device, and refused clearly where they cannot go."""

from __future__ import annotations

import pytest

from tests.telephony.b2bua.house import House
from tests.telephony.world import RawPeer
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.leg import SipLeg
from yuelai.wire.sip import Request, parse_datagram

from .watcher import Watcher

TEXT = ("text/plain; charset=utf-8", "你好".encode())


class Phone(RawPeer):
    """Answers each MESSAGE with `says`."""

    def __init__(self, house: House, port: int, says: int) -> None:
        super().__init__(house.net, port)
        self.texts: list[Request] = []

        def heard(data: bytes, source: UdpHop) -> None:
            message = parse_datagram(data)
            if isinstance(message, Request):
                self.texts.append(message)
                if says:
                    self.send(source, message.response(says, tag="p"))

        house.net.ends[self.hop] = heard


async def test_a_message_reaches_every_device_and_one_that_takes_it_is_enough() -> None:
    house = House()
    sender = Watcher(house)
    one, other = Phone(house, 5400, 486), Phone(house, 5401, 200)
    house.desk.know("8001", one.hop, other.hop)
    assert (await sender.ask("MESSAGE", "8001", body=TEXT)).status == 200
    for phone in (one, other):
        (text,) = phone.texts
        assert text.body == TEXT[1]
        assert text.from_.uri.user == "8002"
        assert text.get("content-type") == TEXT[0]
        assert text.get("proxy-authorization") is None
    await house.net.run(70)
    assert house.empty()


@pytest.mark.parametrize(
    ("user", "body", "says", "status"),
    [
        ("9999", TEXT, 200, 404),
        ("8001", ("application/zip", b"PK"), 200, 415),
        ("8001", ("text/plain", b"x" * 5000), 200, 513),
        ("8001", TEXT, 486, 486),
        ("8001", TEXT, 401, 480),
    ],
)
async def test_what_cannot_be_delivered_is_told(user: str, body: tuple[str, bytes], says: int, status: int) -> None:
    house = House()
    sender = Watcher(house)
    house.desk.know("8001", Phone(house, 5400, says).hop)
    assert (await sender.ask("MESSAGE", user, body=body)).status == status
    await house.net.run(70)
    assert house.empty()


async def test_nobody_writes_in_somebody_elses_name() -> None:
    house = House()
    sender = Watcher(house)
    phone = Phone(house, 5400, 200)
    house.desk.know("8001", phone.hop)
    forged = {"from": "<sip:8009@127.0.0.1>;tag=ft"}
    assert (await sender.ask("MESSAGE", "8001", body=TEXT, headers=forged)).status == 403
    assert phone.texts == []
    await house.net.run(70)
    assert house.empty()


async def test_a_message_within_a_call_goes_to_the_other_party() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    leg, _ = await house.call(caller, callee, "8001")
    assert isinstance(leg, SipLeg)
    assert leg.dialog is not None
    message = leg.dialog.request("MESSAGE")
    message.set_body(*TEXT)
    statuses: list[int] = []
    caller.stack.ua.send(leg.dialog, message, lambda r: statuses.append(r.status), lambda s, _: statuses.append(s))
    await house.net.run(1)
    texts = [m for _, to, m in house.net.log if to == callee.hop and isinstance(m, Request) and m.method == "MESSAGE"]
    assert [text.body for text in texts] == [TEXT[1]]
    assert statuses == [480]  # the far test party has nobody to hand it to, and its answer comes back
    await leg.hangup()
    await house.net.run(70)
    assert house.empty()
