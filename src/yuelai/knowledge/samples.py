"""Made-up contacts that editors try their work on, so that writing a script needs no customer's data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from yuelai.knowledge.model import Contact, Customer, Past

_ID = UUID(int=0)


def _bills(now: datetime, *totals: int) -> tuple[tuple[date, int], ...]:
    months = (now.year * 12 + now.month - 2 - back for back in range(len(totals)))
    return tuple((date(each // 12, each % 12 + 1, 1), total) for each, total in zip(months, totals, strict=True))


def samples(now: datetime) -> Mapping[str, Contact]:
    """Return contacts by name: a usual customer of long standing, an important one, and one nobody knows yet."""
    fault = Past(now - timedelta(days=2), "fault", "fault_line", ("宽带掉线", "broadband that kept dropping"))
    gold = Customer(
        (_ID,),
        "王芳",
        ("王女士", "Ms Wang"),
        class_="gold",
        tags=("老客户",),
        products=("mobile-129", "broadband-1000"),
        product_names=("5G 尊享 129 元套餐", "家庭宽带 1000M"),
        months=109,
        balance_minor=8640,
        bills=_bills(now, 21860, 15900, 15900),
        marketing=True,
        past=(fault,),
    )
    vip = Customer(
        (_ID,),
        "陈国华",
        ("陈先生", "Mr Chen"),
        class_="vip",
        tags=("政企",),
        products=("mobile-199",),
        product_names=("5G 全家 199 元套餐",),
        months=60,
        balance_minor=120000,
        bills=_bills(now, 98000, 98000),
        complaint=True,
        past=(fault, fault),
    )
    agent = ("8001", "张伟")
    general, important = ("综合服务", "General"), ("贵宾服务", "VIP")
    keys, choices = ("2", "1"), ("账单",)
    return {
        "gold": Contact(
            _ID, "talk", "voice", "general", general, "one", keys, choices, _ID, gold, agent=agent, now=now
        ),
        "vip": Contact(_ID, "talk", "voice", "vip", important, "one", (), (), _ID, vip, agent=agent, now=now),
        "new": Contact(_ID, "talk", "voice", "general", general, "new", agent=agent, now=now),
    }
