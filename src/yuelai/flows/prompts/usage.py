"""Which flows and queues say which prompts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yuelai.flows import service as flows
from yuelai.identity.model import Principal
from yuelai.routing.service import queues

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass
class Usage:
    """Codes."""

    flows: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)


NOWHERE = Usage()


async def usage(conn: Connection, principal: Principal) -> dict[str, Usage]:
    """Return by prompt who says it: flows as they are published, and queues while they are open."""
    found: dict[str, Usage] = {}
    for code, document in sorted((await flows.published(conn, principal.tenant_id)).items()):
        for name in prompts_of(document):
            found.setdefault(name, Usage()).flows.append(code)
    for queue in await queues(conn, principal):
        if queue["active"]:
            for name in _of_queue(queue):
                found.setdefault(name, Usage()).queues.append(queue["code"])
    return found


def prompts_of(document: Mapping[str, Any]) -> set[str]:
    """Return what a flow's document says by name: the texts in its lists, but for the words of menus, and what is named
    as `{"prompt": …}`."""
    return set(_listed([document.get("nodes"), document.get("handlers")]))


def _listed(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key == "prompt" and isinstance(part, str):
                yield part
            elif key not in ("words", "at"):
                yield from _listed(part)
    elif isinstance(value, list):
        for part in value:
            if isinstance(part, str):
                yield part
            else:
                yield from _listed(part)


def _of_queue(queue: Mapping[str, Any]) -> set[str]:
    treatment = queue.get("treatment") or {}
    said = {treatment.get("notice"), treatment.get("greeting"), *(treatment.get("comfort") or ())}
    said |= {rule.get("target") for rule in queue.get("overflows") or () if rule.get("to") == "message"}
    return {str(name) for name in said if name}
