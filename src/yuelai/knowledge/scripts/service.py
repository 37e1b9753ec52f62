"""Scripts as editors draft, check and publish them. The caller opens the transaction, in the tenant's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.knowledge import words
from yuelai.knowledge.model import Contact
from yuelai.knowledge.scripts import checking, repository, tables
from yuelai.knowledge.scripts.errors import (
    DraftChanged,
    NoSuchScript,
    NoSuchVersion,
    ScriptBroken,
    ScriptCodeTaken,
    TooManyScripts,
)
from yuelai.knowledge.scripts.model import Script, script_of
from yuelai.platform import paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST = 500


async def scripts(
    conn: Connection, principal: Principal, q: str | None, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of them by position. Raises `BadCursor`."""
    after = paging.decode(cursor, int, UUID) if cursor is not None else None
    wanted = q.strip().lower() or None if q else None
    rows = await repository.page(conn, principal.tenant_id, wanted, after, limit + 1)
    items, next_cursor = paging.page(rows, limit, lambda row: (row["position"], row["id"]))
    return [dict(item) for item in items], next_cursor


async def script(conn: Connection, principal: Principal, script_id: UUID) -> dict[str, Any]:
    """Raises `NoSuchScript`."""
    row = await _row(conn, principal, script_id)
    return {
        **{name: row[name] for name in ("id", "code", "name", "name_en", "position", "published", "draft")},
        "rev": row["draft_rev"],
        "changed_at": row["changed_at"],
        "faults": [asdict(fault) for fault in checking.faults(script_of(row["draft"]))],
        "versions": [dict(each) for each in await repository.versions(conn, script_id)],
    }


async def add(conn: Connection, principal: Principal, fields: Mapping[str, Any], body: Mapping[str, Any]) -> UUID:
    """Raises `ScriptCodeTaken`, `TooManyScripts`."""
    if await repository.count(conn, principal.tenant_id) >= MOST:
        raise TooManyScripts()
    script_id, now = new_id(), SystemClock().now()
    if not await repository.add(conn, principal.tenant_id, script_id, fields, body, principal.person_id, now):
        raise ScriptCodeTaken(script=fields["code"])
    await audit(conn, principal, "script.created", f"script/{script_id}", {"code": fields["code"]})
    return script_id


async def change(conn: Connection, principal: Principal, script_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change its names or its place. Raises `NoSuchScript`."""
    row = await _row(conn, principal, script_id)
    different = {name: value for name, value in changes.items() if row[name] != value}
    if different:
        await repository.change(conn, script_id, different, principal.person_id, SystemClock().now())
        await audit(conn, principal, "script.changed", f"script/{script_id}", {"fields": sorted(different)})


async def put_draft(conn: Connection, principal: Principal, script_id: UUID, body: Mapping[str, Any], rev: int) -> None:
    """Keep a draft, with whatever faults. Raises `NoSuchScript`, `DraftChanged` unless `rev` is the present one."""
    row = await _row(conn, principal, script_id, rev)
    if row["draft"] != body:
        await repository.put_draft(conn, script_id, body, principal.person_id, SystemClock().now())
        await audit(conn, principal, "script.drafted", f"script/{script_id}", {"rev": rev + 1})


async def publish(conn: Connection, principal: Principal, script_id: UUID, rev: int, note: str) -> int:
    """Make the draft the next version, which the next contact gets. Raises `NoSuchScript`, `DraftChanged`,
    `ScriptBroken` with its `faults`."""
    row = await _row(conn, principal, script_id, rev)
    faults = checking.faults(script_of(row["draft"]))
    if faults:
        raise ScriptBroken(faults=[asdict(fault) for fault in faults])
    now = SystemClock().now()
    version = await repository.publish(
        conn, principal.tenant_id, script_id, row["draft"], note, principal.person_id, now
    )
    await audit(conn, principal, "script.published", f"script/{script_id}", {"version": version})
    return version


async def put_published(conn: Connection, principal: Principal, script_id: UUID, version: int | None) -> None:
    """Go back to a version, or to none. Raises `NoSuchScript`, `NoSuchVersion`."""
    row = await _row(conn, principal, script_id, lock=True)
    if version is not None and await repository.body(conn, script_id, version) is None:
        raise NoSuchVersion()
    if row["published"] != version:
        await repository.put_published(conn, script_id, version)
        data = {"before": row["published"], "version": version}
        await audit(conn, principal, "script.version_set", f"script/{script_id}", data)


async def delete(conn: Connection, principal: Principal, script_id: UUID) -> None:
    """Delete it with its versions and figures. Raises `NoSuchScript`."""
    row = await _row(conn, principal, script_id)
    await repository.delete(conn, principal.tenant_id, script_id)
    await audit(conn, principal, "script.deleted", f"script/{script_id}", {"code": row["code"]})


async def version(conn: Connection, principal: Principal, script_id: UUID, number: int) -> dict[str, Any]:
    """Raises `NoSuchScript`, `NoSuchVersion`."""
    await _row(conn, principal, script_id)
    body = await repository.body(conn, script_id, number)
    if body is None:
        raise NoSuchVersion()
    return {"version": number, "body": body}


async def usage(conn: Connection, principal: Principal, script_id: UUID, number: int | None) -> dict[str, Any]:
    """Return the figures of a version, or of the one contacts get. Raises `NoSuchScript`, `NoSuchVersion`."""
    row = await _row(conn, principal, script_id)
    number = number if number is not None else row["published"]
    body = await repository.body(conn, script_id, number) if number is not None else None
    if body is None or number is None:
        raise NoSuchVersion()
    visits = await tables.visits(conn, script_id, number)

    def of(step: str, branch: int | None = None, *, any_: bool = False) -> int:
        return sum(one["times"] for one in visits if one["step"] == step and (any_ or one["branch"] == branch))

    return {
        "version": number,
        **dict(await tables.totals(conn, script_id, number)),
        "steps": [
            {
                "id": step.id,
                "times": of(step.id, any_=True),
                "branches": [of(step.id, place) for place in range(len(step.branches))],
                "left": sum(one["left"] for one in visits if one["step"] == step.id),
            }
            for step in script_of(body).steps
        ],
        "outcomes": [dict(each) for each in await tables.outcomes(conn, script_id, number)],
    }


def tried(draft: Script, contact: Contact) -> dict[str, Any]:
    """Return the draft as the contact's agent would read it, and its faults."""
    return {
        "faults": [asdict(fault) for fault in checking.faults(draft)],
        "steps": [{"id": step.id, **filled(step.text, step.text_en, contact)} for step in draft.steps],
        "fields": list(words.FIELDS),
    }


def filled(text: str, text_en: str, contact: Contact) -> dict[str, Any]:
    """Return `{parts, parts_en}`; what has no English words is said in Chinese."""
    english = bool(text_en.strip())
    return {
        "parts": [asdict(part) for part in words.fill(text, contact)],
        "parts_en": [asdict(part) for part in words.fill(text_en if english else text, contact, english)],
    }


async def _row(
    conn: Connection, principal: Principal, script_id: UUID, rev: int | None = None, *, lock: bool = False
) -> Mapping[str, Any]:
    row = await repository.one(conn, principal.tenant_id, script_id, lock=lock or rev is not None)
    if row is None:
        raise NoSuchScript()
    if rev is not None and row["draft_rev"] != rev:
        raise DraftChanged(rev=row["draft_rev"])
    return dict(row)
