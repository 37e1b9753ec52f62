"""What an address has done that honest ones do not do, and when it is enough. Pure: times go in, offences come out."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from yuelai.telephony.guards.bans import Offence

MOST = 10_000
WINDOW = 300.0
"""Seconds in which offences are counted together."""
PATIENCE = 5.0
"""Seconds after a challenge in which an honest phone has answered it."""
NAMES = 15
"""Users asked for from an address, without ever being one of them, that are too many."""
FAILURES = 30
"""Wrong answers to our challenges; a phone with a wrong password tries every half minute or so."""
MALFORMED = 40
DROPPED = 2_000
"""Messages above its rate."""
AT_HOME = 15
"""How many times more is borne from an address where somebody is known: a whole office may be behind it."""


@dataclass
class _Suspect:
    since: float
    names: dict[str, float] = field(default_factory=dict)
    counts: dict[Offence, int] = field(default_factory=dict)


class Suspects:
    def __init__(self) -> None:
        self._held: OrderedDict[str, _Suspect] = OrderedDict()

    def _suspect(self, address: str, now: float) -> _Suspect:
        suspect = self._held.pop(address, None)
        if suspect is None or now - suspect.since > WINDOW:
            suspect = _Suspect(now)
        self._held[address] = suspect
        if len(self._held) > MOST:
            self._held.popitem(last=False)
        return suspect

    def asked(self, address: str, name: str, now: float, *, home: bool) -> Offence | None:
        """It asked for something as or for this user, and was asked for credentials."""
        suspect = self._suspect(address, now)
        bound = NAMES * (AT_HOME if home else 1)
        if len(suspect.names) < 2 * bound:
            suspect.names.setdefault(name[:64], now)
        old = sum(1 for at in suspect.names.values() if now - at >= PATIENCE) if len(suspect.names) >= bound else 0
        return self._over(address, Offence.PROBING) if old >= bound else None

    def passed(self, address: str, *names: str) -> None:
        """It was this user after all."""
        suspect = self._held.get(address)
        if suspect is not None:
            for name in names:
                suspect.names.pop(name[:64], None)

    def count(self, address: str, offence: Offence, now: float, *, home: bool) -> Offence | None:
        """It did something of a kind that is borne a few times."""
        suspect = self._suspect(address, now)
        suspect.counts[offence] = suspect.counts.get(offence, 0) + 1
        bound = {Offence.GUESSING: FAILURES, Offence.MALFORMED: MALFORMED}.get(offence, DROPPED)
        return self._over(address, offence) if suspect.counts[offence] >= bound * (AT_HOME if home else 1) else None

    def _over(self, address: str, offence: Offence) -> Offence:
        del self._held[address]
        return offence

    def __len__(self) -> int:
        return len(self._held)
