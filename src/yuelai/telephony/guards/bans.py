"""Addresses that get no answer for a time; each time is longer than the one before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from prometheus_client import Counter, Gauge

from yuelai.platform.clock import Clock
from yuelai.telephony.guards.addresses import counted

log = structlog.get_logger()

FIRST_SECONDS = 60
GROWTH = 4
LONGEST_SECONDS = 86_400
FORGIVEN_AFTER = timedelta(days=1)
"""How long after its end a ban still makes the next one longer."""
MOST = 20_000


class Offence(StrEnum):
    SCANNER = "scanner"
    """It calls itself by the name of a known scanner."""
    PROBING = "probing"
    """It asks for many users and is none of them."""
    GUESSING = "guessing"
    """Many wrong passwords."""
    MALFORMED = "malformed"
    FLOODING = "flooding"
    MANUAL = "manual"
    """Somebody said so."""


_AT_LEAST = {Offence.SCANNER: 3600}
"""Seconds of the first ban for what is no mistake."""

_BANNED = Counter("yuelai_sip_guard_bans_total", "Bans by reason", ["reason"])
_HITS = Counter("yuelai_sip_guard_banned_dropped_total", "Messages of banned addresses, dropped unread")
_STANDING = Gauge("yuelai_sip_guard_banned_addresses", "Addresses that are banned now")


@dataclass(frozen=True, slots=True)
class Ban:
    address: str
    reason: Offence
    note: str
    since: datetime
    ends_at: datetime
    strikes: int
    hits: int = 0


class Bans:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bans: OrderedDict[str, Ban] = OrderedDict()
        self._over: dict[str, float] = {}
        """Monotonic end of each that stands, for the one look-up a message costs."""
        self._fresh: dict[str, Ban] = {}
        self._heard: set[str] = set()

    def ban(self, host: str, reason: Offence, *, note: str = "", seconds: float | None = None) -> Ban:
        """Ban an address, longer than the last time; for exactly so many seconds when given."""
        address, now = counted(host), self._clock.now()
        before = self._bans.get(address)
        strikes = before.strikes + 1 if before is not None and now - before.ends_at < FORGIVEN_AFTER else 1
        if seconds is None:
            first = _AT_LEAST.get(reason, FIRST_SECONDS)
            seconds = min(first * GROWTH ** min(strikes - 1, 10), LONGEST_SECONDS)
        ban = Ban(address, reason, note, now, now + timedelta(seconds=seconds), strikes)
        self._put(ban)
        _BANNED.labels(reason).inc()
        log.warning("sip_banned", address=address, reason=str(reason), seconds=seconds, strikes=strikes, note=note)
        self._fresh[address] = ban
        return ban

    def lift(self, host: str) -> None:
        """End a ban and forget that there was one."""
        address = counted(host)
        self._bans.pop(address, None)
        self._over.pop(address, None)
        self._fresh.pop(address, None)
        _STANDING.set(len(self._over))

    def load(self, bans: Iterable[Ban]) -> None:
        """Take over what is kept: what is not among it was lifted, unless it is too new to be kept. Hits stay."""
        held = self._bans
        self._bans, self._over = OrderedDict(), {}
        for ban in (*bans, *self._fresh.values()):
            known = held.get(ban.address)
            self._put(replace(ban, hits=max(ban.hits, known.hits)) if known is not None else ban)
        _STANDING.set(len(self._over))

    def _put(self, ban: Ban) -> None:
        self._bans[ban.address] = ban
        self._bans.move_to_end(ban.address)
        left = (ban.ends_at - self._clock.now()).total_seconds()
        if left > 0:
            self._over[ban.address] = self._clock.monotonic() + left
        if len(self._bans) > MOST:
            oldest, _ = self._bans.popitem(last=False)
            self._over.pop(oldest, None)
        _STANDING.set(len(self._over))

    def stands(self, address: str) -> bool:
        """True while an address (as `counted`) is banned."""
        over = self._over.get(address)
        if over is None:
            return False
        if over <= self._clock.monotonic():
            del self._over[address]
            _STANDING.set(len(self._over))
            return False
        return True

    def hit(self, address: str) -> None:
        """Count one message that was dropped."""
        _HITS.inc()
        ban = self._bans.get(address)
        if ban is not None:
            self._bans[address] = replace(ban, hits=ban.hits + 1)
            self._heard.add(address)

    def changes(self) -> tuple[list[Ban], dict[str, int]]:
        """Return the bans that are not kept yet, which stay so until `kept` says else, and new counts of hits."""
        heard, self._heard = self._heard, set()
        counts = {address: self._bans[address].hits for address in heard if address in self._bans}
        return list(self._fresh.values()), counts

    def kept(self, bans: Iterable[Ban]) -> None:
        for ban in bans:
            if self._fresh.get(ban.address) is ban:
                del self._fresh[ban.address]

    def unkept(self, hits: Iterable[str]) -> None:
        """These counts could not be written."""
        self._heard.update(hits)

    def all(self) -> list[Ban]:
        """Every ban that is remembered, the oldest first."""
        return list(self._bans.values())
