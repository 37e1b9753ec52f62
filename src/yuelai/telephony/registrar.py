"""Where users are at the moment (RFC 3261 §10): bindings of an address of record, several to a user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from yuelai.platform.clock import Clock
from yuelai.platform.ids import new_id
from yuelai.telephony.hops import FlowHop, Hop, behind_nat, parse_hop, uri_hop
from yuelai.telephony.ports import BindingRecord, Registration
from yuelai.telephony.timers import Timer, Timers
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Address, Request, Response, Uri, parse_uri
from yuelai.wire.sip.text import parse_number, unquote

DEFAULT_SECONDS = 300
SHORTEST_SECONDS = 30
LONGEST_SECONDS = 3600
MOST_CONTACTS = 8
"""Of one user; past that the oldest gives way, so that a phone that often changes its port stays reachable."""


@dataclass(eq=False)
class Binding:
    """`source` is where REGISTER came from, `hop` where to send requests; behind NAT they are the same."""

    id: UUID
    """Stays when the contact is refreshed or the device comes with another one."""
    user: str
    contact: Uri
    source: Hop
    hop: Hop
    symmetric: bool
    instance: str
    call_id: str
    cseq: int
    seconds: int
    """How long it was granted for."""
    due: float
    """Monotonic second it expires."""
    timer: Timer

    @property
    def browser(self) -> bool:
        return isinstance(self.source, FlowHop)


Key = tuple[str, str, str, int | None, str | None]


class Registrar:
    """`on_changed(user)` after any change; `on_bound(binding)` whenever a contact was (again) registered;
    `on_gone(binding)` when it is no longer."""

    def __init__(self, timers: Timers, clock: Clock) -> None:
        self._timers, self._clock = timers, clock
        self._users: dict[str, dict[Key, Binding]] = {}
        self._places: dict[Hop, list[Binding]] = {}
        self.on_changed: Callable[[str], None] = lambda user: None
        self.on_bound: Callable[[Binding], None] = lambda binding: None
        self.on_gone: Callable[[Binding], None] = lambda binding: None

    def bindings(self, user: str, *, browser: bool | None = None) -> list[Binding]:
        """Return the user's bindings, the newest last."""
        held = self._users.get(user, {}).values()
        return [binding for binding in held if browser is None or binding.browser is browser]

    def registrations(self, user: str) -> list[Registration]:
        now, instant = self._timers.now, self._clock.now()
        return [
            Registration(f"sip:{user}", str(b.contact), b.browser, instant + timedelta(seconds=b.due - now))
            for b in self.bindings(user)
        ]

    def at(self, hop: Hop) -> Binding | None:
        """Return a binding that registered from, or is reached at, exactly this place."""
        return next(iter(self._places.get(hop, ())), None)

    def lose_flow(self, flow: str) -> None:
        """The connection is gone, and with it every binding that was reached over it (RFC 5626 §4.2)."""
        lost = list(self._places.get(FlowHop(flow), ()))
        for binding in lost:
            self._drop(binding)
        for user in {binding.user for binding in lost}:
            self.on_changed(user)

    def process(self, request: Request, user: str, source: Hop, tag: str) -> Response:
        """Carry out an authorised REGISTER (§10.3, steps 6 to 8) and return its response. Raises PeerError."""
        stars = [value for value in request.all("contact") if value.strip() == "*"]
        if stars:
            return self._remove_all(request, user, tag)
        asked = [(address, self._seconds(request, address)) for address in request.addresses("contact")]
        if any(0 < seconds < SHORTEST_SECONDS for _, seconds in asked):
            response = request.response(423, tag=tag)
            response.add("min-expires", SHORTEST_SECONDS)
            return response
        held = self._users.get(user, {})
        for address, _ in asked:
            known = held.get(address.uri.key())
            if known and known.call_id == request.call_id and request.cseq.number <= known.cseq:
                return request.response(500, "Out Of Order", tag=tag)  # step 7: an update older than what is held
        before = self._contacts(user)
        bound = [b for address, seconds in asked if (b := self._update(request, user, source, address, seconds))]
        if self._contacts(user) != before:
            self.on_changed(user)
        for binding in bound:
            self.on_bound(binding)
        return self._ok(request, user, tag)

    def _contacts(self, user: str) -> set[tuple[Key, Hop]]:
        return {(key, binding.source) for key, binding in self._users.get(user, {}).items()}

    def _seconds(self, request: Request, address: Address) -> int:
        text = address.params.get("expires") or request.get("expires")
        if text is None:
            return DEFAULT_SECONDS
        return min(parse_number(text, 2**32 - 1, "expires"), LONGEST_SECONDS)

    def _remove_all(self, request: Request, user: str, tag: str) -> Response:
        if (request.get("expires") or "") != "0" or len(request.all("contact")) != 1:
            raise PeerError("Contact * goes only alone and with Expires 0")
        for binding in self.bindings(user):
            self._drop(binding)
        self.on_changed(user)
        return self._ok(request, user, tag)

    def _update(self, request: Request, user: str, source: Hop, address: Address, seconds: int) -> Binding | None:
        contact, instance = address.uri.without_headers(), unquote(address.params.get("+sip.instance") or "")
        held = self._users.get(user, {})
        # A page that was reloaded comes with the same instance and another contact (RFC 5626 §4.2).
        replaced = [
            old
            for old in held.values()
            if old.contact.key() == contact.key() or (instance and old.instance == instance)
        ]
        if seconds == 0:
            for old in replaced:
                self._drop(old)
            return None
        if not contact.is_sip:
            raise PeerError("a contact that is not SIP")
        for old in replaced:
            self._take_out(old)
        for old in replaced[1:]:
            self.on_gone(old)
        symmetric = behind_nat(request.via, source)
        hop = source if symmetric or isinstance(source, FlowHop) else uri_hop(contact) or source
        binding = Binding(
            replaced[0].id if replaced else new_id(),
            user, contact, source, hop, symmetric, instance, request.call_id, request.cseq.number,
            seconds, self._timers.now + seconds, Timer(None),
        )  # fmt: skip
        self._put_in(binding)
        return binding

    def restore(self, record: BindingRecord, seconds: float) -> None:
        """Bind a contact of an earlier life again, for so long. Raises ValueError when it is unreadable."""
        binding = Binding(
            record.registration_id, record.user, parse_uri(record.contact), parse_hop(record.source),
            parse_hop(record.hop), record.symmetric, record.instance, record.call_id, record.cseq,
            record.seconds, self._timers.now + seconds, Timer(None),
        )  # fmt: skip
        known = self._users.get(record.user, {}).get(binding.contact.key())
        if known is not None:
            self._drop(known)
        self._put_in(binding)

    def _put_in(self, binding: Binding) -> None:
        binding.timer = self._timers.at(binding.due, lambda: self._expire(binding))
        bindings = self._users.setdefault(binding.user, {})
        bindings[binding.contact.key()] = binding
        for place in {binding.source, binding.hop}:
            self._places.setdefault(place, []).append(binding)
        while len(bindings) > MOST_CONTACTS:
            self._drop(next(iter(bindings.values())))

    def _expire(self, binding: Binding) -> None:
        self._drop(binding)
        self.on_changed(binding.user)

    def _drop(self, binding: Binding) -> None:
        self._take_out(binding)
        self.on_gone(binding)

    def _take_out(self, binding: Binding) -> None:
        binding.timer.cancel()
        bindings = self._users.get(binding.user, {})
        if bindings.get(binding.contact.key()) is binding:
            del bindings[binding.contact.key()]
        for place in {binding.source, binding.hop}:
            self._places[place].remove(binding)
            if not self._places[place]:
                del self._places[place]
        if not bindings:
            self._users.pop(binding.user, None)

    def _ok(self, request: Request, user: str, tag: str) -> Response:
        response = request.response(200, tag=tag)
        now = self._timers.now
        for binding in self.bindings(user):
            response.add("contact", f"<{binding.contact}>;expires={max(0, round(binding.due - now))}")
        response.add("date", self._clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"))
        return response
