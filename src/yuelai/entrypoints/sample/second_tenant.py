"""A second client of the centre, 东海电力, whose customers agent01 and agent02 serve besides the first one's.

Its customers bear compound surnames, which none of the first tenant's do: a name on a page tells whose data it is. One
of them shares the telephone 13800000001 with 王芳 of the first tenant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.entrypoints.sample import customers, people, places, queues
from yuelai.entrypoints.sample.generate import SEED, Customer, months_before, sample_uuid
from yuelai.identity import passwords
from yuelai.identity.credentials import ha1
from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

EAST = TenantId(UUID("01900000-0000-7000-8000-000000000002"))
CODE, NAME, NUMBER = "east", "东海电力", "10020"
QUEUE = UUID("01900000-0000-7000-8000-000003100001")
LEADER = PersonId(UUID("01900000-0000-7000-8000-000002100001"))
AGENTS = ("agent01", "agent02")
SHARED_PHONE, SHARED_NAME = "13800000001", "欧阳国华"
COUNT = 200
SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "端木")
DISPOSITIONS = (
    ("inquiry", "用电咨询", "Inquiry", False, ()),
    ("billing", "电费账单", "Electricity bill", False, ()),
    ("fault", "停电报修", "Power failure", False, ()),
    ("complaint", "投诉", "Complaint", False, ()),
    ("business", "业扩报装", "New connection", False, ()),
    ("followup", "需要跟进", "Follow-up", False, ()),
    ("other", "其他", "Other", True, ()),
)
_FIRST_PLACE = 50_000_000
"""In the order of the sample's ids, far behind the first tenant's."""


async def load(conn: Connection, today: date) -> None:
    """Add what is missing."""
    await conn.execute(
        "INSERT INTO tenants (id, code, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", EAST, CODE, NAME
    )
    await _add_people(conn)
    await conn.execute(
        """
        INSERT INTO queues (id, tenant_id, code, name, name_en, ring_seconds, wrapup_seconds)
        VALUES ($1, $2, 'power', '供电服务', 'Power supply', 20, 30) ON CONFLICT DO NOTHING
        """,
        QUEUE,
        EAST,
    )
    await conn.executemany(
        "INSERT INTO queue_members (queue_id, tenant_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(QUEUE, EAST, people.person_id(username)) for username in AGENTS],
    )
    await conn.execute(
        "INSERT INTO access_numbers (number, tenant_id, flow) VALUES ($1, $2, 'east') ON CONFLICT DO NOTHING",
        NUMBER,
        EAST,
    )
    await queues.add_dispositions(conn, EAST, DISPOSITIONS, 1)
    if not await conn.fetchval("SELECT EXISTS (SELECT FROM customers WHERE tenant_id = $1)", EAST):
        await customers.put(conn, EAST, list(_customers(today)))


async def _add_people(conn: Connection) -> None:
    if not await conn.fetchval("SELECT EXISTS (SELECT FROM people WHERE id = $1)", LEADER):
        await conn.execute(
            "INSERT INTO people (id, username, name, number, password_hash) VALUES ($1, $2, $3, $4, $5)",
            LEADER,
            "eastleader",
            "江海燕",
            "8201",
            await passwords.hash_password(people.PASSWORD),
        )
        await conn.execute(
            'INSERT INTO sip_credentials (username, person_id, "user", ha1_md5, ha1_sha256) '
            "VALUES ($1, $2, $1, $3, $4)",
            "8201",
            LEADER,
            *ha1("8201", people.PASSWORD),
        )
    await conn.executemany(
        "INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(LEADER, EAST, "leader"), *((people.person_id(username), EAST, "agent") for username in AGENTS)],
    )


def _customers(today: date) -> Iterator[Customer]:
    rng = random.Random(SEED + 1)  # noqa: S311
    taken = {SHARED_NAME}
    ids = (sample_uuid(rng, place) for place in range(_FIRST_PLACE, _FIRST_PLACE + COUNT * 10))
    for number in range(COUNT):
        name, phone = (SHARED_NAME, SHARED_PHONE) if number == 0 else _somebody(rng, taken, number)
        address = f"浙江省舟山市定海区{rng.choice(places.STREETS)} {rng.randint(1, 399)} 号"
        since = date(2012, 1, 1) + timedelta(days=rng.randrange(4000))
        customer = Customer(next(ids), name, "person", None, rng.randint(1950, 2005), "normal", address, since)
        customer.add_phone(phone)
        account = next(ids)
        customer.accounts.append((account, f"E{number + 1:08d}", "postpaid", rng.randrange(0, 20_000)))
        customer.products.append((next(ids), account, "POWER", "居民生活用电", None, 0, since))
        for month in months_before(today, 3):
            amount = rng.randrange(3_000, 40_000)
            lines = [{"label": "电费", "amount_minor": amount}]
            due = (month + timedelta(days=32)).replace(day=25)
            customer.bills.append((next(ids), account, month, amount, due, None, lines))
        yield customer


def _somebody(rng: random.Random, taken: set[str], number: int) -> tuple[str, str]:
    while True:
        name = rng.choice(SURNAMES) + rng.choice(places.MALE) + rng.choice(places.FEMALE)
        if name not in taken:
            taken.add(name)
            return name, f"1377{number:07d}"
