"""Where the sounds of tenants lie: `home/prompts/TENANT/FILE.opus`. A file never changes; a new version is a new file.

Prompts are nobody's personal data: they are not sealed, and come with the backup as all of home does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from uuid import UUID

from yuelai.platform.errors import Refusal
from yuelai.platform.ids import new_id
from yuelai.sounds.errors import NoRoom

SPARED_BYTES = 512 * 1024**2
"""Stays free on the disk: the database must go on whatever people upload."""
_LONGEST_HALF = 3600.0
"""Seconds after which a file that was never finished is nobody's."""


def path(home: Path, tenant_id: UUID, file_id: UUID) -> Path:
    return home / "prompts" / str(tenant_id) / f"{file_id}.opus"


def write(home: Path, tenant_id: UUID, opus: bytes) -> UUID:
    """Keep a sound, whole or not at all, and return its id. Raises `NoRoom`."""
    file_id = new_id()
    target = path(home, tenant_id, file_id)
    half = target.with_suffix(".half")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(target.parent).free < SPARED_BYTES + len(opus):
            raise NoRoom()
        with open(half, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(opus)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    except OSError:
        half.unlink(missing_ok=True)
        raise NoRoom() from None
    return file_id


@contextlib.asynccontextmanager
async def kept(home: Path, tenant_id: UUID, opus: bytes) -> AsyncIterator[UUID]:
    """`write` a sound for what is done with its id; when that is refused the file goes again. After any other error it
    may be in force, and what is not goes by `sweep`."""
    file_id = await asyncio.to_thread(write, home, tenant_id, opus)
    try:
        yield file_id
    except Refusal:
        await asyncio.to_thread(remove, home, tenant_id, file_id)
        raise


def remove(home: Path, tenant_id: UUID, file_id: UUID) -> None:
    path(home, tenant_id, file_id).unlink(missing_ok=True)


def sweep(home: Path, known: Collection[tuple[UUID, UUID]], now: float) -> int:
    """Remove what belongs to no version and is older than an hour; return how many files went. `known` are tenants
    and files."""
    names = {(str(tenant), f"{file}.opus") for tenant, file in known}
    gone = 0
    for found in (home / "prompts").glob("*/*"):
        with contextlib.suppress(OSError):
            if (found.parent.name, found.name) not in names and now - found.stat().st_mtime > _LONGEST_HALF:
                found.unlink()
                gone += 1
    return gone
