"""What is counted of switched calls."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CALLS = Gauge("yuelai_sip_switched_calls", "Calls of two legs that the switchboard has")
TRANSFERS = Counter("yuelai_sip_transfers_total", "Transfers that were asked for", ["kind", "outcome"])
WITHOUT_HALF = Counter(
    "yuelai_sip_calls_without_half_total", "Calls that supervision had to end; each is a fault of ours"
)
