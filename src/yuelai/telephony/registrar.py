"""Where users are at the moment (RFC 3261 §10): bindings of an address of record, several to a user."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import groupby

from prometheus_client import Gauge

from yuelai.platform.clock import Clock
from yuelai.platform.ids import new_id
from yuelai.telephony.bindings import (
    Binding,
    Key,
    NoOutbound,
    flow_of,
    instance_of,
    kept_params,
    priority_of,
    says_options,
    way_to,
)
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop, parse_hop
from yuelai.telephony.ports import BindingRecord, Registration
from yuelai.telephony.timers import Timer, Timers
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Address, Request, Response, Uri, parse_uri
from yuelai.wire.sip.text import parse_number

__all__ = ["Binding", "Registrar"]

DEFAULT_SECONDS = 300
SHORTEST_SECONDS = 30
LONGEST_SECONDS = 3600
FLOW_SECONDS = 120
"""How often a device shows over its connection that it is still there (Flow-Timer, RFC 5626 §4.4.1)."""
MOST_CONTACTS = 8
"""Of one user; past that the oldest gives way, so that a phone that often changes its port stays reachable."""

_BINDINGS = Gauge("yuelai_sip_registrations", "Contacts that are registered")


class Registrar:
    """`on_changed(user)` after any change; `on_bound(binding)` whenever a contact was (again) registered;
    `on_gone(binding)` when it is no longer."""

    def __init__(self, timers: Timers, clock: Clock) -> None:
        self._timers, self._clock = timers, clock
        self._users: dict[str, dict[Key, Binding]] = {}
        self._places: dict[Hop, list[Binding]] = {}
        self._gruus: dict[str, Binding] = {}
        """By their `gr` or, when temporary, by their user part."""
        self.on_changed: Callable[[str], None] = lambda user: None
        self.on_bound: Callable[[Binding], None] = lambda binding: None
        self.on_gone: Callable[[Binding], None] = lambda binding: None

    def bindings(self, user: str, *, browser: bool | None = None) -> list[Binding]:
        """Return the user's bindings, the newest last."""
        held = self._users.get(user, {}).values()
        return [binding for binding in held if browser is None or binding.browser is browser]

    def stages(self, user: str, *, browser: bool | None = None) -> list[list[list[Binding]]]:
        """Return the user's devices as they are to be called: stages, of which each is tried at once and the next after
        it (q values, RFC 3261 §16.6); a device is a list of its flows, of which one is used (RFC 5626 §5.3)."""
        found = sorted(self._callable(user, browser), key=lambda binding: -binding.priority)
        stages = []
        for _, equal in groupby(found, key=lambda binding: binding.priority):
            devices: dict[Key, list[Binding]] = {}
            for binding in equal:
                devices.setdefault((binding.instance,) if binding.outbound else binding.key, []).insert(0, binding)
            stages.append(list(devices.values()))
        return stages

    def _callable(self, user: str, browser: bool | None) -> list[Binding]:
        """A person sits at one browser: of several, calls go to the one they signed in at last."""
        held = self.bindings(user, browser=browser)
        owner = max((binding for binding in held if binding.browser), key=lambda binding: binding.id, default=None)
        if owner is None:
            return held
        return [b for b in held if not b.browser or b is owner or (b.instance and b.instance == owner.instance)]

    def registrations(self, user: str) -> list[Registration]:
        """Return what is registered, in the order in which the devices came."""
        now, instant = self._timers.now, self._clock.now()
        return [
            Registration(
                f"sip:{user}", str(b.contact), b.browser, instant + timedelta(seconds=b.due - now), b.silent, b.instance
            )
            for b in sorted(self.bindings(user), key=lambda binding: binding.id)
        ]

    def at(self, hop: Hop) -> Binding | None:
        """Return a binding that registered from, or is reached at, exactly this place."""
        return next(iter(self._places.get(hop, ())), None)

    def located(self, uri: Uri) -> Binding | None:
        """Return the binding that a GRUU of ours names (RFC 5627 §5.1); None for all other URIs."""
        if not uri.is_sip or "gr" not in uri.params:
            return None
        grid = uri.params["gr"]
        binding = self._gruus.get(uri.user if grid is None else _public_key(uri.user, grid))
        return binding if binding is not None and binding.public else None

    def lose_flow(self, flow: str) -> None:
        """The browser's connection is gone, and with it every binding that was reached over it (RFC 5626 §4.2)."""
        self._lose(self._places.get(FlowHop(flow), ()))

    def lose(self, hop: Hop) -> None:
        """A connection is gone, and flows over it. Phones that only happened to use it stay until they expire."""
        if isinstance(hop, StreamHop):
            self._lose([binding for binding in self._places.get(hop, ()) if binding.outbound])

    def _lose(self, lost: Iterable[Binding]) -> None:
        gone = list(lost)
        for binding in gone:
            self._drop(binding)
        for user in {binding.user for binding in gone}:
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
        if len(asked) > MOST_CONTACTS:
            return request.response(403, "Too Many Contacts", tag=tag)
        held = list(self._users.get(user, {}).values())
        for address, _ in asked:
            for known in held:
                same = known.contact.key() == address.uri.key()
                if same and known.call_id == request.call_id and request.cseq.number <= known.cseq:
                    return request.response(500, "Out Of Order", tag=tag)  # step 7: older than what is held
        before = self._contacts(user)
        try:
            flows = [flow_of(request, address, source) for address, _ in asked]
        except NoOutbound:
            return request.response(439, tag=tag)
        if any(seconds and not address.uri.is_sip for address, seconds in asked):
            raise PeerError("a contact that is not SIP")
        _ = request.addresses("path")  # what cannot be read changes nothing (§10.3, step 7)
        bound = [
            b
            for (address, seconds), flow in zip(asked, flows, strict=True)
            if (b := self._update(request, user, source, address, seconds, flow))
        ]
        if self._contacts(user) != before:
            self.on_changed(user)
        for binding in bound:
            self.on_bound(binding)
        return self._ok(request, user, tag, bound)

    def _contacts(self, user: str) -> set[tuple[Key, Hop]]:
        return {(key, binding.source) for key, binding in self._users.get(user, {}).items()}

    def _seconds(self, request: Request, address: Address) -> int:
        text = address.params.get("expires") or request.get("expires")
        if text is None:
            return DEFAULT_SECONDS
        try:
            return min(parse_number(text.strip(), 2**32 - 1, "expires"), LONGEST_SECONDS)
        except PeerError:
            return DEFAULT_SECONDS  # §20.10: a malformed one is as good as none

    def _remove_all(self, request: Request, user: str, tag: str) -> Response:
        if (request.get("expires") or "").strip() != "0" or len(request.all("contact")) != 1:
            raise PeerError("Contact * goes only alone and with Expires 0")
        for binding in self.bindings(user):
            self._drop(binding)
        self.on_changed(user)
        return self._ok(request, user, tag, [])

    def _update(
        self, request: Request, user: str, source: Hop, address: Address, seconds: int, flow: int
    ) -> Binding | None:
        contact, instance = address.uri.without_headers(), instance_of(address)

        def same(old: Binding) -> bool:
            if instance and old.instance == instance:
                # A page that was reloaded comes with the same instance and another contact (RFC 5626 §4.2).
                return not (flow and old.outbound) or old.reg_id == flow
            return old.contact.key() == contact.key() and not old.outbound

        replaced = [old for old in self.bindings(user) if same(old)]
        if seconds == 0:
            for old in replaced:
                self._drop(old)
            return None
        for old in replaced:
            self._take_out(old)
        for old in replaced[1:]:
            self.on_gone(old)
        hop, symmetric, path = way_to(request, contact, source)
        binding = Binding(
            replaced[0].id if replaced else new_id(),
            user, contact, source, hop, symmetric, instance, request.call_id, request.cseq.number,
            seconds, self._timers.now + seconds, Timer(None),
            reg_id=flow, priority=priority_of(address), path=path, params=kept_params(address),
            says_options=says_options(request), silent=any(old.silent for old in replaced),
        )  # fmt: skip
        # In a dialog with such a name the way is the connection; a datagram would come to ourselves, whose host it has.
        if instance and not isinstance(source, UdpHop) and "gruu" in request.options("supported"):
            self._name(binding, request, replaced)
        self._put_in(binding)
        return binding

    def _name(self, binding: Binding, request: Request, replaced: list[Binding]) -> None:
        """Give it a GRUU: the public one is always the same; the temporary one is new with each Call-ID (RFC 5627)."""
        host = request.to.uri.host
        binding.public = str(Uri("sip", binding.user, host, None, {"gr": binding.instance.strip("<>")}))
        known = [old.temporary for old in replaced if old.temporary and old.call_id == binding.call_id]
        binding.temporary = known[0] if known else f"sip:t{secrets.token_hex(12)}@{host};gr"

    def restore(self, record: BindingRecord, seconds: float) -> None:
        """Bind a contact of an earlier life again, for so long. Raises ValueError when it is unreadable."""
        binding = Binding(
            record.registration_id, record.user, parse_uri(record.contact), parse_hop(record.source),
            parse_hop(record.hop), record.symmetric, record.instance, record.call_id, record.cseq,
            record.seconds, self._timers.now + seconds, Timer(None),
            priority=record.priority, path=record.path,
        )  # fmt: skip
        known = self._users.get(record.user, {}).get(binding.key)
        if known is not None:
            self._drop(known)
        self._put_in(binding)

    def _put_in(self, binding: Binding) -> None:
        binding.timer = self._timers.at(binding.due, lambda: self._expire(binding))
        bindings = self._users.setdefault(binding.user, {})
        bindings[binding.key] = binding
        for place in {binding.source, binding.hop}:
            self._places.setdefault(place, []).append(binding)
        for name in _gruu_keys(binding):
            self._gruus[name] = binding
        _BINDINGS.inc()
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
        if bindings.get(binding.key) is binding:
            del bindings[binding.key]
            _BINDINGS.dec()
        for place in {binding.source, binding.hop}:
            self._places[place].remove(binding)
            if not self._places[place]:
                del self._places[place]
        for name in _gruu_keys(binding):
            if self._gruus.get(name) is binding:
                del self._gruus[name]
        if not bindings:
            self._users.pop(binding.user, None)

    def _ok(self, request: Request, user: str, tag: str, bound: list[Binding]) -> Response:
        response = request.response(200, tag=tag)
        now = self._timers.now
        for binding in self.bindings(user):
            response.add("contact", binding.described(now))
        if bound and "path" in request.options("supported"):
            for path in request.raw("path"):
                response.add("path", path)
        if any(binding.outbound for binding in bound):
            response.add("require", "outbound")
            if not any(binding.browser for binding in bound):
                response.add("flow-timer", FLOW_SECONDS)
        response.add("date", self._clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"))
        return response


def _public_key(user: str, grid: str) -> str:
    return f"{user} {grid}"


def _gruu_keys(binding: Binding) -> list[str]:
    if not binding.public:
        return []
    return [_public_key(binding.user, binding.instance.strip("<>")), parse_uri(binding.temporary).user]
