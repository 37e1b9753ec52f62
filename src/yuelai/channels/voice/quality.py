"""How a call sounded, for its service trail."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from yuelai.media.ports import MediaEngine, MediaError
from yuelai.platform.ids import LegId

PATIENCE = 1.0
"""Seconds the end of a call waits for the answer."""


async def sounded(media: MediaEngine, legs: Mapping[str, LegId]) -> dict[str, dict[str, Any]]:
    """Return `{party: {codec, mos, loss, jitter_ms, round_trip_ms}}` of the parties that were heard at all.

    `mos` is of the last seconds, the worse of both ways; `loss` (0–1) and `jitter_ms` are what we received. Nothing is
    told of who is no longer there.
    """
    found = {}
    for party, leg in legs.items():
        try:
            async with asyncio.timeout(PATIENCE):
                quality = await media.quality(leg)
        except (MediaError, TimeoutError):
            continue
        if quality.in_packets:
            found[party] = {
                "codec": quality.codec,
                "mos": round(quality.mos, 1),
                "loss": round(quality.in_loss, 4),
                "jitter_ms": round(quality.in_jitter_ms, 1),
                "round_trip_ms": None if quality.round_trip_ms is None else round(quality.round_trip_ms),
            }
    return found
