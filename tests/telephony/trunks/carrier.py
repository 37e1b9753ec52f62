"""A carrier in memory, in virtual time: it answers OPTIONS, registers us with digest, takes and brings calls."""

from __future__ import annotations

import random
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from tests.telephony.world import ANSWER, OFFER, Net, Party, RawPeer
from yuelai.platform.ids import new_id
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.ports import Leg
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.trunks.model import Route, Trunk
from yuelai.wire.sip import PeerError, Request, Response, parse_datagram
from yuelai.wire.sip.digest import Algorithm, challenge, ha1, parse_credentials, verify


class Carrier(RawPeer):
    """`calls` is the final status it gives to calls; `deaf` makes it silent. Its password is `secret`."""

    def __init__(self, net: Net, port: int, host: str = "127.0.0.1") -> None:
        super().__init__(net, port)
        self.hop = UdpHop(host, port)
        self.deaf = False
        self.options: int | None = 200
        self.calls: int | None = 200
        self.password, self.algorithm = "secret", Algorithm.SHA256
        self.registrar: int | None = None
        """A status that it gives to every REGISTER instead of dealing with it."""
        self.shortest = 60
        self.granted: int | None = None
        self.contacts: dict[str, int] = {}
        self.expires_asked: list[int] = []
        self.net.ends[self.hop] = self._hear

    def _hear(self, data: bytes, source: UdpHop) -> None:
        if self.deaf:
            return
        message = parse_datagram(data)
        self.heard.append(message)
        if not isinstance(message, Request):
            return
        answer: Response | None = None
        if message.method == "OPTIONS" and self.options is not None:
            answer = message.response(self.options, tag="o")
        elif message.method == "REGISTER":
            answer = self._register(message)
        elif message.method == "INVITE" and self.calls is not None:
            answer = message.response(self.calls, tag="i")
            if self.calls == 200:
                answer.add("contact", f"<sip:carrier@{self.hop.host}:{self.hop.port}>")
                answer.set_body("application/sdp", ANSWER)
        elif message.method in ("BYE", "CANCEL"):
            answer = message.response(200, tag="b")
        if answer is not None:
            self.send(source, answer)

    def _register(self, request: Request) -> Response:
        if self.registrar is not None:
            return request.response(self.registrar, tag="r")
        try:
            given = parse_credentials(request.get("authorization") or "")
        except PeerError:
            return self._challenge(request)
        if given.nonce != "n1" or not verify(given, ha1(given.algorithm, "0571", "carrier", self.password), "REGISTER"):
            return self._challenge(request)
        contact = request.addresses("contact")[0]
        seconds = int(contact.params.get("expires") or "0")
        self.expires_asked.append(seconds)
        if 0 < seconds < self.shortest:
            brief = request.response(423, tag="r")
            brief.add("min-expires", self.shortest)
            return brief
        self.contacts[str(contact.uri)] = seconds
        answer = request.response(200, tag="r")
        answer.add("contact", f"<{contact.uri}>;expires={self.granted or seconds}")
        return answer

    def _challenge(self, request: Request) -> Response:
        answer = request.response(401, tag="r")
        answer.add("www-authenticate", challenge("carrier", "n1", self.algorithm))
        return answer

    def count(self, method: str) -> int:
        return self.requests().count(method)

    def call(self, centre: UdpHop, target: str, **details: Any) -> None:
        """Bring a call; the answers are heard."""
        self.send(centre, self.request("INVITE", target, sdp=OFFER, **details))


class Centre:
    """Our side: a stack with trunks. Every route goes to every trunk."""

    def __init__(self, net: Net, *trunks: Trunk, **party: Any) -> None:
        self.net = net
        self.party = Party(net, 5060, **{"trunks": "", **party})
        self.documents: dict[UUID, dict[str, Any] | None] = {}
        self.told: list[tuple[UUID, dict[str, Any] | None]] = []
        self.trunks = Trunks(net.clock, self._publish, dice=random.Random(1))
        self.route = Route(new_id(), "")
        self.follow(*trunks)
        self.trunks.attach(self.party.stack)
        self.party.stack.admission.trunks = self.trunks

    def _publish(self, id_: UUID, document: dict[str, Any] | None) -> None:
        self.documents[id_] = document
        self.told.append((id_, document))

    def follow(self, *trunks: Trunk) -> None:
        self.trunks.follow(trunks, [self.route])

    def state(self, trunk: Trunk) -> str:
        document = self.documents[trunk.id]
        assert document is not None
        return str(document["state"])

    def error(self, trunk: Trunk) -> str | None:
        document = self.documents[trunk.id]
        assert document is not None
        return document["error"]["code"] if document["error"] else None

    async def call(self, number: str = "13800000002", **details: Any) -> Leg:
        stages = self.trunks.plan(number, **{"caller": "8001", **details})
        stack = self.party.stack
        return await stack.dial_to(stages, sdp=OFFER, caller="8001", called=number, listener=self.party.events.append)


def trunk(code: str, port: int | None = 5070, **settings: Any) -> Trunk:
    sources = tuple(ip_network(text) for text in settings.pop("sources", ()))
    return Trunk(new_id(), code, code, **{"host": "127.0.0.1", "port": port, "sources": sources, **settings})
