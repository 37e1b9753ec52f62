"""A SIP user agent on one UDP socket: registers, places calls and takes them."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import secrets
from collections.abc import Callable
from typing import cast

from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.transactions import LIFETIME, Client, Server
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import MAGIC_COOKIE, Address, Request, Response, Uri, Via, digest, parse_datagram

METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
AGENT = "Yuelai test caller"


class RegistrationFailed(Exception):
    """The registrar refused; the message has its status."""


class UserAgent(asyncio.DatagramProtocol):
    """`server` is where all requests go. With a user and password, challenges are answered (RFC 3261 §22)."""

    def __init__(self, server: tuple[str, int], host: str, user: str, password: str | None) -> None:
        self.server, self.host, self.user, self.password = server, host, user, password
        self.port = 0
        self.calls: dict[str, Call] = {}
        self.on_call: Callable[[Call], None] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._clients: dict[tuple[str, str], Client] = {}
        self._servers: dict[tuple[str, str], Server] = {}
        self._refresher: asyncio.Task[None] | None = None
        self._register_call_id = f"{secrets.token_hex(8)}@{host}"
        self._register_cseq = 0
        self._register_tag = secrets.token_hex(4)

    @classmethod
    async def open(
        cls, server: tuple[str, int], *, user: str = "caller", password: str | None = None, host: str = "127.0.0.1"
    ) -> UserAgent:
        """Bind to a free port of `host`, the address that the server can reach us at."""
        loop = asyncio.get_running_loop()
        _, agent = await loop.create_datagram_endpoint(lambda: cls(server, host, user, password), local_addr=(host, 0))
        return agent

    async def close(self) -> None:
        """End every call, let the BYEs be answered, and close the socket."""
        if self._refresher is not None:
            self._refresher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._refresher
        ending = [asyncio.ensure_future(call.hangup()) for call in self.calls.values()]
        if ending:
            _, late = await asyncio.wait(ending, timeout=3.0)
            for task in late:
                task.cancel()
        for client in list(self._clients.values()):
            client.close()
        for server in self._servers.values():
            server.close()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # Registration

    async def register(self, expires: int = 300) -> None:
        """Register `user` and keep it so. Raises RegistrationFailed."""
        granted = await self._register(expires)
        if expires and self._refresher is None:
            self._refresher = asyncio.create_task(self._refresh(expires, granted))

    async def unregister(self) -> None:
        if self._refresher is not None:
            self._refresher.cancel()
            self._refresher = None
        await self._register(0)

    async def _refresh(self, expires: int, granted: int) -> None:
        while True:
            await asyncio.sleep(max(1.0, granted * 0.5))
            try:
                granted = await self._register(expires)
            except RegistrationFailed:
                granted = 4  # Seconds until the next try are half of it: the registrar may be restarting.

    async def _register(self, expires: int) -> int:
        domain = Uri("sip", "", self.server[0], self.server[1])
        address = Uri("sip", self.user, self.server[0], self.server[1])
        authorization: tuple[str, str] | None = None
        for _ in range(3):
            self._register_cseq += 1
            request = Request("REGISTER", str(domain))
            request.add("from", f"<{address}>;tag={self._register_tag}")
            request.add("to", f"<{address}>")
            request.add("call-id", self._register_call_id)
            request.add("cseq", f"{self._register_cseq} REGISTER")
            request.add("contact", f"<{self.contact}>")
            request.add("expires", str(expires))
            if authorization is not None:
                request.add(*authorization)
            response = await self.ask(request)
            if response.status // 100 == 2:
                return _granted(response, self.contact, expires)
            authorization = self.authorize(request, response)
            if authorization is None:
                break
        raise RegistrationFailed(f"{self.user} was refused: {response.status} {response.reason}")

    def authorize(self, request: Request, response: Response) -> tuple[str, str] | None:
        """Return the header field that answers a challenge; None when it is none, or was answered already."""
        names = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}
        if response.status not in names or self.password is None:
            return None
        challenge_name, answer_name = names[response.status]
        if request.get(answer_name) is not None and "stale=true" not in (response.get(challenge_name) or "").lower():
            return None
        for challenge in response.raw(challenge_name):
            with contextlib.suppress(PeerError):
                return answer_name, digest.answer(challenge, request.method, request.target, self.user, self.password)
        return None

    # Calls

    async def invite(self, number: str, *, keep_sound: bool = False) -> Call:
        """Begin a call to `number` at the server; wait for `Call.final` to learn what became of it."""
        call = await Call.outgoing(self, number, keep_sound=keep_sound)
        self.calls[call.call_id] = call
        call.start()
        return call

    @property
    def contact(self) -> Uri:
        return Uri("sip", self.user, self.host, self.port)

    def address(self, user: str, *, tag: str) -> Address:
        """From: a phone calls as its address of record, a trunk from its own host."""
        host, port = self.server if self.password is not None else (self.host, self.port)
        return Address(Uri("sip", user, host, port), "", {"tag": tag})

    # Requests of ours

    def send(self, request: Request, heard: Callable[[Response], None], branch: str | None = None) -> Client:
        """Send in a transaction of its own (a CANCEL takes its INVITE's branch)."""
        branch = branch or new_branch()
        self._stamp(request, branch)
        client = Client(request, self._sender(request), heard)
        key = (branch, request.method)
        self._clients[key] = client
        asyncio.get_running_loop().call_later(LIFETIME, self._forget, key)
        client.start()
        return client

    def _forget(self, key: tuple[str, str]) -> None:
        """Transactions that are over are kept for late repeats, others until they are over."""
        if self._clients[key].done:
            del self._clients[key]
        else:
            asyncio.get_running_loop().call_later(LIFETIME, self._forget, key)

    def _forget_server(self, key: tuple[str, str]) -> None:
        if self._servers[key].status >= 200 or key[1] != "INVITE":
            del self._servers[key]
        else:
            asyncio.get_running_loop().call_later(LIFETIME, self._forget_server, key)

    def has(self, branch: str, method: str) -> bool:
        return (branch, method) in self._clients

    async def ask(self, request: Request) -> Response:
        """Send and return the final response."""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def heard(response: Response) -> None:
            if response.status >= 200 and not future.done():
                future.set_result(response)

        self.send(request, heard)
        return await future

    def send_plain(self, request: Request) -> None:
        """Send without a transaction: the ACK of a 200 (RFC 3261 §13.2.2.4)."""
        self._stamp(request, new_branch())
        self._sender(request)(request.to_bytes())

    def _stamp(self, request: Request, branch: str) -> None:
        request.push_via(Via("UDP", self.host, self.port, {"branch": branch, "rport": None}))
        request.set("max-forwards", 70)
        request.set("user-agent", AGENT)

    def _sender(self, request: Request) -> Callable[[bytes], None]:
        """Inside a dialog to the first route or the remote target (RFC 3261 §8.1.2), else to the server."""
        routes = request.addresses("route")
        uri = routes[0].uri if routes else request.uri
        inside = request.to.tag is not None and request.method != "CANCEL"
        return self._replier((uri.host, uri.port or 5060) if inside and _is_address(uri.host) else self.server)

    # What arrives

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = parse_datagram(data)
            message.check()
            if isinstance(message, Response):
                client = self._clients.get((message.via.branch, message.cseq.method))
                if client is not None:
                    client.receive(message)
            else:
                self._request(message, addr)
        except PeerError:
            return

    def _request(self, request: Request, addr: tuple[str, int]) -> None:
        branch = request.via.branch
        call = self.calls.get(request.call_id)
        if request.method == "ACK":
            server = self._servers.get((branch, "INVITE"))
            if server is not None:
                server.acknowledged()
            if call is not None:
                call.acknowledged(request)
            return
        server = self._servers.get((branch, request.method))
        if server is not None:
            server.repeated()
            return
        server = Server(request, self._replier(addr))
        self._servers[branch, request.method] = server
        asyncio.get_running_loop().call_later(LIFETIME, self._forget_server, (branch, request.method))
        if request.method == "CANCEL":
            invite = self._servers.get((branch, "INVITE"))
            server.respond(request.response(200 if invite else 481, tag=secrets.token_hex(4)))
            if call is not None:
                call.cancelled()
        elif call is not None:
            call.request(request, server)
        elif request.method == "INVITE" and request.to.tag is None and self.on_call is not None:
            call = Call.incoming(self, request, server)
            self.calls[call.call_id] = call
            self.on_call(call)
        elif request.method == "OPTIONS":
            response = request.response(200, tag=secrets.token_hex(4))
            response.add("allow", METHODS)
            server.respond(response)
        else:
            server.respond(request.response(480 if request.method == "INVITE" else 481, tag=secrets.token_hex(4)))

    def _replier(self, addr: tuple[str, int]) -> Callable[[bytes], None]:
        def reply(data: bytes) -> None:
            if self._transport is not None:
                self._transport.sendto(data, addr)

        return reply


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def new_branch() -> str:
    return MAGIC_COOKIE + secrets.token_hex(8)


def _granted(response: Response, contact: Uri, asked: int) -> int:
    """Seconds the registrar gave this contact (RFC 3261 §10.2.4)."""
    for address in response.addresses("contact"):
        if address.uri.key() == contact.key() and (address.params.get("expires") or "").isdigit():
            return int(address.params["expires"] or asked)
    return int(expires) if (expires := response.get("expires") or "").isdigit() else asked
