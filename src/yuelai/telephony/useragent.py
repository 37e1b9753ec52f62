"""What every leg needs from below: sending within and outside dialogs, the tables of legs and dialogs, the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from yuelai.platform.clock import Clock
from yuelai.platform.ids import LegId
from yuelai.telephony.client_auth import ClientAuth
from yuelai.telephony.dialog import Dialog, DialogKey
from yuelai.telephony.exchange import Exchange, within
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, Transport, UdpHop, uri_hop
from yuelai.telephony.layer import (
    ClientTransaction,
    FailureHandler,
    ResponseHandler,
    ServerTransaction,
    TransactionLayer,
)
from yuelai.telephony.ports import DialogJournal, DialogRecord, Digest
from yuelai.telephony.records import dialog_of, record_of
from yuelai.telephony.registrar import Binding
from yuelai.telephony.session import SESSION_SECONDS
from yuelai.telephony.sweep import Sweep
from yuelai.telephony.timers import Timer, Timers
from yuelai.telephony.tokens import new_branch
from yuelai.telephony.trace.observer import CallObserver
from yuelai.wire.sip import Request, Response, Uri, Via, parse_uri

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg
    from yuelai.telephony.referral import Referrals

log = structlog.get_logger()

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK", "REGISTER")
EXTENSIONS = ("timer", "100rel")
PARKED_SECONDS = 32.0
"""How long a BYE waits for a browser that is away to come back."""


InDialog = Callable[["SipLeg", ServerTransaction], None]


class Wire(Transport, Protocol):
    """The transport as the user agent sees it."""

    def reachable(self, hop: Hop) -> bool: ...


class Resolver(Protocol):
    async def hops(self, uri: Uri) -> list[Hop]:
        """Return where a SIP URI is reached, the best first (RFC 3263)."""
        ...

    def failed(self, hop: Hop) -> None:
        """This way did not answer; others come first for a while."""
        ...


@dataclass
class _Parked:
    dialog: Dialog
    done: Callable[[], None]
    timer: Timer


class UserAgent:
    """`host` and `port` are what we call ourselves in Via and Contact; `idle_seconds` see `liveness`."""

    def __init__(
        self,
        clock: Clock,
        timers: Timers,
        layer: TransactionLayer,
        wire: Wire,
        journal: DialogJournal,
        host: str,
        port: int,
        idle_seconds: float,
    ) -> None:
        self.clock, self.timers, self.layer, self.wire, self.journal = clock, timers, layer, wire, journal
        self.host, self.port = f"[{host}]" if ":" in host else host, port
        self.tls_port: int | None = None
        """Our port for TLS, when we listen there."""
        self.other_host: str | None = None
        """What we call ourselves to peers by IPv6 when `host` is of IPv4, or the other way round."""
        self.idle_seconds = idle_seconds
        self.methods: tuple[str, ...] = METHODS
        self.extensions: tuple[str, ...] = EXTENSIONS
        self.in_dialog: dict[str, InDialog] = {}
        """Whoever takes a method within dialogs that legs know nothing of (REFER, MESSAGE …)."""
        self.referrals: Referrals | None = None
        """Who asks for transfers; set by whoever knows how."""
        self.observer: CallObserver | None = None
        """Told of every leg's INVITEs and of its end."""
        self.session_seconds = SESSION_SECONDS
        """Session-Expires that calls of ours ask for; less than the least that may be (90) asks for none."""
        self.own_hosts: set[str] = {self.host}
        """Hosts that are ourselves: what points there is a number of ours."""
        self.resolver: Resolver | None = None
        """Finds names; without one only literal addresses are reached."""
        self.located: Callable[[Uri], Binding | None] = lambda uri: None
        """Finds the device that a GRUU of ours names."""
        self.legs: dict[LegId, SipLeg] = {}
        self.dialogs: dict[DialogKey, SipLeg] = {}
        self.supervision = Sweep(self)
        self._parked: list[_Parked] = []
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def allow(self) -> str:
        return ", ".join(self.methods)

    def understand(self, method: str, *extensions: str, within: InDialog | None = None) -> None:
        """Say from now on that we know a method and extensions; `within` takes its requests inside dialogs."""
        self.methods = tuple(dict.fromkeys((*self.methods, method)))
        self.extensions = tuple(dict.fromkeys((*self.extensions, *extensions)))
        if within is not None:
            self.in_dialog[method] = within

    def supported(self, *, reliable: bool) -> str:
        """Return what an INVITE of ours says it supports; provisional responses are only acknowledged when the offer
        is ours, as one of theirs would want its answer in the PRACK (RFC 3262 §5)."""
        return ", ".join(tag for tag in self.extensions if reliable or tag != "100rel")

    def observe_began(self, leg: SipLeg, invite: Request) -> None:
        if self.observer is not None:
            self.observer.began(leg, invite)

    def observe_ended(self, leg: SipLeg, status: int, reason: str) -> None:
        if self.observer is not None:
            self.observer.ended(leg, status, reason)

    def is_own(self, uri: Uri) -> bool:
        """True for a URI that points to ourselves."""
        return uri.host.lower() in self.own_hosts and uri.port in (None, self.port, self.tls_port)

    def literal(self, uri: Uri) -> Hop | None:
        """Return where a URI is reached when no name has to be looked up."""
        binding = self.located(uri)
        return binding.hop if binding is not None else uri_hop(uri)

    def look_up(self, uri: Uri, found: Callable[[list[Hop]], None]) -> None:
        """Find where a URI is reached (RFC 3263); `found` gets the ways in their order, none when there are none."""
        self.spawn(self._look_up(uri, found))

    async def _look_up(self, uri: Uri, found: Callable[[list[Hop]], None]) -> None:
        hops: list[Hop] = []
        try:
            if self.resolver is not None and uri.is_sip:
                hops = await self.resolver.hops(uri)
        except Exception:
            log.exception("sip_name_not_found", host=uri.host)
        found(hops)

    def locate(self, dialog: Dialog) -> None:
        """Find out where a dialog's target is when it is a name; until then requests go to where it was heard."""
        if not dialog.way_known and dialog.found is None and self.resolver is not None:
            target = dialog.target

            def found(hops: list[Hop]) -> None:
                if hops and dialog.target == target:
                    dialog.found = hops[0]

            self.look_up(dialog.next_uri, found)

    def way(self, dialog: Dialog) -> Hop:
        """Return where the next request of a dialog goes: over the connection that stands, else to the target."""
        if isinstance(dialog.hop, StreamHop) and self.wire.reachable(dialog.hop):
            return dialog.hop
        if "gr" in dialog.target.params and not self.wire.reachable(dialog.hop):
            binding = self.located(dialog.target)
            if binding is not None:
                return binding.hop
        return dialog.next_hop

    def sweep(self) -> int:
        """End whatever has no owner any more; return how much that was. It should be nothing."""
        return self.supervision.sweep()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine that nobody waits for; its failure is logged."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("telephony_task_failed", exc_info=error)

    def contact(self, hop: Hop) -> str:
        kind = "ws" if isinstance(hop, FlowHop) else hop.transport.lower()
        transport = "" if kind == "udp" else f";transport={kind}"
        return f"<sip:yuelai@{self.host_for(hop)}:{self.port_for(hop)}{transport}>"

    def host_for(self, hop: Hop) -> str:
        """Return the address of ours that a peer can send to."""
        if self.other_host is None or isinstance(hop, FlowHop) or (":" in hop.host) == (":" in self.host):
            return self.host
        return self.other_host

    def port_for(self, hop: Hop) -> int:
        """Return the port of ours that answers by the transport of this hop."""
        return self.tls_port if hop.transport == "TLS" and self.tls_port is not None else self.port

    def _via(self, hop: Hop) -> Via:
        params = {"branch": new_branch()} if isinstance(hop, FlowHop) else {"branch": new_branch(), "rport": None}
        return Via(hop.transport, self.host_for(hop), self.port_for(hop), dict(params))

    def transmit(self, request: Request, hop: Hop) -> bytes:
        """Send a request outside any transaction, the ACK to a 2xx; return it as it was sent."""
        self._name_contact(request)
        request.push_via(self._via(hop))
        data = request.to_bytes()
        self.wire.send(hop, data)
        return data

    def send_to(self, hop: Hop, request: Request, told: ResponseHandler, failed: FailureHandler) -> ClientTransaction:
        self._name_contact(request)
        request.push_via(self._via(hop))
        if request.method in ("INVITE", "UPDATE"):
            request.set("contact", self.contact(hop))
            request.set("allow", self.allow)
        return self.layer.send(request, hop, told, failed)

    def _name_contact(self, request: Request) -> None:
        """A device puts the name we gave it in its dialogs (RFC 5627 §5.1); on the wire it is its contact."""
        if ";gr" in request.target and (binding := self.located(parse_uri(request.target))) is not None:
            request.target = str(binding.contact)

    def send(self, dialog: Dialog, request: Request, told: ResponseHandler, failed: FailureHandler) -> None:
        """Send a request within a dialog; again with credentials where the other side asks for them. What is told may
        then have another CSeq than the request."""
        if dialog.auth is None:
            self.send_to(self.way(dialog), request, told, failed)
        else:
            within(self, dialog, request, self.way(dialog), told, failed)

    def request(
        self,
        request: Request,
        hops: Sequence[Hop] = (),
        *,
        told: ResponseHandler,
        failed: FailureHandler,
        digest: Digest | None = None,
        auth: ClientAuth | None = None,
    ) -> None:
        """Send a request outside dialogs: at the next of `hops` (found by its URI when there are none) when one is
        unreachable or answers 503, and with credentials when they are asked for.

        `auth` remembers challenges from request to request (a registration's); else one is made of `digest`. `told`
        gets every response that is left, whose CSeq may be higher than the request's; `failed` gets 408 or 503.
        """
        if auth is None and digest is not None:
            auth = ClientAuth(digest)
        number = request.cseq.number

        def count() -> int:
            nonlocal number
            number += 1
            return number

        def send(ways: Sequence[Hop]) -> None:
            if not ways:
                failed(503, "no such host")
                return
            Exchange(self, request, ways, auth, count, told, failed).send()

        if hops or (known := self.literal(request.uri)) is None:
            if hops:
                send(hops)
            else:
                self.look_up(request.uri, send)
        else:
            send((known,))

    def dialog_response(self, request: Request, status: int, dialog: Dialog) -> Response:
        """Return a response that makes or refreshes a dialog (§12.1.1)."""
        response = request.response(status, tag=dialog.local.tag)
        for route in request.raw("record-route"):
            response.add("record-route", route)
        response.add("contact", self.contact(dialog.hop))
        response.add("allow", self.allow)
        return response

    def describe(self, request: Request, tag: str) -> Response:
        """Return the answer to OPTIONS (§11.2)."""
        response = request.response(200, tag=tag)
        response.add("allow", self.allow)
        response.add("accept", "application/sdp, application/dtmf-relay")
        response.add("accept-encoding", "identity")
        response.add("accept-language", "en, zh")
        response.add("supported", ", ".join(self.extensions))
        return response

    def reachable(self, hop: Hop) -> bool:
        return self.wire.reachable(hop)

    def bye(self, dialog: Dialog, done: Callable[[], None], *, cause: str = "") -> None:
        """End a dialog on the wire; `done` is called once nothing more can come of it. `cause` is its Reason field.

        A browser that is away gets its BYE when it comes back within `PARKED_SECONDS`.
        """
        if self.reachable(self.way(dialog)):
            bye = dialog.request("BYE")
            if cause:
                bye.add("reason", cause)
            self.send(dialog, bye, lambda r: done() if r.status >= 200 else None, lambda _s, _r: done())
            return
        parked = _Parked(dialog, done, Timer(None))
        parked.timer = self.timers.after(PARKED_SECONDS, lambda: self._unpark(parked))
        self._parked.append(parked)

    def _unpark(self, parked: _Parked) -> None:
        self._parked.remove(parked)
        parked.done()

    def lose_flow(self, flow: str) -> None:
        for leg in list(self.legs.values()):
            if leg.dialog is not None and leg.dialog.hop == FlowHop(flow):
                leg.lose_flow()

    def rebind(self, binding: Binding) -> None:
        """A browser registered: its standing dialogs, known by contact or by instance, go on over this flow.

        Another contact is a reloaded page, which knows nothing of them; the probe finds that out. A phone whose TCP or
        TLS connection broke is found again likewise.
        """
        if isinstance(binding.source, UdpHop):
            return
        for leg in list(self.legs.values()):
            dialog = leg.dialog
            if dialog is not None and dialog.hop != binding.source and self._comes_back(dialog, binding):
                dialog.hop = binding.source
                leg.described()
                if isinstance(binding.source, FlowHop):
                    leg.grace.stop()
                    leg.liveness.probe("UPDATE")
        for parked in [p for p in self._parked if self._comes_back(p.dialog, binding)]:
            parked.timer.cancel()
            self._parked.remove(parked)
            parked.dialog.hop = binding.source
            self.bye(parked.dialog, parked.done)

    def _comes_back(self, dialog: Dialog, binding: Binding) -> bool:
        return _same_party(dialog, binding) and not (
            isinstance(dialog.hop, StreamHop) and self.reachable(dialog.hop)  # there may be two connections
        )

    def record(self, leg: SipLeg) -> DialogRecord:
        return record_of(leg, self.clock.now())

    def journal_ended(self, leg: LegId) -> None:
        self.spawn(self.journal.ended(leg))

    def end_restored(self, record: DialogRecord, done: Callable[[], None]) -> None:
        """Send BYE on a dialog of an earlier life. Raises PeerError or ValueError for a record that cannot be read."""
        self.bye(dialog_of(record), done)


def _same_party(dialog: Dialog, binding: Binding) -> bool:
    if type(dialog.hop) is not type(binding.source) or isinstance(dialog.hop, UdpHop):
        return False
    if dialog.user and dialog.user != binding.user:
        return False  # whoever names another's contact does not get their call
    same_contact = (dialog.target.user, dialog.target.host) == (binding.contact.user, binding.contact.host)
    if isinstance(dialog.hop, FlowHop) and same_contact:
        return True  # the host is a random name
    return bool(binding.instance) and (dialog.user, dialog.instance) == (binding.user, binding.instance)
