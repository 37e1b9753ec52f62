"""One batch of rows, in one transaction: everything of it is kept or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from yuelai.customers import erased
from yuelai.customers.bulk import matching, write
from yuelai.customers.bulk.model import Incoming
from yuelai.customers.imports import repository
from yuelai.customers.imports.decide import Known, Outcome, Rules, claim, claims_of, decide
from yuelai.customers.imports.model import Rejection
from yuelai.customers.sealing import TenantKeys

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Run:
    """What does not change from batch to batch. `keys` are there when the file has id numbers; `opened` gives them
    when they are needed otherwise."""

    tenant: UUID
    import_id: UUID
    person: UUID | None
    rules: Rules
    class_: str | None
    keys: TenantKeys | None
    dry: bool
    opened: Callable[[Connection], Awaitable[TenantKeys]]

    def index(self, number: str) -> bytes:
        assert self.keys is not None
        return self.keys.index(number)


async def apply(conn: Connection, run: Run, rows: Sequence[Incoming | Rejection], position: int) -> Outcome:
    """Decide about the rows, write what they change unless the run is dry, and keep how far the file has come.

    `position` is in bytes of the file.
    """
    outcome = decide(rows, run.rules, await _known(conn, run, rows), run.index)
    assert len(outcome) == len(rows), "a row was lost"
    if not run.dry:
        await _write(conn, run, outcome)
    await repository.add_claims(conn, run.tenant, run.import_id, outcome.claims)
    await repository.add_errors(conn, run.tenant, run.import_id, [*outcome.rejected, *outcome.told])
    counts = {
        "created": len(outcome.create),
        "updated": len(outcome.change),
        "unchanged": outcome.unchanged,
        "skipped": outcome.skipped,
        "rejected": len(outcome.rejected),
    }
    await repository.advance(conn, run.tenant, run.import_id, counts, position)
    return outcome


async def _known(conn: Connection, run: Run, rows: Sequence[Incoming | Rejection]) -> Known:
    incoming = [row for row in rows if isinstance(row, Incoming)]
    matches = {}
    if run.rules.on_match != "add":
        wanted = list(dict.fromkeys(value for row in incoming for value in row.keys(run.rules.key)))
        matches = dict(await matching.match(conn, run.tenant, run.rules.key, wanted, run.keys))
    numbers = [row.no for row in incoming if row.no is not None]
    people = sorted({ids[0] for ids in matches.values() if len(ids) == 1})
    claims = [each for row in incoming for each in claims_of(row, run.rules)]
    claims += [claim("customer", id_.hex) for id_ in people]
    wants_customers = run.rules.on_match == "update"
    return Known(
        matches,
        await matching.current(conn, run.tenant, people, lock=not run.dry) if wants_customers else {},
        await matching.numbers_taken(conn, run.tenant, numbers) if numbers else set(),
        await repository.claimed(conn, run.import_id, claims) if claims else {},
        await erased.hits(conn, run.tenant, incoming, lambda: run.opened(conn)),
    )


async def _write(conn: Connection, run: Run, outcome: Outcome) -> None:
    created = await write.create(
        conn,
        run.tenant,
        outcome.create,
        keys=run.keys,
        action="imported",
        person=run.person,
        class_=run.class_,
    )
    changed = await write.change(conn, run.tenant, outcome.change, keys=run.keys, action="imported", person=run.person)
    kept: list[tuple[UUID, int, UUID, bool, str | None, str | None]] = [
        (customer, row.line, change, True, None, None) for row, customer, change in created
    ]
    kept += [
        (each.customer_id, each.line, change, False, _text(before), _text(after))
        for each, change, before, after in changed
    ]
    await repository.add_changes(conn, run.tenant, run.import_id, kept)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
