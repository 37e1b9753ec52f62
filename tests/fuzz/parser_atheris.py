"""Coverage-guided fuzzing of the parsers: `python -m tests.fuzz.parser_atheris -atheris_runs=100000 FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["yuelai.wire"]):
    from tests.fuzz import oracle, seeds


def one(data: bytes) -> None:
    """The first byte chooses what the others are: a datagram, a stream in pieces, or a description."""
    kind, rest = data[:1], data[1:]
    if kind == b"D":
        oracle.examine_sdp(rest.decode("utf-8", "replace"))
    elif kind == b"S":
        oracle.examine_stream(rest, [len(rest) // 3, len(rest) // 2])
    else:
        oracle.examine(rest)


def write_corpus(folder: Path) -> None:
    """Put the seeds where libFuzzer begins from."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [b"M" + message for message in seeds.MESSAGES]
    inputs += [b"S" + message * 2 for message in seeds.MESSAGES[::7]]
    inputs += [b"D" + text.encode() for text in seeds.DESCRIPTIONS]
    for number, data in enumerate(inputs):
        (folder / f"seed-{number:03}").write_bytes(data)


if __name__ == "__main__":
    for word in sys.argv[1:]:
        if not word.startswith("-"):
            write_corpus(Path(word))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
