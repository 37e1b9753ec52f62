"""Telephony as core runs it: the stack on real sockets and a real clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

import structlog

from yuelai.platform.certificates import ClientTrust, ServerCertificate
from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId
from yuelai.telephony.admission import parse_networks
from yuelai.telephony.client_auth import ClientAuth
from yuelai.telephony.guards import Guards, holds
from yuelai.telephony.hops import Hop, UdpHop, parse_hop
from yuelai.telephony.layer import FailureHandler, ResponseHandler
from yuelai.telephony.liveness import IDLE_SECONDS
from yuelai.telephony.ports import (
    BindingJournal,
    BindingRecord,
    CredentialStore,
    Destination,
    DialogJournal,
    DialogRecord,
    Leg,
    Listener,
    Registration,
)
from yuelai.telephony.resolving import Resolver
from yuelai.telephony.stack import Stack
from yuelai.telephony.timers import Timers
from yuelai.telephony.trace.writer import TraceWriter
from yuelai.telephony.transport import Transports, TrunkTls
from yuelai.telephony.trunks.line import Network
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.watch import PhoneWatch
from yuelai.wire.sip import Request, Response

log = structlog.get_logger()

DRAIN_SECONDS = 3.0


class SipTelephony:
    """Implements `ports.Telephony`. Create it, register handlers, `start`; `close` leaves no dialog open."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        credentials: CredentialStore,
        dialogs: DialogJournal,
        bindings: BindingJournal,
        *,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`idle_seconds` is how long a standing dialog may be silent before the peer is asked for a sign of life."""
        self._settings = settings
        self._trust = ClientTrust(extra_ca=settings.sip_tls_ca, cert=settings.tls_cert, key=settings.tls_key)
        self.transports = Transports(self._receive, tls=TrunkTls(self._trust))
        """All sockets; for guards, traces and whoever asks why a trunk cannot be reached."""
        self._stack = Stack(
            settings,
            clock,
            credentials,
            dialogs,
            bindings,
            self.transports,
            settings.advertised_address,
            settings.sip_port,
            idle_seconds=idle_seconds,
        )
        self._clock = clock
        self._wake: asyncio.TimerHandle | None = None
        self._stack.timers.on_earlier = self._schedule
        self.resolver = self._stack.ua.resolver = Resolver(clock)
        self.transports.on_failure.append(lambda hop, _failure: self.resolver.failed(hop))
        self.transports.lost = self._stack.lose
        self.transports.streams.closed = self._stack.registrar.lose
        self.guards = Guards(clock, self.transports.send)
        """Who may speak to us; to be told its rules, and what is banned."""
        self.guards.trusted = holds(parse_networks(settings.trunks))
        self.guards.resident = lambda hop: self._stack.registrar.at(hop) is not None
        self.guards.address = self.transports.address
        self.transports.guard = self._stack.authenticator.watcher = self.guards
        self._stack.layer.on_malformed = self.guards.unreadable
        self._dialogs = dialogs
        self.port = settings.sip_port
        """The port bound for UDP and TCP; differs from the setting only when that is overridden in `start`."""
        self.tls_port: int | None = None
        """The port bound for TLS; None without a certificate."""

    async def start(self, *, port: int | None = None, tcp: bool = True) -> None:
        """Listen: by UDP, by TCP unless told otherwise, and by TLS when there is a certificate.

        `port` overrides the setting; with 0 any free ones are taken. Raises OSError, which says what it is about, when
        a port is taken, and CertificateUnreadable.
        """
        settings, certificate = self._settings, None
        if settings.sip_tls_ca is not None or settings.tls_cert is not None:
            self._trust.context()
        if tcp and settings.tls_cert is not None and settings.tls_key is not None:
            certificate = ServerCertificate(settings.tls_cert, settings.tls_key, client_ca=settings.sip_tls_client_ca)
        self.port = await self.transports.open(settings.bind, settings.sip_port if port is None else port, tcp=tcp)
        self._stack.ua.port = self.port
        if certificate is not None:
            wanted = settings.sip_tls_port if port is None else port and port + 1
            try:
                self.tls_port = await self.transports.open_tls(settings.bind, wanted, certificate.context)
            except OSError:
                self.transports.close()
                raise
            self._stack.ua.tls_port = self.tls_port
        if settings.other_address is not None:
            other = settings.other_address
            self._stack.ua.other_host = f"[{other}]" if ":" in other else other
            self._stack.ua.own_hosts.add(self._stack.ua.other_host)
        self._stack.ua.supervision.start()
        self.resolver.ipv4, self.resolver.ipv6 = self.transports.families
        self.guards.start(self.transports.udp_descriptors)
        log.info("sip_listening", address=settings.bind, port=self.port, tcp=tcp, tls_port=self.tls_port)

    async def close(self) -> None:
        """End every leg, wait until the other sides know it (at most `DRAIN_SECONDS`), close the socket."""
        self._stack.dispatcher.closing = True
        for leg in list(self._stack.ua.legs.values()):
            leg.hang_up("system", 503, "shutting down")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._unfinished:  # noqa: ASYNC110 - tasks and transactions end in many ways
                    await asyncio.sleep(0.02)
        for task in list(self._stack.ua.tasks):
            task.cancel()
        if self._wake is not None:
            self._wake.cancel()
        self._stack.timers.on_earlier = lambda: None
        self.guards.close()
        self.transports.close()
        await asyncio.sleep(0)  # the event loop closes the sockets in its next round

    @property
    def _unfinished(self) -> bool:
        return bool(self._stack.ua.tasks or self._stack.layer.unfinished("BYE", "CANCEL", "INVITE"))

    def _receive(self, message: Request | Response, source: Hop) -> None:
        self._stack.layer.receive(message, source)

    def _schedule(self) -> None:
        """Wake when the next timer is due."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        due = self._stack.timers.next_due()
        if due is not None:
            delay = max(0.0, due - self._clock.monotonic())
            self._wake = asyncio.get_running_loop().call_later(delay, self._run_timers)

    def _run_timers(self) -> None:
        self._wake = None
        self._stack.timers.run()
        self._schedule()

    def ws_open(self, flow_id: str, send: Callable[[bytes], None], *, remote: str = "", secure: bool = False) -> None:
        """A browser opened `/ws/sip`; `send` carries one SIP message to it and must not block.

        `remote` is its address; `secure` says that it came by HTTPS.
        """
        self.transports.flows.open(flow_id, send, remote=remote, secure=secure)

    def ws_frame(self, flow_id: str, data: bytes) -> None:
        """One WebSocket message arrived; unknown flows are ignored."""
        self.transports.flows.received(flow_id, data)

    def ws_close(self, flow_id: str) -> None:
        """The connection is gone: its registrations end, standing calls wait for the browser to come back."""
        self.transports.flows.close(flow_id)
        self._stack.lose_flow(flow_id)

    def on_call(self, handler: Callable[[Leg], Awaitable[None]]) -> None:
        self._stack.on_call(handler)

    def crossing(self, across: Callable[[LegId], LegId | None]) -> None:
        self._stack.crossing(across)

    def on_registrations(self, handler: Callable[[str], None]) -> None:
        self._stack.on_registrations(handler)

    def registrations(self, user: str) -> Sequence[Registration]:
        return self._stack.registrations(user)

    def places(self, user: str, *, browser: bool) -> Sequence[Destination]:
        return self._stack.places(user, browser=browser)

    def stages(self, user: str, *, browser: bool) -> Sequence[Sequence[Destination]]:
        return self._stack.stages(user, browser=browser)

    def request(
        self,
        request: Request,
        hops: Sequence[Hop] = (),
        *,
        told: ResponseHandler,
        failed: FailureHandler,
        auth: ClientAuth | None = None,
    ) -> None:
        """Send a request outside dialogs, such as REGISTER; see `UserAgent.request`."""
        self._stack.ua.request(request, hops, told=told, failed=failed, auth=auth)

    def carry(self, trunks: Trunks) -> None:
        """Take calls of these trunks from now on, register at them and look after them; call it when listening."""
        bare = self.guards.trusted
        self.guards.trusted = lambda address: bare(address) or trunks.is_trunk_address(address)
        trunks.network = Network(
            self.transports.last_error,
            self.resolver.last_error,
            self.resolver.failed,
            self.transports.peer_names,
            self.transports.large_by_tcp,
        )
        self._stack.admission.trunks = trunks
        trunks.attach(self._stack)

    def inward(self, number: str) -> Destination:
        """Return ourselves as a place to be called, once: the call comes in as from outside, for that number."""
        bound = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._settings.bind, self._settings.bind)  # noqa: S104
        return self._stack.inward(number, UdpHop(bound, self.port))

    @property
    def watch(self) -> PhoneWatch:
        """To be told whose phones are counted on; see `Registration.silent`."""
        return self._stack.watch

    @property
    def timers(self) -> Timers:
        """What telephony and the owners of calls count time by."""
        return self._stack.timers

    async def dial(
        self,
        user: str,
        *,
        browser: bool,
        sdp: str,
        caller: str,
        caller_name: str,
        listener: Listener,
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
    ) -> Leg:
        return await self._stack.dial(
            user,
            browser=browser,
            sdp=sdp,
            caller=caller,
            caller_name=caller_name,
            listener=listener,
            headers=headers,
            account=account,
        )

    async def dial_to(
        self,
        stages: Sequence[Sequence[Destination]],
        *,
        sdp: str | None,
        caller: str,
        called: str,
        caller_name: str = "",
        listener: Listener,
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
        correlation: UUID | None = None,
        timeout: float | None = None,
        browser: bool = False,
    ) -> Leg:
        return await self._stack.dial_to(
            stages,
            sdp=sdp,
            caller=caller,
            called=called,
            caller_name=caller_name,
            listener=listener,
            headers=headers,
            account=account,
            correlation=correlation,
            timeout=timeout,
            browser=browser,
        )

    def trace(self, writer: TraceWriter) -> None:
        """Have every message kept from now on, and told whose leg a call is."""
        self.transports.tap = writer.tap
        self._stack.ua.observer = writer

    @property
    def legs(self) -> int:
        """How many legs there are, for `/health` and metrics."""
        return len(self._stack.ua.legs)

    def restore_registrations(self, bindings: Sequence[BindingRecord]) -> int:
        """After a restart: reach registered phones again without waiting for their refresh; return how many there are.

        Handlers of `on_registrations` are told of each user; records whose time is over are closed.
        """
        for record in bindings:
            with contextlib.suppress(ValueError):
                self.guards.passed(parse_hop(record.source), record.user, record.user)
        return self._stack.restore_registrations(bindings)

    async def end_restored(self, dialogs: Sequence[DialogRecord]) -> None:
        """After a restart: send BYE on every dialog that was left open, and journal its end. Returns at once.

        Browsers get theirs when they register again within 32 s; after that the entry is closed without one.
        """
        for record in dialogs:
            try:
                self._stack.ua.end_restored(record, partial(self._stack.ua.journal_ended, record.leg_id))
            except ValueError:
                log.exception("restored_dialog_unreadable", leg=str(record.leg_id))
                await self._dialogs.ended(record.leg_id)
