"""Scripts as they are followed in a contact. The caller opens the transaction; some return lines for the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.knowledge.model import Contact
from yuelai.knowledge.scripts import matching, repository, tables
from yuelai.knowledge.scripts.errors import NoSuchBranch, NoSuchRun, NotPublished, RunMovedOn, RunOver
from yuelai.knowledge.scripts.model import Branch, Effect, Script, Step, script_of
from yuelai.knowledge.scripts.service import filled
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

Line = tuple[str, dict[str, str | int]]
"""A kind of line of the trail and its data."""

_LABEL = 60
_TRIES = 3
"""To begin one while a colleague begins and ends others."""


async def suggestions(conn: Connection, principal: Principal, contact: Contact, q: str | None) -> dict[str, Any]:
    """Return what is published, what suggests itself first, and the run that lasts."""
    rows = await repository.published(conn, principal.tenant_id)
    followed = {row["script_id"] for row in await tables.followed(conn, principal.tenant_id, contact.id)}
    wanted = (q or "").strip().lower()
    items = []
    for row in rows:
        if wanted and wanted not in f"{row['name']} {row['name_en']} {row['code']}".lower():
            continue
        why = matching.fits(script_of(row["body"]).entry, contact)
        named = {name: row[name] for name in ("id", "code", "name", "name_en", "version")}
        items.append({**named, "fits": why is not None, "why": why or [], "followed": row["id"] in followed})
    # Sorting is stable: what fits equally well stays in the order of its position.
    items.sort(key=lambda item: (not item["fits"], -matching.weight(item["why"])))
    for place, item in enumerate(items):
        item["best"] = place == 0 and bool(item["why"])
    run = await tables.lasting(conn, principal.tenant_id, contact.id)
    best = next((row for row in rows if items and items[0]["best"] and row["id"] == items[0]["id"]), None)
    opening = None
    if run is None and best is not None and best["id"] not in followed:
        script = script_of(best["body"])
        opening = _step(script, script.steps[0], contact)
    return {
        "items": items,
        "opening": opening,
        "running": await _shown(conn, run, contact) if run is not None else None,
    }


async def start(
    conn: Connection, principal: Principal, contact: Contact, script_id: UUID
) -> tuple[dict[str, Any], list[Line]]:
    """Begin it as it is published now, or go on with it where it lasts; another one that lasts is put away.

    Raises `NotPublished`, and `RunOver` when colleagues' runs come and go too fast.
    """
    lines: list[Line] = []
    lasting = await tables.lasting(conn, principal.tenant_id, contact.id)
    if lasting is not None and lasting["script_id"] != script_id:
        if await tables.end(conn, lasting["id"], "switched", contact.now):
            lines.append(_done(lasting, "switched"))
    elif lasting is not None:
        return await _shown(conn, lasting, contact), []
    found = await repository.published(conn, principal.tenant_id, script_id)
    if not found:
        raise NotPublished()
    row = dict(found[0])
    first = script_of(row["body"]).steps[0].id
    for _ in range(_TRIES):
        begun = await tables.begin(
            conn, principal.tenant_id, new_id(), script_id, row["version"], contact.id, principal.person_id, first,
            contact.now,
        )  # fmt: skip
        if begun:
            lines.append(("script_started", {**_named(row, script_id), "version": row["version"]}))
        # A colleague in the same contact may have been quicker: then theirs is followed, unless it is over by now.
        lasting = await tables.lasting(conn, principal.tenant_id, contact.id)
        if lasting is not None:
            return await _shown(conn, lasting, contact), lines
    raise RunOver()


async def answer(
    conn: Connection, principal: Principal, contact: Contact, run_id: UUID, step_id: str, branch: int | None
) -> tuple[dict[str, Any], list[Line]]:
    """Go on with an answer. Raises `NoSuchRun`, `RunOver`, `RunMovedOn`, `NoSuchBranch`."""
    run, script, step = await _standing(conn, principal, contact, run_id)
    if run["step"] != step_id:
        raise RunMovedOn(step=run["step"])
    if (branch is None) != (not step.branches) or (branch is not None and branch >= len(step.branches)):
        raise NoSuchBranch(branches=len(step.branches))
    chosen = step.branches[branch] if branch is not None else Branch("")
    lines: list[Line] = []
    if branch is not None:
        await tables.answered(conn, run_id, branch)
        place = {"step_name": run["name"], "step": script.place(step.id), "branch": chosen.label[:_LABEL]}
        lines.append(("script_step", {**_named(run, run["script_id"]), **place}))
    if chosen.next is not None:
        await tables.enter(conn, principal.tenant_id, run_id, chosen.next, contact.now)
    else:
        result = chosen.effect.code if chosen.effect is not None and chosen.effect.kind == "result" else "done"
        if await tables.end(conn, run_id, result, contact.now):
            lines.append(_done(run, result, chosen.label if result != "done" else ""))
    return {**await _again(conn, principal, contact, run_id), "effect": _effect(chosen.effect)}, lines


async def back(conn: Connection, principal: Principal, contact: Contact, run_id: UUID) -> dict[str, Any]:
    """Go back to the step before; at the first one nothing happens. Raises `NoSuchRun`, `RunOver`."""
    await _standing(conn, principal, contact, run_id)
    trodden = await tables.trodden(conn, run_id)
    if len(trodden) > 1:
        last, before = trodden[-1], trodden[-2]
        await tables.back(conn, run_id, last["seq"], before["seq"], before["step"])
    return await _again(conn, principal, contact, run_id)


async def finish(
    conn: Connection, principal: Principal, contact: Contact, run_id: UUID, outcome: str
) -> tuple[dict[str, Any], list[Line]]:
    """Stop here. Raises `NoSuchRun`; one that is over stays as it ended."""
    run = await tables.run(conn, principal.tenant_id, contact.id, run_id)
    if run is None:
        raise NoSuchRun()
    if run["ended_at"] is not None:
        return await _shown(conn, run, contact), []
    lines = [_done(run, outcome)] if await tables.end(conn, run_id, outcome, contact.now) else []
    return await _again(conn, principal, contact, run_id), lines


async def _standing(
    conn: Connection, principal: Principal, contact: Contact, run_id: UUID
) -> tuple[Mapping[str, Any], Script, Step]:
    run = await tables.run(conn, principal.tenant_id, contact.id, run_id)
    if run is None:
        raise NoSuchRun()
    if run["ended_at"] is not None:
        raise RunOver()
    script = script_of(run["body"])
    step = script.step(run["step"])
    assert step is not None, "what is published is whole"
    return run, script, step


async def _again(conn: Connection, principal: Principal, contact: Contact, run_id: UUID) -> dict[str, Any]:
    run = await tables.run(conn, principal.tenant_id, contact.id, run_id)
    assert run is not None
    return await _shown(conn, run, contact)


async def _shown(conn: Connection, run: Mapping[str, Any], contact: Contact) -> dict[str, Any]:
    script = script_of(run["body"])
    step = script.step(run["step"])
    assert step is not None, "what is published is whole"
    copied = ("id", "script_id", "code", "name", "name_en", "version", "started_at", "ended_at", "outcome")
    return {
        **{name: run[name] for name in copied},
        "read": len(await tables.trodden(conn, run["id"])),
        "step": _step(script, step, contact),
    }


def _step(script: Script, step: Step, contact: Contact) -> dict[str, Any]:
    return {
        "id": step.id,
        "number": script.place(step.id),
        "total": len(script.steps),
        **filled(step.text, step.text_en, contact),
        "branches": [
            {
                "label": branch.label,
                "label_en": branch.label_en,
                "leads_to": script.place(branch.next) if branch.next is not None else None,
                "effect": _effect(branch.effect),
            }
            for branch in step.branches
        ],
    }


def _effect(effect: Effect | None) -> dict[str, Any] | None:
    return asdict(effect) if effect is not None else None


def _named(row: Mapping[str, Any], script_id: UUID) -> dict[str, str | int]:
    return {"script": str(script_id), "name": row["name"], "name_en": row["name_en"]}


def _done(run: Mapping[str, Any], outcome: str, said: str = "") -> Line:
    more = {"result_name": said[:_LABEL]} if said else {}
    return "script_done", {**_named(run, run["script_id"]), "outcome": outcome, **more}
