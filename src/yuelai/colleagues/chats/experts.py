"""An expert is asked about a contact: they may read its page, and question and answers stand in its trail.

What stands in the trail is tried once: while core is away, or once the contact is over, the chat alone has it.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.colleagues import repository as people
from yuelai.colleagues.chats import service
from yuelai.colleagues.chats.schemas import NewQuestion
from yuelai.identity.model import Principal
from yuelai.interactions import sharing, trail
from yuelai.interactions.taking_part import Part
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import PersonId
from yuelai.platform.ipc import IpcClient

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

SHARED = timedelta(days=30)
"""How long who was asked may read the contact's page."""


async def ask(
    conn: Connection, principal: Principal, part: Part, body: NewQuestion
) -> tuple[dict[str, Any], list[str]]:
    """Return the chat, and what the experts are called. Raises `NoSuchColleague`."""
    wanted = await service.colleagues(conn, principal, body.people)
    written = await service.ask(
        conn, principal, part.interaction_id, part.trail_no, body.people, body.asked_as, body.question
    )
    until = SystemClock().now() + SHARED
    await sharing.share(conn, principal.tenant_id, part.interaction_id, body.people, principal.person_id, until)
    return written.chat, [row["number"] or row["name"] for row in wanted]


async def noted(
    client: IpcClient, principal: Principal, interaction_id: UUID, chat: dict[str, Any], names: list[str], question: str
) -> None:
    """The question stands in the trail."""
    data = {"chat": str(chat["id"]), "expert": ", ".join(names)[: trail.LONGEST_PART]}
    if chat["asked_as"]:
        data["skill"] = chat["asked_as"]
    with contextlib.suppress(Refusal):
        await trail.note(client, principal, interaction_id, "expert_asked", data, question)


async def asker_to_answer(conn: Connection, principal: Principal, chat: dict[str, Any]) -> Principal | None:
    """Return in whose name the message is an answer: who has asked; None when it is none."""
    if chat["kind"] != "expert" or chat["asked_by"] == principal.person_id:
        return None
    rows = await people.known(conn, principal.tenant_id, [chat["asked_by"]])
    if not rows:
        return None
    (row,) = rows
    return Principal(
        person_id=PersonId(row["id"]),
        tenant_id=principal.tenant_id,
        username=row["username"],
        name=row["name"],
        number=row["number"],
        roles=frozenset(),
        permissions=frozenset(),
    )


async def answered(client: IpcClient, asker: Principal, expert: Principal, chat: dict[str, Any], answer: str) -> None:
    """The answer stands in the trail."""
    data = {"chat": str(chat["id"]), "expert": expert.number or expert.name}
    with contextlib.suppress(Refusal):
        await trail.note(client, asker, chat["interaction_id"], "expert_answered", data, answer)
