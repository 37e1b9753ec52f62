"""How long packets wait for us: the age of each datagram when it is read, and how late the event loop is."""

from __future__ import annotations

import asyncio
import fcntl
import struct
import time
from collections.abc import Callable, Iterable

_SIOCGSTAMPNS = 0x8907
"""Linux: when the last datagram read from a socket had arrived (socket(7)); the first use turns the stamps on."""
_SPACE = bytes(16)
BEAT = 0.05
"""Seconds between two looks at the loop."""


class Waiting:
    """`on_beat(wait)` is called every `BEAT` seconds while it runs. It is this machine's time, whatever clock the
    calls have."""

    def __init__(self, on_beat: Callable[[float], None]) -> None:
        self._on_beat = on_beat
        self._stamps: dict[int, bytes] = {}
        self._due: float | None = None
        self._late = 0.0
        self._read = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self, sockets: Iterable[int]) -> None:
        """Begin to measure; `sockets` are the file descriptors that datagrams are read from. Without stamps (they are
        Linux's) only the loop counts."""
        for fd in sockets:
            try:
                self._stamps[fd] = fcntl.ioctl(fd, _SIOCGSTAMPNS, _SPACE)
            except FileNotFoundError:
                self._stamps[fd] = b""  # nothing has been read from it yet
            except OSError:
                continue
        self._plan()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._due = None
        self._stamps.clear()

    def _plan(self) -> None:
        self._due = time.monotonic() + BEAT
        self._timer = asyncio.get_running_loop().call_later(BEAT, self._beat)

    def _beat(self) -> None:
        assert self._due is not None
        self._late = max(0.0, time.monotonic() - self._due)
        self._plan()
        read, self._read = self._read, 0.0
        self._on_beat(max(self._late, read))

    def message(self) -> float:
        """Seconds that the message just read has waited; to be asked for each, right after it was read."""
        self._read = max(self._age(), self._overdue())
        return self._read

    def _overdue(self) -> float:
        return 0.0 if self._due is None else max(0.0, time.monotonic() - self._due)

    def _age(self) -> float:
        """How old the datagram just read is: that of the socket whose stamp has changed. 0 for what came by stream."""
        age = 0.0
        for fd, before in self._stamps.items():
            try:
                stamp = fcntl.ioctl(fd, _SIOCGSTAMPNS, _SPACE)
            except OSError:
                continue  # still none
            if stamp != before:
                self._stamps[fd] = stamp
                seconds, nanoseconds = struct.unpack("qq", stamp)
                age = max(age, time.time() - seconds - nanoseconds / 1e9)
        return age
