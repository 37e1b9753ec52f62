"""Keeps every message: the event loop only puts it into a queue, a thread does the rest.

The thread blanks secrets, makes calls of messages, and appends a sealed chunk at least once a second while there is
something to write. What is too much for it, or for the disk, is dropped and counted: traces never hold calls up.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from yuelai.platform.clock import Clock
from yuelai.telephony.hops import Hop
from yuelai.telephony.ports import Leg
from yuelai.telephony.trace.book import CallBook, Line
from yuelai.telephony.trace.glance import LONGEST, glance
from yuelai.telephony.trace.redact import redacted
from yuelai.telephony.trace.segments import SUFFIX, SegmentWriter, Traced, TraceKey
from yuelai.wire.sip import Request

log = structlog.get_logger()

MOST_WAITING = 32 * 1024 * 1024
"""Bytes in the queue; further messages are dropped."""
CHUNK_BYTES = 1024 * 1024
CHUNK_SECONDS = 0.5
SEGMENT_SECONDS = 600.0
SEGMENT_BYTES = 64 * 1024 * 1024
MOST_KEPT = 20 * 1024 * 1024 * 1024
"""Bytes of all segments together, whatever the hours; the oldest go first."""
LEAST_FREE = 1024 * 1024 * 1024
"""Bytes that traces leave free on the disk, since the journal needs it more."""
RETRY_SECONDS = 5.0

_messages = Counter("yuelai_sip_trace_messages_total", "SIP messages kept.")
_dropped = Counter("yuelai_sip_trace_dropped_total", "SIP messages that were not kept.", ["why"])
_bytes = Counter("yuelai_sip_trace_bytes_total", "Bytes written into traces.")
_waiting = Gauge("yuelai_sip_trace_waiting_bytes", "Bytes of messages that wait to be written.")


class _Message(NamedTuple):
    at: float
    sent: bool
    hop: Hop
    data: bytes


class _Began(NamedTuple):
    leg: Leg
    call_id: str
    sent: bool
    trunk: UUID | None


class _Ended(NamedTuple):
    leg: Leg
    status: int
    reason: str
    at: float


class TraceWriter:
    """Give `tap` to the transports and the writer itself to the user agent as its observer.

    `told` is called in the thread with lines that changed. `hours` is how long messages are kept.
    """

    def __init__(
        self,
        folder: Path,
        key: TraceKey,
        hours: float,
        clock: Clock,
        told: Callable[[list[Line]], None] = lambda _lines: None,
        *,
        chunk_seconds: float = CHUNK_SECONDS,
        segment_seconds: float = SEGMENT_SECONDS,
    ) -> None:
        self._folder, self._key, self._hours, self._clock, self._told = folder, key, hours, clock, told
        self._chunk_seconds, self._segment_seconds = chunk_seconds, segment_seconds
        self.book = CallBook()
        self._queue: deque[_Message | _Began | _Ended] = deque()
        # One counter is written by the event loop only, the other by the thread only: no lock is needed.
        self._taken_in = 0
        self._worked_off = 0
        self._segment: SegmentWriter | None = None
        self._broken_until = 0.0
        self._swept = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sip-trace", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Write what waits. Blocks for as long as that takes, ten seconds at most."""
        self._end.set()
        self._thread.join(10)

    # --- on the event loop ------------------------------------------------------------------------------------------

    def tap(self, hop: Hop, data: bytes, sent: bool) -> None:
        size = len(data)
        if self._taken_in - self._worked_off + size > MOST_WAITING:
            _dropped.labels("slow").inc()
            return
        self._taken_in += size
        self._queue.append(_Message(self._clock.now().timestamp(), sent, hop, data))

    def began(self, leg: Leg, request: Request) -> None:
        call_id, dialled = (request.get("call-id") or "")[:LONGEST], bool(getattr(leg, "dialled", False))
        self._queue.append(_Began(leg, call_id, dialled, leg.trunk_id))

    def ended(self, leg: Leg, status: int, reason: str) -> None:
        self._queue.append(_Ended(leg, status, reason, self._clock.now().timestamp()))

    # --- in the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            last = self._end.wait(self._chunk_seconds)
            try:
                self.work()
            except Exception:
                log.exception("sip_trace_failed")
            if last:
                break
        if self._segment is not None:
            self._segment.close()

    def work(self) -> None:
        """Write what waits. Called by the thread, or by a test in its place."""
        chunk: list[Traced] = []
        size = 0
        while self._queue:
            work = self._queue.popleft()
            message = self._take(work)
            if message is None:
                continue
            chunk.append(message)
            size += len(message.data)
            if size >= CHUNK_BYTES:
                self._write(chunk)
                chunk, size = [], 0
        self._write(chunk)
        _waiting.set(self._taken_in - self._worked_off)
        now = self._clock.now().timestamp()
        if lines := self.book.changed(now):
            self._told([replace(line) for line in lines])
        if now - self._swept >= 60:
            self._swept = now
            self._sweep(now)

    def _take(self, work: _Message | _Began | _Ended) -> Traced | None:
        if isinstance(work, _Began):
            self.book.began(work.leg, work.call_id, sent=work.sent, trunk=work.trunk)
            return None
        if isinstance(work, _Ended):
            self.book.ended(work.leg, work.status, work.reason[:LONGEST], work.at)
            return None
        self._worked_off += len(work.data)
        seen, other = glance(work.data), str(work.hop)
        self.book.seen(seen, other, work.at, sent=work.sent)
        return Traced(work.at, work.sent, other, seen.call_id, redacted(work.data))

    def _write(self, chunk: list[Traced]) -> None:
        if not chunk:
            return
        now = self._clock.now().timestamp()
        if time.monotonic() < self._broken_until:
            _dropped.labels("disk").inc(len(chunk))
            return
        try:
            _bytes.inc(self._current(now).write(chunk))
            _messages.inc(len(chunk))
        except OSError as error:
            # A chunk that was written halfway cannot be continued.
            log.error("sip_trace_not_written", error=str(error), messages=len(chunk))
            _dropped.labels("disk").inc(len(chunk))
            if self._segment is not None:
                with contextlib.suppress(OSError):
                    self._segment.close()
                self._segment = None
            self._broken_until = time.monotonic() + RETRY_SECONDS

    def _current(self, now: float) -> SegmentWriter:
        segment = self._segment
        if segment is not None and (
            now - segment.started >= self._segment_seconds or segment.bytes >= SEGMENT_BYTES or now < segment.started
        ):
            segment.close()
            self._segment = segment = None
        if segment is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < LEAST_FREE:
                raise OSError("the disk is nearly full")
            segment = self._segment = SegmentWriter(self._folder, self._key, now)
        return segment

    def _sweep(self, now: float) -> None:
        """Delete whole segments that are too old, or too many."""
        kept = 0
        for path in sorted(self._folder.glob(f"*{SUFFIX}"), reverse=True):
            if self._segment is not None and path == self._segment.path:
                kept += self._segment.bytes
                continue
            try:
                found = path.stat()
                kept += found.st_size
                if now - _last(path, found) > self._hours * 3600 or kept > MOST_KEPT:
                    path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                log.error("sip_trace_not_deleted", file=path.name, error=str(error))


def _last(path: Path, found: os.stat_result) -> float:
    """When a segment's last message can have been seen at the latest."""
    started = path.name.partition("-")[0]
    return max(float(started) if started.isdigit() else 0.0, found.st_mtime)
