"""Who may be the same as somebody, and why we think so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from yuelai.customers import service as customers
from yuelai.customers.record.claim import look

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

SCORES: Final = {
    "same_id_number": 90,
    "same_wechat": 60,
    "same_phone": 50,
    "same_email": 50,
    "same_account": 50,
    "same_name_birth": 40,
    "same_name": 20,
    "same_address": 20,
}
"""How much each reason says, of 100. They add up: one number is shared by many a family, one number and one name is
hardly two people."""

MOST = 20
_EACH = 50

# Whatever they know each other by, each reason by an index; both sides with those merged into them. A name alone says
# nothing among ten million, so it only counts for those who are found otherwise, or whose year of birth is the same.
_FIND = f"""
    WITH mine AS (
        SELECT i.kind, i.value FROM customer_identities i
        WHERE i.customer_id = ANY($2) AND i.role = 'owner' AND i.kind IN ('phone', 'email', 'wechat', 'account')
    ), hits AS (
        (SELECT f.customer_id, 'same_' || f.kind AS reason
         FROM mine JOIN customer_identities f ON f.tenant_id = $1 AND f.kind = mine.kind AND f.value = mine.value
         WHERE f.role = 'owner' AND f.customer_id <> ALL($2) LIMIT {_EACH * 4})
        UNION ALL
        (SELECT c.id, 'same_id_number' FROM customers me JOIN customers c
            ON c.tenant_id = $1 AND c.id_number_index = me.id_number_index
         WHERE me.id = ANY($2) AND c.id <> ALL($2) LIMIT {_EACH})
        UNION ALL
        (SELECT c.id, 'same_name_birth' FROM customers me JOIN customers c
            ON c.tenant_id = $1 AND c.name = me.name AND c.birth_year = me.birth_year AND c.kind = me.kind
         WHERE me.id = $2[1] AND c.id <> ALL($2) LIMIT {_EACH})
    ), found AS (
        SELECT DISTINCT coalesce(d.merged_into, d.id) AS id, h.reason
        FROM hits h JOIN customers d ON d.id = h.customer_id
    ), known AS (SELECT DISTINCT id FROM found)
    SELECT id, reason FROM found
    UNION
    SELECT k.id, 'same_name' FROM known k JOIN customers c ON c.id = k.id JOIN customers me ON me.id = $2[1]
    WHERE c.name = me.name AND NOT EXISTS (SELECT FROM found f WHERE f.id = k.id AND f.reason = 'same_name_birth')
    UNION
    SELECT k.id, 'same_address' FROM known k JOIN customer_addresses a ON a.customer_id = k.id
    JOIN customer_addresses mine ON mine.customer_id = ANY($2) AND mine.text = a.text
"""  # noqa: S608


async def duplicates(conn: Connection, tenant_id: UUID, customer_id: UUID) -> list[dict[str, Any]]:
    """Return `{card, score, reasons}`, the most alike first. Raises `UnknownCustomer`, `Erased`."""
    family = await look(conn, tenant_id, customer_id)
    reasons: dict[UUID, set[str]] = {}
    for row in await conn.fetch(_FIND, tenant_id, family):
        reasons.setdefault(row["id"], set()).add(row["reason"])
    scored = sorted(((min(100, sum(map(SCORES.__getitem__, why))), id_) for id_, why in reasons.items()), reverse=True)
    cards = await customers.cards_of(conn, tenant_id, [id_ for _, id_ in scored[:MOST]])
    return [
        {
            "card": cards[id_],
            "score": score,
            "reasons": sorted(reasons[id_], key=lambda reason: (-SCORES[reason], reason)),
        }
        for score, id_ in scored[:MOST]
        if id_ in cards
    ]
