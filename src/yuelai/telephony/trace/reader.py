"""Finds the messages of calls again, in the files that core writes; the web process reads them itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from yuelai.telephony.trace.segments import SUFFIX, NotASegment, SegmentReader, Traced, TraceKey, key_id_of

log = structlog.get_logger()

MOST_MESSAGES = 2000
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Window:
    """A call to be found: its Call-ID and when its messages can have been seen, in seconds since 1970."""

    call_id: str
    first: float
    last: float


@dataclass(frozen=True)
class Found:
    """`cut` tells that there are more messages than one answer holds; `damaged` counts what could not be read."""

    messages: Sequence[Traced]
    cut: bool
    damaged: int


def find(folder: Path, keys: Mapping[UUID, TraceKey], windows: Sequence[Window]) -> Found:
    """Return the messages of these calls in the order they were seen. Reads files: not on an event loop."""
    if not windows:
        return Found([], False, 0)
    first, last = min(each.first for each in windows), max(each.last for each in windows)
    wanted = {each.call_id for each in windows}
    messages: list[Traced] = []
    damaged, size, cut = 0, 0, False
    for path in _between(folder, first, last):
        try:
            key = keys.get(key_id_of(path))
            if key is None:
                damaged += 1
                continue
            with SegmentReader(path, key) as segment:
                for message in segment.find(wanted, first, last):
                    if len(messages) >= MOST_MESSAGES or size + len(message.data) > MOST_BYTES:
                        cut = True
                        break
                    messages.append(message)
                    size += len(message.data)
                damaged += segment.damaged
        except FileNotFoundError:
            continue  # its time was over meanwhile
        except (OSError, NotASegment) as error:
            log.warning("sip_trace_unreadable", file=path.name, error=str(error))
            damaged += 1
        if cut:
            break
    messages.sort(key=lambda each: each.at)
    return Found(messages, cut, damaged)


def _between(folder: Path, first: float, last: float) -> list[Path]:
    """The segments that can hold something of this time, by their names; one lasts until the next was begun."""
    started: list[tuple[float, Path]] = []
    for path in folder.glob(f"*{SUFFIX}"):
        number = path.name.partition("-")[0]
        if number.isascii() and number.isdigit() and len(number) < 12:
            started.append((float(number), path))
    started.sort()
    found = []
    for index, (start, path) in enumerate(started):
        end = started[index + 1][0] + 5.0 if index + 1 < len(started) else float("inf")
        # Names hold whole seconds, and a chunk's messages are a little older than a segment begun for them.
        if start - 5.0 <= last and end >= first:
            found.append(path)
    return found
