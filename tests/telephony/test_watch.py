"""A phone that is counted on and dies without a word is noticed within a minute; one that is only mute is not."""

from __future__ import annotations

import pytest

from tests.telephony.world import Net, Party
from yuelai.telephony.bindings import Binding, says_options
from yuelai.wire.sip import Request, parse_datagram

MINUTE = 60.0


class Office:
    """8001 has a phone at which somebody works."""

    def __init__(self, *, says_options: bool = True) -> None:
        self.net = Net()
        self.desk, self.phone = Party(self.net, 5060), Party(self.net, 5080)
        self.desk.know("8001", self.phone.hop)
        self.binding.says_options = says_options
        self.desk.stack.watch.count_on(lambda: ["8001", "8002"])

    @property
    def binding(self) -> Binding:
        (binding,) = self.desk.stack.registrar.bindings("8001")
        return binding

    @property
    def silent(self) -> bool:
        (registration,) = self.desk.stack.registrations("8001")
        return registration.silent

    @property
    def asked(self) -> int:
        return self.net.sent(self.desk.hop, "OPTIONS")

    def die(self) -> None:
        del self.net.ends[self.phone.hop]

    def live(self) -> None:
        self.net.ends[self.phone.hop] = lambda data, source: self.phone.stack.layer.receive(_read(data), source)


def _read(data: bytes) -> Request:
    message = parse_datagram(data)
    assert isinstance(message, Request)
    return message


async def test_a_phone_that_answers_is_asked_now_and_then_and_stays() -> None:
    office = Office()
    await office.net.run(10 * MINUTE)
    assert 20 <= office.asked <= 25
    assert not office.silent
    assert office.desk.changed == []


@pytest.mark.parametrize("before", [2.5, 13.0, 30.0, 41.7])
async def test_a_phone_that_dies_is_noticed_within_a_minute_and_heard_again_soon(before: float) -> None:
    office = Office()
    await office.net.run(before)
    office.die()
    await office.net.run(MINUTE - 5)
    assert office.silent
    assert office.desk.changed == ["8001"]
    await office.net.run(10 * MINUTE)
    office.live()
    await office.net.run(MINUTE / 2)
    assert not office.silent
    assert office.desk.changed == ["8001", "8001"]


async def test_a_phone_that_never_answered_is_left_in_peace() -> None:
    office = Office()
    office.die()
    await office.net.run(10 * MINUTE)
    assert not office.silent
    assert office.desk.changed == []


async def test_a_phone_that_says_nothing_of_itself_is_not_asked() -> None:
    office = Office(says_options=False)
    await office.net.run(5 * MINUTE)
    assert office.asked == 0


async def test_a_silent_phone_that_registers_is_there_again() -> None:
    office = Office()
    await office.net.run(3)
    office.die()
    await office.net.run(MINUTE)
    assert office.silent
    office.desk.stack._bound(office.binding)
    assert not office.silent
    assert office.desk.changed == ["8001", "8001"]


async def test_who_could_not_be_rung_is_asked_at_once() -> None:
    office = Office()
    await office.net.run(3)
    office.die()
    before = office.asked
    office.desk.stack.watch.suspect("8001")
    await office.net.run(0.1)
    assert office.asked == before + 1
    await office.net.run(20)
    assert office.silent


async def test_nobody_is_asked_who_is_not_counted_on() -> None:
    office = Office()
    office.desk.stack.watch.count_on(list)
    await office.net.run(5 * MINUTE)
    assert office.asked == 0
    assert office.desk.stack.watch._ears == {}


@pytest.mark.parametrize(
    ("headers", "asked"),
    [({}, False), ({"user-agent": "Yealink"}, True), ({"allow": "INVITE, OPTIONS"}, True),
     ({"allow": "INVITE", "user-agent": "Yealink"}, False)],
)  # fmt: skip
def test_what_a_registration_says_decides_who_is_asked(headers: dict[str, str], asked: bool) -> None:
    request = Request("REGISTER", "sip:127.0.0.1")
    for name, value in headers.items():
        request.add(name, value)
    assert says_options(request) is asked
