"""What each of the media workers of this machine is called, and which ports are its own."""

from __future__ import annotations

from pathlib import Path

from yuelai.platform.config import Settings
from yuelai.platform.supervisor import StartFailed

LEAST_PORTS = 16
"""Of each worker: eight legs of an RTP and an RTCP port."""


def role(worker: int) -> str:
    """Return the name of worker 1, 2, …: its role, its log and its socket are called so."""
    return f"media-{worker}"


def roles(settings: Settings) -> list[str]:
    return [role(worker) for worker in range(1, settings.media_worker_count + 1)]


def socket(settings: Settings, worker: int) -> Path:
    return settings.socket(role(worker))


def ports(settings: Settings, worker: int) -> tuple[int, int]:
    """Return the first and the last port of a worker; the first is even, the last odd.

    Raises StartFailed for a range that is too small for so many workers, and for a worker that there is not.
    """
    count = settings.media_worker_count
    if not 1 <= worker <= count:
        raise StartFailed(f"there is no media worker {worker}: YUELAI_MEDIA_WORKERS makes {count}")
    low, high = settings.rtp_range
    low += low % 2
    each = (high + 1 - low) // (2 * count) * 2
    if each < LEAST_PORTS:
        raise StartFailed(
            f"YUELAI_RTP_PORTS {settings.rtp_ports} is too small for {count} media workers: each needs {LEAST_PORTS}"
        )
    first = low + (worker - 1) * each
    return first, first + each - 1
