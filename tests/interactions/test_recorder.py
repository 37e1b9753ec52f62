from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.interactions.book import NINE, Book, card
from yuelai.interactions.document import WATCHES_CALLS
from yuelai.interactions.errors import IllegalStep
from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionIdentified,
    InteractionStarted,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.numbering import TrailNumbers
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.live import NOWHERE, permitted

AGENT, QUEUE, WANG, LI = (UUID(int=number) for number in (21, 31, 41, 42))


async def document(book: Book, id_: UUID) -> dict[str, Any]:
    found = book.live.get(f"interaction/{id_}")
    assert found is not None
    return found


async def test_a_new_interaction_is_journalled_without_personal_data_in_the_fact() -> None:
    book = Book()
    recorder = await book.begin("13800000001")
    (record,) = book.records
    assert isinstance(record.fact, InteractionStarted)
    assert record.private == {"ani": "13800000001", "dnis": "10000"}
    assert "13800000001" not in repr(record.fact)
    assert (await document(book, recorder.interaction.id))["state"] == "ivr"


async def test_the_live_document_has_the_shape_screens_rely_on() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.identified("one", [card(WANG)])
    recorder.show.step("main_menu", "menu", "主菜单", "0")
    await recorder.note("flow", "customer", {"node": "main_menu", "key": "0"})
    book.clock.advance(5)
    await recorder.segment(SegmentKind.QUEUE, queue_id=QUEUE)
    recorder.show.queue({"id": str(QUEUE), "code": "general", "name": "综合"})
    recorder.show.holders([(AGENT, "8001", NOWHERE)])
    recorder.show.why(collected={"topic": "fault"}, queue_wait=3.0, explanation={"decided_by": "longest_idle"})
    until = book.clock.now() + timedelta(seconds=20)
    recorder.show.until(until)
    recorder.show.recording(True)
    assert await document(book, recorder.interaction.id) == {
        "id": str(recorder.interaction.id),
        "tenant": {"id": str(SAMPLE_TENANT), "code": "main", "name": "悦来"},
        "trail_no": "T0304-00001", "channel": "voice", "direction": "in",
        "state": "queue", "ani": "13800000001", "dnis": "10000",
        "queue": {"id": str(QUEUE), "code": "general", "name": "综合"}, "agent_id": str(AGENT), "agent_number": "8001",
        "holders": [{"agent_id": str(AGENT), "number": "8001"}], "wrapups": [],
        "participants": [
            {"id": str(recorder.interaction.id), "role": "customer", "agent_id": None, "number": "13800000001",
             "name": "王芳", "state": "queue", "since": NINE.isoformat()},
        ],
        "match": "one", "customer": card(WANG), "candidates": [card(WANG)], "started_at": NINE.isoformat(),
        "state_since": (NINE + timedelta(seconds=5)).isoformat(), "answered_at": None, "until": until.isoformat(),
        "recording": True, "recording_paused": False,
        "why": {
            "path": [{"node": "main_menu", "kind": "menu", "label": "主菜单", "key": "0"}],
            "collected": {"topic": "fault"}, "queue_wait": 3.0, "explanation": {"decided_by": "longest_idle"},
        },
        "trail": [
            {"at": NINE.isoformat(), "kind": "flow", "actor": "customer",
             "data": {"node": "main_menu", "key": "0"}, "text": ""},
        ],
    }  # fmt: skip


async def test_only_the_agent_it_is_with_and_supervision_see_it() -> None:
    book = Book()
    recorder = await book.begin()
    agent, supervision = frozenset({f"person:{AGENT}"}), frozenset({permitted(SAMPLE_TENANT, *WATCHES_CALLS)})
    assert not book.live.snapshot(agent)
    assert len(book.live.snapshot(supervision)) == 1
    recorder.show.holders([(AGENT, "8001", NOWHERE)])
    assert len(book.live.snapshot(agent)) == 1
    recorder.show.holders([])
    assert not book.live.snapshot(agent)


async def test_the_live_trail_tells_of_the_answer_and_of_each_hold() -> None:
    book = Book()
    recorder = await book.begin()
    for kind, agent in (("queue", None), ("ring", AGENT), ("talk", AGENT), ("hold", AGENT), ("talk", AGENT)):
        book.clock.advance(2)
        await recorder.segment(kind, agent)
    trail = (await document(book, recorder.interaction.id))["trail"]
    assert [(line["kind"], line["data"]) for line in trail] == [
        ("segment", {"segment": "talk"}),
        ("segment", {"segment": "hold"}),
        ("segment", {"segment": "talk"}),
    ]
    assert trail[1]["at"] == (NINE + timedelta(seconds=8)).isoformat()


async def test_the_document_stays_through_wrap_up_and_goes_with_the_close() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.segment("queue", queue_id=QUEUE)
    await recorder.segment("ring", AGENT)
    await recorder.segment("talk", AGENT)
    await recorder.ended(EndReason.CUSTOMER_HUNG_UP, AGENT)
    assert (await document(book, recorder.interaction.id))["state"] == "wrapup"
    await recorder.closed("solved", "一切都好")
    assert book.live.get(f"interaction/{recorder.interaction.id}") is None
    wrapped, closed = book.records[-2:]
    assert isinstance(wrapped.fact, WrappedUp)
    assert isinstance(closed.fact, InteractionClosed)
    assert (wrapped.fact.agent_id, wrapped.private) == (AGENT, {"note": "一切都好"})
    assert (wrapped.fact.disposition, closed.fact.disposition) == ("solved", "solved")


async def test_after_the_close_a_recording_still_belongs_to_it_and_nothing_reappears() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.ended("served")
    await recorder.closed()
    await recorder.recorded(new_id(), 1200)
    await recorder.note("recording", "system", {"ok": True})
    assert book.live.snapshot(frozenset({permitted(SAMPLE_TENANT, *WATCHES_CALLS)})) == {}


async def test_free_words_travel_in_the_private_part_only() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.note("note", "8001", text="客户住在三楼")
    record = book.records[-1]
    assert isinstance(record.fact, TrailNoted)
    assert record.private == {"text": "客户住在三楼"}
    assert "三楼" not in repr(record.fact)


async def test_what_is_refused_is_neither_journalled_nor_shown() -> None:
    book = Book()
    recorder = await book.begin()
    with pytest.raises(IllegalStep):
        await recorder.segment("hold", AGENT)
    with pytest.raises(ValueError, match="several"):
        await recorder.identified("several", [card(WANG)])
    assert len(book.records) == 1
    assert (await document(book, recorder.interaction.id))["state"] == "ivr"


async def test_nothing_is_shown_before_it_is_durable() -> None:
    book = Book()
    recorder = await book.begin()
    book.delay = 0.02
    step = asyncio.ensure_future(recorder.segment("queue", queue_id=QUEUE))
    await asyncio.sleep(0.005)
    assert (await document(book, recorder.interaction.id))["state"] == "ivr"
    await step
    assert (await document(book, recorder.interaction.id))["state"] == "queue"


async def test_a_step_once_decided_is_finished_even_when_its_caller_is_cancelled() -> None:
    book = Book()
    recorder = await book.begin()
    book.delay = 0.02
    step = asyncio.ensure_future(recorder.segment("queue", queue_id=QUEUE))
    await asyncio.sleep(0.005)
    step.cancel()
    await asyncio.sleep(0.05)
    assert isinstance(book.records[-1].fact, SegmentStarted)
    assert (await document(book, recorder.interaction.id))["state"] == "queue"


async def test_choosing_among_several_shows_the_chosen_one_and_keeps_the_list() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.identified("several", [card(WANG), card(LI, "李强")])
    assert (await document(book, recorder.interaction.id))["customer"] is None
    await recorder.identified("chosen", [card(LI, "李强")])
    shown = await document(book, recorder.interaction.id)
    assert (shown["match"], shown["customer"]["name"], len(shown["candidates"])) == ("chosen", "李强", 2)
    fact = book.records[-1].fact
    assert isinstance(fact, InteractionIdentified)
    assert fact.customer_id == LI


async def test_a_shown_document_is_never_changed_afterwards() -> None:
    book = Book()
    recorder = await book.begin()
    before = await document(book, recorder.interaction.id)
    copy = {**before, "why": {**before["why"], "path": list(before["why"]["path"])}, "trail": list(before["trail"])}
    recorder.show.step("greeting", "say")
    await recorder.note("flow", "system", {"node": "greeting"})
    assert before == copy


def test_trail_numbers_count_by_tenant_and_local_day() -> None:
    numbers = TrailNumbers(UTC)
    other = new_id()
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    before = midnight - timedelta(seconds=1)
    assert [numbers.next(SAMPLE_TENANT, before), numbers.next(other, before), numbers.next(SAMPLE_TENANT, before)] == [
        "T0304-00001", "T0304-00001", "T0304-00002",
    ]  # fmt: skip
    assert numbers.next(SAMPLE_TENANT, midnight) == "T0305-00001"
    # The clock is set back over midnight: the day that has begun goes on.
    assert numbers.next(SAMPLE_TENANT, before) == "T0305-00002"


def test_trail_numbers_go_on_after_a_restart_and_beyond_five_digits() -> None:
    numbers = TrailNumbers(UTC)
    numbers.resume(date(2026, 3, 4), {SAMPLE_TENANT: 99_999})
    assert numbers.next(SAMPLE_TENANT, NINE) == "T0304-100000"


async def test_a_wall_clock_set_back_makes_no_segment_run_backwards() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.segment("queue", queue_id=QUEUE)
    began = book.clock.now()
    book.clock.advance(-5)
    await recorder.segment("ring", AGENT)
    await recorder.ended(EndReason.ABANDONED)
    await recorder.closed()
    assert recorder.interaction.ended_at == began


async def test_what_is_over_goes_from_the_screens_even_if_it_cannot_be_kept() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.ended("served")

    async def refuse(*_: object) -> int:
        raise OSError("the disk has failed")

    recorder._append = refuse
    with pytest.raises(OSError, match="disk"):
        await recorder.closed()
    assert book.live.get(f"interaction/{recorder.interaction.id}") is None


async def test_a_number_a_customer_was_sent_to_is_on_screens_and_in_no_fact() -> None:
    book = Book()
    recorder = await book.begin()
    await recorder.note("transfer", "8001", {"number": "057188880000", "kind": "blind"})
    record = book.records[-1]
    assert "057188880000" not in repr(record.fact)
    assert record.private == {"number": "057188880000"}
    (line,) = (await document(book, recorder.interaction.id))["trail"]
    assert line["data"] == {"number": "057188880000", "kind": "blind"}
