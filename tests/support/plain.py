"""A SIP peer that says exactly what a test tells it to, over UDP, TCP or TLS, and never anything by itself.

sipp answers each repeated response with a further step of its scenario; whoever must be silent, late or wrong is one
of these.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import ssl
from dataclasses import dataclass, field
from types import TracebackType

from yuelai.wire.sip import Address, Request, Response, StreamParser, parse_datagram, parse_uri
from yuelai.wire.sip.digest import parse_auth

Message = Request | Response
PATIENCE = 8.0
ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY"
_count = itertools.count(1)


def sdp(port: int = 4000, way: str = "sendrecv", version: int = 1, payload: str = "8") -> str:
    return (
        f"v=0\r\no=plain 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {payload}\r\na=rtpmap:8 PCMA/8000\r\na={way}\r\n"
    )


class Plain(asyncio.DatagramProtocol):
    """`async with Plain(server_port) as peer:`; over TCP and TLS one connection to the server, used both ways."""

    def __init__(self, server: int, *, user: str = "13800000001", tls: ssl.SSLContext | None = None, tcp: bool = False):
        self.server, self.user = server, user
        self.transport = "TLS" if tls else "TCP" if tcp else "UDP"
        self._tls = tls
        self._udp: asyncio.DatagramTransport | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0
        self.talks: dict[str, Talk] = {}
        self.new: asyncio.Queue[Talk] = asyncio.Queue()
        """Calls of others, by their first request."""

    async def __aenter__(self) -> Plain:
        if self.transport == "UDP":
            self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: self, local_addr=("127.0.0.1", 0)
            )
            self.port = self._udp.get_extra_info("sockname")[1]
        else:
            reader, self._writer = await asyncio.open_connection("127.0.0.1", self.server, ssl=self._tls)
            self.port = self._writer.get_extra_info("sockname")[1]
            self._task = asyncio.ensure_future(self._read(reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._writer is not None:
            self._writer.close()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _read(self, reader: asyncio.StreamReader) -> None:
        parser = StreamParser()
        while data := await reader.read(65536):
            for message in parser.feed(data):
                if isinstance(message, Request | Response):
                    self._take(message)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.strip():
            self._take(parse_datagram(data), addr)

    def _take(self, message: Message, source: tuple[str, int] | None = None) -> None:
        talk = self.talks.get(message.call_id)
        if talk is None:
            if not isinstance(message, Request):
                return
            local = Address(message.to.uri, message.to.name, dict(message.to.params))
            talk = Talk(self, message.call_id, remote=message.from_, local=local, source=source)
            if (contact := message.addresses("contact")) and message.method == "INVITE":
                talk.target = str(contact[0].uri)
            self.talks[message.call_id] = talk
            self.new.put_nowait(talk)
        talk.heard.append(message)
        talk.news.set()

    def raw(self, data: bytes, to: tuple[str, int] | None = None) -> None:
        if self._udp is not None:
            self._udp.sendto(data, to or ("127.0.0.1", self.server))
        else:
            assert self._writer is not None
            self._writer.write(data)

    def talk(self, to: str, *, uri: str = "") -> Talk:
        """Return a dialog to be: nothing is said yet."""
        call_id = f"plain-{next(_count)}-{self.port}"
        local = Address(parse_uri(f"sip:{self.user}@127.0.0.1:{self.server}"), params={"tag": f"p{next(_count)}"})
        remote = Address(parse_uri(f"sip:{to}@127.0.0.1:{self.server}"))
        talk = Talk(self, call_id, local=local, remote=remote)
        talk.target = uri or f"sip:{to}@127.0.0.1:{self.server}"
        self.talks[call_id] = talk
        return talk

    async def called(self) -> Talk:
        """Return the next call of somebody else."""
        async with asyncio.timeout(PATIENCE):
            return await self.new.get()

    @property
    def contact(self) -> str:
        transport = "" if self.transport == "UDP" else f";transport={self.transport.lower()}"
        return f"<sip:{self.user}@127.0.0.1:{self.port}{transport}>"


@dataclass
class Talk:
    """One dialog, or what may become one, as this peer sees it."""

    peer: Plain
    call_id: str
    local: Address
    remote: Address
    source: tuple[str, int] | None = None
    target: str = ""
    cseq: int = 0
    heard: list[Message] = field(default_factory=list)
    """All that came, repeated messages too."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: int = 0
    _branch: str = ""
    _first: tuple[str, str] = ("", "")
    """Request URI and To of the INVITE, which its CANCEL repeats (RFC 3261 §9.1)."""

    def send(
        self, method: str, body: str = "", *, cseq: int | None = None, branch: str = "", uri: str = "",
        headers: tuple[str, ...] = (), kind: str = "application/sdp",
    ) -> bytes:  # fmt: skip
        """Send a request once; return its bytes, to be sent again by `again`. ACK and CANCEL take the INVITE's CSeq."""
        if method not in ("ACK", "CANCEL"):
            self.cseq += 1
        if method == "INVITE":
            self._first = uri or self.target, str(self.remote)
        where, remote = self._first if method == "CANCEL" else (uri or self.target, str(self.remote))
        self._branch = branch or (self._branch if method == "CANCEL" else f"z9hG4bK{self.peer.port}x{next(_count)}")
        lines = [
            f"{method} {where} SIP/2.0",
            f"Via: SIP/2.0/{self.peer.transport} 127.0.0.1:{self.peer.port};branch={self._branch};rport",
            "Max-Forwards: 70",
            f"From: {self.local}",
            f"To: {remote}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq if cseq is None else cseq} {method}",
            f"Contact: {self.peer.contact}",
            f"Allow: {ALLOW}",
            *headers,
            *([f"Content-Type: {kind}"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        data = "\r\n".join([*lines, "", body]).encode()
        self.again(data)
        return data

    def deny(self) -> None:
        """Send the ACK that belongs to a failed INVITE: in its transaction (RFC 3261 §17.1.1.3)."""
        self.send("ACK", branch=self._branch, uri=self._first[0])

    def again(self, data: bytes) -> None:
        self.peer.raw(data, self.source)

    def reply(
        self, request: Request, status: int, body: str = "", *, tag: str = "", headers: tuple[str, ...] = (),
        contact: str = "",
    ) -> bytes:  # fmt: skip
        """Answer a request with this To tag, which becomes the dialog's when it has none; return the bytes."""
        if "tag" not in self.local.params and status > 100:
            self.local.params["tag"] = tag or f"q{next(_count)}"
        response = request.response(status, tag=tag or self.local.params.get("tag"))
        for route in request.raw("record-route"):
            response.add("record-route", route)
        response.add("contact", contact or self.peer.contact)
        response.add("allow", ALLOW)
        for header in headers:
            name, _, value = header.partition(":")
            response.add(name.strip().lower(), value.strip())
        if body:
            response.set_body("application/sdp", body)
        data = response.to_bytes()
        self.again(data)
        return data

    async def got(self, what: str | int, timeout: float = PATIENCE) -> Message:
        """Return the next message that is this method, this status, or of this class (`"1xx"`); skip the others."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    while self._seen < len(self.heard):
                        message = self.heard[self._seen]
                        self._seen += 1
                        if _is(message, what):
                            return message
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come; heard {[m.start_line() for m in self.heard]}") from None

    async def request(self, method: str, timeout: float = PATIENCE) -> Request:
        message = await self.got(method, timeout)
        assert isinstance(message, Request)
        return message

    async def refresh(self, timeout: float) -> Request:
        """Return the next request that only asks whether we are still there. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                while self._seen < len(self.heard):
                    message = self.heard[self._seen]
                    if isinstance(message, Request) and message.method == "BYE":
                        break  # left for whoever waits for it
                    self._seen += 1
                    if isinstance(message, Request) and message.method in ("UPDATE", "OPTIONS", "INVITE"):
                        return message
                self.news.clear()
                await self.news.wait()

    async def response(self, status: int | str, method: str = "", timeout: float = PATIENCE) -> Response:
        """Return the next such response; a final one to an INVITE makes the dialog."""
        while True:
            message = await self.got(status, timeout)
            assert isinstance(message, Response)
            if method and message.cseq.method != method:
                continue
            if message.cseq.method == "INVITE" and message.status >= 200:
                self.join(message)
            return message

    def join(self, response: Response) -> None:
        """Take the dialog that this response makes, or only its tag for the ACK."""
        self.remote = Address(response.to.uri, response.to.name, dict(response.to.params))
        if contact := response.addresses("contact"):
            self.target = str(contact[0].uri)

    def asked(self, method: str) -> int:
        """Return how many such requests came, repeated ones once."""
        return len({m.cseq.number for m in self.heard if isinstance(m, Request) and m.method == method})

    def count(self, what: str | int) -> int:
        return sum(_is(message, what) for message in self.heard)


def _is(message: Message, what: str | int) -> bool:
    if isinstance(message, Request):
        return message.method == what
    if isinstance(what, int):
        return message.status == what
    return what == f"{message.status // 100}xx" or (what == "final" and message.status >= 200)


def challenge(response: Response, algorithm: str = "MD5") -> dict[str, str]:
    """Return the parameters of the challenge with this algorithm."""
    found = [parse_auth(v) for v in response.raw("www-authenticate") + response.raw("proxy-authenticate")]
    return next(c for c in found if c.get("algorithm", "MD5").upper() == algorithm)


def authorize(
    asked: dict[str, str], method: str, uri: str, user: str, password: str, *, nc: int = 1, proxy: bool = False
) -> str:
    """Return the field that answers a challenge, reckoned by hand (RFC 7616 §3.4.1)."""
    name = asked.get("algorithm", "MD5")
    kind = hashlib.sha256 if name == "SHA-256" else hashlib.md5

    def h(text: str) -> str:
        return kind(text.encode()).hexdigest()

    count, cnonce = f"{nc:08x}", "0a4f113b"
    secret = h(f"{user}:{asked['realm']}:{password}")
    answer = h(f"{secret}:{asked['nonce']}:{count}:{cnonce}:auth:{h(f'{method}:{uri}')}")
    return (
        f'{"Proxy-" if proxy else ""}Authorization: Digest username="{user}", realm="{asked["realm"]}", '
        f'nonce="{asked["nonce"]}", uri="{uri}", response="{answer}", algorithm={name}, cnonce="{cnonce}", qop=auth, '
        f"nc={count}"
    )


async def register(peer: Plain, password: str = "secret", algorithm: str = "MD5", expires: int = 300) -> Talk:
    """Register this peer's user with digest; return the talk, of which the last response is the 200."""
    talk = peer.talk(peer.user, uri="sip:127.0.0.1")
    talk.send("REGISTER", headers=(f"Expires: {expires}",))
    asked = challenge(await talk.response(401), algorithm)
    answer = authorize(asked, "REGISTER", "sip:127.0.0.1", peer.user, password)
    talk.send("REGISTER", headers=(f"Expires: {expires}", answer))
    await talk.response(200)
    return talk


async def offered(caller: Plain, *phones: Plain) -> tuple[Talk, Talk, Request]:
    """Let the caller call these phones at once; return its talk, the first phone's, and the INVITE that one got."""
    near = caller.talk("-".join(str(phone.port) for phone in phones))
    near.send("INVITE", sdp())
    far = await phones[0].called()
    return near, far, await far.request("INVITE")


async def standing(caller: Plain, phone: Plain) -> tuple[Talk, Talk]:
    """Return both ends of a call that stands."""
    near, far, invite = await offered(caller, phone)
    far.reply(invite, 200, sdp(4002))
    await far.request("ACK")
    await near.response(200, "INVITE")
    near.send("ACK")
    return near, far


async def over(end: Talk) -> None:
    """Take the BYE of the other side."""
    end.reply(await end.request("BYE"), 200)


async def dial(peer: Plain, to: str, *headers: str) -> Talk:
    """Call as a registered phone, which is asked who it is."""
    talk = peer.talk(to)
    talk.send("INVITE", sdp(peer.port), headers=headers)
    wanted = challenge(await talk.response(407, "INVITE"))
    talk.deny()
    talk.remote.params.pop("tag")
    answer = authorize(wanted, "INVITE", talk.target, peer.user, "secret", proxy=True)
    talk.send("INVITE", sdp(peer.port), headers=(*headers, answer))
    return talk


async def picked_up(phone: Plain) -> Talk:
    """Take the next call."""
    talk = await phone.called()
    talk.reply(await talk.request("INVITE"), 200, sdp(phone.port))
    await talk.request("ACK")
    return talk


async def renegotiated(end: Talk, port: int) -> None:
    """Take the re-INVITE by which this end is connected with the sound at another port."""
    asked = await end.request("INVITE")
    assert f"m=audio {port} " in (asked.sdp or ""), asked.sdp
    end.reply(asked, 200, sdp(end.peer.port))
    await end.request("ACK")
