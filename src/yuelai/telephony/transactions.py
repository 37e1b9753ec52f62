"""The four transaction machines (RFC 3261 §17, with the Accepted states of RFC 6026) as tables.

Pure: events and `now` go in, actions come out. Timers have the letters the standard gives them.
"""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum, auto

from yuelai.telephony.timers import T1, T2, T4


class State(StrEnum):
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Event(IntEnum):
    START = auto()
    GOT_1XX = auto()
    GOT_2XX = auto()
    GOT_FINAL = auto()
    """300 to 699."""
    GOT_REQUEST = auto()
    GOT_ACK = auto()
    SEND_1XX = auto()
    SEND_2XX = auto()
    SEND_FINAL = auto()
    """300 to 699; for a non-INVITE server any final response."""
    BROKEN = auto()
    """The transport cannot send."""
    A = auto()
    B = auto()
    D = auto()
    E = auto()
    F = auto()
    G = auto()
    H = auto()
    I = auto()  # noqa: E741
    J = auto()
    K = auto()
    L = auto()
    M = auto()


class Action(Enum):
    SEND = auto()
    """Send (again) the last message of ours."""
    ACK = auto()
    """Acknowledge a failure."""
    TELL = auto()
    """Hand the message to the user of the transaction."""
    TIMED_OUT = auto()
    FAILED = auto()
    """The transport failed."""


S, E, A = State, Event, Action
Step = tuple[State, tuple[Action, ...], tuple[Event, ...]]
"""Next state, what to do, which timers to start. A change of state stops all timers that are not started anew,
except those in `KEPT`."""
Table = dict[tuple[State, Event], Step]

INVITE_CLIENT: Table = {  # RFC 3261 figure 5, RFC 6026 §8.4
    (S.CALLING, E.START): (S.CALLING, (A.SEND,), (E.A, E.B)),
    (S.CALLING, E.A): (S.CALLING, (A.SEND,), (E.A,)),
    (S.CALLING, E.B): (S.TERMINATED, (A.TIMED_OUT,), ()),
    (S.CALLING, E.GOT_1XX): (S.PROCEEDING, (A.TELL,), ()),
    (S.CALLING, E.GOT_2XX): (S.ACCEPTED, (A.TELL,), (E.M,)),
    (S.CALLING, E.GOT_FINAL): (S.COMPLETED, (A.ACK, A.TELL), (E.D,)),
    (S.CALLING, E.BROKEN): (S.TERMINATED, (A.FAILED,), ()),
    (S.PROCEEDING, E.GOT_1XX): (S.PROCEEDING, (A.TELL,), ()),
    (S.PROCEEDING, E.GOT_2XX): (S.ACCEPTED, (A.TELL,), (E.M,)),
    (S.PROCEEDING, E.GOT_FINAL): (S.COMPLETED, (A.ACK, A.TELL), (E.D,)),
    (S.PROCEEDING, E.BROKEN): (S.TERMINATED, (A.FAILED,), ()),
    (S.ACCEPTED, E.GOT_2XX): (S.ACCEPTED, (A.TELL,), ()),
    (S.ACCEPTED, E.M): (S.TERMINATED, (), ()),
    (S.COMPLETED, E.GOT_FINAL): (S.COMPLETED, (A.ACK,), ()),
    (S.COMPLETED, E.D): (S.TERMINATED, (), ()),
}
NON_INVITE_CLIENT: Table = {  # RFC 3261 figure 6
    (S.TRYING, E.START): (S.TRYING, (A.SEND,), (E.E, E.F)),
    (S.TRYING, E.E): (S.TRYING, (A.SEND,), (E.E,)),
    (S.TRYING, E.F): (S.TERMINATED, (A.TIMED_OUT,), ()),
    (S.TRYING, E.GOT_1XX): (S.PROCEEDING, (A.TELL,), (E.E,)),
    (S.TRYING, E.GOT_2XX): (S.COMPLETED, (A.TELL,), (E.K,)),
    (S.TRYING, E.GOT_FINAL): (S.COMPLETED, (A.TELL,), (E.K,)),
    (S.TRYING, E.BROKEN): (S.TERMINATED, (A.FAILED,), ()),
    (S.PROCEEDING, E.E): (S.PROCEEDING, (A.SEND,), (E.E,)),
    (S.PROCEEDING, E.F): (S.TERMINATED, (A.TIMED_OUT,), ()),
    (S.PROCEEDING, E.GOT_1XX): (S.PROCEEDING, (A.TELL,), ()),
    (S.PROCEEDING, E.GOT_2XX): (S.COMPLETED, (A.TELL,), (E.K,)),
    (S.PROCEEDING, E.GOT_FINAL): (S.COMPLETED, (A.TELL,), (E.K,)),
    (S.PROCEEDING, E.BROKEN): (S.TERMINATED, (A.FAILED,), ()),
    (S.COMPLETED, E.K): (S.TERMINATED, (), ()),
}
INVITE_SERVER: Table = {  # RFC 3261 figure 7, RFC 6026 §8.5
    (S.PROCEEDING, E.GOT_REQUEST): (S.PROCEEDING, (A.SEND,), ()),
    (S.PROCEEDING, E.SEND_1XX): (S.PROCEEDING, (A.SEND,), ()),
    (S.PROCEEDING, E.SEND_2XX): (S.ACCEPTED, (A.SEND,), (E.L,)),
    (S.PROCEEDING, E.SEND_FINAL): (S.COMPLETED, (A.SEND,), (E.G, E.H)),
    # Repeating the 200 until the ACK is the dialog's work; a repeated INVITE is swallowed here.
    (S.ACCEPTED, E.SEND_2XX): (S.ACCEPTED, (A.SEND,), ()),
    (S.ACCEPTED, E.GOT_ACK): (S.ACCEPTED, (A.TELL,), ()),
    (S.ACCEPTED, E.L): (S.TERMINATED, (), ()),
    (S.COMPLETED, E.GOT_REQUEST): (S.COMPLETED, (A.SEND,), ()),
    (S.COMPLETED, E.G): (S.COMPLETED, (A.SEND,), (E.G,)),
    (S.COMPLETED, E.GOT_ACK): (S.CONFIRMED, (), (E.I,)),
    (S.COMPLETED, E.H): (S.TERMINATED, (A.TIMED_OUT,), ()),
    (S.COMPLETED, E.BROKEN): (S.TERMINATED, (), ()),
    (S.CONFIRMED, E.I): (S.TERMINATED, (), ()),
}
NON_INVITE_SERVER: Table = {  # RFC 3261 figure 8
    (S.TRYING, E.SEND_1XX): (S.PROCEEDING, (A.SEND,), ()),
    (S.TRYING, E.SEND_2XX): (S.COMPLETED, (A.SEND,), (E.J,)),
    (S.TRYING, E.SEND_FINAL): (S.COMPLETED, (A.SEND,), (E.J,)),
    (S.PROCEEDING, E.GOT_REQUEST): (S.PROCEEDING, (A.SEND,), ()),
    (S.PROCEEDING, E.SEND_1XX): (S.PROCEEDING, (A.SEND,), ()),
    (S.PROCEEDING, E.SEND_2XX): (S.COMPLETED, (A.SEND,), (E.J,)),
    (S.PROCEEDING, E.SEND_FINAL): (S.COMPLETED, (A.SEND,), (E.J,)),
    (S.COMPLETED, E.GOT_REQUEST): (S.COMPLETED, (A.SEND,), ()),
    (S.COMPLETED, E.J): (S.TERMINATED, (), ()),
    (S.COMPLETED, E.BROKEN): (S.TERMINATED, (), ()),
}

SECONDS = {
    E.A: T1, E.B: 64 * T1, E.D: 32.0, E.E: T1, E.F: 64 * T1, E.G: T1, E.H: 64 * T1, E.I: T4, E.J: 64 * T1, E.K: T4,
    E.L: 64 * T1, E.M: 64 * T1,
}  # fmt: skip
"""First (or only) interval of each timer (RFC 3261 table 4)."""
REPEATING = {E.A: float("inf"), E.E: T2, E.G: T2}
"""Retransmission timers, which double up to this many seconds; they are not run over reliable transports."""
QUIET_RELIABLE = {E.D, E.I, E.J, E.K}
"""These only absorb retransmissions, of which a reliable transport has none."""
KEPT = {E.F}
"""Timer F runs on from Trying into Proceeding."""


class Machine:
    """One transaction's state. Feed it events, then ask `due` for the timers that have gone off."""

    __slots__ = ("_intervals", "_reliable", "_table", "_timers", "state")

    def __init__(self, table: Table, reliable: bool) -> None:
        self._table, self._reliable = table, reliable
        self._timers: dict[Event, float] = {}
        self._intervals: dict[Event, float] = {}
        if table is INVITE_CLIENT:
            self.state = State.CALLING
        else:
            self.state = State.PROCEEDING if table is INVITE_SERVER else State.TRYING

    def feed(self, event: Event, now: float) -> tuple[Action, ...]:
        """Return what to do, in order; nothing when the event means nothing in this state."""
        step = self._table.get((self.state, event))
        if step is None:
            return ()
        following, actions, timers = step
        if following is not self.state:
            self._timers = {t: due for t, due in self._timers.items() if t in KEPT and following is S.PROCEEDING}
            self.state = following
        for timer in timers:
            self._start(timer, now)
        return actions

    def _start(self, timer: Event, now: float) -> None:
        if timer in REPEATING:
            if self._reliable:
                return
            last = self._intervals.get(timer)
            interval = SECONDS[timer] if last is None else min(last * 2, REPEATING[timer])
            if timer is E.E and self.state is S.PROCEEDING:
                interval = T2  # §17.1.2.2: once a provisional response has come, every T2
            self._intervals[timer] = interval
        else:
            interval = 0.0 if self._reliable and timer in QUIET_RELIABLE else SECONDS[timer]
        self._timers[timer] = now + interval

    @property
    def next_due(self) -> float | None:
        return min(self._timers.values(), default=None)

    def due(self, now: float) -> Event | None:
        """Take out and return one timer that has gone off."""
        for timer, due in self._timers.items():
            if due <= now:
                del self._timers[timer]
                return timer
        return None

    @property
    def finished(self) -> bool:
        return self.state is State.TERMINATED
