"""Flows as they are drawn, checked, published and rolled back. The caller opens the transaction, in the tenant's name;
core follows within a second, and contacts that are in a flow stay in the version they began with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.flows import documents, tables
from yuelai.flows.checking import Known, check
from yuelai.flows.comparing import compare
from yuelai.flows.errors import FlowInvalid, Problem
from yuelai.flows.events import FlowPublished
from yuelai.flows.lookups import KINDS
from yuelai.flows.refusals import (
    FlowCodeTaken,
    FlowDraftChanged,
    FlowInUse,
    FlowShipped,
    NoSuchFlowVersion,
    TooManyFlows,
    UnknownFlow,
)
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.messages.templates import CODE, TEMPLATES
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.routing.prompts import music
from yuelai.routing.service import queues
from yuelai.sounds import service as sounds

if TYPE_CHECKING:
    import asyncpg

    from yuelai.platform.db import Connection

MOST = 200

Running = Mapping[str, Mapping[str, int]]
"""How many contacts are in which version of which flow."""


async def flows(conn: Connection, principal: Principal, running: Running | None) -> list[dict[str, Any]]:
    """Return the tenant's own flows and those that ship with the program, by code."""
    numbers = await tables.numbers_by_flow(conn, principal.tenant_id)
    shipped = documents.shipped()
    items = {code: _line(document) for code, document in shipped.items()}
    for row in await tables.flows_of(conn, principal.tenant_id):
        published = {"version": row["published"], "at": row["at"], "by": row["by"]} if row["published"] else None
        draft = {
            "rev": row["draft_rev"],
            "saved_at": row["draft_saved_at"],
            "by": row["draft_by"],
            "errors": row["draft_errors"],
            "warnings": row["draft_warnings"],
        }
        items[row["code"]] = {
            "code": row["code"],
            "name": row["name"],
            "shipped": row["code"] in shipped,
            "published": published or (items[row["code"]]["published"] if row["code"] in shipped else None),
            "draft": draft if row["drafted"] else None,
        }
    return [
        {
            **item,
            "numbers": numbers.get(code, []),
            "running": None if running is None else sum(running.get(code, {}).values()),
        }
        for code, item in sorted(items.items())
    ]


def _line(document: Mapping[str, Any]) -> dict[str, Any]:
    published = {"version": document["version"], "at": None, "by": None}
    return {
        "code": document["id"],
        "name": document.get("name") or document["id"],
        "shipped": True,
        "published": published,
        "draft": None,
    }


async def flow(conn: Connection, principal: Principal, code: str, running: Running | None) -> dict[str, Any]:
    """Raises `UnknownFlow`."""
    row, shipped = await tables.flow(conn, principal.tenant_id, code), documents.shipped().get(code)
    if row is None and shipped is None:
        raise UnknownFlow()
    draft = None
    if row is not None and row["draft"] is not None:
        draft = {
            "document": row["draft"],
            "rev": row["draft_rev"],
            "saved_at": row["draft_saved_at"],
            "by": row["draft_by"],
            "problems": await problems(conn, principal, row["draft"]),
        }
    return {
        "code": code,
        "name": row["name"] if row is not None else shipped.get("name") or code if shipped else code,
        "shipped": shipped is not None,
        "rev": row["draft_rev"] if row is not None else 0,
        "draft": draft,
        "published": await _published(conn, principal, code, row),
        "running": None if running is None else dict(running.get(code, {})),
    }


async def _published(
    conn: Connection, principal: Principal, code: str, row: asyncpg.Record | None
) -> dict[str, Any] | None:
    if row is not None and row["published"] is not None:
        found = await tables.version(conn, principal.tenant_id, code, row["published"])
        return dict(found) if found is not None else None
    shipped = documents.shipped().get(code)
    return _shipped_version(shipped) if shipped is not None else None


def _shipped_version(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": document["version"], "at": None, "by": None, "note": "", "document": dict(document)}


async def checked(conn: Connection, principal: Principal, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is wrong with a document that came from outside. Raises `DocumentUnfit`."""
    return await problems(conn, principal, documents.fit(document))


async def problems(conn: Connection, principal: Principal, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is wrong with a document, as it goes over HTTP."""
    return [asdict(problem) for problem in await _problems(conn, principal, document)]


async def faults(conn: Connection, principal: Principal, document: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps a document from being published."""
    return documents.faults(await _problems(conn, principal, document))


async def _problems(conn: Connection, principal: Principal, document: Mapping[str, Any]) -> list[Problem]:
    known = await _known(conn, principal)
    # A large graph takes a moment to check, and other requests shall not wait for it.
    return await asyncio.to_thread(check, document, known)


async def _known(conn: Connection, principal: Principal) -> Known:
    """Return what a flow of this tenant can refer to."""
    within = await published(conn, principal.tenant_id)
    said = await sounds.texts(conn, principal.tenant_id)
    return Known(
        queues={queue["code"] for queue in await queues(conn, principal) if queue["active"]},
        prompts={*said, *music()},
        english={*music(), *(name for name, words in said.items() if words.get("en"))},
        flows=within.keys(),
        lookups={kind.name for kind in KINDS},
        calls={code: documents.walked_within(document) for code, document in within.items()},
        templates={
            code: {name: name not in template.optional for name in template.values}
            for code, template in TEMPLATES.items()
            if code != CODE
        },
    )


async def published(conn: Connection, tenant_id: UUID) -> dict[str, Mapping[str, Any]]:
    """Return the documents that new contacts of the tenant get, by code: its own before those that are shipped."""
    own = {row["code"]: row["document"] for row in await tables.published(conn, tenant_id)}
    return {**documents.shipped(), **own}


async def add(
    conn: Connection, principal: Principal, code: str, name: str, document: Mapping[str, Any] | None = None
) -> None:
    """Begin a flow with a draft: that document, or one that only says good-bye. Raises `FlowCodeTaken`,
    `TooManyFlows`, `DocumentUnfit`."""
    if await tables.count(conn, principal.tenant_id) >= MOST:
        raise TooManyFlows()
    if not await tables.add(conn, principal.tenant_id, code, name):
        raise FlowCodeTaken(flow=code)
    begun = {**(document if document is not None else documents.empty(code, name)), "name": name}
    await _keep(conn, principal, code, name, begun, None)
    await audit(conn, principal, "flow.created", f"flow/{code}", {})


async def template(conn: Connection, principal: Principal, code: str) -> Mapping[str, Any]:
    """Return the document new contacts of that flow get. Raises `UnknownFlow`."""
    row = await tables.flow(conn, principal.tenant_id, code)
    found = await _published(conn, principal, code, row)
    if found is not None:
        document: Mapping[str, Any] = found["document"]
        return document
    if row is not None and row["draft"] is not None:
        draft: Mapping[str, Any] = row["draft"]
        return draft
    raise UnknownFlow(flow=code)


async def put_draft(
    conn: Connection, principal: Principal, code: str, document: Mapping[str, Any], rev: int
) -> dict[str, Any]:
    """Keep a draft, with whatever faults. The first change of one that ships with the program makes the tenant's own.

    `rev` is what was read, or 0 while there is no draft. Raises `UnknownFlow`, `FlowDraftChanged`, `DocumentUnfit`.
    """
    row = await tables.flow(conn, principal.tenant_id, code, lock=True)
    if row is None:
        shipped = documents.shipped().get(code)
        if shipped is None:
            raise UnknownFlow()
        if await tables.count(conn, principal.tenant_id) >= MOST:
            raise TooManyFlows()
        await tables.add(conn, principal.tenant_id, code, str(shipped.get("name") or code))
        row = await tables.flow(conn, principal.tenant_id, code, lock=True)
        assert row is not None
    if rev != row["draft_rev"] and not (rev == 0 and row["draft"] is None):
        raise FlowDraftChanged(rev=row["draft_rev"])
    kept = await _keep(conn, principal, code, row["name"], document, row["published"])
    if row["draft"] is None or row["drafter"] != principal.person_id:
        # Once for each stretch of drawing: a draft is saved with every change.
        await audit(conn, principal, "flow.drafted", f"flow/{code}", {"rev": kept["rev"]})
    return kept


async def _keep(
    conn: Connection,
    principal: Principal,
    code: str,
    name: str,
    document: Mapping[str, Any],
    published: int | None,
) -> dict[str, Any]:
    shipped = documents.shipped().get(code)
    version = published or (shipped["version"] if shipped is not None else 0)
    kept = documents.named(documents.fit(document), code, version + 1, name)
    kept["name"] = kept["name"].strip()[:100]
    found = await _problems(conn, principal, kept)
    errors, now = len(documents.faults(found)), SystemClock().now()
    rev = await tables.put_draft(
        conn, principal.tenant_id, code, kept, principal.person_id, now, errors, len(found) - errors
    )
    return {"rev": rev, "saved_at": now, "problems": [asdict(problem) for problem in found]}


async def drop_draft(conn: Connection, principal: Principal, code: str) -> None:
    """Forget what is not published. Raises `UnknownFlow`."""
    row = await _own(conn, principal, code)
    if row["draft"] is not None:
        await tables.drop_draft(conn, principal.tenant_id, code)
        await audit(conn, principal, "flow.draft_dropped", f"flow/{code}", {"rev": row["draft_rev"]})


async def publish(conn: Connection, principal: Principal, code: str, rev: int, note: str) -> int:
    """Make the draft what new contacts get, and return its version. Raises `UnknownFlow`, `FlowDraftChanged`,
    `FlowInvalid` with its problems, `DocumentUnfit`."""
    row = await _own(conn, principal, code)
    if row["draft"] is None or row["draft_rev"] != rev:
        raise FlowDraftChanged(rev=row["draft_rev"])
    version = await _publish(conn, principal, code, row["name"], row["draft"], note)
    await tables.drop_draft(conn, principal.tenant_id, code)
    await audit(conn, principal, "flow.published", f"flow/{code}", {"version": version})
    return version


async def restore(conn: Connection, principal: Principal, code: str, number: int, note: str) -> int:
    """Publish what an earlier version said anew; a draft stays as it is. Raises `UnknownFlow`, `NoSuchFlowVersion`,
    `FlowInvalid` or `DocumentUnfit` where what was right then is none any more."""
    row = await _own(conn, principal, code)
    found = await version(conn, principal, code, number)
    new = await _publish(conn, principal, code, row["name"], found["document"], note)
    await audit(conn, principal, "flow.restored", f"flow/{code}", {"version": new, "from": number})
    return new


async def _publish(
    conn: Connection, principal: Principal, code: str, name: str, document: Mapping[str, Any], note: str
) -> int:
    shipped = documents.shipped().get(code)
    # Numbers of a flow's own go on from those of the one behind it: a version is never two different documents.
    last = max(
        await tables.last_version(conn, principal.tenant_id, code), shipped["version"] if shipped is not None else 0
    )
    new = documents.named(documents.fit(document), code, last + 1, name)
    found = await _problems(conn, principal, new)
    if documents.faults(found):
        raise FlowInvalid(found)
    now = SystemClock().now()
    await tables.publish(conn, principal.tenant_id, code, new, note, principal.person_id, now)
    await outbox.put(conn, FlowPublished(at=now, tenant_id=principal.tenant_id, code=code, version=last + 1))
    return last + 1


async def delete(conn: Connection, principal: Principal, code: str) -> None:
    """Delete it with its versions and figures. Raises `UnknownFlow`, `FlowShipped`, `FlowInUse`."""
    row = await tables.flow(conn, principal.tenant_id, code, lock=True)
    if row is None:
        raise FlowShipped() if code in documents.shipped() else UnknownFlow()
    numbers = (await tables.numbers_by_flow(conn, principal.tenant_id)).get(code, [])
    others = [
        other["code"]
        for other in await tables.published(conn, principal.tenant_id)
        if other["code"] != code and code in documents.walked_within(other["document"])
    ]
    if numbers or others:
        raise FlowInUse(numbers=numbers, flows=others)
    await tables.delete(conn, principal.tenant_id, code)
    if row["published"] is not None:
        fact = FlowPublished(at=SystemClock().now(), tenant_id=principal.tenant_id, code=code, version=None)
        await outbox.put(conn, fact)
    await audit(conn, principal, "flow.deleted", f"flow/{code}", {})


async def versions(conn: Connection, principal: Principal, code: str) -> list[dict[str, Any]]:
    """Return the newest first, and at the end the one that ships with the program. Raises `UnknownFlow`."""
    row, shipped = await tables.flow(conn, principal.tenant_id, code), documents.shipped().get(code)
    if row is None and shipped is None:
        raise UnknownFlow()
    current = row["published"] if row is not None else None
    found = [dict(each) for each in await tables.versions(conn, principal.tenant_id, code)]
    if shipped is not None:
        found.append({name: value for name, value in _shipped_version(shipped).items() if name != "document"})
        current = current or shipped["version"]
    return [{**each, "current": each["version"] == current} for each in found]


async def version(conn: Connection, principal: Principal, code: str, number: int) -> dict[str, Any]:
    """Raises `UnknownFlow`, `NoSuchFlowVersion`."""
    row, shipped = await tables.flow(conn, principal.tenant_id, code), documents.shipped().get(code)
    if row is None and shipped is None:
        raise UnknownFlow()
    current = row["published"] if row is not None else None
    found = await tables.version(conn, principal.tenant_id, code, number)
    shown = dict(found) if found is not None else None
    if shown is None and shipped is not None and shipped["version"] == number:
        shown, current = _shipped_version(shipped), current or number
    if shown is None:
        raise NoSuchFlowVersion()
    return {**shown, "current": number == current}


async def document(conn: Connection, principal: Principal, code: str, which: str) -> Mapping[str, Any]:
    """Return what a version says, or `draft`, or `published`. Raises `UnknownFlow`, `NoSuchFlowVersion`."""
    if which.isdecimal():
        found: Mapping[str, Any] = (await version(conn, principal, code, int(which)))["document"]
        return found
    row = await tables.flow(conn, principal.tenant_id, code)
    if row is None and code not in documents.shipped():
        raise UnknownFlow()
    if which == "draft":
        if row is None or row["draft"] is None:
            raise NoSuchFlowVersion()
        draft: Mapping[str, Any] = row["draft"]
        return draft
    current = await _published(conn, principal, code, row)
    if current is None:
        raise NoSuchFlowVersion()
    published: Mapping[str, Any] = current["document"]
    return published


async def compared(conn: Connection, principal: Principal, code: str, one: str, other: str) -> dict[str, Any]:
    """Return how two documents of a flow differ. Raises `UnknownFlow`, `NoSuchFlowVersion`."""
    return compare(await document(conn, principal, code, one), await document(conn, principal, code, other))


async def _own(conn: Connection, principal: Principal, code: str) -> Mapping[str, Any]:
    row = await tables.flow(conn, principal.tenant_id, code, lock=True)
    if row is None:
        raise FlowShipped() if code in documents.shipped() else UnknownFlow()
    return dict(row)
