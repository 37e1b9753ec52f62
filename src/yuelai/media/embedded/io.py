"""All sockets of the engine, read at once: what came becomes rows of one buffer, and headers are parsed for all rows.

A datagram costs one system call and a few list operations; everything else is numpy over the batch.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from yuelai.wire.rtp import MAX_DATAGRAM

Address = tuple[Any, ...]
"""As `recvfrom` gives it: host and port first."""

ROWS = 512
"""Datagrams in a batch."""

MAX_PER_READ = 8
"""Datagrams read from one socket at a time; the rest waits in the kernel, so that a flood starves nobody else."""

_STRIDE = MAX_DATAGRAM + 64
"""Bytes from row to row: not a power of two, or all headers would share a few lines of the cache."""

_SMALLEST = 8
"""Bytes of a receiver report without anything."""

Indices = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int64]


class Carrier(Protocol):
    """What a transport does for its ports."""

    def admits(self, source: Address, *, report: bool) -> bool:
        """Tell whether RTP (or RTCP: `report`) may come from there, for a port that is not `connected`."""
        ...

    def heard(self, source: Address, now: float) -> None:
        """Sound as agreed on came from there."""
        ...

    def other(self, data: bytes, source: Address, now: float) -> None:
        """Take what is neither RTP nor RTCP, from anybody."""
        ...

    def unprotect(self, data: bytes) -> bytes | None: ...
    def unprotect_rtcp(self, data: bytes) -> bytes | None: ...


@dataclass(eq=False)
class Port:
    """One socket in the batch path."""

    sock: socket.socket
    transport: Carrier
    rtcp: bool = False
    """It carries nothing but RTCP."""
    slot: int = -1
    connected: bool = False
    """Only the checked source can send here: the kernel drops what others send."""
    protected: bool = False
    """What comes goes through the transport's `unprotect`."""

    def __post_init__(self) -> None:
        self.fd = self.sock.fileno()
        self.receive = self.sock.recv_into

    @property
    def number(self) -> int:
        number: int = self.sock.getsockname()[1]
        return number


@dataclass
class Batch:
    """Rows of RTP packets in order of arrival; all arrays have one entry a row.

    A row of `buffer` holds the packet as it came (unprotected), its payload from `starts` to `ends`.
    """

    buffer: npt.NDArray[np.uint8]
    views: list[memoryview]
    slots: Indices
    starts: Indices
    ends: Indices
    types: Numbers
    markers: npt.NDArray[np.bool_]
    sequences: Numbers
    timestamps: Numbers
    ssrcs: Numbers
    sources: list[tuple[int, Port, Address]]
    """Rows that came from a source still to be checked, with it."""

    def payload(self, row: int) -> bytes:
        return bytes(self.views[row][self.starts[row] : self.ends[row]])


class Ports:
    """Reads without waiting; never raises for what a peer does."""

    def __init__(self, failed: Callable[[Port], None]) -> None:
        """`failed` is called while an exception is handled that a datagram to this port has caused."""
        self._failed = failed
        self._epoll = select.epoll()
        self._ports: dict[int, Port] = {}
        self._buffer = np.zeros((ROWS, _STRIDE), np.uint8)
        self._views = [row.data[:MAX_DATAGRAM] for row in self._buffer]
        self._sources: list[tuple[int, Port, Address]] = []
        self.reports: list[tuple[int, bytes]] = []
        """RTCP compounds with their slots; whoever reads takes them out."""

    def __len__(self) -> int:
        return len(self._ports)

    def add(self, port: Port) -> None:
        self._ports[port.fd] = port
        self._epoll.register(port.fd, select.EPOLLIN)

    def remove(self, port: Port) -> None:
        """Idempotent; before the socket is closed."""
        if self._ports.pop(port.fd, None) is not None:
            self._epoll.unregister(port.fd)

    def close(self) -> None:
        self._epoll.close()

    def read(self, now: float) -> Iterator[Batch]:
        """Yield what has come since the last time; a batch's buffer is used again by the next one."""
        slots: list[int] = []
        sizes: list[int] = []
        count, views, ports, poll = 0, self._views, self._ports, self._epoll.poll
        room = max(len(ports), 1)
        for _ in range(MAX_PER_READ):
            ready = poll(0, room)
            if not ready:
                break
            for fd, _ in ready:
                port = ports.get(fd)
                if port is None:
                    continue
                try:
                    if port.connected and not port.protected and not port.rtcp:
                        size = port.receive(views[count])
                    else:
                        size = self._take(port, count, now)
                except OSError:
                    # Nothing there after all, or an ICMP error of something sent before.
                    continue
                except Exception:
                    self._failed(port)
                    continue
                if size >= _SMALLEST:
                    slots.append(port.slot)
                    sizes.append(size)
                    count += 1
                    if count == ROWS:
                        yield self._parsed(slots, sizes)
                        slots, sizes, count = [], [], 0
        if count:
            yield self._parsed(slots, sizes)

    def _take(self, port: Port, row: int, now: float) -> int:
        """Read one datagram that needs a look; return its size if it is RTP to go on with, else 0."""
        view, transport = self._views[row], port.transport
        size, source = port.sock.recvfrom_into(view)
        if size < 4:
            return 0
        if view[0] >> 6 != 2:
            transport.other(bytes(view[:size]), source, now)
            return 0
        report = port.rtcp or 192 <= view[1] <= 223
        if not port.connected and not transport.admits(source, report=report):
            return 0
        if report:
            data = bytes(view[:size])
            compound = transport.unprotect_rtcp(data) if port.protected else data
            if compound is not None:
                self.reports.append((port.slot, compound))
            return 0
        if port.protected:
            plain = transport.unprotect(bytes(view[:size]))
            if plain is None:
                return 0
            size = len(plain)
            view[:size] = plain
        if size >= 12 and not port.connected:
            self._sources.append((row, port, source))
        return size

    def _parsed(self, slots: list[int], sizes: list[int]) -> Batch:
        sources, self._sources = self._sources, []
        second = self._buffer[: len(slots), 1]
        batch = parse(self._buffer, self._views, np.array(slots, np.intp), np.array(sizes, np.intp), sources)
        for row in np.flatnonzero((second >= 192) & (second <= 223)).tolist():
            # RTCP along with the sound of a connected socket (RFC 5761 §4).
            self.reports.append((slots[row], bytes(self._views[row][: sizes[row]])))
            batch.ends[row] = 0
        return batch


def parse(
    buffer: npt.NDArray[np.uint8],
    views: list[memoryview],
    slots: Indices,
    sizes: Indices,
    sources: list[tuple[int, Port, Address]],
) -> Batch:
    """Read the headers of the first len(sizes) rows (RFC 3550 §5.1). A row that is no RTP ends before it starts."""
    head = buffer[: len(sizes), :12].copy()
    first, second = head[:, 0], head[:, 1]
    words = head.view(">u4")
    starts, ends = np.full(len(sizes), 12, np.intp), sizes.copy()
    odd = np.flatnonzero(first != 0x80)
    for row in odd:
        starts[row], ends[row] = _span(views[row], int(sizes[row]))
    return Batch(
        buffer=buffer,
        views=views,
        slots=slots,
        starts=starts,
        ends=ends,
        types=(second & 0x7F).astype(np.int64),
        markers=second >= 0x80,
        sequences=head.view(">u2")[:, 1].astype(np.int64),
        timestamps=words[:, 1].astype(np.int64),
        ssrcs=words[:, 2].astype(np.int64),
        sources=sources,
    )


def _span(packet: memoryview, size: int) -> tuple[int, int]:
    """Return where the payload of an unusual packet begins and ends: the end before the start if there is none."""
    first = packet[0]
    if first >> 6 != 2:
        return 12, 0
    start, end = 12 + 4 * (first & 0x0F), size
    if first & 0x10:
        if end < start + 4:
            return 12, 0
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    if first & 0x20:
        padding = packet[end - 1]
        if padding == 0:
            return 12, 0
        end -= padding
    return (start, end) if start <= end else (12, 0)
