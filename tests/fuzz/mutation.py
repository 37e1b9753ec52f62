"""Damage done to messages, quickly: bytes, tokens, lines, lengths, and pieces of other messages."""

from __future__ import annotations

import random

NASTY = [
    b"", b"\0", b"\xff", b"\x80", b"\r\n", b"\r", b"\n", b"\r\n ", b"\r\n\t", b"\r\n\r\n", b" ", b"\t", b",", b";",
    b":", b'"', b"\\", b'\\"', b"<", b">", b"*", b"%", b"%00", b"%0d%0a", b"%zz", b"=", b"@", b"&", b"?", b"/", b"-1",
    b"0", b"4294967296", b"9" * 40, b"a" * 300, b"[::1]", b"[", b"]", b"[:::1.2.3.4]", "电话".encode(),
    "\u0661".encode(), "\u2028".encode(), b"Digest ", b"sip:", b"sips:", b"tel:", b"urn:", b";lr", b";tag=", b";tag",
    b";branch=z9hG4bK", b";rport", b";received=::1", b"SIP/2.0", b"SIP/7.0", b"z9hG4bK", b";q=0",
    b"Content-Length: ", b"Via: ", b"l:0",
    b"m: *", b"--", b"boundary=", b"multipart/mixed;boundary=x", b"gzip", b"{}", b"../", b"$(", b"'",
]  # fmt: skip
LONG = [b",", b";", b'"', b"<", b"\\", b"a=", b"%41", b"\r\n ", b"\r\n", b"a:b\r\n", b"<>", b'"\\"', b"--x\r\n", b"1."]
NUMBERS = [
    b"0",
    b"1",
    b"-1",
    b"5",
    b"150",
    b"65535",
    b"65536",
    b"2147483647",
    b"2147483648",
    b"4294967295",
    b"1e9",
    b"x",
]


class Mutator:
    """Makes inputs out of seeds; the same number gives the same inputs."""

    def __init__(self, seeds: list[bytes], number: int) -> None:
        self._seeds = seeds
        self._dice = random.Random(number)
        self._ways = [
            self._byte, self._token, self._token, self._cut, self._copy, self._line, self._line_gone, self._line_twice,
            self._swap, self._splice, self._number, self._long, self._end,
        ]  # fmt: skip

    def make(self) -> bytes:
        """Return a seed with one to six kinds of damage, more rarely with more."""
        data = self._dice.choice(self._seeds)
        return self.damage(data)

    def damage(self, data: bytes) -> bytes:
        dice = self._dice
        for _ in range(min(6, int(dice.expovariate(0.6))) + (dice.random() < 0.97)):
            data = dice.choice(self._ways)(data)
        return data[:70_000]

    def _place(self, data: bytes) -> int:
        return self._dice.randrange(len(data) + 1)

    def _byte(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + bytes((self._dice.randrange(256),)) + data[at + 1 :]

    def _token(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + self._dice.choice(NASTY) + data[at + self._dice.choice((0, 0, 1, 1, 2, 5, 12)) :]

    def _cut(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + data[at + self._dice.randrange(1, 60) :]

    def _copy(self, data: bytes) -> bytes:
        at, to, size = self._place(data), self._place(data), self._dice.randrange(1, 80)
        return data[:to] + data[at : at + size] + data[to:]

    def _lines(self, data: bytes) -> list[bytes]:
        return data.split(b"\r\n")

    def _line(self, data: bytes) -> bytes:
        lines = self._lines(data)
        at = self._dice.randrange(len(lines))
        name, colon, _ = lines[at].partition(b":")
        lines[at] = name + colon + self._dice.choice(NASTY) * self._dice.randrange(1, 4)
        return b"\r\n".join(lines)

    def _line_gone(self, data: bytes) -> bytes:
        lines = self._lines(data)
        del lines[self._dice.randrange(len(lines))]
        return b"\r\n".join(lines)

    def _line_twice(self, data: bytes) -> bytes:
        lines = self._lines(data)
        lines.insert(self._dice.randrange(len(lines)), self._dice.choice(lines))
        return b"\r\n".join(lines)

    def _swap(self, data: bytes) -> bytes:
        lines = self._lines(data)
        one, other = self._dice.randrange(len(lines)), self._dice.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
        return b"\r\n".join(lines)

    def _splice(self, data: bytes) -> bytes:
        other = self._lines(self._dice.choice(self._seeds))
        lines = self._lines(data)
        at, take = self._dice.randrange(len(lines)), self._dice.randrange(len(other))
        return b"\r\n".join([*lines[:at], *other[take : take + self._dice.randrange(1, 6)], *lines[at:]])

    def _number(self, data: bytes) -> bytes:
        start = next((i for i in range(self._place(data), len(data)) if 48 <= data[i] < 58), None)
        if start is None:
            return data
        end = start
        while end < len(data) and 48 <= data[end] < 58:
            end += 1
        return data[:start] + self._dice.choice(NUMBERS) + data[end:]

    def _long(self, data: bytes) -> bytes:
        if self._dice.random() < 0.8:
            return data
        at = self._place(data)
        return data[:at] + self._dice.choice(LONG) * self._dice.randrange(1, 12_000) + data[at:]

    def _end(self, data: bytes) -> bytes:
        return data[: self._place(data)] if self._dice.random() < 0.3 else data
