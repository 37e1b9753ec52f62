"""How each trunk is doing: reachable or not and why, calls under way, limits, figures of the day. No I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import structlog

from yuelai.platform.clock import Clock
from yuelai.telephony.trunks import metrics
from yuelai.telephony.trunks.model import Condition, Trunk

log = structlog.get_logger()

FAILURES_UNTIL_DOWN = 2
"""Calls in a row that the trunk itself failed at (no answer at all, 5xx), until it is left alone for a while."""
FIRST_BACK_OFF, LONGEST_BACK_OFF = 10.0, 300.0
"""Seconds."""


class State(StrEnum):
    UNKNOWN = "unknown"
    """Nothing was heard yet; calls are tried."""
    UP = "up"
    DOWN = "down"
    REGISTERING = "registering"
    """Not registered there yet, or no more; being tried."""
    REFUSED = "refused"
    """They do not let us register."""
    INACTIVE = "inactive"


@dataclass(frozen=True)
class Trouble:
    """`code` is stable: those of `transport.Failure`, and wrong_password, registration_refused, no_answer, failing,
    busy, full, keys_missing. `text` is one line for people."""

    code: str
    text: str


class TrunkState:
    """`changed` is called after anything that the live document shows, `later` after so many seconds.

    Three witnesses speak of a trunk: signs of life (`alive`, `silent`), our registration (`registration`) and the calls
    themselves (`leave`). What is shown follows from all of them.
    """

    def __init__(
        self,
        trunk: Trunk,
        clock: Clock,
        changed: Callable[[TrunkState], None],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.trunk, self._clock, self._changed, self._later = trunk, clock, changed, later
        self.state = State.UNKNOWN
        self.error: Trouble | None = None
        self.since = clock.now()
        self.registered_until: datetime | None = None
        self.last_options_ms: int | None = None
        self.channels = {"in": 0, "out": 0}
        self.suspect: Callable[[], None] = lambda: None
        """Called when calls fail: somebody should look after the trunk."""
        self.known_error: Callable[[], Trouble | None] = lambda: None
        """What the sockets know of the ways there."""
        self.inward, self.outward = Channel(self, "in"), Channel(self, "out")
        self._recent: deque[float] = deque()
        """Monotonic seconds of the calls of the last second."""
        self._day: date = clock.now().astimezone().date()
        self.calls_today = self.answered_today = self._ended_today = 0
        self._full: Trouble | None = None
        self._reset()
        self._show()

    def _reset(self) -> None:
        self._life = State.UNKNOWN
        self._life_error: Trouble | None = None
        self._registration: State | None = State.REGISTERING if self.trunk.register else None
        self._registration_error: Trouble | None = None
        self._failed, self._back_off = 0, FIRST_BACK_OFF
        self._calls_error: Trouble | None = None
        self._trying = False
        """True when it has been left alone long enough after calls failed."""
        self.registered_until = self.last_options_ms = None

    def reaches_elsewhere(self, trunk: Trunk) -> bool:
        """True when what is known of the trunk would not count for this configuration of it."""
        return _place(trunk) != _place(self.trunk)

    def configure(self, trunk: Trunk) -> None:
        """The configuration has changed; calls under way and the day's figures stay."""
        anew, self.trunk = self.reaches_elsewhere(trunk), trunk
        if anew:
            self._reset()
        self._show()
        self._changed(self)

    def retire(self) -> None:
        """The trunk is gone; calls that stand may still end."""
        self._changed = lambda _state: None

    # --- witnesses --------------------------------------------------------------------------------------------------

    def alive(self, milliseconds: int | None = None) -> None:
        """There was a sign of life."""
        self._life, self._life_error = State.UP, None
        if self._trying and self._calls_error is not None and self._calls_error.code != "wrong_password":
            self._calls_error, self._trying = None, False
        if milliseconds is not None:
            self.last_options_ms = milliseconds
            metrics.options(self.trunk.code, milliseconds / 1000)
        self._show()
        self._changed(self)

    def silent(self, error: Trouble) -> None:
        """There was none, often enough to believe it."""
        self._life, self._life_error = State.DOWN, error
        self._show()

    def registration(self, state: State, error: Trouble | None = None, until: datetime | None = None) -> None:
        """`state` is up, registering or refused; `until` when a registration that stands ends."""
        self._registration, self._registration_error = state, error
        if until is not None or state is State.REFUSED:
            self.registered_until = until
        if state is State.UP:
            self._life, self._life_error = State.UP, None
        self._show()
        self._changed(self)

    def expired(self) -> None:
        """The registration is over and was not renewed."""
        self.registered_until = None
        self._changed(self)

    def _witnessed(self) -> tuple[State, Trouble | None]:
        if not self.trunk.active:
            return State.INACTIVE, None
        if self.trunk.trouble:
            return State.REFUSED, Trouble("keys_missing", self.trunk.trouble)
        if self._registration is State.REFUSED:
            return State.REFUSED, self._registration_error
        if self._life is State.DOWN:
            return State.DOWN, self._life_error
        if self._calls_error is not None:
            return State.DOWN, self._calls_error
        if self._registration is State.REGISTERING and self.registered_until is None:
            return State.REGISTERING, self._registration_error
        return self._life, self._registration_error

    def _show(self) -> None:
        """Take the state that follows. What is new is logged, once; what was so already is not repeated."""
        state, error = self._witnessed()
        known = (self.state, self.error.code if self.error else None)
        if state is not self.state:
            self.since = self._clock.now()
        self.state, self.error = state, error
        metrics.state(self.trunk.code, state is State.UP)
        if known == (state, error.code if error else None):
            return
        if error is not None:
            log.warning("trunk_trouble", trunk=self.trunk.code, state=state.value, code=error.code, reason=error.text)
        else:
            log.info("trunk_state", trunk=self.trunk.code, state=state.value)
        self._changed(self)

    # --- calls ------------------------------------------------------------------------------------------------------

    @property
    def condition(self) -> Condition:
        if self.blocked("out") is not None:
            return Condition.FULL
        if self._trying and self._life is not State.DOWN and self.state is State.DOWN:
            return Condition.FIT
        return Condition.FIT if self.state in (State.UP, State.UNKNOWN) else Condition.SICK

    def blocked(self, direction: str) -> str | None:
        """Return which limit keeps one more call away, None when there is room."""
        trunk, total = self.trunk, sum(self.channels.values())
        limit = trunk.max_channels_in if direction == "in" else trunk.max_channels_out
        if limit and self.channels[direction] >= limit:
            return f"{limit} calls {direction}"
        if trunk.max_channels_total and total >= trunk.max_channels_total:
            return f"{trunk.max_channels_total} calls"
        if trunk.max_cps and self.cps >= trunk.max_cps:
            return f"{trunk.max_cps} calls a second"
        return None

    @property
    def cps(self) -> int:
        """Calls that began within the last second."""
        now = self._clock.monotonic()
        while self._recent and now - self._recent[0] >= 1.0:
            self._recent.popleft()
        return len(self._recent)

    @property
    def asr(self) -> float | None:
        """Answered share of today's calls that are over."""
        return round(self.answered_today / self._ended_today, 3) if self._ended_today else None

    def enter(self, direction: str) -> bool:
        limit = self.blocked(direction)
        if limit is not None:
            metrics.calls(self.trunk.code, direction, "full")
            if self._full is None:
                self._full = Trouble("full", f"trunk {self.trunk.code} is full: {limit}")
                log.warning("trunk_full", trunk=self.trunk.code, limit=limit)
                self._changed(self)
            return False
        self._turn_day()
        self._recent.append(self._clock.monotonic())
        self.channels[direction] += 1
        self.calls_today += 1
        metrics.channels(self.trunk.code, direction, self.channels[direction])
        if direction == "in" and self._life is State.UNKNOWN:
            self.alive()  # it may be the only one that we ever get
        self._changed(self)
        return True

    def leave(self, direction: str, status: int) -> None:
        self._turn_day()
        self.channels[direction] = max(0, self.channels[direction] - 1)
        self._ended_today += 1
        answered = 200 <= status < 300
        self.answered_today += answered
        if self._full is not None and self.blocked(direction) is None:
            self._full = None
            log.info("trunk_has_room", trunk=self.trunk.code)
        metrics.channels(self.trunk.code, direction, self.channels[direction])
        metrics.calls(self.trunk.code, direction, "answered" if answered else "failed" if status >= 500 else "refused")
        if direction == "out":
            self._judge(status)
        self._changed(self)

    def _turn_day(self) -> None:
        today = self._clock.now().astimezone().date()
        if today != self._day:
            self._day = today
            self.calls_today = self.answered_today = self._ended_today = 0

    def _judge(self, status: int) -> None:
        """What the end of a call of ours says about the trunk itself."""
        if status == 487:
            return  # taken back by us: that says nothing
        if status in (401, 407):
            text = f"trunk {self.trunk.code} does not accept our user name and password ({status})"
            self._leave_alone(Trouble("wrong_password", text))
            return
        if status != 408 and not 500 <= status < 600:
            self._failed, self._back_off = 0, FIRST_BACK_OFF
            if self._calls_error is not None or self._life is not State.UP:
                self._calls_error, self._trying = None, False
                self.alive()
            return
        self._failed += 1
        if self._failed < FAILURES_UNTIL_DOWN or (self._calls_error is not None and not self._trying):
            return
        what = "does not answer calls" if status == 408 else f"fails calls ({status})"
        code = "no_answer" if status == 408 else "failing"
        self._leave_alone(self.known_error() or Trouble(code, f"trunk {self.trunk.code} {what}"))
        self.suspect()

    def _leave_alone(self, trouble: Trouble) -> None:
        if self._calls_error is None or self._trying:
            self._trying = False
            self._later(self._back_off, self._forgive)
            self._back_off = min(2 * self._back_off, LONGEST_BACK_OFF)
        self._calls_error = trouble
        self._show()

    def _forgive(self) -> None:
        """It has been left alone long enough: the next call may try, and one more failure is enough. What is shown
        stays until a call goes through or there is a sign of life."""
        self._trying = True

    # --- shown ------------------------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """The live document `trunk/{id}`."""
        self._turn_day()
        trunk, error = self.trunk, self.error or self._full
        return {
            "id": str(trunk.id),
            "code": trunk.code,
            "name": trunk.name,
            "state": self.state.value,
            "error": {"code": error.code, "text": error.text} if error is not None else None,
            "since": self.since.isoformat(),
            "registered_until": self.registered_until.isoformat() if self.registered_until else None,
            "channels": {**self.channels, "max": trunk.max_channels_total or None},
            "calls_today": self.calls_today,
            "answered_today": self.answered_today,
            "asr": self.asr,
            "last_options_ms": self.last_options_ms,
            "cps": self.cps,
        }


class Channel:
    """Implements `ports.Capacity` for one direction of a trunk."""

    def __init__(self, state: TrunkState, direction: str) -> None:
        self._state, self._direction = state, direction

    def enter(self) -> bool:
        return self._state.enter(self._direction)

    def leave(self, status: int) -> None:
        self._state.leave(self._direction, status)


def _place(trunk: Trunk) -> tuple[Any, ...]:
    """What makes a trunk another one as far as reaching it goes."""
    return (
        trunk.host, trunk.port, trunk.transport, trunk.outbound_proxy, trunk.register, trunk.username, trunk.secret,
        trunk.domain, trunk.options_seconds, trunk.active, trunk.expires, trunk.peer_username,
    )  # fmt: skip
