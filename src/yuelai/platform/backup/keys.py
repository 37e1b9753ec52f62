"""A check that the master key of a restored centre is the one its recordings and id numbers were sealed under."""

from __future__ import annotations

import hashlib
from pathlib import Path

from yuelai.platform.config import Settings


def key_file(settings: Settings) -> Path:
    return settings.master_key_file or settings.folder / "keys" / "master.key"


def fingerprints(settings: Settings) -> dict[str, str]:
    """Return `{version: fingerprint}`; empty when there is no key yet. A fingerprint tells nothing of the key."""
    path = key_file(settings)
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text("ascii").split("\n"):
        version, _, text = line.strip().partition(" ")
        if version:
            found[version] = hashlib.sha256(b"yuelai key check " + text.strip().encode()).hexdigest()
    return found


def missing(settings: Settings, wanted: dict[str, str]) -> list[str]:
    """Return the versions that are wanted and not, or differently, in the key file."""
    present = fingerprints(settings)
    return sorted(version for version, fingerprint in wanted.items() if present.get(version) != fingerprint)
