"""What phones of today register: flows, several contacts, proxies on the way, and names of single devices."""

from __future__ import annotations

import itertools

from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.wire.sip import Request, Response, parse_address, parse_datagram, parse_uri
from yuelai.wire.sip.digest import answer

from .world import ANSWER, Net, Party

REGISTRAR = "sip:yuelai"
BROWSER, TCP, UDP = FlowHop("f1"), StreamHop("TCP", "198.51.100.7", 40_001), UdpHop("198.51.100.7", 40_002)


class Device:
    """Registers with the very fields that phones send, from any place."""

    numbers = itertools.count(1)

    def __init__(self, source: Hop, contact: str, **fields: str) -> None:
        self.net = Net()
        self.ours = Party(self.net, 5060, trunks="192.0.2.0/24")
        self.source, self.contact, self.fields = source, contact, fields
        self.call_id = "first"

    def at(self, source: Hop, contact: str, **fields: str) -> Device:
        """The same user's next device or flow, at the same registrar."""
        other = object.__new__(Device)
        other.net, other.ours, other.call_id = self.net, self.ours, f"c{next(self.numbers)}"
        other.source, other.contact, other.fields = source, contact, fields
        return other

    async def register(self, *, expires: str = "600", vias: int = 1) -> Response:
        response = await self._send(expires, vias, None)
        assert response.status == 401
        return await self._send(expires, vias, response.raw("www-authenticate")[0])

    async def _send(self, expires: str, vias: int, challenge: str | None) -> Response:
        number = next(self.numbers)
        request = Request("REGISTER", REGISTRAR)
        for hop in range(vias):
            via = f"SIP/2.0/{self.source.transport} 198.51.100.7:40002;rport;branch=z9hG4bK{number}.{hop}"
            request.add("via", via)
        request.add("from", f"<sip:8001@yuelai>;tag=f{number}")
        request.add("to", "<sip:8001@yuelai>")
        request.add("call-id", self.call_id)
        request.add("cseq", f"{number} REGISTER")
        if self.contact:
            request.add("contact", self.contact)
        request.add("expires", expires)
        for name, value in self.fields.items():
            request.add(name, value)
        if challenge is not None:
            request.add("authorization", answer(challenge, "REGISTER", REGISTRAR, "8001", "secret"))
        heard: list[bytes] = []
        self.net.ends[self.source] = lambda data, source: heard.append(data)
        if isinstance(self.source, FlowHop):
            self.ours.wire.flows[self.source.flow] = heard.append
        self.ours.stack.layer.receive(parse_datagram(request.to_bytes()), self.source)
        await self.net.run(0.1)
        response = parse_datagram(heard[-1])
        assert isinstance(response, Response)
        return response

    @property
    def stages(self) -> list[list[list[str]]]:
        found = self.ours.stack.registrar.stages("8001")
        return [[[str(binding.contact) for binding in flows] for flows in stage] for stage in found]


def jssip(source: Hop = BROWSER, *, host: str = "k2jd83kd", supported: str = "path,gruu,outbound") -> Device:
    instance = '+sip.instance="<urn:uuid:5b0ba0a9-1>"'
    return Device(
        source, f"<sip:8001@{host}.invalid;transport=ws>;+sip.ice;reg-id=1;{instance};expires=600", supported=supported
    )


async def test_a_browser_registers_a_flow_and_is_told_what_it_said_and_its_names() -> None:
    response = await jssip().register()
    assert response.status == 200
    assert response.get("require") == "outbound"
    assert response.get("flow-timer") is None  # a page cannot send a keep-alive of its own
    (contact,) = response.addresses("contact")
    assert contact.params["reg-id"] == "1"
    assert contact.params["+sip.instance"] == '"<urn:uuid:5b0ba0a9-1>"'
    assert "+sip.ice" in contact.params
    assert contact.params["expires"] == "600"
    assert contact.params["pub-gruu"] == '"sip:8001@yuelai;gr=urn:uuid:5b0ba0a9-1"'


async def test_a_connection_that_is_lost_takes_its_flow_along_and_no_other_phone() -> None:
    flow = jssip(TCP)
    assert (await flow.register()).get("flow-timer") == "120"
    plain = flow.at(TCP, "<sip:8001@198.51.100.7:5070;transport=tcp>")
    await plain.register()
    flow.ours.changed.clear()
    flow.ours.stack.lose(TCP)
    assert flow.stages == [[["sip:8001@198.51.100.7:5070;transport=tcp"]]]
    assert flow.ours.changed == ["8001"]
    # With its connection gone, what is left of it is the address it gave.
    (binding,) = flow.ours.stack.registrar.bindings("8001")
    assert binding.hops == (TCP, StreamHop("TCP", "198.51.100.7", 5070))


async def test_two_flows_of_one_device_are_one_to_be_called_the_newest_first() -> None:
    first = jssip(TCP, host="one")
    await first.register()
    second = first.at(
        StreamHop("TCP", "198.51.100.7", 40_009), first.contact.replace("reg-id=1", "reg-id=2").replace("one", "two"),
        supported="outbound",
    )  # fmt: skip
    await second.register()
    assert first.stages == [[["sip:8001@two.invalid;transport=ws", "sip:8001@one.invalid;transport=ws"]]]
    (place,) = first.ours.stack.places("8001", browser=False)
    assert place.hops == (StreamHop("TCP", "198.51.100.7", 40_009), TCP)
    assert place.instance == "<urn:uuid:5b0ba0a9-1>"


async def test_a_flow_that_comes_back_over_another_connection_takes_the_place_of_the_old_one() -> None:
    page = jssip()
    await page.register()
    again = page.at(FlowHop("f2"), page.contact.replace("k2jd83kd", "reloaded"), supported="outbound")
    await again.register()
    assert page.stages == [[["sip:8001@reloaded.invalid;transport=ws"]]]
    page.ours.stack.registrar.lose_flow("f1")
    assert len(page.ours.stack.registrar.bindings("8001")) == 1


async def test_over_udp_a_flow_is_a_contact_like_others_as_nothing_would_keep_it_open() -> None:
    response = await jssip(UDP).register()
    assert (response.status, response.get("require"), response.get("flow-timer")) == (200, None, None)
    assert "pub-gruu" not in response.addresses("contact")[0].params


async def test_a_first_proxy_that_keeps_no_flow_is_named() -> None:
    device = jssip(TCP)
    assert (await device.register(vias=2)).status == 439
    device.fields["path"] = "<sip:edge@198.51.100.1;lr;ob>"
    response = await device.register(vias=2)
    assert (response.status, response.get("path")) == (200, "<sip:edge@198.51.100.1;lr;ob>")


async def test_what_comes_through_a_proxy_goes_back_through_it() -> None:
    device = Device(
        UdpHop("198.51.100.1", 5060), "<sip:8001@10.0.0.7>", supported="path",
        path="<sip:one@198.51.100.1;lr>, <sip:two@10.0.0.1;lr>",
    )  # fmt: skip
    assert (await device.register(vias=3)).status == 200
    (place,) = device.ours.stack.places("8001", browser=False)
    assert place.route == ("<sip:one@198.51.100.1;lr>", "<sip:two@10.0.0.1;lr>")
    assert place.hops == (UdpHop("198.51.100.1", 5060),)
    assert place.uri == "sip:8001@10.0.0.7"


async def test_contacts_are_called_in_the_order_they_want() -> None:
    device = Device(UDP, "<sip:desk@198.51.100.7:5060>;q=0.5, <sip:cell@198.51.100.7:5070>;q=0.9;expires=60")
    response = await device.register()
    expiries = {str(a.uri): a.params["expires"] for a in response.addresses("contact")}
    assert expiries == {"sip:desk@198.51.100.7:5060": "600", "sip:cell@198.51.100.7:5070": "60"}
    voicemail = device.at(UDP, "<sip:box@198.51.100.7:5080>;q=nonsense, <sip:other@198.51.100.7:5090>;q=0.5")
    await voicemail.register()
    users = [sorted(parse_uri(flows[0]).user for flows in stage) for stage in device.stages]
    assert users == [["box"], ["cell"], ["desk", "other"]]


async def test_a_query_changes_nothing_and_tells_all() -> None:
    device = Device(UDP, "<sip:8001@198.51.100.7:5060>")
    await device.register()
    response = await device.at(UDP, "").register()
    assert [str(parse_address(value).uri) for value in response.all("contact")] == ["sip:8001@198.51.100.7:5060"]


async def test_one_contact_that_cannot_be_taken_leaves_all_as_it_was() -> None:
    device = Device(UDP, "<sip:8001@198.51.100.7:5060>, <mailto:8001@yuelai>")
    assert (await device.register()).status == 400
    assert device.stages == []


async def test_a_malformed_time_is_as_good_as_none() -> None:
    device = Device(UDP, "<sip:8001@198.51.100.7:5060>;expires=soon")
    response = await device.register()
    assert response.addresses("contact")[0].params["expires"] == "300"


async def test_more_contacts_than_a_user_may_have_are_refused_together() -> None:
    device = Device(UDP, ", ".join(f"<sip:8001@198.51.100.7:{5000 + n}>" for n in range(9)))
    assert (await device.register()).status == 403
    assert device.stages == []


async def test_a_name_of_one_device_finds_it_for_as_long_as_it_is_registered() -> None:
    device = jssip(TCP)
    (told,) = (await device.register()).addresses("contact")
    registrar = device.ours.stack.registrar
    public, temporary = (parse_uri((told.params[name] or "").strip('"')) for name in ("pub-gruu", "temp-gruu"))
    assert registrar.located(public) is registrar.located(temporary) is registrar.bindings("8001")[0]
    (again,) = (await device.register()).addresses("contact")
    assert again.params["temp-gruu"] == told.params["temp-gruu"]
    device.call_id = "restarted"
    (restarted,) = (await device.register()).addresses("contact")
    assert restarted.params["pub-gruu"] == told.params["pub-gruu"]
    assert restarted.params["temp-gruu"] != told.params["temp-gruu"]
    assert registrar.located(temporary) is None
    assert registrar.located(parse_uri("sip:8002@yuelai;gr=urn:uuid:5b0ba0a9-1")) is None
    assert registrar.located(parse_uri("sip:8001@yuelai")) is None
    device.ours.stack.lose(TCP)
    assert registrar.located(public) is None


async def test_an_ipv6_phone_is_reached_where_it_is() -> None:
    place = UdpHop("2001:db8::7", 5062)
    device = Device(place, "<sip:8001@[2001:db8::7]:5062>;expires=60")
    device.fields = {"user-agent": "Linphone/5.2"}
    assert (await device.register()).status == 200
    (found,) = device.ours.stack.places("8001", browser=False)
    assert (found.uri, found.hops) == ("sip:8001@[2001:db8::7]:5062", (place,))


async def test_flows_end_with_the_process_and_are_not_kept() -> None:
    device = jssip(TCP)
    await device.register()
    assert device.ours.bindings.kept == {}
    kept = device.at(UDP, "<sip:8001@198.51.100.7:5061>;q=0.3")
    await kept.register()
    (record,) = device.ours.bindings.kept.values()
    assert record.priority == 0.3


async def test_a_device_that_puts_its_name_in_a_call_is_spoken_to_at_its_contact() -> None:
    page = jssip()
    (told,) = (await page.register()).addresses("contact")
    public = (told.params["pub-gruu"] or "").strip('"')
    heard: list[Request] = []

    def answer_calls(data: bytes) -> None:
        message = parse_datagram(data)
        if isinstance(message, Request):
            heard.append(message)
            if message.method in ("INVITE", "BYE"):
                response = message.response(200, tag="page")
                response.add("contact", f"<{public}>")
                if message.method == "INVITE":
                    response.set_body("application/sdp", ANSWER)
                back = parse_datagram(response.to_bytes())
                page.ours.stack.timers.after(0.01, lambda: page.ours.stack.layer.receive(back, BROWSER))

    page.ours.wire.flows["f1"] = answer_calls
    leg = await page.ours.dial("8001", browser=True)
    await page.net.run(1)
    await leg.hangup()
    await page.net.run(1)
    assert [message.method for message in heard] == ["INVITE", "ACK", "BYE"]
    assert {message.target for message in heard} == {"sip:8001@k2jd83kd.invalid;transport=ws"}
