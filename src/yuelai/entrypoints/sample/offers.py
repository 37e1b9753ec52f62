"""The sample's offers: whose contract ends, whose plan is too small or too large, who has no broadband yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from datetime import date

    from yuelai.platform.db import Connection


def _if(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


def _all(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"match": "all", "conditions": list(conditions)}


_MOBILE = ["mobile-29", "mobile-59", "mobile-99", "mobile-129", "mobile-199"]
_BROADBAND = ["broadband-200", "broadband-500", "broadband-1000"]

# Code, name, name in English, what is said in Chinese and English, priority, rule, days again and refused, business
OFFERS: tuple[tuple[str, str, str, str, str, int, dict[str, Any], int, int, str | None], ...] = (
    (
        "vip-upgrade",
        "VIP 专属 5G 全家套餐",
        "Family 5G plan for VIPs",
        "{customer.honorific|您好}，您是我们的贵宾客户，全家套餐首年月费八折，家人共享 200G 流量，您看需要了解吗？",
        "{customer.honorific|Hello}, as our VIP you have the family plan at 20% off for a year, with 200 GB for all of "
        "you. Would you like to hear more?",
        300,
        _all(_if("class", "in", ["vip"]), _if("products", "has_none", ["mobile-199"])),
        60,
        180,
        "plan_change",
    ),
    (
        "loyal-gift",
        "老客户续约礼",
        "Renewal gift for loyal customers",
        "{customer.honorific|您好}，您在网已有 {customer.years|多} 年，现在续约两年，送您三个月月费，可以为您办理吗？",
        "{customer.honorific|Hello}, you have been with us for {customer.years|many} years. Renew for two more and "
        "three months are free. Shall I arrange it?",
        200,
        _all(
            _if("class", "in", ["gold", "silver"]),
            {"match": "any", "conditions": [_if("months", "at_least", 36), _if("tags", "has_any", ["老客户"])]},
        ),
        60,
        180,
        "plan_change",
    ),
    (
        "bigger-plan",
        "流量升档",
        "A plan with more data",
        "{customer.honorific|您好}，您最近的账单多了 {bill.difference|一些}。升一档套餐反而更省，要不要帮您算一算？",
        "{customer.honorific|Hello}, your last bill was {bill.difference|somewhat} above the usual. The next plan up "
        "would cost you less. Shall I work it out?",
        150,
        _all(_if("products", "has_any", _MOBILE[:3]), _if("bill_rise", "at_least", 20)),
        30,
        90,
        "plan_change",
    ),
    (
        "broadband",
        "手机用户宽带优惠",
        "Broadband for mobile customers",
        "{customer.honorific|您好}，您的手机套餐可以加装家庭宽带，前六个月半价，免安装费，需要帮您查一下能不能装吗？",
        "{customer.honorific|Hello}, with your mobile plan you can have broadband at half price for six months, with "
        "free installation. Shall I see whether it is available at your address?",
        100,
        _all(
            _if("kind", "in", ["person"]),
            _if("products", "has_any", _MOBILE),
            _if("products", "has_none", _BROADBAND),
        ),
        30,
        90,
        "install",
    ),
)


def offer_id(place: int) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{3_600_000 + place:012d}")


async def load(conn: Connection, today: date) -> None:
    """Add them while there are none at all."""
    if await conn.fetchval("SELECT EXISTS (SELECT FROM offers WHERE tenant_id = $1)", SAMPLE_TENANT):
        return
    at = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=30)
    await conn.executemany(
        "INSERT INTO offers (id, tenant_id, changed_at, code, name, name_en, text, text_en, priority, rule, "
        "again_days, refused_days, business) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [(offer_id(place), SAMPLE_TENANT, at, *offer) for place, offer in enumerate(OFFERS)],
    )
