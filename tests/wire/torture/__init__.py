"""The messages of RFC 4475, byte for byte as in its archive (appendix A.1); `.dat` files are never reformatted."""

from __future__ import annotations

from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.dat"))


def torture(name: str) -> bytes:
    """Return a message by the name that the standard gives it."""
    return (Path(__file__).parent / f"{name}.dat").read_bytes()
