"""Where uploaded files lie until they have been imported: below home, readable by us alone."""

from __future__ import annotations

import contextlib
from pathlib import Path
from uuid import UUID

from yuelai.platform.config import Settings, private_folder


def folder(settings: Settings) -> Path:
    return private_folder(settings.folder / "imports")


def path_of(settings: Settings, import_id: UUID) -> Path:
    return settings.folder / "imports" / f"{import_id}.upload"


def remove(settings: Settings, import_id: UUID) -> None:
    with contextlib.suppress(FileNotFoundError):
        path_of(settings, import_id).unlink()
