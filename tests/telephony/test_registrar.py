"""Who may register and call, and where users are found afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yuelai.telephony.auth import FAILURES_OF_ADDRESS, FAILURES_PER_WINDOW, NONCE_SECONDS
from yuelai.telephony.hops import UdpHop
from yuelai.wire.sip import Request, Response, parse_datagram
from yuelai.wire.sip.digest import answer, parse_auth

from .world import ANSWER, OFFER, Net, Party, RawPeer

REGISTRAR = "sip:yuelai"


class Phone(RawPeer):
    """Registers as a phone does: asks, is challenged, answers."""

    cseq = 0
    branches = 0

    async def register(
        self, ours: Party, *, user: str = "8001", name: str | None = None, password: str = "secret", pick: int = 0,
        challenge: str | None = None, **headers: str,
    ) -> Response:  # fmt: skip
        request = self._register(user, headers)
        if challenge is None:
            self.send(ours.hop, request)
            await self.net.run(0.1)
            challenge = self.last(401).raw("www-authenticate")[pick]
            request = self._register(user, headers)
        request.add("authorization", answer(challenge, "REGISTER", REGISTRAR, name or user, password))
        self.send(ours.hop, request)
        await self.net.run(0.1)
        assert isinstance(self.heard[-1], Response)
        return self.heard[-1]

    def _register(self, user: str, headers: dict[str, str]) -> Request:
        self.cseq += 1
        self.branches += 1
        request = self.request(
            "REGISTER", REGISTRAR, branch=f"r{self.hop.port}{self.branches}", cseq=self.cseq, user=user
        )
        request.set("to", f"<sip:{user}@yuelai>")
        request.set("call-id", f"reg{self.hop.port}")
        request.set("contact", f"<sip:{user}@127.0.0.1:{self.hop.port}>")
        for name, value in headers.items():
            request.set(name.replace("_", "-"), value)
        return request


def scene(*, trunks: str = "127.0.0.1") -> tuple[Net, Party, Phone]:
    net = Net()
    return net, Party(net, 5060, trunks=trunks), Phone(net, 6001)


def contacts(ours: Party, user: str = "8001") -> list[str]:
    return [registration.contact for registration in ours.stack.registrations(user)]


@pytest.mark.parametrize(("pick", "algorithm"), [(0, "MD5"), (1, "SHA-256")])
async def test_a_phone_registers_with_either_algorithm_and_is_dialled(pick: int, algorithm: str) -> None:
    net, ours, phone = scene()
    ok = await phone.register(ours, pick=pick, expires="600")
    challenge = phone.last(401).raw("www-authenticate")[pick]
    assert parse_auth(challenge)["algorithm"] == algorithm
    assert parse_auth(challenge)["realm"] == "yuelai"
    assert ok.status == 200
    assert ok.all("contact") == ["<sip:8001@127.0.0.1:6001>;expires=600"]
    assert ours.changed == ["8001"]
    await ours.dial("8001")
    await net.run(0.1)
    assert phone.last("INVITE").from_.name == "王芳"


async def test_a_binding_ends_when_its_time_is_over_or_it_is_taken_back() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="60")
    await net.run(59)
    assert len(contacts(ours)) == 1
    await net.run(2)
    assert contacts(ours) == []
    await phone.register(ours, contact="<sip:8001@127.0.0.1:6001>;expires=60")
    await phone.register(ours, expires="0")
    assert contacts(ours) == []
    await phone.register(ours)
    await phone.register(ours, contact="*", expires="0")
    assert contacts(ours) == []
    assert ours.changed == ["8001"] * 6


async def test_several_phones_of_one_user_are_kept_apart() -> None:
    net, ours, desk = scene()
    mobile = Phone(net, 6002)
    await desk.register(ours)
    await mobile.register(ours)
    assert contacts(ours) == ["sip:8001@127.0.0.1:6001", "sip:8001@127.0.0.1:6002"]
    await desk.register(ours, expires="0")
    assert contacts(ours) == ["sip:8001@127.0.0.1:6002"]


async def test_a_phone_that_keeps_changing_its_contact_stays_reachable() -> None:
    _, ours, phone = scene()
    for port in range(20):
        await phone.register(ours, contact=f"<sip:8001@127.0.0.1:{7000 + port}>")
    assert contacts(ours)[-1].endswith(":7019")
    assert len(contacts(ours)) == 8


async def test_too_short_a_time_and_too_old_an_update_are_refused() -> None:
    _, ours, phone = scene()
    brief = await phone.register(ours, expires="5")
    assert (brief.status, brief.get("min-expires")) == (423, "30")
    await phone.register(ours)
    phone.cseq = 0
    assert (await phone.register(ours)).status == 500


async def test_an_unknown_user_and_a_wrong_password_look_the_same() -> None:
    _, ours, phone = scene()
    seen = []
    for user, password in (("8001", "wrong"), ("4711", "secret")):
        refused = await phone.register(ours, user=user, password=password)
        challenged = phone.last(401)
        seen.append(
            (
                refused.status,
                [name for name, _ in refused.fields],
                [name for name, _ in challenged.fields],
                [sorted(parse_auth(value)) for value in challenged.raw("www-authenticate")],
            )
        )
    assert seen[0] == seen[1]
    assert seen[0][0] == 403
    assert contacts(ours) == contacts(ours, "4711") == []


async def test_nobody_registers_for_somebody_else() -> None:
    _, ours, phone = scene()
    assert (await phone.register(ours, user="8002", name="8001")).status == 403
    assert contacts(ours, "8002") == []


async def test_a_nonce_grows_old_and_is_not_taken_twice() -> None:
    net, ours, phone = scene()
    await phone.register(ours)
    challenge = phone.last(401).raw("www-authenticate")[0]
    replayed = await phone.register(ours, challenge=challenge)
    assert replayed.status == 401
    assert parse_auth(replayed.raw("www-authenticate")[0])["stale"] == "true"
    fresh = replayed.raw("www-authenticate")[0]
    await net.run(NONCE_SECONDS + 1)
    assert (await phone.register(ours, challenge=fresh)).status == 401


async def test_a_forged_nonce_is_only_asked_again() -> None:
    _, ours, phone = scene()
    forged = 'Digest realm="yuelai", nonce="ff.00.00", algorithm=MD5, qop="auth"'
    assert (await phone.register(ours, challenge=forged)).status == 401
    assert contacts(ours) == []


async def test_guessing_is_stopped_and_later_forgiven() -> None:
    net, ours, phone = scene()
    for _ in range(FAILURES_PER_WINDOW):
        assert (await phone.register(ours, password="guess")).status == 403
    stopped = await phone.register(ours)
    assert (stopped.status, stopped.get("retry-after")) == (503, "60")
    await net.run(60)
    assert (await phone.register(ours)).status == 200


async def test_a_phone_with_a_wrong_password_locks_out_neither_its_neighbours_nor_other_addresses() -> None:
    net, ours, wrong = scene()
    neighbour, elsewhere = Phone(net, 6002), Phone(net, 6003)
    elsewhere.hop = UdpHop("127.0.0.2", 6003)
    net.ends[elsewhere.hop] = net.ends[UdpHop("127.0.0.1", 6003)]
    for _ in range(3 * FAILURES_PER_WINDOW):
        await wrong.register(ours, password="misconfigured")
    assert (await wrong.register(ours)).status == 503
    assert (await neighbour.register(ours, user="8002")).status == 200
    assert (await elsewhere.register(ours)).status == 200


async def test_who_tries_many_names_from_one_address_is_stopped_at_a_ceiling_that_is_forgiven_too() -> None:
    net, ours, phone = scene()
    for number in range(FAILURES_OF_ADDRESS):
        # One challenge serves many guesses: nobody was let in by it.
        challenge = phone.last(401).raw("www-authenticate")[0] if number else None
        assert (await guess(ours, phone, f"{4000 + number}", challenge)).status == 403
    stopped = await guess(ours, phone, "8001", None, password="secret")
    assert (stopped.status, stopped.get("retry-after")) == (503, "60")
    await net.run(60)
    assert (await phone.register(ours)).status == 200


async def guess(ours: Party, phone: Phone, user: str, challenge: str | None, password: str = "guess") -> Response:
    """Register without letting much virtual time pass."""
    request = phone._register(user, {})
    if challenge is None:
        phone.send(ours.hop, request)
        await phone.net.run(0.03)
        challenge = phone.last(401).raw("www-authenticate")[0]
        request = phone._register(user, {})
    request.add("authorization", answer(challenge, "REGISTER", REGISTRAR, user, password))
    phone.send(ours.hop, request)
    await phone.net.run(0.03)
    assert isinstance(phone.heard[-1], Response)
    return phone.heard[-1]


async def call(net: Net, ours: Party, phone: Phone, *, name: str | None = None, **headers: str) -> None:
    phone.cseq += 1
    number = phone.cseq
    invite = phone.request("INVITE", "sip:10000@yuelai", branch=f"c{number}", cseq=number, call_id="call", sdp=OFFER)
    if name is not None:
        challenge = phone.last(407).raw("proxy-authenticate")[0]
        invite.add("proxy-authorization", answer(challenge, "INVITE", "sip:10000@yuelai", name, "secret"))
    phone.send(ours.hop, invite)
    await net.run(0.1)


async def test_a_registered_phone_beside_a_trunk_is_asked_who_it_is_and_calls_as_that() -> None:
    net, ours, phone = scene()
    await phone.register(ours)
    await call(net, ours, phone)
    assert phone.responses()[-1] == 407
    assert ours.offered == []
    await call(net, ours, phone, name="8001")
    assert [(leg.caller, leg.called, leg.trunk) for leg in ours.offered] == [("8001", "10000", False)]
    phone.send(ours.hop, phone.request("CANCEL", "sip:10000@yuelai", branch=f"c{phone.cseq}", call_id="call"))
    await net.run(0.1)


async def test_an_unregistered_caller_from_elsewhere_is_challenged_too() -> None:
    net, ours, phone = scene(trunks="192.0.2.0/24")
    await call(net, ours, phone)
    assert phone.responses()[-1] == 407
    assert ours.offered == []


async def test_a_trunk_calls_without_a_challenge() -> None:
    net, ours, phone = scene(trunks="192.0.2.0/24, 127.0.0.0/8")
    await call(net, ours, phone)
    assert [leg.trunk for leg in ours.offered] == [True]


class Page:
    """A browser page on a flow of its own: hears what is sent to it, and answers with SIP of its own."""

    def __init__(self, net: Net, ours: Party, flow: str, *, contact: str = "abc", instance: str = "i1") -> None:
        self.net, self.ours, self.flow, self.contact, self.instance = net, ours, flow, contact, instance
        self.heard: list[Request | Response] = []
        self.peer = RawPeer(net, 9)
        self.knows_calls = True
        self.user = "8001"
        self.cseq = 0
        self.on_invite: Callable[[Request], Response] = lambda invite: self.ok(invite)
        self.open()

    def open(self) -> None:
        self.ours.wire.flows[self.flow] = self._hear

    def lose(self) -> None:
        del self.ours.wire.flows[self.flow]
        self.ours.stack.lose_flow(self.flow)

    def say(self, message: Request | Response) -> None:
        from yuelai.telephony.hops import FlowHop

        self.ours.stack.layer.receive(parse_datagram(message.to_bytes()), FlowHop(self.flow))

    def ok(self, request: Request) -> Response:
        response = request.response(200, tag=f"page-{self.contact}")
        response.add("contact", f"<sip:{self.contact}@page.invalid;transport=ws;ob>")
        if request.method == "INVITE":
            response.set_body("application/sdp", ANSWER)
        return response

    def _hear(self, data: bytes) -> None:
        message = parse_datagram(data)
        self.heard.append(message)
        if not isinstance(message, Request) or message.method in ("ACK", "CANCEL"):
            return
        if message.method == "INVITE" and message.to.tag is None:
            response = self.on_invite(message)
        else:
            response = self.ok(message) if self.knows_calls else message.response(481, tag="x")
        self.ours.stack.timers.after(0.01, lambda: self.say(response))

    async def register(self) -> Response:
        for attempt in range(2):
            self.cseq += 1
            branch = f"w{self.flow}{self.cseq}"
            request = self.peer.request("REGISTER", REGISTRAR, branch=branch, cseq=self.cseq, call_id=self.flow)
            request.set("via", f"SIP/2.0/WS page.invalid;branch=z9hG4bK{branch}")
            request.set("to", f"<sip:{self.user}@yuelai>")
            contact = f"<sip:{self.contact}@page.invalid;transport=ws>"
            request.set("contact", f'{contact};+sip.ice;reg-id=1;+sip.instance="<urn:{self.instance}>";expires=600')
            if attempt:
                last = self.heard[-1].raw("www-authenticate")
                assert [parse_auth(value)["algorithm"] for value in last] == ["MD5"]
                request.add("authorization", answer(last[0], "REGISTER", REGISTRAR, f"web-{self.user}", "secret"))
            self.say(request)
            await self.net.run(0.05)
        assert isinstance(self.heard[-1], Response)
        return self.heard[-1]

    def methods(self) -> list[str]:
        return [m.method for m in self.heard if isinstance(m, Request)]


async def in_call(page_name: str = "f1") -> tuple[Net, Party, Page]:
    net = Net()
    ours = Party(net, 5060)
    page = Page(net, ours, page_name)
    assert (await page.register()).status == 200
    await ours.dial("8001", browser=True)
    await net.run(1)
    assert ours.kinds() == ["Answered"]
    return net, ours, page


async def test_a_browser_registers_under_its_short_lived_name_and_is_dialled_over_its_flow() -> None:
    _, ours, page = await in_call()
    assert [r.browser for r in ours.stack.registrations("8001")] == [True]
    assert page.methods() == ["INVITE", "ACK"]
    assert page.heard[-1].via.transport == "WS"


async def test_a_browser_in_a_call_that_comes_back_keeps_the_call() -> None:
    net, ours, page = await in_call()
    page.lose()
    assert contacts(ours) == []
    await net.run(20)
    assert ours.ended == []
    again = Page(net, ours, "f2")
    await again.register()
    await net.run(60)
    assert ours.ended == []
    assert again.methods() == ["UPDATE"]


async def test_nobody_gets_anothers_call_by_registering_their_contact() -> None:
    net, ours, page = await in_call()
    page.lose()
    other = Page(net, ours, "f2", contact=page.contact, instance=page.instance)
    other.user = "8002"
    assert (await other.register()).status == 200
    await net.run(1)
    assert other.methods() == []
    await net.run(120)
    assert len(ours.ended) == 1


async def test_a_browser_that_stays_away_ends_its_call() -> None:
    net, ours, page = await in_call()
    page.lose()
    await net.run(33)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 503)]
    await net.run(70)
    assert ours.empty()


async def test_a_reloaded_page_knows_nothing_of_the_call_so_it_ends_at_once() -> None:
    net, ours, page = await in_call()
    page.lose()
    reloaded = Page(net, ours, "f2", contact="xyz")
    reloaded.knows_calls = False
    await reloaded.register()
    await net.run(0.1)
    assert [(e.by, e.status) for e in ours.ended] == [("system", 481)]
    assert contacts(ours) == ["sip:xyz@page.invalid;transport=ws"]
    await net.run(70)
    assert ours.empty()


async def test_hanging_up_on_a_browser_that_is_away_reaches_it_when_it_is_back() -> None:
    net, ours, page = await in_call()
    leg = next(iter(ours.stack.ua.legs.values()))
    page.lose()
    await leg.hangup()
    assert [e.by for e in ours.ended] == ["local"]
    again = Page(net, ours, "f2")
    await again.register()
    await net.run(1)
    assert again.methods() == ["BYE"]
    await net.run(70)
    assert ours.empty()


async def test_a_page_closed_while_it_rings_ends_the_ringing_at_once() -> None:
    net = Net()
    ours = Party(net, 5060)
    page = Page(net, ours, "f1")
    page.on_invite = lambda invite: invite.response(180, tag="t")
    await page.register()
    await ours.dial("8001", browser=True)
    await net.run(1)
    page.lose()
    await net.run(0.1)
    assert ours.kinds() == ["Ringing", "Ended"]
    assert ours.ended[0].by == "system"
    await net.run(70)
    assert ours.empty()


async def test_after_a_restart_a_browsers_dialog_is_ended_when_it_is_back() -> None:
    net, ours, _ = await in_call()
    (record,) = ours.journal.open.values()
    reborn = Party(net, 5061)
    reborn.journal.open = {record.leg_id: record}
    reborn.stack.ua.end_restored(record, lambda: reborn.stack.ua.journal_ended(record.leg_id))
    again = Page(net, reborn, "f9")
    await again.register()
    await net.run(1)
    bye = next(m for m in again.heard if isinstance(m, Request) and m.method == "BYE")
    assert bye.cseq.number > record.local_cseq + 999
    assert reborn.journal.open == {}


async def test_of_two_browsers_the_one_that_was_signed_in_at_last_is_called_even_when_the_other_refreshes() -> None:
    net = Net()
    ours = Party(net, 5060)
    old, new = Page(net, ours, "f1"), Page(net, ours, "f2", contact="def", instance="two")
    for page in (old, new, old):
        assert (await page.register()).status == 200
    registered = [registration.instance for registration in ours.stack.registrations("8001")]
    assert registered == [f"<urn:{old.instance}>", "<urn:two>"]
    assert [place.instance for place in ours.stack.places("8001", browser=True)] == ["<urn:two>"]
    await ours.dial("8001", browser=True)
    await net.run(1)
    assert ("INVITE" in old.methods(), "INVITE" in new.methods()) == (False, True)
    ours.stack.lose_flow("f2")
    assert [place.instance for place in ours.stack.places("8001", browser=True)] == [f"<urn:{old.instance}>"]
