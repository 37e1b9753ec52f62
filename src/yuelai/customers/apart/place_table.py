"""`python -m yuelai.customers.apart.place_table FILE`: the places `phonenumbers` knows, written into a SQLite file.

Imported they take two hundred megabytes and seconds of one core, which the web process has better use for: they are
read once, in a process of their own, and looked up in the file from then on.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

LANGUAGES = ("zh", "en")


def write(target: Path) -> None:
    """Write the file whole or not at all."""
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.geodata.locale import LOCALE_DATA

    unfinished = target.with_suffix(f".{os.getpid()}")
    connection = sqlite3.connect(unfinished)
    try:
        for table, data in (("prefixes", GEOCODE_DATA), ("regions", LOCALE_DATA)):
            connection.execute(f"CREATE TABLE {table} (key TEXT PRIMARY KEY, zh TEXT, en TEXT) WITHOUT ROWID")
            rows = ((key, *(_name(names, language) for language in LANGUAGES)) for key, names in data.items())
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608
        connection.commit()
    finally:
        connection.close()
    unfinished.replace(target)


def _name(names: dict[str, str], language: str) -> str:
    """Names that two languages share are kept once: `*zh` says in which."""
    name = names.get(language) or names.get("en", "")
    return names.get(name[1:], "") if name.startswith("*") else name


if __name__ == "__main__":
    write(Path(sys.argv[1]))
