"""Dialogs (RFC 3261 §12): what two parties must remember to send each other requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from yuelai.telephony.client_auth import ClientAuth
from yuelai.telephony.hops import FlowHop, Hop, uri_hop
from yuelai.wire.sip import MAGIC_COOKIE, Address, PeerError, Request, Response, Uri

LONGEST_ALLOW = 1000
DialogKey = tuple[str, str, str]
"""Call-ID, our tag, their tag."""


@dataclass(slots=True)
class Dialog:
    """`hop` is where the peer was last heard; `symmetric` says to send there and not where the target points (NAT)."""

    call_id: str
    local: Address
    remote: Address
    local_cseq: int
    remote_cseq: int | None
    target: Uri
    hop: Hop
    route_set: list[Address] = field(default_factory=list)
    symmetric: bool = False
    user: str = ""
    """Registered user the peer is, empty for a trunk; with `instance` it tells who comes back on a new flow."""
    instance: str = ""
    allow: frozenset[str] | None = None
    """Methods the peer says it understands; None when it never said."""
    auth: ClientAuth | None = None
    """Our credentials, should the other side ask for them within the dialog too."""
    found: Hop | None = None
    """Where a target or route that is a name was found to be (RFC 3263)."""

    @property
    def key(self) -> DialogKey:
        return self.call_id, self.local.tag or "", self.remote.tag or ""

    @property
    def next_hop(self) -> Hop:
        """The first route or the target (§8.1.2); a flow is its own way (RFC 5626 §5.3).

        A registered phone is only ever spoken to at the address where it was heard: its Contact and routes are its own
        words, and must not carry requests of ours to others (a carrier who trusts our address, a host in the house).
        """
        if isinstance(self.hop, FlowHop) or self.symmetric:
            return self.hop
        there = uri_hop(self.next_uri) or self.found or self.hop
        elsewhere = isinstance(there, FlowHop) or there.host != self.hop.host
        return self.hop if self.user and elsewhere else there

    @property
    def next_uri(self) -> Uri:
        return self.route_set[0].uri if self.route_set else self.target

    @property
    def way_known(self) -> bool:
        """True when where to send is known without asking DNS."""
        return isinstance(self.hop, FlowHop) or self.symmetric or uri_hop(self.next_uri) is not None

    def request(self, method: str, *, cseq: int | None = None) -> Request:
        """Return a request within the dialog (§12.2.1.1), without Via and Contact; counts CSeq up unless given one."""
        if cseq is None:
            self.local_cseq += 1
            cseq = self.local_cseq
        target, routes = str(self.target), [str(route) for route in self.route_set]
        if self.route_set and not self.route_set[0].uri.loose:
            # A strict router of RFC 2543 wants itself in the request line.
            target, routes = str(self.route_set[0].uri.without_headers()), [*routes[1:], f"<{self.target}>"]
        request = Request(method, target)
        for route in routes:
            request.add("route", route)
        request.add("max-forwards", 70)
        request.add("from", self.local)
        request.add("to", self.remote)
        request.add("call-id", self.call_id)
        request.add("cseq", f"{cseq} {method}")
        return request

    def take_target(self, message: Request | Response) -> bool:
        """Follow a target refresh (§12.2.1.2, §12.2.2); True when the target is another one now. Raises PeerError."""
        self.allow = allowed(message) or self.allow
        contact = contact_of(message)
        if contact is None or contact == self.target:
            return False
        self.target, self.found = contact, None
        return True

    def acknowledge(self, invite_cseq: int) -> Request:
        """Return the ACK to a 2xx (§13.2.2.4), with the credentials its INVITE had."""
        ack = self.request("ACK", cseq=invite_cseq)
        if self.auth is not None:
            for name, value in self.auth.of_invite:
                ack.add(name, value)
        return ack


def contact_of(message: Request | Response) -> Uri | None:
    """Return the one Contact URI, None without one. Raises PeerError when it is malformed."""
    contacts = message.addresses("contact")
    return contacts[0].uri.without_headers() if contacts else None


def allowed(message: Request | Response) -> frozenset[str] | None:
    """Return the methods in Allow (§20.5), None without the field."""
    values = message.raw("allow")
    return _methods(",".join(values)) if values else None


@lru_cache(maxsize=256)
def _methods(text: str) -> frozenset[str]:
    """Peers of one make say the same; they share one set."""
    return frozenset(value.strip().upper() for value in text[:LONGEST_ALLOW].split(",") if value.strip())


def dialog_of_invite(invite: Request, hop: Hop, tag: str, *, symmetric: bool) -> Dialog:
    """Return our side of the dialog an incoming INVITE makes (§12.1.1). Raises PeerError without a Contact."""
    target = contact_of(invite)
    if target is None and not invite.via.branch.startswith(MAGIC_COOKIE):
        target = invite.from_.uri  # RFC 2543 asked for no Contact
    if target is None or not target.is_sip:
        raise PeerError("INVITE without a SIP Contact")
    to = invite.to
    return Dialog(
        call_id=invite.call_id,
        local=Address(to.uri, to.name, {**to.params, "tag": tag}),
        remote=invite.from_,
        local_cseq=0,
        remote_cseq=invite.cseq.number,
        target=target,
        hop=hop,
        route_set=invite.addresses("record-route"),
        symmetric=symmetric,
        allow=allowed(invite),
    )


def dialog_of_response(invite: Request, response: Response, hop: Hop, *, symmetric: bool) -> Dialog:
    """Return our side of the dialog a 2xx to our INVITE makes (§12.1.2); each To tag makes its own."""
    return Dialog(
        call_id=invite.call_id,
        local=invite.from_,
        remote=response.to,
        local_cseq=invite.cseq.number,
        remote_cseq=None,
        target=contact_of(response) or invite.uri,
        hop=hop,
        route_set=list(reversed(response.addresses("record-route"))),
        symmetric=symmetric,
        allow=allowed(response),
    )
