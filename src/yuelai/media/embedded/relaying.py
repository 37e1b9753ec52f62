"""Which legs are relayed: partners that hear each other and nothing else, and whose sound nobody needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.leg import LIVELY, Leg
from yuelai.media.embedded.matrix import Matrix
from yuelai.media.embedded.mixing import Mixing, wants_hearing
from yuelai.media.embedded.relay import Relay, accepted
from yuelai.media.embedded.stream import Lines
from yuelai.media.ports import KeyMode
from yuelai.platform.ids import LegId


class Relaying:
    """Lets legs go over from being mixed to being relayed and back, without a hole at either change."""

    def __init__(
        self, legs: Mapping[LegId, Leg], matrix: Matrix, relay: Relay, mixing: Mixing, bank: Bank, lines: Lines
    ) -> None:
        self._legs, self._matrix, self._relay = legs, matrix, relay
        self._mixing, self._bank, self._lines = mixing, bank, lines
        self._partners: dict[LegId, LegId] = {}
        self.renegotiated: set[LegId] = set()
        """Legs whose payload types may mean something else since `settle`."""

    def __contains__(self, leg: LegId) -> bool:
        return leg in self._partners

    def __len__(self) -> int:
        return len(self._partners)

    def settle(self, dirty: Iterable[LegId], heard_at: npt.NDArray[np.float64], now: float) -> None:
        """Relay those of the legs of which something changed that can be relayed now, and mix the others.

        `heard_at` is by slot; others than these, and those they are or could be relayed with, are not looked at.
        """
        legs = self._legs
        affected = {id_ for id_ in dirty if id_ in legs}
        affected |= {self._partners[id_] for id_ in affected if id_ in self._partners}
        affected |= {other for id_ in affected if (other := self._matrix.partner(id_)) is not None}
        for id_ in affected:
            legs[id_].lively = now - float(heard_at[legs[id_].slot]) < LIVELY
        wanted = {id_: other for id_ in affected if (other := self._wanted(id_)) is not None}
        for id_ in affected:
            if wanted.get(id_) != self._partners.get(id_):
                self.part(id_)
        for id_, other in wanted.items():
            if id_ not in self._partners:
                self._mixing.drain(legs[id_], legs[other], now)
                self._join(legs[id_], legs[other])
            elif id_ in self.renegotiated or other in self.renegotiated:
                self._join(legs[id_], legs[other])
        self.renegotiated.clear()
        self._partners |= wanted

    def _wanted(self, id_: LegId) -> LegId | None:
        """Return whom it is to be relayed with."""
        other = self._matrix.partner(id_)
        if other is None or not (self._is_free(id_) and self._is_free(other) and self._fit(id_, other)):
            return None
        return other

    def part(self, id_: LegId) -> None:
        """Stop relaying to and from a leg that stands; idempotent."""
        partner = self._partners.get(id_)
        if partner is None:
            return
        for one, other in ((id_, partner), (partner, id_)):
            del self._partners[one]
            leg = self._legs[one]
            self._relay.part(leg.slot)
            self._bank.reset(leg.slot)
            if leg.lively and self._legs[other].lively:
                self._mixing.prime(leg.slot)
            if leg.terms is not None:
                self._lines.agree(leg.slot, leg.terms.codec.payload_type, leg.terms.codec.clock)

    def _is_free(self, id_: LegId) -> bool:
        """Nothing needs the leg's sound, nothing is added to what it hears."""
        leg = self._legs.get(id_)
        return (
            leg is not None
            and leg.lively
            and leg.terms is not None
            and not (leg.held or leg.muted or leg.taps or leg.keysend.busy or leg.options.normalise)
            and leg.player.play is None
            and not wants_hearing(leg)
        )

    def _fit(self, one: LegId, other: LegId) -> bool:
        """Each understands what the other says."""
        return all(
            hearer.terms is not None and talker.speaks is not None and accepted(talker.speaks, hearer.terms) is not None
            for talker, hearer in ((self._legs[one], self._legs[other]), (self._legs[other], self._legs[one]))
        )

    def _join(self, speaker: Leg, listener: Leg) -> None:
        assert speaker.terms is not None
        assert listener.terms is not None
        assert speaker.speaks is not None
        events = speaker.options.keys is not KeyMode.BLOCK
        self._relay.join(
            speaker.slot, listener.slot, speaker.terms, listener.terms, speaks=speaker.speaks, events=events
        )
