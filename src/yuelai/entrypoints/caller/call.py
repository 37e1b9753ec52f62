"""One call of the user agent, placed or taken: its SIP dialog (RFC 3261 §12) and its sound."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from yuelai.entrypoints.caller.offers import Description, settle
from yuelai.entrypoints.caller.sound import Sound
from yuelai.entrypoints.caller.transactions import LIFETIME, Client, Server
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Address, Request, Response, parse_address

if TYPE_CHECKING:
    from yuelai.entrypoints.caller.useragent import UserAgent

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"


class State(StrEnum):
    TRYING = "trying"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class NotAccepted(Exception):
    """The other side refused a change of the call; the message has its status."""


@dataclass
class _Dialog:
    """What in-dialog requests are made of."""

    local: Address
    remote: Address
    target: str
    route: list[str] = field(default_factory=list)
    cseq: int = 0


class Call:
    """`final` is set with the final response of the INVITE, `ended` when the call is over, whoever ended it.

    `ended_by` is `remote` or `local`; `status` and `reason` are those of the final response. Times are loop times.
    """

    def __init__(self, agent: UserAgent, call_id: str, sound: Sound, dialog: _Dialog, *, placed: bool) -> None:
        self.agent, self.call_id, self.sound, self.placed = agent, call_id, sound, placed
        self.state = State.TRYING
        self.status, self.reason = 0, ""
        self.ended_by: str | None = None
        self.final, self.ended, self.ringing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.held_by_remote = False
        self.began_at = asyncio.get_running_loop().time()
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.invitation: Request | None = None
        self._dialog = dialog
        self._description = Description(agent.host, sound.port)
        self._client: Client | None = None
        self._server: Server | None = None
        self._invite: Request | None = None
        self._cancelled = False
        self._offered_in_answer = False
        self._tags: set[str | None] = set()

    # Placing

    @classmethod
    async def outgoing(cls, agent: UserAgent, number: str, *, keep_sound: bool) -> Call:
        sound = await Sound.open(agent.host, keep=keep_sound)
        target = f"sip:{number}@{agent.server[0]}:{agent.server[1]}"
        local = agent.address(agent.user, tag=secrets.token_hex(6))
        dialog = _Dialog(local, Address(parse_address(target).uri), target)
        return cls(agent, f"{secrets.token_hex(10)}@{agent.host}", sound, dialog, placed=True)

    def start(self, authorization: tuple[str, str] | None = None) -> None:
        """Send the INVITE."""
        request = self._in_dialog("INVITE")
        request.add("contact", f"<{self.agent.contact}>")
        request.add("allow", ALLOW)
        if authorization is not None:
            request.add(*authorization)
        request.set_body("application/sdp", self._description.offer())
        self._invite = request
        self._client = self.agent.send(request, self._response)

    def _response(self, response: Response) -> None:
        if response.status < 200:
            if response.status > 100:
                self.state = State.RINGING if self.state is State.TRYING else self.state
                self.ringing.set()
                if response.sdp and self.state is not State.ANSWERED:
                    self._start_sound(response.sdp)
            if self._cancelled and self._client is not None:
                self._send_cancel()
            return
        if response.status < 300:
            self._take_ok(response)
            return
        if self.state is State.ENDED:
            return
        assert self._invite is not None
        authorization = self.agent.authorize(self._invite, response) if not self._cancelled else None
        if authorization is not None:
            self.start(authorization)
            return
        self.status, self.reason = response.status, response.reason
        self._end("local" if self._cancelled else "remote")

    def _take_ok(self, response: Response) -> None:
        """A 200: acknowledge it, each time it comes; a second one from another branch of a fork is hung up."""
        first = self.state in (State.TRYING, State.RINGING)
        forked = not first and response.to.tag != self._dialog.remote.tag
        new = response.to.tag not in self._tags
        self._tags.add(response.to.tag)
        dialog = self._dialog if not forked else _Dialog(self._dialog.local, response.to, "")
        if first or forked:
            dialog.remote = response.to
            contacts = response.addresses("contact")
            if contacts:
                dialog.target = str(contacts[0].uri)
            dialog.route = response.all("record-route")[::-1]
        self.agent.send_plain(self._in_dialog("ACK", number=response.cseq.number, dialog=dialog))
        if new and (forked or self._cancelled):
            # A CANCEL that crossed the 200 came too late: the call stands and has to be ended (§9.1).
            self.agent.send(self._in_dialog("BYE", dialog=dialog), lambda _: None)
        if not first:
            return
        self.status, self.reason = response.status, response.reason
        if self._cancelled:
            self._end("local")
            return
        try:
            self._start_sound(response.sdp or "")
        except PeerError:
            self._spawn_hangup()
        self._answered()

    def _spawn_hangup(self) -> None:
        self.agent.send(self._in_dialog("BYE"), lambda _: None)
        self._end("local")

    # Taking

    @classmethod
    def incoming(cls, agent: UserAgent, request: Request, server: Server) -> Call:
        local = Address(request.to.uri, request.to.name, {**request.to.params, "tag": secrets.token_hex(6)})
        contacts = request.addresses("contact")
        target = str(contacts[0].uri if contacts else request.from_.uri)
        dialog = _Dialog(local, request.from_, target, request.all("record-route"))
        call = cls(agent, request.call_id, Sound(), dialog, placed=False)
        call._server, call.invitation = server, request
        server.respond(request.response(100))
        return call

    @property
    def remote_number(self) -> str:
        return self._dialog.remote.uri.user

    @property
    def remote_name(self) -> str:
        return self._dialog.remote.name

    def ring(self) -> None:
        """Send 180."""
        if self.state is State.TRYING:
            self.state = State.RINGING
            self._respond(180, "Ringing")

    async def answer(self, *, keep_sound: bool = False) -> None:
        """Send 200 and begin to send sound. Does nothing when the caller has gone meanwhile."""
        assert self.invitation is not None
        sound = await Sound.open(self.agent.host, keep=keep_sound)
        if self.state is State.ENDED:
            sound.close()
            return
        self.sound = sound
        self._description = Description(self.agent.host, sound.port)
        offer = self.invitation.sdp
        try:
            if offer:
                sdp, peer = self._description.answer(offer)
                sound.start(peer)
            else:
                sdp, self._offered_in_answer = self._description.offer(), True
        except PeerError:
            self.decline(488, "Not Acceptable Here")
            return
        self._respond(200, "OK", sdp)
        self.status, self.reason = 200, "OK"
        self._answered()

    def decline(self, status: int = 486, reason: str = "Busy Here") -> None:
        if self.state in (State.TRYING, State.RINGING):
            self._respond(status, reason)
            self.status, self.reason = status, reason
            self._end("local")

    def _respond(self, status: int, reason: str, sdp: str | None = None) -> None:
        assert self.invitation is not None
        assert self._server is not None
        response = self.invitation.response(status, reason, tag=self._dialog.local.tag)
        for route in self.invitation.raw("record-route"):
            response.add("record-route", route)
        if status < 300:
            response.add("contact", f"<{self.agent.contact}>")
            response.add("allow", ALLOW)
        if sdp is not None:
            response.set_body("application/sdp", sdp)
        self._server.respond(response)

    def cancelled(self) -> None:
        """Their CANCEL came (the agent has answered it)."""
        if self.state in (State.TRYING, State.RINGING):
            self._respond(487, "Request Terminated")
            self.status, self.reason = 487, "Request Terminated"
            self._end("remote")

    def acknowledged(self, ack: Request) -> None:
        if self._server is not None:
            self._server.acknowledged()
        if self._offered_in_answer and ack.sdp and self.state is State.ANSWERED:
            self._offered_in_answer = False
            self._start_sound(ack.sdp)

    # Both

    async def hangup(self) -> None:
        """End it as its state demands: CANCEL, BYE or a refusal; returns when the other side has confirmed."""
        if self.state is State.ANSWERED:
            bye = self._in_dialog("BYE")
            self._end("local")
            await self.agent.ask(bye)
        elif self.state is not State.ENDED and self.placed:
            if not self._cancelled:
                self._cancelled = True
                if self.ringing.is_set() or self._provisional():
                    self._send_cancel()
            await self.ended.wait()
        else:
            self.decline(480, "Temporarily Unavailable")

    def _provisional(self) -> bool:
        return self._client is not None and self._client.proceeding

    def _send_cancel(self) -> None:
        """CANCEL has the INVITE's branch, To and CSeq number, and waits for a provisional response (§9.1)."""
        assert self._invite is not None
        cancel = Request("CANCEL", self._invite.target)
        for key, value in self._invite.fields:
            if key in ("from", "to", "call-id", "route"):
                cancel.add(key, value)
        cancel.add("cseq", f"{self._invite.cseq.number} CANCEL")
        branch = self._invite.via.branch
        if not self.agent.has(branch, "CANCEL"):
            self.agent.send(cancel, lambda _: None, branch)
            asyncio.get_running_loop().call_later(LIFETIME, self._end, "local")

    async def hold(self, held: bool) -> None:
        """Re-INVITE with sendonly or sendrecv (RFC 6337 §5.3). Raises NotAccepted."""
        request = self._in_dialog("INVITE")
        request.add("contact", f"<{self.agent.contact}>")
        request.set_body("application/sdp", self._description.offer("sendonly" if held else "sendrecv"))
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def heard(response: Response) -> None:
            if 200 <= response.status < 300:
                self.agent.send_plain(self._in_dialog("ACK", number=response.cseq.number))
            if response.status >= 200 and not answered.done():
                answered.set_result(response)

        self.agent.send(request, heard)
        response = await answered
        if response.status >= 300:
            raise NotAccepted(f"{response.status} {response.reason}")
        self._start_sound(response.sdp or "")

    def request(self, request: Request, server: Server) -> None:
        """A request of theirs inside the call."""
        if request.method == "BYE":
            server.respond(request.response(200))
            if self.state in (State.TRYING, State.RINGING) and not self.placed:
                self.cancelled()
            self._end("remote")
        elif request.method == "INVITE" or (request.method == "UPDATE" and request.sdp):
            self._reoffered(request, server)
        elif request.method in ("OPTIONS", "INFO", "UPDATE"):
            server.respond(request.response(200, tag=self._dialog.local.tag))
        else:
            response = request.response(405, tag=self._dialog.local.tag)
            response.add("allow", ALLOW)
            server.respond(response)

    def _reoffered(self, request: Request, server: Server) -> None:
        if self.state is not State.ANSWERED:
            server.respond(request.response(491 if self.state is not State.ENDED else 481))
            return
        try:
            if request.sdp:
                sdp, peer = self._description.answer(request.sdp)
                self.sound.start(peer)
                self.held_by_remote = not peer.send
            else:
                sdp, self._offered_in_answer = self._description.offer(), True
        except PeerError:
            server.respond(request.response(488))
            return
        if request.method == "INVITE":
            self._server = server
        contacts = request.addresses("contact")
        if contacts:
            self._dialog.target = str(contacts[0].uri)
        response = request.response(200)
        response.add("contact", f"<{self.agent.contact}>")
        response.set_body("application/sdp", sdp)
        server.respond(response)

    def _start_sound(self, sdp: str) -> None:
        self.sound.start(settle(sdp))

    def _answered(self) -> None:
        if self.state is not State.ENDED:
            self.state = State.ANSWERED
            self.answered_at = asyncio.get_running_loop().time()
        self.final.set()

    def _end(self, by: str) -> None:
        if self.state is State.ENDED:
            return
        self.state, self.ended_by = State.ENDED, by
        self.ended_at = asyncio.get_running_loop().time()
        self.sound.close()
        self.final.set()
        self.ended.set()

    def _in_dialog(self, method: str, *, number: int | None = None, dialog: _Dialog | None = None) -> Request:
        """A request with the dialog's ids, route and the next CSeq (or `number` for an ACK) (§12.2.1.1)."""
        d = dialog or self._dialog
        if number is None:
            d.cseq += 1
            number = d.cseq
        request = Request(method, d.target)
        for route in d.route:
            request.add("route", route)
        request.add("from", d.local)
        request.add("to", d.remote)
        request.add("call-id", self.call_id)
        request.add("cseq", f"{number} {method}")
        return request
