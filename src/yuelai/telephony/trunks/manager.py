"""The trunks of the running centre: who calls in by them, which of them a call out takes, and how they stand."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.platform.clock import Clock
from yuelai.telephony.admission import Inbound, dialled_user, number_of
from yuelai.telephony.hops import Hop, StreamHop
from yuelai.telephony.ports import Credential, Destination
from yuelai.telephony.reasons import cause
from yuelai.telephony.registrar import Registrar
from yuelai.telephony.timers import Timer, Timers
from yuelai.telephony.trunks import metrics
from yuelai.telephony.trunks.caller import shown
from yuelai.telephony.trunks.errors import NoSuchTrunk, NoTrunk, TrunksFull
from yuelai.telephony.trunks.health import Health
from yuelai.telephony.trunks.line import Line, Network, bracketed
from yuelai.telephony.trunks.model import Candidate, Choice, Condition, Route, Trunk, choose
from yuelai.telephony.trunks.numbers import e164, incoming, outgoing, routed
from yuelai.telephony.trunks.registering import Registration
from yuelai.telephony.trunks.state import State, TrunkState
from yuelai.telephony.useragent import UserAgent
from yuelai.wire.sip import Address, PeerError, Request, Uri, parse_address
from yuelai.wire.sip.digest import Algorithm, ha1

log = structlog.get_logger()

PATIENCE = 4.0
"""Seconds until a trunk that says nothing at all is given up for the next one."""
TOLD_SECONDS = 1.0
"""How often figures of a trunk are told at most; a new state is told at once."""


class Telephony(Protocol):
    """What trunks need of the SIP stack (`stack.Stack`)."""

    @property
    def ua(self) -> UserAgent: ...

    @property
    def timers(self) -> Timers: ...

    @property
    def registrar(self) -> Registrar: ...


class _Held:
    def __init__(self, state: TrunkState, line: Line, dice: random.Random) -> None:
        self.state, self.line = state, line
        self.health, self.registration = Health(line, dice), Registration(line, dice)
        state.suspect, state.known_error = self.health.look, line.known_error

    def start(self) -> None:
        self.line.configure()
        if self.line.trunk.active and self.line.trunk.host:
            self.line.find(lambda _hops: None)
        self.health.start()
        self.registration.start()

    def stop(self) -> None:
        self.health.stop()
        self.registration.stop()


class Trunks:
    """Implements `admission.TrunkDirectory`. Give it a configuration (`follow`) and a stack (`attach`), in any order.

    `publish` is told each live document that is new, and None for a trunk that is gone.
    """

    def __init__(
        self,
        clock: Clock,
        publish: Callable[[UUID, dict[str, Any] | None], None] = lambda _id, _document: None,
        *,
        dice: random.Random | None = None,
    ) -> None:
        self._clock, self._publish = clock, publish
        self._dice = dice or random.SystemRandom()
        self._trunks: dict[UUID, Trunk] = {}
        self._routes: tuple[Route, ...] = ()
        self._held: dict[UUID, _Held] = {}
        self._stack: Telephony | None = None
        self._timer: Timer | None = None
        self._dirty: set[UUID] = set()
        self._told: dict[UUID, tuple[State, str | None]] = {}
        self.network = Network()
        """What is known of places and names; to be told before `attach`."""

    # --- configuration ----------------------------------------------------------------------------------------------

    def attach(self, stack: Telephony) -> None:
        """Begin to look after the trunks: register, ask for signs of life."""
        self._stack = stack
        self.follow(list(self._trunks.values()), self._routes)

    def follow(self, trunks: Sequence[Trunk], routes: Sequence[Route]) -> None:
        """Take over the configuration as it is now. Calls that stand go on, whatever has changed."""
        self._trunks, self._routes = {trunk.id: trunk for trunk in trunks}, tuple(routes)
        if self._stack is None:
            return
        for id_ in [id_ for id_ in self._held if id_ not in self._trunks]:
            held = self._held.pop(id_)
            held.stop()
            held.state.retire()
            self._told.pop(id_, None)
            self._publish(id_, None)
            metrics.forget(held.state.trunk.code)
        for trunk in trunks:
            known = self._held.get(trunk.id)
            if known is None:
                held = self._held[trunk.id] = self._hold(self._stack, trunk)
                held.start()
                self._changed(held.state)
            elif known.state.trunk != trunk:
                if known.state.reaches_elsewhere(trunk):
                    known.stop()
                    known.state.configure(trunk)
                    known.start()
                else:
                    known.state.configure(trunk)

    def _hold(self, stack: Telephony, trunk: Trunk) -> _Held:
        state = TrunkState(trunk, self._clock, self._changed, stack.timers.after)
        return _Held(state, Line(stack.ua, state, self.network), self._dice)

    def close(self) -> None:
        """Ask for nothing more. Registrations are left standing: a restart takes them up again."""
        for held in self._held.values():
            held.health.stop()
            held.registration.leave()
        self._held.clear()
        if self._timer is not None:
            self._timer.cancel()

    # --- live documents ---------------------------------------------------------------------------------------------

    def _changed(self, state: TrunkState) -> None:
        id_, stack = state.trunk.id, self._stack
        if stack is None or id_ not in self._held:
            return
        shown_ = (state.state, state.error.code if state.error else None)
        if self._told.get(id_) != shown_:
            self._told[id_] = shown_
            self._publish(id_, state.document())
        else:
            self._dirty.add(id_)
        if self._timer is None and (self._dirty or state.cps):
            self._timer = stack.timers.after(TOLD_SECONDS, self._tell)

    def _tell(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, set()
        for id_ in dirty:
            if id_ in self._held:
                state = self._held[id_].state
                self._publish(id_, state.document())
                if state.cps:
                    self._changed(state)  # once more, when nobody calls any longer

    def documents(self) -> dict[UUID, dict[str, Any]]:
        return {id_: held.state.document() for id_, held in self._held.items()}

    # --- calls that come in -----------------------------------------------------------------------------------------

    def known(self, invite: Request, source: Hop) -> Inbound | None:
        """By certificate, or by the contact that we registered (the number called then stands in To)."""
        names = self.network.peer_names(source) if isinstance(source, StreamHop) else frozenset()
        mark = invite.uri.params.get("line")
        for held in self._held.values():
            trunk = held.state.trunk
            if not trunk.calls_in:
                continue
            if trunk.certificate_name and trunk.certificate_name.lower() in names:
                return self._inbound(held)
            if mark and trunk.register and mark == held.line.mark:
                return self._inbound(held)
        return None

    def by_address(self, invite: Request, address: str) -> Inbound | None:
        """The trunk whose network is narrowest, or one that we are registered at and that calls from there."""
        place = ipaddress.ip_address(address)
        found: list[tuple[int, str, _Held]] = []
        for held in self._held.values():
            trunk = held.state.trunk
            if not trunk.calls_in:
                continue
            widths = [network.prefixlen for network in trunk.sources if place in network]
            if trunk.register and held.line.at(address):
                widths.append(place.max_prefixlen)
            if widths:
                found.append((-max(widths), trunk.code, held))
        return self._inbound(min(found, key=lambda one: one[:2])[2]) if found else None

    def account(self, user: str) -> Inbound | None:
        for held in self._held.values():
            trunk = held.state.trunk
            if trunk.peer_username and trunk.peer_username == user and trunk.calls_in:
                return self._inbound(held)
        return None

    def credential(self, username: str, realm: str) -> Credential | None:
        """What a peer that signs in here must know, None for a name that is nobody's."""
        for trunk in self._trunks.values():
            if trunk.peer_username == username and trunk.peer_secret and trunk.active:
                md5, sha256 = (
                    ha1(algorithm, username, realm, trunk.peer_secret)
                    for algorithm in (Algorithm.MD5, Algorithm.SHA256)
                )
                return Credential(username, md5, sha256)
        return None

    def is_trunk_address(self, address: str) -> bool:
        """True for addresses that calls of trunks come from or go to; guards let them be."""
        try:
            place = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(
            any(place in network for network in held.state.trunk.sources) or held.line.at(address)
            for held in self._held.values()
            if held.state.trunk.active
        )

    def _inbound(self, held: _Held) -> Inbound:
        trunk = held.state.trunk
        return Inbound(
            trunk.id,
            held.state.inward,
            lambda number: incoming(number, trunk.caller_in, trunk.country),
            lambda invite: incoming(_called(invite, held.line), trunk.called_in, trunk.country),
        )

    # --- calls that go out ------------------------------------------------------------------------------------------

    def choice(self, number: str) -> Choice:
        """Return whom a call to this number would be given to at this moment, and why."""
        conditions = {id_: held.state.condition for id_, held in self._held.items()}
        now = self._clock.now().astimezone()
        return choose(self._routes, self._trunks, conditions, number, now, self._dice.random)

    def plan(
        self, number: str, *, caller: str, caller_name: str = "", withheld: bool = False
    ) -> list[list[Destination]]:
        """Return the stages of a call to a number outside: one trunk after the other.

        `withheld` keeps the caller's number from everybody but trusted trunks. Raises `NoTrunk`, `TrunksFull`.
        """
        choice = self.choice(number)
        if choice.error == "trunks_full":
            raise TrunksFull("; ".join(self._limits(choice)) or None)
        stages = [
            [destination]
            for one in choice.tried
            if (destination := self._destination(one.trunk, number, caller, caller_name, withheld)) is not None
        ]
        if not stages:
            raise NoTrunk(reason=choice.error or "unreachable")
        return stages

    def through(
        self, trunk_id: UUID, number: str, *, caller: str = "", caller_name: str = "", withheld: bool = False
    ) -> list[list[Destination]]:
        """Return the stages of a call through this trunk and no other. Raises `NoSuchTrunk`, `NoTrunk`."""
        trunk = self._trunks.get(trunk_id)
        if trunk is None:
            raise NoSuchTrunk()
        destination = self._destination(trunk, number, caller, caller_name, withheld) if trunk.calls_out else None
        if destination is None:
            raise NoTrunk(reason="inbound_only" if trunk.active else "inactive")
        return [[destination]]

    def _destination(
        self, trunk: Trunk, number: str, caller: str, caller_name: str, withheld: bool
    ) -> Destination | None:
        """None for a peer that is not registered here at the moment."""
        held, stack = self._held.get(trunk.id), self._stack
        if held is None or stack is None:
            return None
        line = held.line
        said = shown(trunk, caller, caller_name, withheld=withheld, here=stack.ua.host)
        dialled = outgoing(number, trunk.called_out, trunk.country)
        uri, hops, symmetric = line.uri(dialled), tuple[Hop, ...](), False
        if not trunk.host:
            bindings = stack.registrar.bindings(trunk.peer_username)
            if not bindings:
                return None
            binding = bindings[-1]
            contact = binding.contact
            uri = Uri("sip", dialled, contact.host, contact.port, contact.params)
            hops, symmetric = (binding.hop,), binding.symmetric
        return Destination(
            uri=str(uri),
            hops=hops,
            sender=said.sender,
            recipient=str(Address(Uri("sip", dialled, bracketed(trunk.domain) or uri.host))),
            route=line.route,
            headers=said.headers,
            digest=line.digest,
            capacity=held.state.outward,
            symmetric=symmetric,
            trunk_id=trunk.id,
            patience=PATIENCE,
        )

    def codecs(self, trunk_id: UUID) -> tuple[str, ...]:
        """Names of the codecs that this trunk is to be offered, the preferred first; nothing: whatever there is."""
        trunk = self._trunks.get(trunk_id)
        return trunk.codecs if trunk is not None else ()

    def price(self, trunk_id: UUID, number: str) -> int | None:
        """What a minute to the number costs by this trunk, in millionths of the currency's unit; None: unknown."""
        trunk = self._trunks.get(trunk_id)
        return trunk.rate(routed(number)) if trunk is not None else None

    def _limits(self, choice: Choice) -> list[str]:
        full = [one.trunk for one in choice.candidates if one.condition is Condition.FULL]
        limits = [(trunk, self._held[trunk.id].state.blocked("out")) for trunk in full if trunk.id in self._held]
        return [f"trunk {trunk.code} is full: {limit}" for trunk, limit in limits if limit is not None]

    def reason(self, stages: Sequence[Sequence[Destination]], status: int, phrase: str) -> str:
        """Return the Reason field (RFC 3326) for a caller whose call failed at these trunks, empty where the status
        says all: what is known of the last one that was tried."""
        if not stages or not _trunks_fault(status):
            return ""
        trunk_id = stages[-1][0].trunk_id
        return cause(status, self.diagnosis(trunk_id, status, phrase)) if trunk_id is not None else ""

    def diagnosis(self, trunk_id: UUID, status: int, reason: str) -> str:
        """Why a call through this trunk failed, in one line for people: what is known of the trunk says more than the
        status does."""
        held = self._held.get(trunk_id)
        if held is None:
            return reason
        name, error = f"trunk {held.state.trunk.code}", held.state.error
        if status in (401, 403, 407):
            return f"{name} does not accept our user name and password ({status} {reason})".replace(" )", ")")
        blocked = held.state.blocked("out")
        if reason == "full" and blocked is not None:
            return f"{name} is full: {blocked}"
        if status in (408, 503):
            known = held.line.why(status, reason)
            return known.text if known.code not in ("timeout", "unreachable") or error is None else error.text
        return f"{name}: {status} {reason}"

    def explain(self, number: str) -> dict[str, Any]:
        """Return the document of `POST /call-routes/explain`."""
        choice = self.choice(number)
        route = choice.route
        return {
            "number": f"+{choice.digits}" if e164(number) is not None else choice.digits,
            "route": {"id": str(route.id), "prefix": route.prefix, "name": route.name} if route is not None else None,
            "candidates": [self._explained(one, number) for one in choice.candidates],
            "error": choice.error,
        }

    def _explained(self, one: Candidate, number: str) -> dict[str, Any]:
        trunk, held = one.trunk, self._held.get(one.trunk.id)
        state = held.state.state if held is not None else State.UNKNOWN
        why = [state.value if code == Condition.SICK else code for code in one.why]
        return {
            "trunk_id": str(trunk.id),
            "code": trunk.code,
            "name": trunk.name,
            "state": state.value,
            "usable": one.usable,
            "per_minute_micro": one.cost,
            "priority": one.priority,
            "weight": one.weight,
            "sends": outgoing(number, trunk.called_out, trunk.country),
            "why": why,
        }

    def state(self, trunk_id: UUID) -> TrunkState | None:
        held = self._held.get(trunk_id)
        return held.state if held is not None else None

    @property
    def configured(self) -> Mapping[UUID, Trunk]:
        return self._trunks


def _trunks_fault(status: int) -> bool:
    return status in (401, 403, 407, 408) or 500 <= status < 600


def _called(invite: Request, line: Line) -> str:
    """The number called: the request URI's; where that is the contact we registered, To's, which has what was dialled
    (as P-Called-Party-ID, RFC 7315 §4.2)."""
    uri = invite.uri
    user = dialled_user(uri)
    if uri.params.get("line") == line.mark and user in (line.trunk.username, "yuelai"):
        for value in (*invite.all("p-called-party-id"), str(invite.to)):
            try:
                dialled = number_of(parse_address(value).uri)
            except PeerError:
                continue
            if dialled:
                return dialled
    return number_of(uri) or user
