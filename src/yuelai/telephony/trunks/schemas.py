"""Trunks and routes over HTTP: what goes in and comes out."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from yuelai.identity.schemas import Body, Code, EnglishName, Name
from yuelai.media.ports import Srtp

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9.])?")


def _host(text: str) -> str:
    """A name (RFC 1123 §2.1) or an address, IPv6 with or without brackets; empty for none."""
    text = text.strip()
    if text and not _HOST.fullmatch(text):
        try:
            ipaddress.IPv6Address(text.removeprefix("[").removesuffix("]"))
        except ValueError:
            raise ValueError("is no host name and no address") from None
    return text


def _proxy(text: str) -> str:
    text = text.strip()
    host, colon, port = text.rpartition(":")
    if colon and port.isascii() and port.isdigit() and (":" not in host or host.endswith("]")):
        if not 0 < int(port) < 65536:
            raise ValueError("is no port")
        _host(host)
    else:
        _host(text)
    return text


def _network(text: str) -> str:
    """One address is a network of its own. Everybody is nobody's trunk."""
    network = ipaddress.ip_network(text.strip(), strict=False)
    if network.prefixlen < 8:
        raise ValueError("is too wide: name the addresses of the trunk")
    return str(network)


Host = Annotated[str, StringConstraints(max_length=253), AfterValidator(_host)]
Proxy = Annotated[str, StringConstraints(max_length=260), AfterValidator(_proxy)]
Network = Annotated[str, StringConstraints(max_length=60), AfterValidator(_network)]
UserName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r'^[^\x00-\x20\x7f"<>@]*$')]
Secret = Annotated[SecretStr, Field(max_length=200)]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,20}$")]
Dialled = Annotated[str, StringConstraints(pattern=r"^\+?[0-9*#]{0,20}$")]
Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9]{2,20}$")]
Codec = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,20}$")]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Limit = Annotated[int, Field(ge=0, le=100_000, description="0: none")]
Period = Annotated[int, Field(ge=0, le=3600, description="0: no signs of life are asked for; else 5 at least")]
Port = Annotated[int, Field(ge=1, le=65535)]
Version = Annotated[int, Field(ge=1, lt=2**31, description="as it was read")]
Kind = Literal["carrier", "pbx", "gateway"]
Direction = Literal["both", "in", "out"]
Transport = Literal["auto", "udp", "tcp", "tls"]
Format = Literal["as_is", "e164", "national", "international00"]


class Rule(Body):
    """Numbers that begin with `prefix` lose their first `strip` characters and get `add` in front."""

    prefix: Dialled = ""
    strip: Annotated[int, Field(ge=0, le=20)] = 0
    add: Dialled = ""


class Rewriting(Body):
    """What comes in: first the rule of the longest prefix, then the form; what goes out: the other way round.

    `e164` is +86571…, `national` 0571…, `international00` 0086571…; what is no public number keeps its form.
    """

    rules: list[Rule] = Field(default_factory=list, max_length=50)
    format: Format = "as_is"


class Rewritings(Body):
    called: Rewriting = Rewriting()
    caller: Rewriting = Rewriting()


class CallerPolicy(Body):
    """`default` is shown where a call has no number of its own, or one that does not begin as one of `allowed` (empty:
    any may be shown). A `trusted` peer is told the number even when it is withheld (RFC 3325)."""

    default: Dialled = ""
    allowed: list[Dialled] = Field(default_factory=list, max_length=200)
    trusted: bool = False


class Rate(Body):
    """What a minute to numbers of this prefix (E.164 without plus) costs, in millionths of the currency's unit."""

    prefix: Digits
    per_minute_micro: Annotated[int, Field(ge=0, le=10**12)]


class _Settings(Body):
    name: Name
    name_en: EnglishName = ""
    kind: Kind = "carrier"
    direction: Direction = "both"
    active: bool = True
    transport: Transport = "auto"
    host: Host = ""
    port: Port | None = None
    outbound_proxy: Proxy = ""
    sources: list[Network] = Field(default_factory=list, max_length=64)
    certificate_name: Host = ""
    peer_username: UserName = ""
    register_: Annotated[bool, Field(alias="register")] = False
    username: UserName = ""
    domain: Host = ""
    expires: Annotated[int, Field(ge=60, le=86400)] = 3600
    max_channels_in: Limit = 0
    max_channels_out: Limit = 0
    max_channels_total: Limit = 0
    max_cps: Limit = 0
    priority: Annotated[int, Field(ge=1, le=100)] = 1
    weight: Annotated[int, Field(ge=1, le=1000)] = 10
    country: Country = "CN"
    number_in: Rewritings = Rewritings()
    number_out: Rewritings = Rewritings()
    caller_policy: CallerPolicy = CallerPolicy()
    codecs: list[Codec] = Field(default_factory=list, max_length=20)
    srtp: Srtp = Srtp.ACCEPT
    options_seconds: Period = 30
    rates: list[Rate] = Field(default_factory=list, max_length=2000)

    def sent(self) -> dict[str, Any]:
        """Fields by the names of their columns; parts as plain values."""
        plain = self.model_dump(by_alias=True)
        columns = {"register" if name == "register_" else name for name in self.model_fields_set}
        found = {name: plain[name] for name in columns}
        for name in ("secret", "peer_secret"):
            value = getattr(self, name, None)
            if name in found:
                found[name] = value.get_secret_value() if value is not None else ""
        return found


class NewTrunk(_Settings):
    """`secret` and `peer_secret` are never told again. `codecs` is the order in which they are offered; empty leaves
    what the call brings. `srtp` with keys in the description (RFC 4568): never, when the peer offers it, or nothing
    else. `rates` is the whole list."""

    code: Code
    secret: Secret | None = None
    peer_secret: Secret | None = None


class TrunkChange(_Settings):
    """What is to be different. A password that is not spoken of stays; null takes it away."""

    version: Version
    code: Code = ""
    name: Name = ""
    secret: Secret | None = None
    peer_secret: Secret | None = None


class Trunk(_Settings):
    """How it stands at this moment is the live document `trunk/{id}`."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    code: str
    has_secret: bool
    has_peer_secret: bool
    version: int
    created_at: datetime


class TrunkList(BaseModel):
    items: list[Trunk]
    next_cursor: None = None


class Hours(Body):
    """When a route counts, in local time; 1 is Monday. One that closes before it opens goes on past midnight."""

    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    opens: Clock
    closes: Clock


class RouteTrunk(Body):
    trunk_id: UUID
    priority: Annotated[int, Field(ge=1, le=100)] = 1
    weight: Annotated[int, Field(ge=1, le=1000)] = 10


class NewRoute(Body):
    """`prefix` is of E.164 without plus; empty is every number. No `trunks` means all that call out."""

    prefix: Digits
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    active: bool = True
    hours: Hours | None = None
    trunks: list[RouteTrunk] = Field(default_factory=list, max_length=50)


class RouteChange(NewRoute):
    version: Version
    prefix: Digits = ""


class Route(NewRoute):
    id: UUID
    version: int


class RouteList(BaseModel):
    items: list[Route]
    next_cursor: None = None


class WantedNumber(Body):
    number: Number


class Candidate(BaseModel):
    """A trunk in the order in which it would be tried. `why` are stable codes, most important first: prefix, cheapest,
    dearer, no_rate, priority, weight; and what keeps it from being tried: down, refused, unregistered, full, inactive,
    inbound_only."""

    trunk_id: UUID
    code: str
    name: str
    state: str
    usable: bool
    per_minute_micro: int | None
    priority: int
    weight: int
    sends: str
    """The number as it would be sent there."""
    why: list[str]


class RouteReference(BaseModel):
    id: UUID
    prefix: str
    name: str


class Explanation(BaseModel):
    """`number` is in E.164 where it is a public one; `error` says why nothing can be called: no_route, all_down,
    trunks_full."""

    number: str
    route: RouteReference | None
    candidates: list[Candidate]
    error: str | None


class TestCallResult(BaseModel):
    """`status` is SIP's final one; `seconds_to_ring` and `seconds_to_answer` are null for what did not happen."""

    __test__ = False

    status: int
    reason: str
    seconds_to_ring: float | None
    seconds_to_answer: float | None
    route: str
    why: str
