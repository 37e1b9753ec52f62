"""Screens are told that there is something new, and nothing of what it says."""

from __future__ import annotations

from datetime import UTC, datetime

from yuelai.bootstrap import colleagues
from yuelai.colleagues.events import BulletinChanged, ChatWritten, HandoverChanged
from yuelai.platform.bus import Bus
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.live import LiveStore

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_message_is_told_to_those_in_the_chat_the_rest_to_the_tenant() -> None:
    bus, live = Bus(), LiveStore()
    colleagues.follow(bus, live)
    one, other, stranger, chat = new_id(), new_id(), new_id(), new_id()
    bus.publish(ChatWritten(at=NOW, tenant_id=SAMPLE_TENANT, chat_id=chat, author_id=one, member_ids=[one, other]))
    for person in (one, other):
        seen = live.snapshot(frozenset({f"person:{person}"}))
        assert seen == {f"chats/{person}": {"at": NOW.isoformat(), "chat_id": str(chat), "author_id": str(one)}}
    assert live.snapshot(frozenset({f"person:{stranger}", f"tenant:{SAMPLE_TENANT}"})) == {}
    bus.publish(BulletinChanged(at=NOW, tenant_id=SAMPLE_TENANT, bulletin_id=new_id()))
    bus.publish(HandoverChanged(at=NOW, tenant_id=SAMPLE_TENANT, handover_id=new_id(), group_id=new_id()))
    everybody = live.snapshot(frozenset({f"tenant:{SAMPLE_TENANT}"}))
    assert set(everybody) == {f"bulletins/{SAMPLE_TENANT}", f"handovers/{SAMPLE_TENANT}"}
    assert live.snapshot(frozenset({f"tenant:{new_id()}"})) == {}
