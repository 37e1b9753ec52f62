"""What the SIP stack counts. Every label's values are few, whatever peers send."""

from __future__ import annotations

import weakref
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge

from yuelai.wire.sip import METHODS

if TYPE_CHECKING:
    from yuelai.telephony.stack import Stack

_REQUESTS = Counter("yuelai_sip_requests", "SIP requests, without those repeated", ["method", "direction"])
_RESPONSES = Counter("yuelai_sip_responses", "SIP responses, without those repeated", ["status", "direction"])
_REPEATED = Counter("yuelai_sip_retransmissions", "Messages of ours that were sent again")
ORPHANS = Counter("yuelai_sip_orphans", "What nobody owned any more and was ended by the sweep", ["kind"])
_LEGS = Gauge("yuelai_sip_legs", "Legs that stand or are being made")
_DIALOGS = Gauge("yuelai_sip_dialogs", "Dialogs, early ones and those that are ending too")
_TRANSACTIONS = Gauge("yuelai_sip_transactions", "Transactions in memory")
_TIMERS = Gauge("yuelai_sip_timers", "Timers that are set")

OTHER = "other"

repeated = _REPEATED.inc


class _Children(dict[object, Counter]):
    """A counter's children by their value: looking them up by label takes longer than counting."""

    def __init__(self, counter: Counter, direction: str, known: frozenset[object]) -> None:
        super().__init__()
        self._counter, self._direction, self._known = counter, direction, known

    def __missing__(self, value: object) -> Counter:
        child = self._counter.labels(str(value) if value in self._known else OTHER, self._direction)
        if len(self) < 1000:
            self[value] = child
        return child


_STATUSES: frozenset[object] = frozenset(range(100, 700))
_METHODS: frozenset[object] = frozenset(METHODS)
requests_in = _Children(_REQUESTS, "in", _METHODS)
requests_out = _Children(_REQUESTS, "out", _METHODS)
responses_in = _Children(_RESPONSES, "in", _STATUSES)
responses_out = _Children(_RESPONSES, "out", _STATUSES)


def watch(stack: Stack) -> None:
    """Show how much this stack holds; a process has one that counts."""
    held = weakref.ref(stack)

    def size(of: str) -> float:
        found = held()
        if found is None:
            return 0.0
        sizes = {
            "legs": len(found.ua.legs),
            "dialogs": len(found.ua.dialogs),
            "transactions": found.layer.size,
            "timers": len(found.timers),
        }
        return float(sizes[of])

    for gauge, of in ((_LEGS, "legs"), (_DIALOGS, "dialogs"), (_TRANSACTIONS, "transactions"), (_TIMERS, "timers")):
        gauge.set_function(partial(size, of))
