"""What makes the sample's customers more than a name and a number: tags, relations, consents, custom fields.

Drawn from a seed of its own, so that whoever is generated stays who they are.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from yuelai.customers.idnumbers import check_character
from yuelai.entrypoints.sample import places
from yuelai.entrypoints.sample.generate import SEED, Customer
from yuelai.platform.ids import TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

TAGS: Final = {
    "老客户": "gold",
    "高流量": "blue",
    "投诉过": "red",
    "校园": "green",
    "欠费提醒": "orange",
    "政企": "purple",
}
"""The tenant's tags and their colours."""

FIELDS: Final[tuple[tuple[str, str, str, str, list[str], int], ...]] = (
    ("contract_end", "合约到期", "Contract ends", "date", [], 1),
    ("language", "偏好语言", "Preferred language", "choice", ["普通话", "粤语", "四川话", "English"], 2),
    ("devices", "在网设备数", "Devices online", "number", [], 3),
    ("paperless", "电子账单", "Paperless bill", "bool", [], 4),
)
"""Custom fields: code, name, name in English, type, choices, position."""

_CHANNELS = ("phone", "sms", "email", "wechat")
_MANAGERS = ("agent02", "agent03", "agent05", "agent08")
_NO_MARKETING = places.WARNINGS[2]


async def configure(conn: Connection, tenant_id: TenantId) -> None:
    """Add the tenant's tags and custom fields; what is there already stays."""
    await conn.executemany(
        "INSERT INTO customer_tags (tenant_id, tag, color) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(tenant_id, *each) for each in TAGS.items()],
    )
    await conn.executemany(
        "INSERT INTO customer_fields (tenant_id, code, name, name_en, type, choices, position) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        [(tenant_id, *each) for each in FIELDS],
    )


def adorn(everybody: Sequence[Customer], today: date) -> None:
    """Give customers what the generator leaves out. The first four are the special ones, in their order."""
    rng = random.Random(SEED + 1)  # noqa: S311
    for customer in everybody[4:]:
        _anybody(customer, rng, today)
    _families(everybody[4:], rng)
    wang, li_qiang, li_min, chen = everybody[:4]
    wang.tags = ["老客户", "高流量"]
    wang.add_identity("email", "wangfang@example.com")
    wang.add_identity("wechat", "wangfang_hz")
    wang.more_addresses = [("install", wang.address)]
    wang.custom = {"contract_end": (today + timedelta(days=45)).isoformat(), "language": "普通话", "devices": 4}
    wang.consents = [_consent("phone", "marketing", False, today), _consent("sms", "marketing", True, today)]
    wang.id_number = _id_number(rng, 1986)
    li_qiang.tags = ["老客户"]
    li_qiang.add_identity("email", "liqiang@example.com")
    li_qiang.relations = [(li_min.id, "child")]
    li_qiang.id_number = _id_number(rng, 1979)
    li_min.tags = ["校园"]
    li_min.custom = {"language": "English", "paperless": True}
    chen.tags = ["政企", "老客户"]
    chen.add_identity("email", "chenguohua@example.com")
    chen.consents = [_consent("phone", "service", True, today), _consent("phone", "survey", False, today)]
    chen.id_number = _id_number(rng, 1968)


def _anybody(customer: Customer, rng: random.Random, today: date) -> None:
    if rng.random() < 0.25:
        customer.tags = sorted(rng.sample(list(TAGS)[:5], rng.randint(1, 2)))
    if customer.kind == "company":
        customer.tags = sorted({*customer.tags, "政企"})
    if rng.random() < 0.4:
        end = today + timedelta(days=rng.randint(-200, 700))
        customer.custom = {"contract_end": end.isoformat(), "devices": rng.randint(1, 9)}
    if rng.random() < 0.2:
        customer.custom["language"] = rng.choice(("普通话", "普通话", "粤语", "四川话"))
    if _NO_MARKETING in customer.warnings:
        customer.consents = [_consent("phone", "marketing", False, today)]
    elif rng.random() < 0.2:
        customer.consents = [_consent(rng.choice(_CHANNELS), "marketing", rng.random() < 0.6, today)]
    if customer.class_ == "vip":
        customer.manager = rng.choice(_MANAGERS)
    if rng.random() < 0.1:
        customer.more_addresses = [("install", customer.address)]
    if customer.birth_year is not None and rng.random() < 0.05:
        customer.id_number = _id_number(rng, customer.birth_year)


def _families(everybody: Sequence[Customer], rng: random.Random) -> None:
    """Companies have somebody who speaks for them, some people a family; whoever was generated just before."""
    for before, customer in itertools.pairwise(everybody):
        if before.kind != "person":
            continue
        if customer.kind == "company":
            customer.relations = [(before.id, "contact")]
        elif rng.random() < 0.03 and before.birth_year and customer.birth_year:
            gap = before.birth_year - customer.birth_year
            kind = "parent" if gap <= -20 else "child" if gap >= 20 else "family"
            customer.relations = [(before.id, kind)]


def _consent(channel: str, purpose: str, allowed: bool, today: date) -> tuple[str, str, bool, datetime, str]:
    at = datetime(today.year, today.month, today.day, 3, tzinfo=UTC) - timedelta(days=30)
    return channel, purpose, allowed, at, "call"


def _id_number(rng: random.Random, birth_year: int) -> str:
    """A number in the form of GB 11643-1999, of a region that no real one begins with."""
    digits = f"990106{birth_year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randrange(1000):03d}"
    return digits + check_character(digits)


def relation_rows(everybody: Sequence[Customer]) -> list[tuple[UUID, UUID, str]]:
    return [(customer.id, other, kind) for customer in everybody for other, kind in customer.relations]


def consent_rows(everybody: Sequence[Customer]) -> list[tuple[Any, ...]]:
    return [(customer.id, *consent) for customer in everybody for consent in customer.consents]
