"""How sound moves: all legs with their slots, who of them is relayed and who is mixed, and both kept going."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

import numpy as np
import structlog

from yuelai.media.embedded.arrivals import Arrivals
from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.hearing import Heard, Hearing
from yuelai.media.embedded.io import Port, Ports
from yuelai.media.embedded.keysend import pass_on
from yuelai.media.embedded.leg import LIVELY, Leg
from yuelai.media.embedded.levels import Leveller
from yuelai.media.embedded.matrix import Matrix
from yuelai.media.embedded.mixing import Mixing
from yuelai.media.embedded.presses import Press
from yuelai.media.embedded.receptions import Receptions
from yuelai.media.embedded.relay import Relay
from yuelai.media.embedded.relaying import Relaying
from yuelai.media.embedded.reports import Reports
from yuelai.media.embedded.sources import Injection, Music
from yuelai.media.embedded.stream import SLOTS, Lines
from yuelai.media.ports import Barge, Digit, KeyMode, LegOptions, MediaFull, SpeechBegan, SpeechEnded, ToneHeard
from yuelai.platform.ids import LegId
from yuelai.wire.g711 import Samples

log = structlog.get_logger()

_OFTEN = 10
"""Ticks between two looks for relayed legs that nothing comes from any more."""

_ROUND = 50
"""Ticks between two looks at a leg (1 s)."""


class SoundPath:
    """`legs`, `sources` and `matrix` are the engine's to change, `changed` tells of it; the rest follows by itself."""

    def __init__(self) -> None:
        self.legs: dict[LegId, Leg] = {}
        self.sources: dict[LegId, Music | Injection] = {}
        self.matrix = Matrix()
        self.ports = Ports(self._failed_at_port)
        self._free = list(range(SLOTS))
        self._bank, self._lines, self._receptions = Bank(), Lines(), Receptions()
        self._hearing, self._leveller = Hearing(), Leveller()
        self._relay = Relay(self._lines)
        self._arrivals = Arrivals(self._bank, self._receptions, self._relay, self)
        self._mixing = Mixing(self._bank, self._lines, self._hearing, self._leveller, self._arrivals, self)
        self.reports = Reports(self._lines, self._receptions, self._bank)
        self._relaying = Relaying(self.legs, self.matrix, self._relay, self._mixing, self._bank, self._lines)
        self._dirty: set[LegId] = set()
        """Legs of which something is different that decides whether they are relayed."""
        self._stale = True
        self._outspoken: set[LegId] = set()
        """Legs that are mixed and speak in another codec; looked at once a second."""
        self._ticks = self._skipped = 0
        self._failed_at = 0.0
        self._lost = 0
        self._rounds: list[list[Leg]] = [[] for _ in range(_ROUND)]
        """Legs by the tick of the second in which they are looked after."""
        self._holding: dict[int, Leg] = {}
        """Legs at which a key is down."""

    # Legs

    def slot(self) -> int:
        """Return the lowest free one. Raises MediaFull."""
        if not self._free:
            raise MediaFull("no room for another leg")
        return heapq.heappop(self._free)

    def open(self, leg: Leg, now: float) -> None:
        slot = leg.slot
        self.legs[leg.id] = leg
        self._rounds[slot % _ROUND].append(leg)
        self._bank.open(slot)
        self._lines.open(slot)
        self._receptions.open(slot, 8000)
        self._leveller.open(slot)
        self._arrivals.open(leg)
        self.reports.open(slot, now)
        for port in leg.transport.ports:
            port.slot = slot
            if not leg.transport.eager:
                self.ports.add(port)
        self.adjust(leg, leg.options)
        self.negotiated(leg, now)

    def close(self, leg: Leg) -> None:
        slot = leg.slot
        self._relaying.part(leg.id)
        self.changed(*self.matrix.listeners(leg.id), *self.matrix.speakers(leg.id))
        del self.legs[leg.id]
        self._rounds[slot % _ROUND].remove(leg)
        self.matrix.forget(leg.id)
        for port in leg.transport.ports:
            self.ports.remove(port)
        leg.transport.close()
        self._hearing.want(slot, tones=False, detect=frozenset(), speech=False)
        self._arrivals.close(slot)
        self.reports.close(slot)
        self._leveller.close(slot)
        self._receptions.close(slot)
        self._bank.close(slot)
        heapq.heappush(self._free, slot)

    def negotiated(self, leg: Leg, now: float) -> None:
        """The leg's terms may be others."""
        leg.negotiated(now)
        self._arrivals.agree(leg)
        terms = leg.terms
        if terms is not None:
            self._receptions.set_clock(leg.slot, terms.codec.clock)
            if leg.id not in self._relaying:
                self._lines.agree(leg.slot, terms.codec.payload_type, terms.codec.clock)
        self._aim(leg)
        self._relaying.renegotiated.add(leg.id)
        self.changed(leg.id)

    def adjust(self, leg: Leg, options: LegOptions) -> None:
        leg.options = options
        self._relaying.renegotiated.add(leg.id)
        self.listened(leg)

    def listened(self, leg: Leg) -> None:
        """What a leg is listened to for may be different."""
        options, play = leg.options, leg.player.play
        speech = options.speech or (play is not None and Barge.SPEECH in play.barge)
        self._hearing.want(leg.slot, tones=options.tones, detect=options.detect, speech=speech)
        self.changed(leg.id)

    def recorded(self, leg: Leg) -> None:
        """Recorders were added or taken away."""
        self._arrivals.recorded[leg.slot] = bool(leg.recorders)
        self._stale = True

    def changed(self, *legs: LegId) -> None:
        """Something about these legs is different: their cells, or what is done to them."""
        if legs:
            self._dirty.update(legs)
            self._stale = True

    def changed_at(self, id_: LegId) -> None:
        """A transport is ready, or is not any more, or sends another way."""
        leg = self.legs.get(id_)
        if leg is not None:
            if leg.outdated():
                self.negotiated(leg, time.monotonic())
            self._aim(leg)
            self.changed(id_)

    def _aim(self, leg: Leg) -> None:
        self._arrivals.senders[leg.slot] = leg.transport.sender if leg.transport.ready else None

    # Time

    def listen(self, now: float) -> None:
        for batch in self.ports.read(now):
            self._arrivals.take(batch, now)
        if self.ports.reports:
            compounds, self.ports.reports = self.ports.reports, []
            for slot, compound in compounds:
                leg = self._arrivals.legs[slot]
                if leg is not None:
                    try:
                        self.reports.take(leg, compound, now)
                    except Exception:
                        self.failed(leg)

    def tick(self, now: float, behind: int = 0) -> None:
        self._ticks += 1
        self._bank.behind(behind)
        self.listen(now)
        self._bank.behind(0)
        if self._stale:
            self._plan(now)
        if self._holding:
            self._let_go(now)
        self._mixing.tick(now)
        turn = self._ticks % _ROUND
        if turn == 0:
            self._relay.look_after()
            self.changed(*self._outspoken)
            self._outspoken.clear()
        if turn % _OFTEN == 0:
            quiet = np.flatnonzero((self._relay.to >= 0) & (self._arrivals.heard_at < now - LIVELY))
            self.changed(*(leg.id for slot in quiet.tolist() if (leg := self._arrivals.legs[slot]) is not None))
        for leg in list(self._rounds[turn]):
            self._look_after(leg, now)

    def _look_after(self, leg: Leg, now: float) -> None:
        leg.heard_at = float(self._arrivals.heard_at[leg.slot])
        try:
            leg.look_after(now)
            self.reports.look_after(leg, now)
            for recorder in leg.recorders:
                recorder.beat(now)
            lost = self._receptions.totals(leg.slot).lost
            if lost > leg.lost:
                # What comes after all makes room for what is lost next: nothing is counted twice.
                self._lost, leg.lost = self._lost + lost - leg.lost, lost
        except Exception:
            self.failed(leg)
        self._aim(leg)
        if leg.lively is not (now - leg.heard_at < LIVELY):
            self.changed(leg.id)

    def skip(self, ticks: int) -> None:
        self._skipped += ticks
        self._bank.skip(ticks)
        mixed = [leg for leg in self.legs.values() if leg.id not in self._relaying]
        self._lines.pass_time(np.array([leg.slot for leg in mixed], np.intp), ticks)
        for leg in mixed:
            if leg.player.play is not None:
                leg.player.play.skip(ticks)

    # Who is relayed

    def _plan(self, now: float) -> None:
        self._stale = False
        legs = self.legs
        dirty, self._dirty = self._dirty, set()
        self._let_go_unheard()
        self._relaying.settle(dirty, self._arrivals.heard_at, now)
        mixed = [leg for id_, leg in legs.items() if id_ not in self._relaying]
        rows = {leg.id: row for row, leg in enumerate(mixed)}
        sources = {id_: source for id_, source in self.sources.items() if self.matrix.listeners(id_)}
        rows |= {id_: len(mixed) + place for place, id_ in enumerate(sources)}
        cells = [
            (row, rows[listener], gain)
            for speaker, row in rows.items()
            for listener, gain in self.matrix.listeners(speaker).items()
            if listener in rows and (speaker in sources or self._speak(speaker, listener))
        ]
        self._mixing.plan(mixed, [_frames(source) for source in sources.values()], cells)

    def _speak(self, speaker: LegId, listener: LegId) -> bool:
        one, other = self.legs[speaker], self.legs[listener]
        return not (one.held or one.muted or other.held)

    # What the path tells

    def pressed(self, leg: Leg, presses: list[Press]) -> None:
        if leg.presses.held:
            self._holding[leg.slot] = leg
        for press in presses:
            if press.down:
                if leg.presses_too_fast(time.monotonic()):
                    continue
                leg.emit(Digit(leg.id, press.key, press.tone))
                if leg.player.play is not None:
                    leg.player.barge(Barge.KEY)
                    self.listened(leg)
            self._pass_on(leg, press)

    def _pass_on(self, leg: Leg, press: Press) -> None:
        mode = leg.options.keys
        if mode is KeyMode.BLOCK or leg.held or leg.muted:
            return
        if not press.tone and self._relay.passes_events(leg.slot):
            return
        listeners = [self.legs[id_] for id_ in self.matrix.listeners(leg.id) if id_ in self.legs]
        takers = [
            (listener.keysend, listener.terms.event is not None)
            for listener in listeners
            if listener.terms is not None and not listener.held
        ]
        pass_on(press, mode, leg.slot, takers)
        self.changed(*(listener.id for listener in listeners if listener.keysend.busy))

    def _let_go(self, now: float) -> None:
        """End presses whose end never came."""
        for slot, leg in list(self._holding.items()):
            if self.legs.get(leg.id) is not leg or not leg.presses.held:
                del self._holding[slot]
            else:
                self.pressed(leg, leg.presses.beat(now))

    def _let_go_unheard(self) -> None:
        """A key that somebody holds down is up for who hears them no more: its end would not come through."""
        for leg in self.legs.values():
            if leg.keysend.busy:
                speakers = [one for one in self.matrix.speakers(leg.id) if one in self.legs]
                heard = {self.legs[one].slot for one in speakers if self._speak(one, leg.id)}
                for source in leg.keysend.holders() - heard:
                    leg.keysend.release(source, 0.0)

    def speaks_otherwise(self, leg: Leg) -> None:
        spoken = leg.speaks
        if leg.id not in self._relaying:
            # Whether it can be relayed now is worth no plan a packet: a party may change as often as it likes.
            self._outspoken.add(leg.id)
        elif spoken and not self._relay.passes(leg.slot, spoken.payload_type):
            # At once, that not even this packet is lost.
            self._relaying.part(leg.id)
            self.changed(leg.id)

    def noticed(self, leg: Leg, heard: Heard) -> None:
        if heard.key is not None or heard.released is not None:
            self.pressed(leg, leg.presses.heard(heard, time.monotonic()))
        elif heard.tone is not None:
            leg.emit(ToneHeard(leg.id, heard.tone))
        elif heard.speech is not None:
            if heard.speech and leg.player.play is not None:
                leg.player.barge(Barge.SPEECH)
                self.listened(leg)
            if leg.options.speech:
                leg.emit(SpeechBegan(leg.id) if heard.speech else SpeechEnded(leg.id, heard.seconds))

    def play_over(self, leg: Leg) -> None:
        leg.player.over()
        self.listened(leg)

    def keys_over(self, leg: Leg) -> None:
        self.changed(leg.id)

    def _failed_at_port(self, port: Port) -> None:
        leg = self._arrivals.legs[port.slot]
        if leg is not None:
            self.failed(leg)

    def failed(self, leg: Leg) -> None:
        """Something about one leg went wrong: the others must not notice, and a log line a packet would help nobody."""
        now = time.monotonic()
        if now - self._failed_at > 1:
            self._failed_at = now
            log.exception("leg_failed", leg_id=str(leg.id))

    # How it goes

    def figures(self) -> dict[str, int | float]:
        return {
            "legs": len(self.legs),
            "relayed": len(self._relaying),
            "ticks": self._ticks,
            "skipped": self._skipped,
            "packets_in": self._arrivals.packets,
            "packets_out": self._lines.sent,
            "concealed": self._mixing.concealed,
            "lost": self._lost,
        }

    def shut_down(self) -> None:
        self.ports.close()


def _frames(source: Music | Injection) -> Callable[[float], Samples]:
    return source.frame if isinstance(source, Music) else lambda _: source.frame()
