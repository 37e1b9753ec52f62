"""The server's side of ICE-lite (RFC 8445 §2.5): it only answers the browser's checks, on one port, rtcp-mux."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Callable, Sequence

import psutil
from aioice import stun

from yuelai.platform.config import WILDCARDS

Address = tuple[str, int] | tuple[str, int, int, int]
"""As `recvfrom` gives it, so that it can be sent back to: IPv6 has flow and scope too."""

CONSENT = 30.0
"""Seconds without a check after which we must stop sending (RFC 7675 §5.1)."""

_MAX_CANDIDATES = 8
_MAX_PATHS = 16
"""Addresses of the page that are remembered as checked: a page has a handful, behind relays a few more."""


def host_addresses(bind: str, advertised: str) -> tuple[str, ...]:
    """Return where a browser may reach a socket bound to `bind`, what operators advertise first.

    Bound to all addresses these are the machine's own too, with that of a NAT before it (people in the same building
    often cannot go round by it); of these not the loopback and link-local ones, unless advertised.
    """
    if bind not in WILDCARDS:
        found = [advertised, bind]
    else:
        found = [advertised]
        for each in (one for ones in psutil.net_if_addrs().values() for one in ones):
            try:
                address = ipaddress.ip_address(each.address.partition("%")[0])
            except ValueError:  # of the link layer
                continue
            spoken = address.version == 4 or bind == "::"
            if spoken and not (address.is_loopback or address.is_link_local or address.is_multicast):
                found.append(str(address))
    return tuple(dict.fromkeys(found))[:_MAX_CANDIDATES]


def _as_seen(source: Address) -> tuple[str, int]:
    """The address as the other side knows it: a socket for both families shows IPv4 as `::ffff:192.0.2.1`."""
    address = ipaddress.ip_address(source[0].partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address), source[1]


class IceLite:
    """Credentials, the addresses the browser was checked at, and its consent. Times are monotonic seconds.

    After a restart the credentials before it are good until a check with the new ones comes: sound must go on
    meanwhile (RFC 8445 §9).
    """

    def __init__(self, addresses: Sequence[str], port: int, put: Callable[[bytes, Address], None]) -> None:
        self._addresses, self._port, self._put = addresses, port, put
        self.remote: Address | None = None
        """Where the browser wants what we send: the pair it nominated last."""
        self.validated = asyncio.Event()
        self._checked_at = float("-inf")
        self._paths: dict[Address, None] = {}
        self._before: tuple[str, str] | None = None
        self.ufrag, self.password = self._credentials()

    @staticmethod
    def _credentials() -> tuple[str, str]:
        return secrets.token_hex(4), secrets.token_hex(16)

    def restart(self) -> None:
        """Take new credentials; the old path serves until a check validates a new one."""
        self._before = self.ufrag, self.password
        self.ufrag, self.password = self._credentials()

    @property
    def candidates(self) -> list[str]:
        """Values of `a=candidate` (RFC 8839 §5.1): host candidates of component 1, the first address preferred."""
        return [
            f"{place + 1} 1 udp {126 << 24 | (65535 - place) << 8 | 255} {address} {self._port} typ host"
            for place, address in enumerate(self._addresses)
        ]

    def consents(self, now: float) -> bool:
        return now - self._checked_at < CONSENT

    def admits(self, source: Address) -> bool:
        """Tell whether a check came from there: nobody else's packets are looked into."""
        return source in self._paths

    def take(self, data: bytes, source: Address, now: float) -> None:
        """Take a STUN datagram; anything but a binding request with our credentials is passed over."""
        passwords = dict([self._before] if self._before else []) | {self.ufrag: self.password}
        if not any(name.encode() in data for name in passwords):
            return  # Rubbish is not worth parsing.
        try:
            request = stun.parse_message(data)
        except ValueError:
            return
        if request.message_class is not stun.Class.REQUEST or request.message_method is not stun.Method.BINDING:
            return
        named = str(request.attributes.get("USERNAME", "")).partition(":")[0]
        key = passwords.get(named)
        if key is None or not request.check_message_integrity(key.encode()):
            return
        if named == self.ufrag and self._before is not None:
            # The new path is there. What was on its way by the old one is still welcome.
            self._before, self.remote = None, None
        self._answer(request, key, source)
        self._checked_at = now
        self._paths.pop(source, None)
        self._paths[source] = None
        if len(self._paths) > _MAX_PATHS:
            del self._paths[next(iter(self._paths))]
        if self.remote is None or "USE-CANDIDATE" in request.attributes:
            self.remote = source
        self.validated.set()

    def _answer(self, request: stun.Message, key: str, source: Address) -> None:
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = _as_seen(source)
        response.add_message_integrity(key.encode())
        self._put(bytes(response), source)

    def send(self, data: bytes) -> None:
        if self.remote is not None:
            self._put(data, self.remote)


class DtlsPath:
    """What aiortc's RTCDtlsTransport takes for its ICE transport: `_recv`, `_send`, `role` and `stop`."""

    role = "controlled"

    def __init__(self, ice: IceLite) -> None:
        self._ice = ice
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue(64)

    def feed(self, data: bytes | None) -> None:
        """Hand over a DTLS datagram, or None for the end of the path. A flood is dropped."""
        if data is None:
            while not self._arrived.empty():
                self._arrived.get_nowait()
        if not self._arrived.full():
            self._arrived.put_nowait(data)

    async def _recv(self) -> bytes:
        data = await self._arrived.get()
        if data is None:
            raise ConnectionError("the leg is closed")
        return data

    async def _send(self, data: bytes) -> None:
        self._ice.send(data)

    async def stop(self) -> None:
        self.feed(None)
