"""Telephony without sockets: everything between a wire that takes bytes and the owners of legs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

import structlog

from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId
from yuelai.telephony import metrics
from yuelai.telephony.admission import Admission
from yuelai.telephony.auth import Authenticator
from yuelai.telephony.bindings import Binding
from yuelai.telephony.dispatch import Dispatcher
from yuelai.telephony.errors import NotRegistered
from yuelai.telephony.hops import FlowHop, Hop, UdpHop
from yuelai.telephony.kept import KeptBindings
from yuelai.telephony.layer import TransactionLayer
from yuelai.telephony.liveness import IDLE_SECONDS
from yuelai.telephony.outgoing import OutgoingLeg
from yuelai.telephony.ports import (
    BindingJournal,
    BindingRecord,
    CredentialStore,
    Destination,
    DialogJournal,
    Leg,
    Listener,
    Registration,
)
from yuelai.telephony.referral import Referrals
from yuelai.telephony.registrar import Registrar
from yuelai.telephony.subscriptions import Subscriptions
from yuelai.telephony.timers import Timers
from yuelai.telephony.useragent import UserAgent, Wire
from yuelai.telephony.watch import PhoneWatch

log = structlog.get_logger()


class Stack:
    """Implements `ports.Telephony`; the owner feeds `layer.receive` and runs `timers`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        credentials: CredentialStore,
        journal: DialogJournal,
        bindings: BindingJournal,
        wire: Wire,
        host: str,
        port: int,
        *,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.timers = Timers(clock)
        self.layer = TransactionLayer(self.timers, wire)
        self.ua = UserAgent(clock, self.timers, self.layer, wire, journal, host, port, idle_seconds)
        self.ua.session_seconds = settings.sip_session_seconds
        Referrals(self.ua)
        self.registrar = Registrar(self.timers, clock)
        self._clock = clock
        self._kept = KeptBindings(clock, bindings, self.ua.spawn)
        self.registrar.on_bound = self._bound
        self.registrar.on_gone = self._kept.gone
        self.registrar.on_changed = self._changed
        self.watch = PhoneWatch(self.ua, self.registrar, self._changed)
        """Whether phones that are counted on are still there."""
        self.authenticator = Authenticator(credentials, clock)
        self.authenticator.resident = lambda hop: self.registrar.at(hop) is not None
        self.admission = Admission(settings, self.authenticator, self.registrar)
        self.dispatcher = Dispatcher(self.ua, self.registrar, self.authenticator, self.admission)
        self.subscriptions = Subscriptions(self.ua, self.authenticator, self._everywhere, self.dispatcher.outside)
        self.ua.located = self.registrar.located
        self.layer.above = self.dispatcher
        self.layer.known = self.dispatcher.knows
        metrics.watch(self)
        self._told: list[Callable[[str], None]] = []

    def _bound(self, binding: Binding) -> None:
        self.ua.rebind(binding)
        self._kept.bound(binding)
        self.watch.bound(binding)

    def _changed(self, user: str) -> None:
        for told in self._told:
            told(user)

    def on_call(self, handler: Callable[[Leg], Awaitable[None]]) -> None:
        self.dispatcher.handler = handler

    def crossing(self, across: Callable[[LegId], LegId | None]) -> None:
        self.subscriptions.messages.across = across

    def on_registrations(self, handler: Callable[[str], None]) -> None:
        self._told.append(handler)

    def registrations(self, user: str) -> Sequence[Registration]:
        return self.registrar.registrations(user)

    def restore_registrations(self, records: Iterable[BindingRecord]) -> int:
        """Bind the phones of an earlier life again and tell whom it concerns; return how many there are."""
        now, restored = self._clock.now(), set[str]()
        for record in sorted(records, key=lambda record: record.at):
            left = (record.kept_until - now).total_seconds()
            if left <= 0:
                self._kept.forget(record.registration_id)
                continue
            try:
                self.registrar.restore(record, min(record.seconds, left))
            except ValueError:
                log.exception("restored_registration_unreadable", registration=str(record.registration_id))
                self._kept.forget(record.registration_id)
            else:
                self._kept.restored(record)
                restored.add(record.user)
        for user in restored:
            self._changed(user)
        return sum(len(self.registrar.bindings(user)) for user in restored)

    def inward(self, number: str, hop: UdpHop) -> Destination:
        """Return ourselves, at `hop`, as a place to be called: what is connected there comes in as from outside."""
        host = f"[{hop.host}]" if ":" in hop.host else hop.host
        return Destination(f"sip:{number}@{host}:{hop.port}", (hop,), headers=self.admission.hand_over())

    def _everywhere(self, user: str) -> list[Destination]:
        return self.places(user, browser=False) + self.places(user, browser=True)

    def places(self, user: str, *, browser: bool) -> list[Destination]:
        """Return a user's devices of one kind, those to be called first in front."""
        return [place for stage in self.stages(user, browser=browser) for place in stage]

    def stages(self, user: str, *, browser: bool) -> list[list[Destination]]:
        """Return a user's devices of one kind as they are to be called: stage after stage."""
        return [[_destination(flows) for flows in stage] for stage in self.registrar.stages(user, browser=browser)]

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
        stages = self.stages(user, browser=browser)
        if not stages:
            raise NotRegistered(user=user)
        return await self.dial_to(
            stages,
            sdp=sdp,
            caller=caller,
            called=user,
            caller_name=caller_name,
            listener=listener,
            headers=headers,
            account=account,
            browser=browser,
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
        leg = OutgoingLeg(self.ua, stages, caller=caller, called=called, browser=browser)
        leg.account, leg.correlation = account, correlation
        leg.listen(listener)
        leg.dial(sdp, caller_name, headers or {}, timeout=timeout)
        return leg

    def lose_flow(self, flow: str) -> None:
        """A WebSocket is gone; the wire must already say that it cannot be reached."""
        self.registrar.lose_flow(flow)
        self.ua.lose_flow(flow)
        self.layer.lose(FlowHop(flow))

    def lose(self, hop: Hop) -> None:
        """A connection is gone, or a peer proves to be away."""
        self.registrar.lose(hop)
        self.layer.lose(hop)


def _destination(flows: list[Binding]) -> Destination:
    """One device; when it keeps several flows, the older ones are tried after the newest."""
    newest = flows[0]
    return Destination(
        uri=str(newest.contact),
        hops=tuple(dict.fromkeys(hop for binding in flows for hop in binding.hops)),
        route=newest.path,
        symmetric=newest.symmetric,
        user=newest.user,
        instance=newest.instance,
    )
