"""Where a number is from: province and city of a Chinese one, the region or country of another."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
import structlog
from phonenumbers import PhoneNumberType

from yuelai.customers.phones import normalise

log = structlog.get_logger()

_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.TOLL_FREE: "service",
    PhoneNumberType.SHARED_COST: "service",
    PhoneNumberType.UAN: "service",
}


@dataclass(frozen=True)
class NumberPlace:
    """`kind`: mobile, fixed, service or unknown. `zh` and `en` name the place and may be empty."""

    kind: str
    zh: str
    en: str


class Places:
    """Looks numbers up in a file that is made when the first one is asked for. `folder` is where it is kept."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"places-{phonenumbers.__version__}.sqlite"
        self._making = asyncio.Lock()
        self._failed = False

    async def of(self, number: str) -> NumberPlace | None:
        """Return where a number in any written form is from; None for short and hidden ones."""
        e164 = normalise(number)
        if e164 is None:
            return None
        if not self._file.exists():
            await self._make()
        return await asyncio.to_thread(self._look_up, e164)

    async def _make(self) -> None:
        async with self._making:
            if self._file.exists() or self._failed:
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            command = (sys.executable, "-m", "yuelai.customers.apart.place_table", str(self._file))
            process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
            if await process.wait() != 0:
                # Numbers without a place from now on: not worth trying on each call.
                self._failed = True
                log.error("number_places_not_made", status=process.returncode)

    def _look_up(self, e164: str) -> NumberPlace | None:
        try:
            parsed = phonenumbers.parse(e164)
        except phonenumbers.NumberParseException:
            return None
        kind = _KINDS.get(phonenumbers.number_type(parsed), "unknown")
        if kind == "service" or not self._file.exists():
            return NumberPlace(kind, "", "")
        digits = e164[1:]
        prefixes = [digits[:length] for length in range(len(digits), 0, -1)]
        marks = ", ".join("?" for _ in prefixes)
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        try:
            found = connection.execute(
                f"SELECT zh, en FROM prefixes WHERE key IN ({marks}) ORDER BY length(key) DESC LIMIT 1",  # noqa: S608
                prefixes,
            ).fetchone()
            if found is None:
                region = phonenumbers.region_code_for_number(parsed)
                found = connection.execute("SELECT zh, en FROM regions WHERE key = ?", (region,)).fetchone()
        finally:
            connection.close()
        return NumberPlace(kind, *(found or ("", "")))
