"""How a text message travels: its alphabet, and how a long one is cut (3GPP TS 23.038, 23.040). Pure.

What has only letters of the GSM alphabet goes by septets, 160 to a message; everything else as UCS-2, 70 to a message.
A long one is cut into parts that begin with a header by which the telephone joins them; that leaves 153 and 67.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiosmpplib.codec import GSM_BASIC_ENCODE_MAP, GSM_EXTENDED_ENCODE_MAP, GSM7BitCodec

MOST_PARTS = 10
_SEPTETS, _SEPTETS_OF_PART = 160, 153
_OCTETS, _OCTETS_OF_PART = 140, 134
_CONCATENATED = b"\x05\x00\x03"
"""Length of the header, element 0 (concatenated, reference of 8 bits), length of the element (23.040, 9.2.3.24.1)."""


class TooLong(ValueError):
    """It would take more than `MOST_PARTS` parts."""


@dataclass(frozen=True)
class Piece:
    """One part as it goes over the air: the octets of the user data, with their header where there are several."""

    data: bytes
    unicode: bool
    headed: bool


def is_gsm(text: str) -> bool:
    """Tell whether the GSM alphabet has all its letters."""
    return all(letter in GSM_BASIC_ENCODE_MAP or letter in GSM_EXTENDED_ENCODE_MAP for letter in text)


def pieces(text: str, reference: int) -> list[Piece]:
    """Cut a text. `reference` (of which eight bits count) tells the parts of one from those of another to the same
    telephone. Raises `TooLong`."""
    unicode = not is_gsm(text)
    cut = _cut(text, unicode=unicode)
    if len(cut) > MOST_PARTS:
        raise TooLong(f"{len(cut)} parts")
    if len(cut) == 1:
        return [Piece(_encoded(text, unicode=unicode), unicode, headed=False)]
    heads = (_CONCATENATED + bytes((reference & 0xFF, len(cut), number)) for number in range(1, len(cut) + 1))
    return [
        Piece(head + _encoded(part, unicode=unicode), unicode, headed=True)
        for head, part in zip(heads, cut, strict=True)
    ]


def count(text: str) -> int:
    """Return how many parts it takes, without a bound."""
    return len(_cut(text, unicode=not is_gsm(text)))


def _cut(text: str, *, unicode: bool) -> list[str]:
    """A letter of two septets, or of two halves of UTF-16, stays in one part."""
    whole, part = (_OCTETS, _OCTETS_OF_PART) if unicode else (_SEPTETS, _SEPTETS_OF_PART)
    sizes = [(2 if ord(letter) < 0x10000 else 4) if unicode else _septets(letter) for letter in text]
    if sum(sizes) <= whole:
        return [text]
    cut, start, room = [], 0, part
    for place, size in enumerate(sizes):
        if size > room:
            cut.append(text[start:place])
            start, room = place, part
        room -= size
    return [*cut, text[start:]]


def _septets(letter: str) -> int:
    return 1 if letter in GSM_BASIC_ENCODE_MAP else 2


def _encoded(text: str, *, unicode: bool) -> bytes:
    """UCS-2 has no letters beyond the first plane; telephones read UTF-16, which for all others is the same."""
    data: bytes = text.encode("utf-16-be") if unicode else GSM7BitCodec().encode(text)[0]
    return data
