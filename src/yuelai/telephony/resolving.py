"""From a SIP URI to the places where it is reached: NAPTR, SRV, A and AAAA (RFC 3263), the best one first."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog

from yuelai.platform.clock import Clock
from yuelai.telephony.hops import DEFAULT_PORTS, Hop, make_hop, uri_hop, uri_transport
from yuelai.telephony.names import Names, NamesAway
from yuelai.telephony.transport import Failure
from yuelai.wire.sip import Uri

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds for all questions about one URI."""
MOST_HOPS, MOST_TARGETS = 16, 8
AVOIDED_SECONDS = 30.0
"""How long a hop that failed goes behind the others."""
_REMEMBERED = 1024

_SERVICES = {"SIP+D2U": "UDP", "SIP+D2T": "TCP", "SIPS+D2T": "TLS"}  # RFC 3263 §4.1
_PREFIXES = {"UDP": "_sip._udp", "TCP": "_sip._tcp", "TLS": "_sips._tcp"}

Target = tuple[str, int]
"""Host name and port."""


class Resolver:
    """Implements `useragent.Resolver`. `ipv4` and `ipv6` say which kinds of address we can send to."""

    def __init__(
        self,
        clock: Clock,
        *,
        names: Names | None = None,
        dice: random.Random | None = None,
        patience: float = PATIENCE,
        ipv4: bool = True,
        ipv6: bool = True,
    ) -> None:
        self._clock, self._patience = clock, patience
        self._names = names if names is not None else Names(clock)
        self._dice = dice or random.Random()  # noqa: S311 - shares load, hides nothing
        self.ipv4, self.ipv6 = ipv4, ipv6
        self._avoided: OrderedDict[Hop, float] = OrderedDict()
        self._errors: OrderedDict[str, Failure] = OrderedDict()

    async def hops(self, uri: Uri) -> list[Hop]:
        """Return the ways to a URI in the order to try them; none when there are none (`last_error` says why).

        Those that failed lately come last. Equal ones are drawn by their weight (RFC 2782), so the order differs.
        """
        literal = uri_hop(uri)
        if literal is not None:
            return [literal]
        if not uri.is_sip or uri.port == 0 or uri_transport(uri) is None:
            return []
        try:
            async with asyncio.timeout(self._patience):
                found = await self._find(uri)
            why = "DNS knows no way to it"
        except (NamesAway, TimeoutError) as error:
            found, why = [], str(error) or "DNS does not answer in time"
        if not found:
            self._errors[uri.host] = Failure("not_resolved", f"{uri.host} is not found: {why}")
            _bound(self._errors)
            log.warning("sip_name_not_found", host=uri.host, why=why)
            return []
        self._errors.pop(uri.host, None)
        now = self._clock.monotonic()
        unique = list(dict.fromkeys(found))[:MOST_HOPS]
        return sorted(unique, key=lambda hop: self._avoided.get(hop, 0.0) > now)

    def failed(self, hop: Hop) -> None:
        """Say that a hop did not answer or could not be reached."""
        self._avoided[hop] = self._clock.monotonic() + AVOIDED_SECONDS
        self._avoided.move_to_end(hop)
        _bound(self._avoided)

    def worked(self, hop: Hop) -> None:
        self._avoided.pop(hop, None)

    def last_error(self, host: str) -> Failure | None:
        """Return why a name led nowhere when it was last asked for."""
        return self._errors.get(host)

    # --- RFC 3263 §4 ------------------------------------------------------------------------------------------------

    async def _find(self, uri: Uri) -> list[Hop]:
        transport = uri_transport(uri)
        assert transport is not None
        if uri.port is not None:
            return await self._at(uri, transport, [(uri.host, uri.port)])
        if uri.transport is not None:
            places = {transport: await self._srv(f"{_PREFIXES[transport]}.{uri.host}")}
        else:
            places = await self._any_transport(uri)
        hops: list[Hop] = []
        for found, targets in places.items():
            hops += await self._at(uri, found, targets or [])
        if hops or any(targets is not None for targets in places.values()):
            return hops
        return await self._at(uri, transport, [(uri.host, DEFAULT_PORTS[transport])])

    async def _any_transport(self, uri: Uri) -> dict[str, list[Target] | None]:
        """Return for each transport the peer offers, in its order, where (§4.1); None where SRV says nothing."""
        wanted = ("TLS",) if uri.scheme == "sips" else ("UDP", "TCP", "TLS")
        offered = await self._naptr(uri.host, wanted)
        if not offered:
            offered = {transport: f"{_PREFIXES[transport]}.{uri.host}" for transport in wanted}
        answers = await asyncio.gather(*(self._srv(name) for name in offered.values()))
        return dict(zip(offered, answers, strict=True))

    async def _naptr(self, host: str, wanted: Sequence[str]) -> dict[str, str]:
        """Return by transport the name to ask SRV for, in the order that the owner of the name prefers."""
        try:
            records = await self._names.look_up(host, "NAPTR")
        except NamesAway:
            return {}  # there are servers that keep silent about kinds they do not know
        offered: dict[str, str] = {}
        for record in sorted(records, key=lambda record: (record.order, record.preference)):
            transport = _SERVICES.get(record.service.decode("ascii", "replace").upper())
            if transport is not None and transport in wanted and record.flags.lower() == b"s" and not record.regexp:
                offered.setdefault(transport, record.replacement.to_text(omit_final_dot=True))
        return offered

    async def _srv(self, name: str) -> list[Target] | None:
        """Return hosts and ports in the order to try; none when the service is denied (RFC 2782), None without SRV."""
        records = await self._names.look_up(name, "SRV")
        if not records:
            return None
        targets: list[Target] = []
        for priority in sorted({record.priority for record in records}):
            equal = [record for record in records if record.priority == priority]
            for record in self._drawn(equal):
                host = record.target.to_text(omit_final_dot=True)
                if host and host != "." and record.port:
                    targets.append((host, record.port))
        return targets[:MOST_TARGETS]

    def _drawn(self, records: list[Any]) -> list[Any]:
        """RFC 2782: those without weight first in the list, then each drawn with a chance as its weight is."""
        self._dice.shuffle(records)
        left, drawn = sorted(records, key=lambda record: bool(record.weight)), []
        while left:
            threshold, total = self._dice.randint(0, sum(record.weight for record in left)), 0
            for record in left:
                total += record.weight
                if total >= threshold:
                    break
            drawn.append(record)
            left.remove(record)
        return drawn

    async def _at(self, uri: Uri, transport: str, targets: Sequence[Target]) -> list[Hop]:
        """Return hops for each address. By TLS the certificate must be for the name that was asked for, whatever SRV
        made of it (RFC 5922 §4)."""
        hosts = list(dict.fromkeys(host for host, _ in targets))
        answers = await asyncio.gather(*(self._addresses(host) for host in hosts), return_exceptions=True)
        found = dict(zip(hosts, answers, strict=True))
        hops: list[Hop] = []
        for host, port in targets:
            addresses = found[host]
            if not isinstance(addresses, BaseException):
                hops += [make_hop(transport, address, port, uri.host) for address in addresses]
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if not hops and failures:
            raise failures[0]
        return hops

    async def _addresses(self, host: str) -> list[str]:
        return await self._names.addresses(host, ipv4=self.ipv4, ipv6=self.ipv6)


def _bound(remembered: OrderedDict[str, Failure] | OrderedDict[Hop, float]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
