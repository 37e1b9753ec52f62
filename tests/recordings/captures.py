"""Captures as tests need them: G.711 in packets of 20 ms, each come on the dot, in chunks of a second."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from yuelai.media.capture import ChunkWriter, Coding, Entry

KEY = bytes(range(32))
SECOND = 8000
PACKET = 160


def packets(kind: int, codes: bytes, at: int, coding: Coding = Coding.PCMU) -> list[Entry]:
    """Return one second's (or less) payloads of a channel; `at` is the first sample's place."""
    return [
        Entry(kind, coding, 0, (at + n) // 8, (at + n + 5000) & 0xFFFFFFFF, codes[n : n + PACKET])
        for n in range(0, len(codes), PACKET)
    ]


def write(writer: ChunkWriter, said: bytes, heard: bytes, at: int, coding: Coding, *, end: bool = False) -> None:
    """Append a chunk that begins at sample `at`."""
    both = sorted(packets(0, said, at, coding) + packets(1, heard, at, coding), key=lambda entry: entry.arrival)
    writer.write(both, (at + len(said)) // 8, end=end)


def capture(
    path: Path,
    said: bytes,
    heard: bytes,
    *,
    coding: Coding = Coding.PCMU,
    recording: UUID | None = None,
    end: bool = True,
    key: bytes = KEY,
) -> list[int]:
    """Write a file of both channels; return where each chunk begins in it, and where the last one ends."""
    with path.open("wb", buffering=0) as file:
        writer = ChunkWriter(file, recording or uuid4(), key)
        places = [writer.bytes]
        for at in range(0, len(said), SECOND):
            last = end and at + SECOND >= len(said)
            write(writer, said[at : at + SECOND], heard[at : at + SECOND], at, coding, end=last)
            places.append(writer.bytes)
    return places
