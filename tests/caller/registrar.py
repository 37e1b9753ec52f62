"""A registrar small enough to see through: challenges once, verifies, grants."""

from __future__ import annotations

import asyncio

from yuelai.wire.sip import Request, digest, parse_datagram
from yuelai.wire.sip.digest import Algorithm


class Registrar(asyncio.DatagramProtocol):
    """Knows one password for all. `bindings` has the contact of every registered user, `seen` every REGISTER."""

    def __init__(self, password: str, *, algorithm: Algorithm = Algorithm.SHA256, grant: int = 300) -> None:
        self._password, self._algorithm, self._grant = password, algorithm, grant
        self.bindings: dict[str, tuple[str, int]] = {}
        self.accepted = 0

    async def __aenter__(self) -> Registrar:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address = self._transport.get_extra_info("sockname")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        request = parse_datagram(data)
        assert isinstance(request, Request)
        request.check()
        assert request.method == "REGISTER"
        authorization = request.get("authorization")
        user = request.to.uri.user
        if authorization is None:
            response = request.response(401, tag="r")
            response.add("www-authenticate", digest.challenge("yuelai", "nonce1", self._algorithm))
        else:
            credentials = digest.parse_credentials(authorization)
            ha1 = digest.ha1(credentials.algorithm, user, "yuelai", self._password)
            if digest.verify(credentials, ha1, "REGISTER") and credentials.username == user:
                self.accepted += 1
                contact = request.addresses("contact")[0]
                response = request.response(200, tag="r")
                if request.get("expires") == "0":
                    self.bindings.pop(user, None)
                else:
                    self.bindings[user] = (contact.uri.host, contact.uri.port or 5060)
                    response.add("contact", f"<{contact.uri}>;expires={self._grant}")
            else:
                response = request.response(403, tag="r")
        self._transport.sendto(response.to_bytes(), addr)
