"""The trunks of the running centre: their configuration, each at work, and how they stand for screens."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from yuelai.platform.clock import Clock
from yuelai.telephony.registrar import Registrar
from yuelai.telephony.timers import Timer, Timers
from yuelai.telephony.trunks import metrics
from yuelai.telephony.trunks.health import Health
from yuelai.telephony.trunks.line import Line, Network
from yuelai.telephony.trunks.model import Route, Trunk
from yuelai.telephony.trunks.registering import Registration
from yuelai.telephony.trunks.state import State, TrunkState
from yuelai.telephony.useragent import UserAgent

TOLD_SECONDS = 1.0
"""How often figures of a trunk are told at most; a new state is told at once."""


class Telephony(Protocol):
    """What trunks need of the SIP stack (`stack.Stack`)."""

    @property
    def ua(self) -> UserAgent: ...

    @property
    def timers(self) -> Timers: ...

    @property
    def registrar(self) -> Registrar: ...


class Held:
    """One trunk at work."""

    def __init__(self, state: TrunkState, line: Line, dice: random.Random) -> None:
        self.state, self.line = state, line
        self.health, self.registration = Health(line, dice), Registration(line, dice)
        state.suspect, state.known_error = self.health.look, line.known_error

    def start(self) -> None:
        self.line.configure()
        if self.line.trunk.active and self.line.trunk.host:
            self.line.find(lambda _hops: None)
        self.health.start()
        self.registration.start()

    def stop(self) -> None:
        self.health.stop()
        self.registration.stop()


class Fleet:
    """Give it a configuration (`follow`) and a stack (`attach`), in any order.

    `publish` is told each live document that is new, and None for a trunk that is gone.
    """

    def __init__(
        self,
        clock: Clock,
        publish: Callable[[UUID, dict[str, Any] | None], None] = lambda _id, _document: None,
        *,
        dice: random.Random | None = None,
    ) -> None:
        self._clock, self._publish = clock, publish
        self._dice = dice or random.SystemRandom()
        self._trunks: dict[UUID, Trunk] = {}
        self._routes: tuple[Route, ...] = ()
        self._held: dict[UUID, Held] = {}
        self._stack: Telephony | None = None
        self._timer: Timer | None = None
        self._dirty: set[UUID] = set()
        self._told: dict[UUID, tuple[State, str | None]] = {}
        self.network = Network()
        """What is known of places and names; to be told before `attach`."""

    # --- configuration ----------------------------------------------------------------------------------------------

    def attach(self, stack: Telephony) -> None:
        """Begin to look after the trunks: register, ask for signs of life."""
        self._stack = stack
        self.follow(list(self._trunks.values()), self._routes)

    def follow(self, trunks: Sequence[Trunk], routes: Sequence[Route]) -> None:
        """Take over the configuration as it is now. Calls that stand go on, whatever has changed."""
        self._trunks, self._routes = {trunk.id: trunk for trunk in trunks}, tuple(routes)
        if self._stack is None:
            return
        for id_ in [id_ for id_ in self._held if id_ not in self._trunks]:
            held = self._held.pop(id_)
            held.stop()
            held.state.retire()
            self._told.pop(id_, None)
            self._publish(id_, None)
            metrics.forget(held.state.trunk.code)
        for trunk in trunks:
            known = self._held.get(trunk.id)
            if known is None:
                held = self._held[trunk.id] = self._hold(self._stack, trunk)
                held.start()
                self._changed(held.state)
            elif known.state.trunk != trunk:
                if known.state.reaches_elsewhere(trunk):
                    known.stop()
                    known.state.configure(trunk)
                    known.start()
                else:
                    known.state.configure(trunk)

    def _hold(self, stack: Telephony, trunk: Trunk) -> Held:
        state = TrunkState(trunk, self._clock, self._changed, stack.timers.after)
        return Held(state, Line(stack.ua, state, self.network), self._dice)

    def close(self) -> None:
        """Ask for nothing more. Registrations are left standing: a restart takes them up again."""
        for held in self._held.values():
            held.health.stop()
            held.registration.leave()
        self._held.clear()
        if self._timer is not None:
            self._timer.cancel()

    # --- live documents ---------------------------------------------------------------------------------------------

    def _changed(self, state: TrunkState) -> None:
        id_, stack = state.trunk.id, self._stack
        if stack is None or id_ not in self._held:
            return
        shown_ = (state.state, state.error.code if state.error else None)
        if self._told.get(id_) != shown_:
            self._told[id_] = shown_
            self._publish(id_, state.document())
        else:
            self._dirty.add(id_)
        if self._timer is None and (self._dirty or state.cps):
            self._timer = stack.timers.after(TOLD_SECONDS, self._tell)

    def _tell(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, set()
        for id_ in dirty:
            if id_ in self._held:
                state = self._held[id_].state
                self._publish(id_, state.document())
                if state.cps:
                    self._changed(state)  # once more, when nobody calls any longer

    def documents(self) -> dict[UUID, dict[str, Any]]:
        return {id_: held.state.document() for id_, held in self._held.items()}

    def state(self, trunk_id: UUID) -> TrunkState | None:
        held = self._held.get(trunk_id)
        return held.state if held is not None else None

    @property
    def configured(self) -> Mapping[UUID, Trunk]:
        return self._trunks
