"""Lines of the service trail that other rooms add: a business opened, a script followed, an expert asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.interactions.errors import BadLine
from yuelai.platform.ipc import IpcClient

KINDS = frozenset(
    {
        "callback_booked",
        "business_opened",
        "business_submitted",
        "script_started",
        "script_step",
        "script_done",
        "offer_shown",
        "offer_result",
        "expert_asked",
        "expert_answered",
        "message_sent",
    }
)

MOST_PARTS = 12
LONGEST_PART = 200
LONGEST_TEXT = 4000

Data = Mapping[str, str | int]


def checked(kind: object, data: object, text: object) -> tuple[str, dict[str, str | int], str]:
    """Return the line as it may be written. Raises `BadLine`."""
    if kind not in KINDS:
        raise BadLine(f"{str(kind)[:40]!r} is no kind of line that may be added")
    if not isinstance(data, Mapping) or len(data) > MOST_PARTS:
        raise BadLine(f"a line has at most {MOST_PARTS} parts, by their names")
    for name, value in data.items():
        if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, str | int):
            raise BadLine("the parts of a line are texts and whole numbers")
        if len(name) > 40 or len(str(value)) > LONGEST_PART:
            raise BadLine(f"a part of a line has at most {LONGEST_PART} characters")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise BadLine(f"the words of a line are at most {LONGEST_TEXT} characters")
    return str(kind), dict(data), text


async def note(
    client: IpcClient, principal: Principal, interaction_id: UUID, kind: str, data: Data, text: str = ""
) -> None:
    """Add a line to a contact that lives, for an agent who has it.

    `data` holds ids, codes and short public words, nothing about a person; `text` is private like a note's. Raises what
    core refuses (`RemoteRefusal`: not live, not theirs, no such kind), and `Unavailable` while core is away: it is
    tried once, and what the caller has written stands in any case.
    """
    line: dict[str, Any] = {"kind": kind, "data": dict(data), "text": text}
    await client.request(
        "interaction.trail", {"principal": principal.to_message(), "interaction_id": str(interaction_id), **line}
    )
