"""What the special customers called about in the last three months, so that their pages have a story to tell.

Nothing is of the last week: who served a customer that lately is asked first when they call again.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from yuelai.entrypoints.sample.generate import SEED, Generator
from yuelai.entrypoints.sample.people import person_id, queue_id
from yuelai.interactions import past
from yuelai.interactions.past import PastContact
from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_AGENT = ("0", "人工服务")
_BALANCE = ("1", "余额和账单")
_FAULT = ("2", "故障报修")
_COMPLAINT = ("3", "投诉")

# who (place among the special ones), days ago, time in Beijing, key, queue, agent (0: nobody), seconds of waiting and
# talking, disposition, note
_Story = tuple[int, int, str, tuple[str, str], str | None, int, int, int, str | None, str]
STORIES: Final[tuple[_Story, ...]] = (
    (0, 9, "19:42", _FAULT, "fault", 1, 18, 381, "fault_line", "宽带反复掉线，已派单，师傅上门后回访"),
    (0, 11, "08:15", _FAULT, "fault", 14, 41, 254, "fault_slow", "重启光猫后恢复，仍偏慢"),
    (0, 26, "20:30", _BALANCE, None, 0, 0, 0, None, ""),
    (0, 33, "12:06", _AGENT, "general", 5, 7, 196, "billing_explained", "解释 9 月账单的套餐外通话"),
    (0, 52, "09:51", _AGENT, "general", 0, 74, 0, None, ""),
    (0, 53, "10:20", _AGENT, "business", 3, 12, 447, "business_plan", "咨询 5G 套餐升级，考虑后再定"),
    (0, 81, "15:37", _AGENT, "general", 8, 5, 122, "inquiry_coverage", ""),
    (1, 10, "10:02", _BALANCE, "general", 6, 22, 233, "billing_dispute", "流量包重复扣费，已登记核查"),
    (1, 38, "18:25", _AGENT, "general", 11, 9, 140, "inquiry_plan", ""),
    (2, 45, "21:10", _BALANCE, None, 0, 0, 0, None, ""),
    (3, 8, "09:12", _AGENT, "vip", 2, 3, 512, "followup", "续约方案已发邮件，下周联系"),
    (3, 20, "16:40", _COMPLAINT, "complaint", 2, 6, 655, "complaint_escalated", "上门时间两次更改，已致歉并升级"),
    (3, 31, "11:05", _AGENT, "vip", 2, 4, 301, "business_install", "江南春晓加装第二条宽带"),
    (3, 64, "14:18", _FAULT, "fault", 9, 15, 288, "fault_equipment", "更换机顶盒"),
    (3, 88, "17:55", _AGENT, "vip", 2, 2, 176, "inquiry_plan", ""),
)  # fmt: skip

_BEIJING = timedelta(hours=8)


async def load(conn: Connection, today: date) -> None:
    """Add them; those that are there already stay as they are."""
    await past.put(conn, SAMPLE_TENANT, contacts(today))


def contacts(today: date) -> list[PastContact]:
    """Return them as of a day, the same ones each time."""
    rng = random.Random(SEED + 3)  # noqa: S311
    special = Generator(today).special()
    return [
        _contact(rng, special[story[0]].id, _phone(special[story[0]].identities), today, story) for story in STORIES
    ]


def _contact(rng: random.Random, customer: UUID, ani: str, today: date, story: _Story) -> PastContact:
    _, days, time, choice, queue, agent, wait, talk, disposition, note = story
    hour, minute = (int(part) for part in time.split(":"))
    local = datetime(today.year, today.month, today.day, hour, minute, rng.randrange(60), tzinfo=UTC)
    at = local - timedelta(days=days) - _BEIJING
    value = int(at.timestamp() * 1000) << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    return PastContact(
        UUID(int=value),
        f"T{local - timedelta(days=days):%m%d}-{rng.randrange(1, 900):05d}",
        customer,
        ani,
        "10000",
        at,
        choice,
        queue_id(queue) if queue else None,
        person_id(f"agent{agent:02d}") if agent else None,
        f"{8000 + agent}" if agent else "",
        wait,
        talk,
        rng.randint(8, 40) if agent else 0,
        disposition,
        note,
    )


def _phone(identities: list[tuple[str, str, str, str]]) -> str:
    return next(raw for kind, _, raw, _ in identities if kind == "phone")
