"""Too many calls: new ones are refused at once and cheaply, so that those under way go on as if nothing were.

The measure is how long a packet has waited before it is read, how late the event loop is, and how long the oldest call
has waited for our first answer to it (`taking_up`): the queue before us, and the one within. The latter tells of what
others do for us: a journal, a media worker, a machine that has no time for either. A queue that stands (CoDel, RFC 8289
§3) and does not come and go is overload: a pause of the machine is none.
While it lasts, a call is let in whenever the queue is short, so that we are never idle and what is let in is served
well before its sender repeats it (T1). There is no rate to be guessed, hence none to be found again afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram

from yuelai.platform.clock import Clock
from yuelai.telephony.guards import peek
from yuelai.telephony.hops import Hop

STANDING = 0.06
"""Seconds of waiting that are too long when they do not go away."""
STANDS_AFTER = 0.25
"""For how many seconds the wait must not once have been shorter, until it is overload."""
UNBEARABLE = 0.8
"""Seconds of waiting that are overload at once: by now requests are repeated (T1 is 0.5 s), so it grows by itself."""
SHORT = 0.02
"""Seconds of waiting at which calls are let in while there is overload."""
AT_ONCE = 8
"""Calls let in by one turn of the event loop while there is overload: the wait does not show their work yet."""
FEW = 20
"""Calls of a second that always come in: if so few have to wait, it is somebody else who takes the machine's time."""
CALM = 2.0
"""Seconds without a refusal after which it is over."""
URGENT_A_SECOND = 20
"""Calls to emergency numbers are let in all the same, as long as they are no flood."""
URGENT = frozenset({b"110", b"112", b"119", b"120", b"122", b"911", b"999"})
REMEMBERED = 32.0
"""Seconds in which an INVITE may be repeated (Timer B, RFC 3261 §17.1.1.2): one let in once is never refused later."""

_OVERLOADED = Gauge("yuelai_sip_guard_overloaded", "1 while new calls are refused because there are too many")
_REFUSED = Counter("yuelai_sip_guard_overload_refused_total", "INVITEs answered 503 because there were too many")
_EPISODES = Counter("yuelai_sip_guard_overload_episodes_total", "How often calls became too many")
_WAIT = Histogram(
    "yuelai_sip_guard_wait_seconds",
    "How long an INVITE had waited before it was read, or how late the loop was",
    buckets=(0.001, 0.003, 0.01, 0.02, 0.03, 0.06, 0.1, 0.2, 0.35, 0.5, 1, 2, 5),
)


@dataclass(frozen=True)
class Bounds:
    """Seconds of waiting: as the constants of these names say of packets."""

    standing: float
    unbearable: float
    short: float


OF_PACKETS = Bounds(STANDING, UNBEARABLE, SHORT)
OF_ANSWERS = Bounds(0.045, 0.5, 0.02)
"""A call has our first answer after some 3 ms when there is little to do; with much, one of a hundred after 23 ms."""


class Load:
    """Is there overload, and does this call come in? Pure: waits and times go in."""

    def __init__(self, bounds: Bounds = OF_PACKETS) -> None:
        self._bounds = bounds
        self.overloaded = False
        self._long_since: float | None = None
        self._refused_at = 0.0
        self._second = (0, 0)

    def feel(self, wait: float, now: float) -> None:
        """Take one measurement, in seconds."""
        bounds = self._bounds
        if wait <= bounds.standing:
            self._long_since = None
        elif self._long_since is None:
            self._long_since = now
        stands = self._long_since is not None and now - self._long_since >= STANDS_AFTER
        if not self.overloaded and (stands or wait >= bounds.unbearable):
            self.overloaded, self._refused_at = True, now
        elif self.overloaded and wait <= bounds.short and now - self._refused_at >= CALM:
            self.overloaded = False

    def admits(self, wait: float, now: float, at_once: int = 0) -> bool:
        """Decide over a new call that has waited so long; `at_once` have just been let in, and nothing of their work is
        done."""
        self.feel(wait, now)
        second, count = self._second
        self._second = (int(now), count + 1 if second == int(now) else 1)
        if not self.overloaded or self._second[1] <= FEW or (wait <= self._bounds.short and at_once < AT_ONCE):
            return True
        self._refused_at = now
        return False


class Repeats:
    """Which INVITEs have been let in, by their branch: two generations, each kept between one and two spans."""

    def __init__(self) -> None:
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        self._born = 0.0

    def knows(self, branch: bytes) -> bool:
        return branch in self._young or branch in self._old

    def keep(self, branch: bytes, now: float) -> None:
        if now - self._born >= REMEMBERED:
            self._old = self._young if now - self._born < 2 * REMEMBERED else set()
            self._young, self._born = set(), now
        self._young.add(branch)


class Overload:
    """`send` puts an answer on the wire; `next_turn(callback)` calls back when the event loop has turned; waits are in
    seconds."""

    def __init__(
        self,
        clock: Clock,
        send: Callable[[Hop, bytes], bool],
        next_turn: Callable[[Callable[[], None]], object] = lambda _callback: None,
    ) -> None:
        self._clock, self._send, self._next_turn = clock, send, next_turn
        self._at_once = 0
        self._load, self._answers, self._repeats = Load(), Load(OF_ANSWERS), Repeats()
        self._tag = b"busy-" + secrets.token_hex(6).encode()
        self._urgent = (0, 0)
        self.taking_up: Callable[[], float] = lambda: 0.0
        """For how many seconds the oldest of the calls that are not answered yet has been ours to answer."""
        self.refused = 0

    @property
    def overloaded(self) -> bool:
        return self._load.overloaded or self._answers.overloaded

    def feel(self, wait: float) -> None:
        """Take a measurement also when nobody calls, so that the end of an overload is noticed."""
        now = self._clock.monotonic()
        self._load.feel(wait, now)
        self._answers.feel(self.taking_up(), now)
        self._note()

    def passes(self, source: Hop, data: bytes, wait: float) -> bool:
        """False when this message, which has waited so long, needs no further care: a call that was refused, or the ACK
        to such a refusal."""
        if data[:4] == b"ACK " and self._tag in data:
            return False
        if not peek.begins_call(data):
            return True
        now, branch = self._clock.monotonic(), peek.branch(data)
        if self._repeats.knows(branch):
            return True
        _WAIT.observe(wait)
        soon = self._answers.admits(self.taking_up(), now, self._at_once)
        admitted = self._load.admits(wait, now, self._at_once) and soon
        self._note()
        if admitted or self._let_through(data, now) or not self._refuse(source, data):
            self._repeats.keep(branch, now)
            if self._at_once == 0:
                self._next_turn(self._turned)
            self._at_once += 1
            return True
        return False

    def _turned(self) -> None:
        self._at_once = 0

    def _let_through(self, data: bytes, now: float) -> bool:
        if peek.called_user(data) not in URGENT:
            return False
        second, count = self._urgent
        self._urgent = (int(now), count + 1 if second == int(now) else 1)
        return self._urgent[1] <= URGENT_A_SECOND

    def _refuse(self, source: Hop, data: bytes) -> bool:
        # Short, as whoever heeds it sends us nothing at all meanwhile (RFC 3261 §21.5.4), and not the same for all.
        again = b"Retry-After: %d\r\n" % (1 + secrets.randbelow(3))
        answer = peek.short_answer(data, source, b"503 Service Unavailable", self._tag, again)
        if answer is None:
            return False
        self._send(*answer)
        self.refused += 1
        _REFUSED.inc()
        return True

    def _note(self) -> None:
        overloaded = self.overloaded
        if overloaded and not self._noted:
            _EPISODES.inc()
        if overloaded is not self._noted:
            _OVERLOADED.set(overloaded)
            self._noted = overloaded

    _noted = False
