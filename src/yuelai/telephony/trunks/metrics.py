"""Figures of trunks, by their code."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

_CALLS = Counter(
    "yuelai_trunk_calls", "Calls of a trunk that are over or were not let in", ["trunk", "direction", "result"]
)
_CHANNELS = Gauge("yuelai_trunk_channels", "Calls of a trunk under way", ["trunk", "direction"])
_UP = Gauge("yuelai_trunk_up", "1 while a trunk is known to answer", ["trunk"])
_OPTIONS = Gauge("yuelai_trunk_options_seconds", "How long the last sign of life took", ["trunk"])
_REGISTRATIONS = Counter("yuelai_trunk_registrations", "Registrations of ours at a trunk", ["trunk", "result"])


def calls(trunk: str, direction: str, result: str) -> None:
    """`result` is answered, refused, failed or full."""
    _CALLS.labels(trunk, direction, result).inc()


def channels(trunk: str, direction: str, now: int) -> None:
    _CHANNELS.labels(trunk, direction).set(now)


def state(trunk: str, up: bool) -> None:
    _UP.labels(trunk).set(up)


def options(trunk: str, seconds: float) -> None:
    _OPTIONS.labels(trunk).set(seconds)


def registered(trunk: str, result: str) -> None:
    """`result` is ok, refused or failed."""
    _REGISTRATIONS.labels(trunk, result).inc()


def forget(trunk: str) -> None:
    """A trunk that is gone leaves no figures that never change again."""
    for direction in ("in", "out"):
        _CHANNELS.remove(trunk, direction)
    for gauge in (_UP, _OPTIONS):
        gauge.remove(trunk)
