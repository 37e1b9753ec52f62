"""A check that the master key of a restored centre is the one its recordings and id numbers were sealed under."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from yuelai.platform.config import Settings
from yuelai.platform.key_file import KeyFile


def key_file(settings: Settings) -> Path:
    return KeyFile.of(settings).path


def fingerprints(settings: Settings) -> dict[str, str]:
    """Return `{version: fingerprint}`; empty when there is no key yet. A fingerprint tells nothing of the key.

    Raises BadKeyFile.
    """
    file = KeyFile.of(settings)
    if not file.path.exists():
        return {}
    return {
        str(version): hashlib.sha256(b"yuelai key check " + base64.b64encode(key)).hexdigest()
        for version, key in file.keys().items()
    }


def missing(settings: Settings, wanted: dict[str, str]) -> list[str]:
    """Return the versions that are wanted and not, or differently, in the key file. Raises BadKeyFile."""
    present = fingerprints(settings)
    return sorted(version for version, fingerprint in wanted.items() if present.get(version) != fingerprint)
