"""Who works in the sample centre, and the names of its queues. Everybody's password is `demo`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.entrypoints.sample import organisation
from yuelai.identity import passwords
from yuelai.identity.credentials import ha1
from yuelai.platform.ids import SAMPLE_TENANT, PersonId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

PASSWORD = "demo"  # noqa: S105
AGENTS = 20

_NAMES = [
    "林晓雨",
    "周建国",
    "吴佳怡",
    "郑浩然",
    "孙丽娟",
    "马志强",
    "朱雪梅",
    "胡俊杰",
    "郭思琪",
    "何立伟",
    "高雅静",
    "罗文博",
    "梁慧敏",
    "宋宇航",
    "唐婉清",
    "许子轩",
    "韩冬梅",
    "冯启明",
    "邓美玲",
    "曹一凡",
]

# code, name, name in English, waiting customers of a higher priority come first
QUEUES = (
    ("general", "综合服务", "General service", 0),
    ("fault", "故障申告", "Fault reports", 0),
    ("complaint", "投诉建议", "Complaints", 1),
    ("business", "业务办理", "Transactions", 0),
    ("vip", "贵宾专线", "VIP line", 3),
    ("english", "英语服务", "English service", 0),
)


def person_id(username: str) -> PersonId:
    """Return the fixed id of a sample person."""
    return PersonId(UUID(f"01900000-0000-7000-8000-{2_000_000 + _PEOPLE_ORDER[username]:012d}"))


def queue_id(code: str) -> UUID:
    """Return the fixed id of a sample queue."""
    return UUID(f"01900000-0000-7000-8000-{3_000_000 + [q[0] for q in QUEUES].index(code):012d}")


PEOPLE: tuple[tuple[str, str, str | None, str], ...] = (
    *((f"agent{n:02d}", _NAMES[n - 1], f"{8000 + n}", "agent") for n in range(1, AGENTS + 1)),
    ("leader01", "沈国平", "8101", "leader"),
    ("clerk01", "蒋文秀", None, "clerk"),
    ("qa01", "潘静", None, "qa"),
    ("planner01", "袁世杰", None, "planner"),
    ("editor01", "田心怡", None, "editor"),
    ("admin", "系统管理员", None, "admin"),
    ("leader02", "钱晓东", "8102", "leader"),
)
"""User name, name, work number, role."""

_PEOPLE_ORDER = {username: place for place, (username, _, _, _) in enumerate(PEOPLE)}


async def load(conn: Connection) -> None:
    """Add whoever is missing, with grants, places and phone passwords."""
    await organisation.load(conn)
    names = [username for username, _, _, _ in PEOPLE]
    known = {row["username"] for row in await conn.fetch("SELECT username FROM people WHERE username = ANY($1)", names)}
    missing = [person for person in PEOPLE if person[0] not in known]
    if missing:
        # One hash for all: 27 of them would cost more than the rest of the sample together.
        await _add(conn, missing, await passwords.hash_password(PASSWORD))
    await _add_number(conn)


async def _add(conn: Connection, missing: list[tuple[str, str, str | None, str]], encoded: str) -> None:
    await conn.executemany(
        "INSERT INTO people (id, username, name, number, password_hash) VALUES ($1, $2, $3, $4, $5)",
        [(person_id(username), username, name, number, encoded) for username, name, number, _ in missing],
    )
    await conn.executemany(
        "INSERT INTO grants (person_id, tenant_id, role, scope) VALUES ($1, $2, $3, $4)",
        [
            (person_id(username), SAMPLE_TENANT, role, {"kind": organisation.SCOPES.get(username, "tenant"), "ids": []})
            for username, _, _, role in missing
        ],
    )
    await organisation.place(conn, [(username, person_id(username)) for username, _, _, _ in missing])
    await conn.executemany(
        'INSERT INTO sip_credentials (username, person_id, "user", ha1_md5, ha1_sha256) VALUES ($1, $2, $1, $3, $4)',
        [(number, person_id(username), *ha1(number, PASSWORD)) for username, _, number, _ in missing if number],
    )


async def _add_number(conn: Connection) -> None:
    await conn.execute(
        "INSERT INTO access_numbers (number, tenant_id, flow) VALUES ('10000', $1, 'main') ON CONFLICT DO NOTHING",
        SAMPLE_TENANT,
    )
