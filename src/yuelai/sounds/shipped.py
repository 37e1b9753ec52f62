"""The prompts that ship with the program: what they say, how long they last, and which of their names are taken."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import yaml

LANGUAGES = ("zh-CN", "en")
_OPUS_RATE = 48000
"""Of granule positions (RFC 7845 §4), whatever the sound's own rate."""


def folder() -> Path:
    return Path(str(resources.files("yuelai").joinpath("prompts")))


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return the words of each sentence by language."""
    document = yaml.safe_load((folder() / "prompts.yaml").read_text("utf-8"))
    return MappingProxyType(
        {
            name: {language: said if isinstance(said, str) else said["text"] for language, said in entry.items()}
            for name, entry in document["sentences"].items()
        }
    )


@lru_cache(maxsize=1)
def reserved() -> frozenset[str]:
    """Return the names that are no sentences: tones, music, and the pieces that numbers and dates are made of."""
    names = {file.stem for place in ("common", *LANGUAGES) for file in (folder() / place).glob("*.opus")}
    return frozenset(names - texts().keys())


def file(name: str, language: str) -> Path | None:
    """Return the sound of a sentence; None where there is none."""
    path = folder() / language / f"{name}.opus"
    return path if name in texts() and path.is_file() else None


@lru_cache(maxsize=4096)
def seconds(name: str, language: str) -> float | None:
    """Return how long a sentence lasts, None where it has no sound. Reads its file once."""
    path = file(name, language)
    return None if path is None else length(path.read_bytes())


def length(opus: bytes) -> float:
    """Return the seconds of an Ogg Opus file: where its last page ends, less what is skipped at its beginning."""
    head, last = opus.find(b"OpusHead"), opus.rfind(b"OggS")
    if head < 0 or last < 0 or last + 14 > len(opus):
        return 0.0
    skipped = int.from_bytes(opus[head + 10 : head + 12], "little")
    return max(0, int.from_bytes(opus[last + 6 : last + 14], "little", signed=True) - skipped) / _OPUS_RATE
