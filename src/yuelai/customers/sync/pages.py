"""Where records come from: a system that is asked page by page, or files that appear in a folder."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuelai.connectors.errors import ConnectorFailed
from yuelai.connectors.http import JsonConnector
from yuelai.customers.imports import reading
from yuelai.customers.imports.model import Broken, Record
from yuelai.customers.sync.errors import BadSource

PAGE = 500
_MOST_PAGES = 1_000_000


@dataclass(frozen=True)
class Page:
    """`cursor` is where to go on after it. `total` and `since` are what the source says, if it does."""

    columns: list[str]
    records: list[Record | Broken]
    cursor: str
    total: int | None = None
    since: str | None = None


async def asked(
    connector: JsonConnector,
    url: str,
    columns: list[str],
    cursor: str | None,
    since: str | None,
    headers: Mapping[str, str],
) -> AsyncIterator[Page]:
    """Ask `GET url?limit=&cursor=&since=` until there is no `next_cursor`.

    Answers are `{items: [{…}], next_cursor?, total?, watermark?}`; `columns` are paths into an item (`contact.phone`).
    Raises what the connector raises.
    """
    line = 0
    for _ in range(_MOST_PAGES):
        params = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {}) | ({"since": since} if since else {})
        answer = await connector.get(url, params, headers=headers)
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list) or len(items) > 10 * PAGE or not all(isinstance(item, dict) for item in items):
            raise ConnectorFailed("Its answer has no list of items.")
        records: list[Record | Broken] = []
        for item in items:
            line += 1
            records.append(Record(line, [_at(item, column) for column in columns], 0))
        onward = answer.get("next_cursor")
        if onward is not None and (not isinstance(onward, str) or onward == cursor):
            raise ConnectorFailed("Its next cursor leads nowhere.")
        total, watermark = answer.get("total"), answer.get("watermark")
        yield Page(
            columns,
            records,
            onward or "",
            total if isinstance(total, int) and not isinstance(total, bool) else None,
            watermark if isinstance(watermark, str) else None,
        )
        if not onward:
            return
        cursor = onward
    raise ConnectorFailed("It has no end.")


def _at(item: Mapping[str, Any], path: str) -> str:
    value: Any = item
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return "、".join(str(each) for each in value if not isinstance(each, dict | list))
    return str(value).lower() if isinstance(value, bool) else str(value)


def folder_of(root: Path | None, tenant: str, name: str) -> Path:
    """Return the folder a source reads. Raises `BadSource`: no root is set, or the name leads out of it."""
    if root is None:
        raise BadSource("The administrator has set no folder for sources (YUELAI_SOURCE_FOLDER).")
    base = (root.expanduser() / tenant).resolve()
    found = (base / name).resolve()
    if found == base or not found.is_relative_to(base):
        raise BadSource("The folder lies outside the folder of the tenant's sources.")
    return found


def waiting(folder: Path, now: float) -> list[Path]:
    """Return the CSV and XLSX files that nobody has written to for two seconds, in the order of their names."""
    if not folder.is_dir():
        return []
    found = []
    for each in sorted(folder.iterdir()):
        table = each.suffix.lower() in (".csv", ".xlsx") and not each.is_symlink() and each.is_file()
        if table and now - each.stat().st_mtime >= 2:
            found.append(each)
    return found


async def read(path: Path, skip: int) -> AsyncIterator[Page]:
    """Read a file from a row on. Raises what `reading.inspect` raises."""
    shape = await asyncio.to_thread(reading.inspect, path)
    rows: Iterator[Record | Broken] = itertools.islice(reading.rows(path, shape), skip, None)
    while batch := await asyncio.to_thread(lambda: list(itertools.islice(rows, PAGE))):
        skip += len(batch)
        yield Page(shape.columns, batch, f"{path.name}\n{skip}")


def put_away(path: Path, where: str, mark: str) -> None:
    """Move a file that has been dealt with into `done` or `failed` beside it."""
    target = path.parent / where
    target.mkdir(exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.replace(path, target / f"{mark}-{path.name}")
