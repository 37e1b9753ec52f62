"""Which flows and queues say which prompts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.flows import documents
from yuelai.flows.prompts import tables
from yuelai.identity.model import Principal
from yuelai.routing.service import queues

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass
class Usage:
    """Codes."""

    flows: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)


NOWHERE = Usage()

_MOST_KEPT = 10_000
_said: dict[tuple[UUID, str, int, datetime], frozenset[str]] = {}
"""By tenant, flow, version and when that was published: a flow that was deleted may come again."""


async def usage(conn: Connection, principal: Principal) -> dict[str, Usage]:
    """Return by prompt who says it: flows as they are published, and queues while they are open."""
    found: dict[str, Usage] = {}
    for code, names in sorted((await _published(conn, principal.tenant_id)).items()):
        for name in names:
            found.setdefault(name, Usage()).flows.append(code)
    for queue in await queues(conn, principal):
        if queue["active"]:
            for name in _of_queue(queue):
                found.setdefault(name, Usage()).queues.append(queue["code"])
    return found


async def _published(conn: Connection, tenant_id: UUID) -> dict[str, frozenset[str]]:
    """Return by flow what it says. A version never changes, and is read once."""
    keys = {
        row["code"]: (tenant_id, row["code"], row["version"], row["at"])
        for row in await tables.published(conn, tenant_id)
    }
    said = {code: _said[key] for code, key in keys.items() if key in _said}
    new = [key for code, key in keys.items() if code not in said]
    if len(_said) + len(new) > _MOST_KEPT:
        _said.clear()
    for row in await tables.documents(conn, tenant_id, [key[1] for key in new], [key[2] for key in new]) if new else ():
        code = row["code"]
        said[code] = _said[keys[code]] = frozenset(prompts_of(row["document"]))
    return {**_shipped(), **said}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(prompts_of(document)) for code, document in documents.shipped().items()}


def prompts_of(document: Mapping[str, Any]) -> set[str]:
    """Return what a flow's document says by name: the texts in its lists, but for the words of menus, and what is named
    as `{"prompt": …}`."""
    return set(_listed([document.get("nodes"), document.get("handlers")]))


def _listed(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key == "prompt" and isinstance(part, str):
                yield part
            elif key not in ("words", "at"):
                yield from _listed(part)
    elif isinstance(value, list):
        for part in value:
            if isinstance(part, str):
                yield part
            else:
                yield from _listed(part)


def _of_queue(queue: Mapping[str, Any]) -> set[str]:
    treatment = queue.get("treatment") or {}
    said = {treatment.get("notice"), treatment.get("greeting"), *(treatment.get("comfort") or ())}
    said |= {rule.get("target") for rule in queue.get("overflows") or () if rule.get("to") == "message"}
    return {str(name) for name in said if name}
