"""What every leg needs from below: sending within and outside dialogs, the tables of legs and dialogs, the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import structlog

from yuelai.platform.clock import Clock
from yuelai.platform.ids import LegId
from yuelai.telephony.dialog import Dialog, DialogKey
from yuelai.telephony.hops import FlowHop, Hop, Transport, parse_hop
from yuelai.telephony.layer import (
    ClientTransaction,
    FailureHandler,
    ResponseHandler,
    ServerTransaction,
    TransactionLayer,
    new_branch,
)
from yuelai.telephony.ports import DialogJournal, DialogRecord
from yuelai.telephony.registrar import Binding
from yuelai.telephony.timers import Timer, Timers
from yuelai.telephony.trace.observer import CallObserver
from yuelai.wire.sip import Request, Response, Via, parse_address, parse_uri
from yuelai.wire.sip.text import clean

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

log = structlog.get_logger()

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "REGISTER")
EXTENSIONS = ("timer",)
PARKED_SECONDS = 32.0
"""How long a BYE waits for a browser that is away to come back."""
AFTER_RESTART_CSEQ = 1000
"""Added to a journalled CSeq, for requests that were sent after it was written (re-INVITEs, probes)."""


InDialog = Callable[["SipLeg", ServerTransaction], None]


class Wire(Transport, Protocol):
    """The transport as the user agent sees it."""

    def reachable(self, hop: Hop) -> bool: ...


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
        self.idle_seconds = idle_seconds
        self.methods: tuple[str, ...] = METHODS
        self.extensions: tuple[str, ...] = EXTENSIONS
        self.in_dialog: dict[str, InDialog] = {}
        """Whoever takes a method within dialogs that legs know nothing of (REFER, MESSAGE …)."""
        self.observer: CallObserver | None = None
        """Told of every leg's INVITEs and of its end."""
        self.legs: dict[LegId, SipLeg] = {}
        self.dialogs: dict[DialogKey, SipLeg] = {}
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
        return f"<sip:yuelai@{self.host}:{self.port_for(hop)}{transport}>"

    def port_for(self, hop: Hop) -> int:
        """Return the port of ours that answers by the transport of this hop."""
        return self.tls_port if hop.transport == "TLS" and self.tls_port is not None else self.port

    def _via(self, hop: Hop) -> Via:
        params = {"branch": new_branch()} if isinstance(hop, FlowHop) else {"branch": new_branch(), "rport": None}
        return Via(hop.transport, self.host, self.port_for(hop), dict(params))

    def transmit(self, request: Request, hop: Hop) -> None:
        """Send a request outside any transaction: the ACK to a 2xx. The same object may be sent again."""
        if request.get("via") is None:
            request.push_via(self._via(hop))
        self.wire.send(hop, request.to_bytes())

    def send_to(self, hop: Hop, request: Request, told: ResponseHandler, failed: FailureHandler) -> ClientTransaction:
        request.push_via(self._via(hop))
        if request.method in ("INVITE", "UPDATE"):
            request.set("contact", self.contact(hop))
            request.set("allow", self.allow)
        return self.layer.send(request, hop, told, failed)

    def send(
        self, dialog: Dialog, request: Request, told: ResponseHandler, failed: FailureHandler
    ) -> ClientTransaction:
        """Send a request within a dialog."""
        return self.send_to(dialog.next_hop, request, told, failed)

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

    def bye(self, dialog: Dialog, done: Callable[[], None]) -> None:
        """End a dialog on the wire; `done` is called once nothing more can come of it.

        A browser that is away gets its BYE when it comes back within `PARKED_SECONDS`.
        """
        if self.reachable(dialog.next_hop):
            self.send(
                dialog, dialog.request("BYE"), lambda r: done() if r.status >= 200 else None, lambda _s, _r: done()
            )
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

        Another contact is a reloaded page, which knows nothing of them; the probe finds that out.
        """
        if not isinstance(binding.source, FlowHop):
            return
        for leg in list(self.legs.values()):
            dialog = leg.dialog
            if dialog is not None and dialog.hop != binding.source and _same_party(dialog, binding):
                dialog.hop = binding.source
                leg.stop_grace()
                leg.liveness.probe("UPDATE")
        for parked in [p for p in self._parked if _same_party(p.dialog, binding)]:
            parked.timer.cancel()
            self._parked.remove(parked)
            parked.dialog.hop = binding.source
            self.bye(parked.dialog, parked.done)

    def record(self, leg: LegId, dialog: Dialog, account: UUID | None = None) -> DialogRecord:
        return DialogRecord(
            leg_id=leg,
            at=self.clock.now(),
            call_id=clean(dialog.call_id),
            local=clean(str(dialog.local)),
            remote=clean(str(dialog.remote)),
            local_cseq=dialog.local_cseq,
            remote_cseq=dialog.remote_cseq,
            route_set=tuple(clean(str(route)) for route in dialog.route_set),
            target=clean(str(dialog.target)),
            hop=str(dialog.hop),
            symmetric=dialog.symmetric,
            user=dialog.user,
            instance=clean(dialog.instance),
            account=account,
        )

    def journal_ended(self, leg: LegId) -> None:
        self.spawn(self.journal.ended(leg))

    def end_restored(self, record: DialogRecord, done: Callable[[], None]) -> None:
        """Send BYE on a dialog of an earlier life. Raises PeerError or ValueError for a record that cannot be read."""
        dialog = Dialog(
            call_id=record.call_id,
            local=parse_address(record.local),
            remote=parse_address(record.remote),
            local_cseq=record.local_cseq + AFTER_RESTART_CSEQ,
            remote_cseq=record.remote_cseq,
            target=parse_uri(record.target),
            hop=parse_hop(record.hop),
            route_set=[parse_address(route) for route in record.route_set],
            symmetric=record.symmetric,
            user=record.user,
            instance=record.instance,
        )
        self.bye(dialog, done)


def _same_party(dialog: Dialog, binding: Binding) -> bool:
    if not isinstance(dialog.hop, FlowHop):
        return False
    if (dialog.target.user, dialog.target.host) == (binding.contact.user, binding.contact.host):
        return True
    return bool(binding.instance) and (dialog.user, dialog.instance) == (binding.user, binding.instance)
