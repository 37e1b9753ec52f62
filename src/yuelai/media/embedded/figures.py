"""What a worker counts for /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client import Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

LATENESS = Histogram(
    "yuelai_media_tick_late_seconds",
    "How long after its time a tick began",
    buckets=(0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5),
)
TAP_DROPPED = Counter(
    "yuelai_media_tap_pieces_dropped_total", "Pieces of taps that were dropped because their reader is too slow"
)
MOS = Histogram(
    "yuelai_media_leg_mos",
    "How legs sounded when they were closed (ITU-T G.107), the worse of both ways",
    ["kind"],
    buckets=(1.5, 2.0, 2.6, 3.1, 3.6, 4.0, 4.3),
)

_GAUGES = {
    "legs": "Legs that stand, lines to other workers among them",
    "relayed": "Legs whose packets are passed on as they are",
    "recordings": "Recordings under way",
    "load": "Share of a core that the thread of the tick uses",
    "room": "Legs it can still take without harm",
}
_COUNTERS = {
    "ticks": "Ticks of 20 ms",
    "skipped": "Ticks that were left out after a stall",
    "packets_in": "RTP packets received and taken",
    "packets_out": "RTP packets sent",
    "lost": "RTP packets that never came, as their legs' sources numbered them",
    "concealed": "Frames of 20 ms that were made up because none came",
    "refused": "Legs refused by this worker because it was full",
}


class Figures(Collector):
    """Asks the engine when somebody looks, so that counting costs the tick nothing."""

    def __init__(self, ask: Callable[[], Mapping[str, Any]]) -> None:
        self._ask = ask

    def collect(self) -> Iterator[Metric]:
        told = self._ask()
        for name, meaning in _GAUGES.items():
            if name in told:
                yield GaugeMetricFamily(f"yuelai_media_{name}", meaning, value=told[name])
        for name, meaning in _COUNTERS.items():
            if name in told:
                yield CounterMetricFamily(f"yuelai_media_{name}", meaning, value=told[name])


def show(ask: Callable[[], Mapping[str, Any]]) -> None:
    """From now on this process's /metrics has the engine's figures."""
    REGISTRY.register(Figures(ask))
