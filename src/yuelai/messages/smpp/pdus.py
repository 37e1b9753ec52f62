"""What is said over a connection, read: frames, answers and receipts. Pure.

Ours are written by aiosmpplib. What a peer writes is read here: it may use statuses and parameters of its own, leave
bodies out, and count errors in letters, and none of that may cost us a receipt.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from yuelai.customers.phones import normalise

HEADER = 16
MOST = 64 * 1024
"""Octets of one PDU; the longest of the standard are much shorter."""

GENERIC_NACK, SUBMIT_RESP, DELIVER = 0x80000000, 0x80000004, 0x00000005
UNBIND, UNBIND_RESP, BIND_RESP = 0x00000006, 0x80000006, 0x80000009
ENQUIRE, ENQUIRE_RESP = 0x00000015, 0x80000015

OK, THROTTLED, QUEUE_FULL = 0x00, 0x58, 0x14
LATER = frozenset({0x08, 0x45, 0x64, 0x66})
"""ESME_RSYSERR, RSUBMITFAIL, RX_T_APPN, RX_R_APPN: the next time may be another's fault."""

_RECEIPTED_ID, _STATE, _REFERENCE, _PAYLOAD = 0x001E, 0x0427, 0x0204, 0x0424
_INTERNATIONAL = 1
_NAMED = re.compile(r"\b(id|stat|err):\s*([^\s\0]+)", re.ASCII | re.IGNORECASE)
_TEXT = re.compile(r"\btext:", re.IGNORECASE)
_STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}


class Broken(Exception):
    """The peer does not speak SMPP, or no longer: nothing on this connection can be trusted."""


@dataclass(frozen=True)
class Pdu:
    command: int
    status: int
    sequence: int
    body: bytes


@dataclass(frozen=True)
class Delivered:
    """A `deliver_sm`: a receipt, or (`receipt` false) what somebody wrote to us. `stat` is as in appendix B."""

    source: str
    """In E.164 as far as it can be told."""
    receipt: bool
    id: str = ""
    stat: str = ""
    error: str = ""
    reference: int | None = None


@dataclass
class Frames:
    """Takes octets as they come and gives whole PDUs. Raises `Broken`, once what came before the rubbish was given."""

    _held: bytearray = field(default_factory=bytearray)

    def take(self, data: bytes) -> list[Pdu]:
        self._held += data
        found: list[Pdu] = []
        while len(self._held) >= HEADER:
            length, command, status, sequence = struct.unpack_from("!IIII", self._held)
            if not HEADER <= length <= MOST:
                if found:
                    break
                raise Broken(f"a PDU of {length} octets")
            if len(self._held) < length:
                break
            found.append(Pdu(command, status, sequence, bytes(self._held[HEADER:length])))
            del self._held[:length]
        return found


def written(command: int, sequence: int, body: bytes = b"", status: int = OK) -> bytes:
    return struct.pack("!IIII", HEADER + len(body), command, status, sequence) + body


def message_id(pdu: Pdu) -> str:
    """Return what a `submit_sm_resp` calls the message."""
    return _id(pdu.body)


def _id(data: bytes) -> str:
    """Return a number of the provider's: what stands before the first NUL, which no text of a database may have."""
    return data.split(b"\0", 1)[0].decode("ascii", "replace")[:64]


def delivered(pdu: Pdu) -> Delivered:
    """Read a `deliver_sm` (4.6.1). Raises `ValueError` for one that is cut off."""
    body = _Reader(pdu.body)
    body.text()
    kind, _ = body.skip(2)
    source = _e164(kind, body.text())
    body.skip(2)
    body.text()
    (esm_class,) = body.skip(1)
    body.skip(2)
    body.text()
    body.text()
    body.skip(4)
    (length,) = body.skip(1)
    words = body.skip(length)
    optional = body.optional()
    # Bits 2 to 5: 1 is a receipt, 8 a notification on the way (5.2.12).
    if (esm_class >> 2) & 0x0F not in (1, 8):
        return Delivered(source, receipt=False)
    said = (words or optional.get(_PAYLOAD, b"")).decode("latin-1")
    # What stands behind `text:` are the message's own words (appendix B).
    named = {name.lower(): value for name, value in _NAMED.findall(_TEXT.split(said, 1)[0])}
    state, reference = optional.get(_STATE, b""), optional.get(_REFERENCE, b"")
    return Delivered(
        source,
        receipt=True,
        id=_id(optional.get(_RECEIPTED_ID, b"")) or named.get("id", "")[:64],
        stat=named.get("stat", "").upper()[:7] or _STATES.get(int.from_bytes(state), ""),
        error=named.get("err", "")[:20],
        reference=int.from_bytes(reference) if len(reference) == 2 else None,
    )


def _e164(kind: int, number: str) -> str:
    """`kind` is the TON. Many write national numbers, or put no right one to them."""
    if kind == _INTERNATIONAL:
        return "+" + number.removeprefix("+").removeprefix("00")
    return normalise(number) or "+" + number.removeprefix("+")


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def text(self) -> str:
        """A C-Octet String."""
        end = self._body.index(b"\0", self._at)
        found, self._at = self._body[self._at : end], end + 1
        return found.decode("ascii", "replace")

    def skip(self, octets: int) -> bytes:
        found = self._body[self._at : self._at + octets]
        if len(found) < octets:
            raise ValueError("it is cut off")
        self._at += octets
        return found

    def optional(self) -> dict[int, bytes]:
        found = {}
        while self._at + 4 <= len(self._body):
            tag, length = struct.unpack("!HH", self.skip(4))
            found[tag] = self.skip(length)
        return found
