"""One contact of a registered user: where it came from, how it is reached, and what it is called from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from yuelai.telephony.hops import FlowHop, Hop, StreamHop, behind_nat, uri_hop
from yuelai.telephony.timers import Timer
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Address, Request, Uri
from yuelai.wire.sip.text import Params, format_params, parse_number, unquote

LONGEST_PARAMS = 1024
"""Characters of a contact's own parameters that are kept and told again."""
MOST_PATHS = 5

Key = tuple[str | int | None, ...]


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
    reg_id: int = 0
    """Which of a device's flows this is (RFC 5626 §4.2); 0 when it is no such flow."""
    priority: float = 1.0
    """The q value, 0 to 1; the highest are called first."""
    path: tuple[str, ...] = ()
    """Proxies on the way to it (RFC 3327), the first one first."""
    params: Params = field(default_factory=dict)
    """What else it said about itself."""
    public: str = ""
    """Its public and its temporary GRUU (RFC 5627), empty when it did not ask for them."""
    temporary: str = ""
    says_options: bool = False
    """It may be asked by OPTIONS whether it is there."""
    silent: bool = False
    """It does not answer any more (`watch`)."""

    @property
    def browser(self) -> bool:
        return isinstance(self.source, FlowHop)

    @property
    def outbound(self) -> bool:
        """True when it lives exactly as long as the connection it was made over (RFC 5626)."""
        return self.reg_id > 0

    @property
    def key(self) -> Key:
        """What has to be equal for two contacts of a user to be one binding (RFC 3261 §10.3, RFC 5626 §6)."""
        return (self.instance, self.reg_id) if self.outbound else self.contact.key()

    @property
    def hops(self) -> tuple[Hop, ...]:
        """Ways to it, the best first: the connection it keeps to us, then what its contact says."""
        other = None if self.symmetric or self.path else _at(self.source, self.contact)
        return (self.hop,) if other in (None, self.hop) else (self.hop, other)

    def described(self, now: float) -> str:
        """The Contact value that tells its owner of it."""
        params: Params = {"expires": str(max(0, round(self.due - now))), **self.params}
        gruus = f';pub-gruu="{self.public}";temp-gruu="{self.temporary}"' if self.public else ""
        return f"<{self.contact}>{format_params(params)}{gruus}"


def instance_of(address: Address) -> str:
    """The `+sip.instance` of a Contact (RFC 5626 §4.1); empty without."""
    return unquote(address.params.get("+sip.instance") or "")


def priority_of(address: Address) -> float:
    """The q value (RFC 3261 §20.10), 1 when there is none or it is malformed."""
    text = address.params.get("q") or "1"
    try:
        return min(max(float(text), 0.0), 1.0) if text.replace(".", "", 1).isdecimal() else 1.0
    except ValueError:
        return 1.0


def says_options(request: Request) -> bool:
    """True when a REGISTER says that its sender knows OPTIONS, or at least what kind of device it is: a bare one is not
    asked, for whoever registers without a word of themselves may answer nothing but calls."""
    allow = request.options("allow")
    return "options" in {method.lower() for method in allow} if allow else bool(request.get("user-agent"))


def kept_params(address: Address) -> Params:
    """What is to be told again of a Contact's parameters: all but the time, unless they are too many."""
    params = {name: value for name, value in address.params.items() if name not in ("expires", "pub-gruu", "temp-gruu")}
    if len(format_params(params)) > LONGEST_PARAMS:
        params = {name: params[name] for name in ("+sip.instance", "reg-id", "q") if name in params}
    return params


def flow_of(request: Request, address: Address, source: Hop) -> int:
    """Return the number of the flow that a contact is registered over (RFC 5626 §6); 0 when it is to be none.

    Over UDP it would have to be kept open by STUN on our port, which we do not do; then it is a contact like others.
    Raises NoOutbound.
    """
    text = address.params.get("reg-id")
    if not text or not instance_of(address) or "outbound" not in request.options("supported"):
        return 0
    number = parse_number(text, 2**31 - 1, "reg-id")
    if len(request.all("via")) > 1:
        paths = request.addresses("path")
        if not paths or "ob" not in paths[-1].uri.params:
            raise NoOutbound
    elif not isinstance(source, FlowHop | StreamHop):
        return 0
    return number


class NoOutbound(PeerError):
    """The first proxy does not know how to keep a flow (439, RFC 5626 §6)."""


def way_to(request: Request, contact: Uri, source: Hop) -> tuple[Hop, bool, tuple[str, ...]]:
    """Return where requests to a contact go, whether only there, and the Path they follow.

    That is always where the REGISTER came from, at most at another port: a phone that could name any address would have
    us call whatever its contact says in our own name, at a carrier's for example, which knows us by our address.
    """
    path = request.addresses("path")[:MOST_PATHS]
    if path:
        return _at(source, path[0].uri) or source, False, tuple(str(address) for address in path)
    symmetric = behind_nat(request.via, source)
    # A phone that connects to us listens for no connection itself as a rule (RFC 5923 §4, RFC 5626 §3.1).
    if symmetric or not _datagrams(source):
        return source, symmetric, ()
    return _at(source, contact) or source, False, ()


def _at(source: Hop, uri: Uri) -> Hop | None:
    """Where a URI points, if that is the address of the source; names are not resolved."""
    hop = uri_hop(uri)
    return None if hop is None or isinstance(source, FlowHop) or hop.host != source.host else hop


def _datagrams(source: Hop) -> bool:
    return not isinstance(source, FlowHop | StreamHop)
