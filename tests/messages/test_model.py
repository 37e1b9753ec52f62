"""How it stands with a message, by its parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yuelai.messages.model import MOST_ATTEMPTS, Pace, PartState, State, again_at, lifetime, whole

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
QUEUED, SUBMITTING, SENT = PartState.QUEUED, PartState.SUBMITTING, PartState.SENT
DELIVERED, FAILED, UNKNOWN = PartState.DELIVERED, PartState.FAILED, PartState.UNKNOWN


@pytest.mark.parametrize(
    ("parts", "begun", "state"),
    [
        ([QUEUED, QUEUED], False, State.QUEUED),
        ([QUEUED, QUEUED], True, State.SENDING),
        ([SENT, QUEUED], True, State.SENDING),
        ([SENT, SUBMITTING], True, State.SENDING),
        ([UNKNOWN, SUBMITTING], True, State.SENDING),
        ([SENT, SENT], True, State.SENT),
        ([SENT, DELIVERED], True, State.SENT),
        ([DELIVERED, DELIVERED], True, State.DELIVERED),
        ([DELIVERED, UNKNOWN], True, State.UNKNOWN),
        ([QUEUED, UNKNOWN], True, State.UNKNOWN),
        ([DELIVERED, FAILED], True, State.FAILED),
        ([UNKNOWN, FAILED], True, State.FAILED),
    ],
)
def test_a_message_stands_as_its_parts_do(parts: list[PartState], begun: bool, state: State) -> None:
    assert whole(parts, begun=begun) is state


def test_a_code_that_may_have_been_taken_is_not_sent_again_and_others_are() -> None:
    pace, end = Pace(), NOW + timedelta(hours=1)
    assert again_at(State.UNKNOWN, "code", 1, end, NOW, pace) is None
    assert again_at(State.UNKNOWN, "tariff", 1, end, NOW, pace) == NOW + pace.settling
    assert again_at(State.UNKNOWN, "tariff", MOST_ATTEMPTS, end, NOW, pace) is None
    assert again_at(State.UNKNOWN, "tariff", 1, NOW, NOW, pace) is None
    for over in (State.SENT, State.DELIVERED, State.FAILED, State.REFUSED):
        assert again_at(over, "tariff", 1, end, NOW, pace) is None


def test_pauses_grow_and_what_is_too_late_is_looked_at_once_more_to_say_so() -> None:
    pace, end = Pace(), NOW + timedelta(seconds=1)
    found = [again_at(State.SENDING, "tariff", attempts, end, NOW, pace) for attempts in range(8)]
    assert found == sorted(at for at in found if at)
    assert found[0] == NOW + timedelta(seconds=30)
    assert lifetime("code") < lifetime("tariff")
