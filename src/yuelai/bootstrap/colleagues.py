"""Tells screens that colleagues have something new, for them to ask for it: no words of theirs ever come here.

Facts of the outbox become small live documents: `chats/{person}` for each who is in a chat, `bulletins/{tenant}` and
`handovers/{tenant}` for everybody of a tenant. After a start of core there is none: screens ask when they connect.
"""

from __future__ import annotations

from uuid import UUID

from yuelai.colleagues.events import BulletinChanged, ChatWritten, HandoverChanged
from yuelai.platform.bus import Bus
from yuelai.platform.live import LiveStore


def follow(bus: Bus, live: LiveStore) -> None:
    """Show from now on what is published on the bus."""

    def written(fact: ChatWritten) -> None:
        for person in fact.member_ids:
            news = {"at": fact.at.isoformat(), "chat_id": str(fact.chat_id), "author_id": str(fact.author_id)}
            live.put(f"chats/{person}", news, frozenset({f"person:{person}"}))

    def bulletin(fact: BulletinChanged) -> None:
        _everybody("bulletins", fact.tenant_id, {"at": fact.at.isoformat(), "bulletin_id": str(fact.bulletin_id)})

    def handover(fact: HandoverChanged) -> None:
        _everybody("handovers", fact.tenant_id, {"at": fact.at.isoformat(), "group_id": str(fact.group_id)})

    def _everybody(what: str, tenant_id: UUID, news: dict[str, str]) -> None:
        live.put(f"{what}/{tenant_id}", news, frozenset({f"tenant:{tenant_id}"}))

    bus.subscribe(ChatWritten, written)
    bus.subscribe(BulletinChanged, bulletin)
    bus.subscribe(HandoverChanged, handover)
