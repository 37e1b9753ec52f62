"""What tells customers apart, and whether an answer fits. The caller opens the transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from yuelai.customers.apart import repository
from yuelai.customers.apart.model import LAST_DIGITS, Facts
from yuelai.customers.errors import KeysMissing
from yuelai.customers.phones import normalise
from yuelai.customers.sealing import TenantKeys, Vault

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

Compared = Literal["road", "id_number"]


@dataclass(frozen=True)
class Fit:
    """`matching` gave the right answer; of `unknown` ones nothing is on record to compare with."""

    matching: list[UUID]
    unknown: list[UUID]


async def facts(
    conn: Connection, tenant_id: UUID, ids: Sequence[UUID], number: str, vault: Vault
) -> list[tuple[Facts, list[UUID]]]:
    """Return the facts of those who exist, in the order given, each with all ids they are known under."""
    rows = await repository.facts(conn, tenant_id, ids, normalise(number))
    try:
        keys = await vault.keys(conn, tenant_id) if any(row["id_number_sealed"] for row in rows) else None
    except KeysMissing:
        keys = None  # one question fewer
    return [
        (
            Facts(
                id=row["id"],
                name=row["name"],
                kind=row["kind"],
                role=row["role"],
                label=row["label"],
                products=row["products"],
                addresses=row["addresses"],
                last=_last(keys, row["id"], row["id_number_sealed"]),
            ),
            list(row["ids"]),
        )
        for row in rows
    ]


def _last(keys: TenantKeys | None, id_: UUID, sealed: bytes | None) -> str | None:
    if keys is None or sealed is None:
        return None
    try:
        return keys.open(id_, sealed)[-LAST_DIGITS:]
    except KeysMissing:
        return None


def fit(candidates: Sequence[Facts], kind: Compared, answer: str) -> Fit:
    """Compare what the caller said with what is on record."""
    said = "".join(unicodedata.normalize("NFKC", answer).split()).upper()
    matching, unknown = [], []
    for one in candidates:
        if kind == "id_number":
            known, right = one.last is not None, one.last == said
        else:
            known, right = bool(one.addresses), any(said in _plain(text) for text in one.addresses)
        if not known:
            unknown.append(one.id)
        elif right:
            matching.append(one.id)
    return Fit(matching, unknown)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
