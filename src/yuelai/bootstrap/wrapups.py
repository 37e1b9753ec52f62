"""A wrap-up is closed only with what the contact's tenant and queue know: said before the channel hears of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yuelai.platform.ipc import Handler, Peer
from yuelai.platform.live import LiveStore
from yuelai.routing.dispositions.known import KnownDispositions


def checked(live: LiveStore, dispositions: KnownDispositions, handler: Handler) -> Handler:
    """Return the handler of `interaction.wrapup` with the check before it.

    It raises `UnknownDisposition` and `NoteNeeded`. What is no standing contact is left to the handler to refuse.
    """

    async def handle(peer: Peer, params: dict[str, Any]) -> Any:
        document = live.get(f"interaction/{params.get('interaction_id')}")
        if document is not None:
            queue = document.get("queue")
            dispositions.check(
                UUID(document["tenant"]["id"]),
                UUID(queue["id"]) if queue else None,
                str(params.get("disposition") or ""),
                str(params.get("note") or ""),
            )
        return await handler(peer, params)

    return handle
