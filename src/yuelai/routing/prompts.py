"""The sounds that ship with the program, as queues may name them: which there are, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from yuelai.sounds import shipped

_NOT_FOR_WAITING = frozenset({"beep", "ringback"})


@lru_cache(maxsize=1)
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Return the words of each sentence by language."""
    return shipped.texts()


@lru_cache(maxsize=1)
def music() -> tuple[str, ...]:
    """Return the names of what is no speech and can be listened to for long."""
    folder = resources.files("yuelai").joinpath("prompts", "common")
    names = (entry.name.removesuffix(".opus") for entry in folder.iterdir() if entry.name.endswith(".opus"))
    return tuple(sorted(set(names) - _NOT_FOR_WAITING))
