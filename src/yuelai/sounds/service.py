"""Prompts of a tenant's own. The caller opens the transaction, in the tenant's name; core follows within a second, and
what is being said is said to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.sounds import shipped, tables
from yuelai.sounds.errors import NoSuchPrompt, PromptReserved, TextMissing, TooManyPrompts
from yuelai.sounds.events import PromptChanged
from yuelai.sounds.ports import Sound

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST = 2000
"""Names of a tenant's own."""
LONGEST_TEXT = 2000


@dataclass
class Prompt:
    """`texts` are the words by language, the tenant's own before the shipped; `sounds` what is known of each sound."""

    name: str
    own: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    sounds: dict[str, dict[str, Any]] = field(default_factory=dict)


async def texts(conn: Connection, tenant_id: UUID) -> dict[str, dict[str, str]]:
    """Return what can be said by name, with its words by language: the tenant's own and what is shipped."""
    found = {name: dict(said) for name, said in shipped.texts().items()}
    for row in await tables.names(conn, tenant_id):
        found.setdefault(row["name"], {})[row["language"]] = row["text"]
    return found


async def prompts(conn: Connection, tenant_id: UUID) -> dict[str, Prompt]:
    """Return all prompts with their sounds, by name. Reads the shipped ones' files the first time."""
    found = {name: Prompt(name, texts=dict(said)) for name, said in shipped.texts().items()}
    for name, prompt in found.items():
        for language in shipped.LANGUAGES:
            seconds = shipped.seconds(name, language)
            if seconds is not None:
                prompt.sounds[language] = _sound(seconds)
    for row in await tables.own(conn, tenant_id):
        prompt = found.setdefault(row["name"], Prompt(row["name"]))
        prompt.own = True
        prompt.texts[row["language"]] = row["text"]
        prompt.sounds[row["language"]] = _sound(
            row["seconds"], own=True, source=row["source"], warnings=row["warnings"], by=row["by"], at=row["at"]
        )
    return dict(sorted(found.items()))


def _sound(seconds: float | None, **more: Any) -> dict[str, Any]:
    return {"own": False, "source": None, "warnings": [], "by": None, "at": None, "seconds": seconds, **more}


async def keep(
    conn: Connection,
    principal: Principal,
    name: str,
    language: str,
    text: str | None,
    sound: Sound | None = None,
    file_id: UUID | None = None,
    source: str = "text",
) -> None:
    """Put a version in force: with a sound that is kept as `file_id`, else with the one that there was.

    Without `text` it says what it said before. Raises `PromptReserved`, `TooManyPrompts`, `TextMissing`.
    """
    if name in shipped.reserved():
        raise PromptReserved(prompt=name)
    await tables.lock(conn, principal.tenant_id)
    before = await tables.one(conn, principal.tenant_id, name, language)
    said = text or (before["text"] if before is not None else shipped.texts().get(name, {}).get(language))
    if not said:
        raise TextMissing()
    if before is None and await tables.count(conn, principal.tenant_id) >= MOST:
        raise TooManyPrompts()
    now = SystemClock().now()
    await tables.end(conn, principal.tenant_id, name, language, now)
    none: dict[str, Any] = {"file_id": None, "seconds": None, "source": "text", "warnings": []}
    kept: Mapping[str, Any] = dict(before) if before is not None else none
    if sound is not None:
        kept = {"file_id": file_id, "seconds": sound.seconds, "source": source, "warnings": sound.warnings}
    await tables.add(
        conn,
        new_id(),
        principal.tenant_id,
        name,
        language,
        said,
        kept["file_id"],
        kept["seconds"],
        kept["source"],
        list(kept["warnings"]),
        now,
        principal.person_id,
    )
    await outbox.put(conn, PromptChanged(at=now, tenant_id=principal.tenant_id, name=name, language=language))
    told = {"language": language, "sound": sound is not None, "source": kept["source"]}
    await audit(conn, principal, "prompt.changed", f"prompt/{name}", told)


async def file_of(conn: Connection, tenant_id: UUID, name: str, language: str) -> UUID | None:
    """Return the file of the tenant's own sound; None where it has none."""
    row = await tables.one(conn, tenant_id, name, language)
    return None if row is None else row["file_id"]


async def text_of(conn: Connection, tenant_id: UUID, name: str, language: str) -> str:
    """Return what it says now, shipped words included; empty where it says nothing."""
    row = await tables.one(conn, tenant_id, name, language)
    return str(row["text"]) if row is not None else shipped.texts().get(name, {}).get(language, "")


async def own_languages(conn: Connection, tenant_id: UUID, name: str) -> set[str]:
    """Return in which languages the tenant has its own of that name, until the transaction is over."""
    await tables.lock(conn, tenant_id)
    return {row["language"] for row in await tables.names(conn, tenant_id) if row["name"] == name}


async def remove(conn: Connection, principal: Principal, name: str, language: str) -> None:
    """Take the tenant's own out of force: what is shipped is said again. Raises `NoSuchPrompt`."""
    now = SystemClock().now()
    if not await tables.end(conn, principal.tenant_id, name, language, now):
        raise NoSuchPrompt()
    await outbox.put(conn, PromptChanged(at=now, tenant_id=principal.tenant_id, name=name, language=language))
    await audit(conn, principal, "prompt.removed", f"prompt/{name}", {"language": language})
