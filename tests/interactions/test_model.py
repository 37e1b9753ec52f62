from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.interactions.errors import IllegalStep
from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionEnded,
    InteractionIdentified,
    InteractionRecorded,
    InteractionStarted,
    Linked,
    ParticipantJoined,
    ParticipantLeft,
    Role,
    SegmentKind,
    SegmentStarted,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.model import LIFE, OVER, Interaction, Stage
from yuelai.platform.facts import Fact
from yuelai.platform.ids import SAMPLE_TENANT

NINE = datetime(2026, 1, 1, 9, tzinfo=UTC)
ID, AGENT, CUSTOMER, OTHER, THIRD = (UUID(int=number) for number in range(1, 6))


def at(seconds: float) -> dict[str, Any]:
    return {"at": NINE + timedelta(seconds=seconds), "tenant_id": SAMPLE_TENANT, "interaction_id": ID}


def started() -> Interaction:
    interaction = Interaction(ID)
    interaction.apply(InteractionStarted(**at(0), channel="voice", direction="in", trail_no="T0101-00001"))
    return interaction


def segment(seconds: float, kind: str, agent: UUID | None = AGENT) -> SegmentStarted:
    return SegmentStarted(**at(seconds), kind=SegmentKind(kind), agent_id=agent)


def joined(seconds: float, agent: UUID | None = AGENT, role: str = "agent", id_: int = 100) -> ParticipantJoined:
    return ParticipantJoined(**at(seconds), participant_id=UUID(int=id_), role=Role(role), agent_id=agent)


def left(seconds: float, id_: int = 100) -> ParticipantLeft:
    return ParticipantLeft(**at(seconds), participant_id=UUID(int=id_), reason="transferred")


def wrapped(seconds: float, agent: UUID = AGENT, disposition: str | None = None) -> WrappedUp:
    return WrappedUp(**at(seconds), agent_id=agent, disposition=disposition)


def play(*facts: Fact) -> Interaction:
    interaction = started()
    for fact in facts:
        interaction.apply(fact)
    return interaction


def test_waiting_is_queue_and_ringing_until_the_first_answer_and_hold_is_no_talk() -> None:
    one = play(
        segment(0, "ivr"), segment(5, "queue"), segment(15, "ring"), segment(18, "queue"), segment(20, "ring"),
        joined(24), segment(24, "talk"), segment(84, "hold"), segment(104, "talk"), left(114), segment(114, "queue"),
        segment(120, "ring"), joined(123, id_=101), segment(123, "talk"),
        InteractionEnded(**at(133), reason=EndReason.CUSTOMER_HUNG_UP, wrapup_agent_id=AGENT),
    )  # fmt: skip
    later = NINE + timedelta(hours=1)
    assert (one.wait_seconds(later), one.talk_seconds(later), one.hold_seconds(later)) == (19, 80, 20)
    assert one.answered_at == NINE + timedelta(seconds=24)
    assert one.stage == Stage.WRAPUP


def test_a_lasting_segment_counts_up_to_now() -> None:
    one = play(segment(0, "queue"))
    assert one.wait_seconds(NINE + timedelta(seconds=7.5)) == 7.5


def test_who_gives_up_has_waited_until_then() -> None:
    one = play(segment(0, "ivr"), segment(3, "queue"), InteractionEnded(**at(33), reason=EndReason.ABANDONED))
    assert one.wait_seconds(NINE + timedelta(hours=1)) == 30
    assert one.stage == Stage.ENDED
    assert one.stage.shown == "closed"


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], segment(1, "hold")),
        ([], segment(1, "wrapup")),
        ([segment(0, "ivr")], segment(1, "ivr")),
        ([segment(0, "ivr")], segment(1, "talk")),
        ([segment(0, "queue")], segment(1, "talk")),
        ([segment(0, "ring")], segment(1, "talk")),
        ([joined(0)], segment(1, "talk", OTHER)),
        ([joined(0, None, "third")], segment(1, "talk", AGENT)),
        ([joined(0)], segment(1, "queue")),
        ([joined(0)], joined(1, id_=101)),
        ([joined(0)], joined(1, OTHER)),
        ([joined(0, OTHER, "consulted")], wrapped(1, OTHER)),
        ([], joined(1, None, "customer")),
        ([], joined(1, None)),
        ([joined(0), left(1)], left(2)),
        ([joined(0)], wrapped(1)),
        ([joined(0), left(1), wrapped(2)], wrapped(3)),
        ([joined(0)], InteractionEnded(**at(1), reason=EndReason.FAILED)),
        (
            [joined(0), left(0), InteractionEnded(**at(1), reason=EndReason.FAILED, wrapup_agent_id=AGENT)],
            InteractionClosed(**at(2)),
        ),
        ([InteractionEnded(**at(1), reason=EndReason.SERVED)], joined(2)),
        ([joined(3)], left(2)),
        ([segment(0, "ring")], InteractionEnded(**at(1), reason=EndReason.ABANDONED, wrapup_agent_id=AGENT)),
        ([joined(0), segment(0, "talk")], InteractionClosed(**at(1))),
        ([segment(5, "queue")], segment(4, "ring")),
        ([InteractionEnded(**at(1), reason=EndReason.REFUSED)], segment(2, "queue")),
        ([InteractionEnded(**at(1), reason=EndReason.REFUSED)], InteractionEnded(**at(2), reason=EndReason.FAILED)),
        ([], InteractionStarted(**at(1), channel="voice", direction="in")),
    ],
)
def test_a_step_that_cannot_be_is_refused_and_changes_nothing(before: list[Fact], step: Fact) -> None:
    one = play(*before)
    untouched = play(*before)
    with pytest.raises(IllegalStep):
        one.apply(step)
    assert one == untouched


def test_nothing_comes_before_the_start() -> None:
    with pytest.raises(IllegalStep):
        Interaction(ID).apply(segment(0, "ivr"))


def test_a_choice_among_several_keeps_the_others() -> None:
    one = play(
        InteractionIdentified(**at(1), match="several", candidate_ids=[CUSTOMER, AGENT]),
        InteractionIdentified(**at(2), match="chosen", customer_id=CUSTOMER, candidate_ids=[CUSTOMER]),
    )
    assert (one.match, one.customer_id, one.candidate_ids) == ("chosen", CUSTOMER, [CUSTOMER, AGENT])


def test_notes_and_recordings_may_come_after_the_close() -> None:
    one = play(
        InteractionEnded(**at(1), reason=EndReason.SERVED),
        InteractionClosed(**at(1)),
        TrailNoted(**at(2), kind="recording", actor="system"),
        InteractionRecorded(**at(3), recording_id=CUSTOMER, duration_ms=100),
    )
    assert one.recording_ids == [CUSTOMER]
    with pytest.raises(IllegalStep):
        one.apply(InteractionIdentified(**at(4), match="new"))


def test_every_stage_can_come_to_its_close() -> None:
    def reach(stage: Stage) -> set[Stage]:
        seen, todo = set[Stage](), [stage]
        while todo:
            one = todo.pop()
            todo += [after for after in LIFE[one] if after not in seen]
            seen |= LIFE[one]
        return seen

    assert all(Stage.CLOSED in reach(stage) for stage in Stage if stage != Stage.CLOSED)
    assert set(LIFE) == set(Stage)


def test_each_agent_who_served_wraps_up_and_the_record_stays_open_until_the_last_has() -> None:
    one = play(
        segment(0, "queue"), segment(2, "ring"), joined(5), segment(5, "talk"),
        joined(20, OTHER, "consulted", 101), segment(20, "consult"),
        left(30, 101), joined(30, OTHER, id_=102), left(30), segment(30, "talk", OTHER),
    )  # fmt: skip
    assert one.parties.wrapping() == [AGENT], "while a colleague talks on"
    one.apply(InteractionEnded(**at(60), reason=EndReason.CUSTOMER_HUNG_UP, wrapup_agent_id=OTHER))
    assert (one.stage, one.parties.wrapping()) == (Stage.WRAPUP, [AGENT, OTHER])
    one.apply(wrapped(65, OTHER, "billing"))
    assert not one.complete
    one.apply(wrapped(70, AGENT, "passed_on"))
    assert one.complete
    one.apply(InteractionClosed(**at(70), disposition=one.parties.disposition()))
    assert one.disposition == "billing", "of who left the customer last"
    assert one.segments[-1].seconds(NINE) == 10
    later = NINE + timedelta(hours=1)
    assert (one.talk_seconds(later), one.consult_seconds(later), one.hold_seconds(later)) == (45, 10, 0)
    assert not one.parties.standing()


def test_who_still_wraps_up_when_the_customer_gives_up_in_the_next_queue_keeps_the_record_open() -> None:
    one = play(segment(0, "queue"), segment(1, "ring"), joined(2), segment(2, "talk"), left(9), segment(9, "queue"))
    one.apply(InteractionEnded(**at(20), reason=EndReason.CUSTOMER_HUNG_UP, wrapup_agent_id=AGENT))
    assert one.stage == Stage.WRAPUP


def test_an_agent_who_gets_the_customer_back_has_nothing_to_wrap_up_meanwhile() -> None:
    one = play(joined(0), segment(0, "talk"), left(5), segment(5, "queue"), segment(6, "ring"), joined(8, id_=101))
    assert one.parties.wrapping() == []
    assert one.parties.wrapups[0].ended_at == NINE + timedelta(seconds=8)


def test_somebody_outside_may_speak_with_the_customer_when_no_agent_does() -> None:
    one = play(joined(0), segment(0, "talk"), left(5), segment(5, "ring", None), joined(6, None, "third", 102))
    one.apply(segment(6, "talk", None))
    assert one.talk_seconds(NINE + timedelta(seconds=10)) == 9


def test_linked_twice_is_linked_once() -> None:
    fact = Linked(**at(1), kind="previous", other_id=OTHER)
    assert play(fact, fact).links == [("previous", OTHER)]


def test_a_call_of_ours_is_dialled_before_it_is_talked_and_may_reach_nobody() -> None:
    one = play(joined(0), segment(0, "dial"), segment(20, "dial"))
    one.apply(InteractionEnded(**at(40), reason=EndReason.NOT_REACHED, wrapup_agent_id=AGENT))
    assert (one.answered_at, one.wait_seconds(NINE), one.talk_seconds(NINE)) == (None, 0, 0)


@given(
    st.lists(
        st.tuples(
            st.floats(0, 100), st.sampled_from([*SegmentKind, "join", "leave", "end", "wrapup", "done", "close"])
        ),
        min_size=1,
        max_size=30,
    )
)
def test_segments_never_have_gaps_or_overlaps(steps: list[tuple[float, Any]]) -> None:
    one, now = started(), 0.0
    for pause, step in steps:
        now += pause
        fact: Fact
        if step == "close":
            fact = InteractionClosed(**at(now))
        elif step == "join":
            fact = joined(now, id_=100 + len(one.parties.participants))
        elif step == "leave":
            fact = left(now, 99 + len(one.parties.participants))
        elif step == "done":
            fact = wrapped(now)
        elif step in ("end", "wrapup"):
            agent = AGENT if step == "wrapup" else None
            fact = InteractionEnded(**at(now), reason=EndReason.CUSTOMER_HUNG_UP, wrapup_agent_id=agent)
        else:
            fact = segment(now, step)
        try:
            one.apply(fact)
        except IllegalStep:
            continue
    for first, second in zip(one.segments, one.segments[1:], strict=False):
        assert first.ended_at == second.started_at
    lasting = [each for each in one.segments if each.ended_at is None]
    assert len(lasting) <= 1
    assert bool(lasting) == (bool(one.segments) and one.stage not in (Stage.ENDED, Stage.CLOSED))
    assert (one.ended_at is not None) == (one.stage in OVER)
