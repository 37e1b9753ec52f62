"""What the sample's queues are set to, when they are open, and what contacts can have been about: each queue shows
something else that queues can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.entrypoints.sample import organisation
from yuelai.entrypoints.sample.people import PEOPLE, QUEUES, person_id, queue_id
from yuelai.platform.ids import SAMPLE_TENANT, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_DAY, _OFFICE, _SATURDAY = [["00:00", "24:00"]], [["09:00", "12:00"], ["13:30", "18:00"]], [["09:00", "12:00"]]
ALWAYS, OFFICE = (UUID(f"01900000-0000-7000-8000-{3_200_000 + n:012d}") for n in range(2))

# id, code, name, name in English, hours from Monday on, whose holidays
CALENDARS: tuple[tuple[UUID, str, str, str, list[Any], str], ...] = (
    (ALWAYS, "always", "全天服务", "Around the clock", [_DAY] * 7, ""),
    (OFFICE, "office", "营业时间", "Office hours", [*[_OFFICE] * 5, _SATURDAY, []], "CN"),
)

_BUSINESS, _FAULT, _COMPLAINT, _ENGLISH = (skill[0] for skill in organisation.SKILLS)


@dataclass(frozen=True)
class Sample:
    """Besides what is as usual. `skills` are rows of `queue_skills`: skill, required, level, relax_after, relax_to;
    `members` the numbers of the agents, with their places where the order counts."""

    strategy: str = "longest_idle"
    wrapup_seconds: int = 30
    prefer_seconds: int = 8
    extend_seconds: int = 300
    target_seconds: int = 20
    target_share: float = 0.8
    calendar_id: UUID = ALWAYS
    overflows: Sequence[Mapping[str, Any]] = ()
    treatment: Mapping[str, Any] = field(default_factory=dict)
    skills: Sequence[tuple[UUID, bool, int, int | None, int]] = ()
    members: Mapping[int, int] = field(default_factory=lambda: dict.fromkeys(range(1, 21), 100))


def _rule(when: str, to: str, limit: float = 0, target: str = "") -> dict[str, Any]:
    return {"when": when, "to": to, "limit": limit, "target": target}


SETTINGS: Mapping[str, Sample] = {
    # For everybody, day and night; after a minute a call back is offered.
    "general": Sample(
        overflows=(_rule("length", "message", 200, "queue_full"), _rule("wait", "voicemail", 900)),
    ),
    # Who can mend it, the best left for what is difficult; after a quarter of a minute anybody.
    "fault": Sample(
        strategy="least_skilled_sufficient",
        wrapup_seconds=45,
        skills=((_FAULT, True, 2, 15, 0),),
        overflows=(_rule("wait", "queue", 60, "general"), _rule("wait", "site", 90)),
    ),
    # The best first, and whoever has the matter in hand for a whole minute.
    "complaint": Sample(
        strategy="most_skilled",
        wrapup_seconds=60,
        prefer_seconds=60,
        extend_seconds=600,
        target_seconds=15,
        target_share=0.9,
        skills=((_COMPLAINT, False, 3, 20, 0),),
        treatment={"voicemail_after": 120, "comfort": ["call_matters"]},
    ),
    # In office hours only; else a message is taken.
    "business": Sample(
        strategy="least_occupied",
        calendar_id=OFFICE,
        overflows=(_rule("closed", "voicemail"), _rule("nobody", "queue", target="general")),
        members=dict.fromkeys(range(11, 21), 100),
    ),
    # The account managers in their order, with their number said.
    "vip": Sample(
        strategy="fixed_order",
        prefer_seconds=20,
        target_seconds=10,
        target_share=0.95,
        overflows=(_rule("nobody", "queue", target="general"), _rule("wait", "queue", 30, "general")),
        treatment={"agent_number": True, "callback_after": 30, "estimate": False},
        members={2: 1, 3: 2, 5: 3, 8: 4},
    ),
    # Preferred for good English, and after a while for any.
    "english": Sample(
        strategy="round_robin",
        skills=((_ENGLISH, False, 3, 25, 0),),
        overflows=(_rule("wait", "queue", 45, "general"),),
        members=dict.fromkeys((1, 2, 4, 6, 12), 100),
    ),
}

# code, name, name in English, needs a note, those below: code, name, name in English, needs a note, only in this queue
_Below = tuple[str, str, str, bool, str | None]
DISPOSITIONS: tuple[tuple[str, str, str, bool, tuple[_Below, ...]], ...] = (
    ("inquiry", "业务咨询", "Inquiry", False, (
        ("inquiry_plan", "套餐资费", "Plans and prices", False, None),
        ("inquiry_coverage", "网络覆盖", "Coverage", False, None),
    )),
    ("billing", "账单费用", "Billing", False, (
        ("billing_explained", "已解释账单", "Bill explained", False, None),
        ("billing_dispute", "费用争议", "Disputed charge", True, None),
        ("billing_refund", "申请退费", "Refund asked for", True, None),
    )),
    ("fault", "故障申告", "Fault", False, (
        ("fault_line", "线路中断", "Line down", False, None),
        ("fault_slow", "网速慢", "Slow connection", False, None),
        ("fault_equipment", "设备问题", "Equipment", False, None),
    )),
    ("complaint", "投诉", "Complaint", False, (
        ("complaint_service", "服务态度", "Service", True, None),
        ("complaint_escalated", "升级处理", "Escalated", True, "complaint"),
    )),
    ("business", "业务办理", "Transaction", False, (
        ("business_plan", "变更套餐", "Plan changed", False, None),
        ("business_install", "新装移机", "Installation or move", False, None),
    )),
    ("followup", "需要跟进", "Follow-up", False, ()),
    ("wrong_number", "拨错号码", "Wrong number", False, ()),
    ("other", "其他", "Other", True, ()),
)  # fmt: skip


def disposition_id(code: str, tenant: int = 0) -> UUID:
    """Return the fixed id of a sample disposition."""
    codes = [code for top in DISPOSITIONS for code in (top[0], *(below[0] for below in top[4]))]
    return UUID(f"01900000-0000-7000-8000-{3_300_000 + 1000 * tenant + codes.index(code):012d}")


async def load(conn: Connection, today: date) -> None:
    """Add what is missing; what is there already stays as it is."""
    await _add_calendars(conn, today)
    await _add_queues(conn)
    await add_dispositions(conn, SAMPLE_TENANT, DISPOSITIONS)


async def _add_calendars(conn: Connection, today: date) -> None:
    await conn.executemany(
        """
        INSERT INTO calendars (id, tenant_id, code, name, name_en, weekly, country) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING
        """,
        [(id_, SAMPLE_TENANT, code, name, english, week, land) for id_, code, name, english, week, land in CALENDARS],
    )
    await conn.execute(
        """
        INSERT INTO calendar_days (tenant_id, calendar_id, date, kind, spans, name, name_en)
        VALUES ($1, $2, $3, 'hours', $4, '年终盘点', 'Stocktaking') ON CONFLICT DO NOTHING
        """,
        SAMPLE_TENANT,
        OFFICE,
        date(today.year, 12, 31),
        _SATURDAY,
    )


async def _add_queues(conn: Connection) -> None:
    known = {row["id"] for row in await conn.fetch("SELECT id FROM queues WHERE tenant_id = $1", SAMPLE_TENANT)}
    for code, name, english, priority in QUEUES:
        if (id_ := queue_id(code)) not in known:
            await _add_queue(conn, id_, (code, name, english, priority), SETTINGS[code])
    await _add_members(conn)


async def _add_queue(conn: Connection, id_: UUID, named: tuple[str, str, str, int], sample: Sample) -> None:
    await conn.execute(
        """
        INSERT INTO queues (id, tenant_id, code, name, name_en, priority, strategy, wrapup_seconds, prefer_seconds,
            extend_seconds, target_seconds, target_share, calendar_id, overflows, treatment)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        id_,
        SAMPLE_TENANT,
        *named,
        *(sample.strategy, sample.wrapup_seconds, sample.prefer_seconds, sample.extend_seconds),
        *(sample.target_seconds, sample.target_share, sample.calendar_id),
        list(sample.overflows),
        dict(sample.treatment),
    )
    await conn.executemany(
        """
        INSERT INTO queue_skills (queue_id, tenant_id, position, skill_id, required, level, relax_after, relax_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        [(id_, SAMPLE_TENANT, place, *skill) for place, skill in enumerate(sample.skills)],
    )


async def _add_members(conn: Connection) -> None:
    agents = [username for username, _, _, role in PEOPLE if role == "agent"]
    await conn.executemany(
        """
        INSERT INTO queue_members (queue_id, tenant_id, person_id, level, position) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT DO NOTHING
        """,
        [
            (queue_id(code), SAMPLE_TENANT, person_id(agents[number - 1]), place)
            for code, sample in SETTINGS.items()
            for number, place in sample.members.items()
        ],
    )


async def add_dispositions(
    conn: Connection, tenant: TenantId, tree: Sequence[tuple[str, str, str, bool, tuple[_Below, ...]]], place: int = 0
) -> None:
    """Give a tenant its dispositions if it has none; `place` sets the ids of the tenants apart."""
    if await conn.fetchval("SELECT EXISTS (SELECT FROM dispositions WHERE tenant_id = $1)", tenant):
        return
    rows = list[tuple[Any, ...]]()
    only = list[tuple[Any, ...]]()
    for order, (code, name, english, note, below) in enumerate(tree, 1):
        above = disposition_id(code, place)
        rows.append((above, tenant, code, name, english, None, order * 10, note))
        for nth, (code_, name_, english_, note_, queue) in enumerate(below, 1):
            id_ = disposition_id(code_, place)
            rows.append((id_, tenant, code_, name_, english_, above, nth * 10, note_))
            if queue is not None:
                only.append((tenant, id_, queue_id(queue)))
    await conn.executemany(
        """
        INSERT INTO dispositions (id, tenant_id, code, name, name_en, parent_id, position, needs_note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        rows,
    )
    await conn.executemany(
        "INSERT INTO disposition_queues (tenant_id, disposition_id, queue_id) VALUES ($1, $2, $3)", only
    )
