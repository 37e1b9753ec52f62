"""The machines alone: their timers, their end, and that no order of events breaks them (RFC 3261 §17)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.telephony.transactions import (
    INVITE_CLIENT,
    INVITE_SERVER,
    NON_INVITE_CLIENT,
    NON_INVITE_SERVER,
    Action,
    Event,
    Machine,
    State,
    Table,
)


def sendings(machine: Machine, start: Event, until: float) -> tuple[list[float], Action | None]:
    """Run a machine that hears nothing: when it sends, and how it ends."""
    times, now, end = [], 0.0, None
    actions = machine.feed(start, now)
    while True:
        times += [now] * actions.count(Action.SEND)
        if Action.TIMED_OUT in actions:
            end = Action.TIMED_OUT
        due = machine.next_due
        if due is None or due > until:
            return times, end
        now = due
        event = machine.due(now)
        assert event is not None
        actions = machine.feed(event, now)


def test_an_unanswered_invite_is_sent_seven_times_in_32_seconds() -> None:
    machine = Machine(INVITE_CLIENT, reliable=False)
    times, end = sendings(machine, Event.START, 100)
    assert times == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert (end, machine.finished) == (Action.TIMED_OUT, True)


def test_any_other_unanswered_request_is_sent_eleven_times() -> None:
    times, end = sendings(Machine(NON_INVITE_CLIENT, reliable=False), Event.START, 100)
    assert times == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert end is Action.TIMED_OUT


@pytest.mark.parametrize("table", [INVITE_CLIENT, NON_INVITE_CLIENT])
def test_over_a_reliable_transport_a_request_is_sent_once(table: Table) -> None:
    times, end = sendings(Machine(table, reliable=True), Event.START, 100)
    assert times == [0]
    assert end is Action.TIMED_OUT


def test_a_refused_invite_is_answered_again_until_its_ack() -> None:
    machine = Machine(INVITE_SERVER, reliable=False)
    times, end = sendings(machine, Event.SEND_FINAL, 100)
    assert times == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert end is Action.TIMED_OUT
    machine = Machine(INVITE_SERVER, reliable=False)
    machine.feed(Event.SEND_FINAL, 0)
    assert machine.feed(Event.GOT_ACK, 1) == ()
    assert (machine.state, machine.next_due) == (State.CONFIRMED, 6)


def test_after_a_2xx_the_invite_machines_wait_for_forks_and_repeated_requests() -> None:
    client, server = Machine(INVITE_CLIENT, reliable=False), Machine(INVITE_SERVER, reliable=False)
    client.feed(Event.START, 0)
    assert client.feed(Event.GOT_2XX, 1) == (Action.TELL,)
    assert client.feed(Event.GOT_2XX, 2) == (Action.TELL,)
    assert client.next_due == 33
    assert server.feed(Event.SEND_2XX, 1) == (Action.SEND,)
    assert server.feed(Event.GOT_REQUEST, 2) == ()
    assert server.next_due == 33


def test_timer_f_runs_on_after_a_provisional_response() -> None:
    machine = Machine(NON_INVITE_CLIENT, reliable=False)
    machine.feed(Event.START, 0)
    machine.feed(Event.GOT_1XX, 1)
    now, end = 1.0, ()
    while machine.next_due is not None:
        now = machine.next_due
        event = machine.due(now)
        assert event is not None
        end = machine.feed(event, now)
    assert (now, end) == (32.0, (Action.TIMED_OUT,))


TABLES = {"ic": INVITE_CLIENT, "nc": NON_INVITE_CLIENT, "is": INVITE_SERVER, "ns": NON_INVITE_SERVER}


@given(st.sampled_from(sorted(TABLES)), st.booleans(), st.lists(st.sampled_from(list(Event)), max_size=30))
def test_whatever_happens_a_machine_ends_and_fails_at_most_once(name: str, reliable: bool, events: list[Event]) -> None:
    machine, now, actions = Machine(TABLES[name], reliable), 0.0, []
    for event in [Event.START, *events]:
        now += 0.3
        actions += machine.feed(event, now)
        was_finished = machine.finished
        assert not (was_finished and machine.feed(event, now))
    while (due := machine.next_due) is not None:
        now = max(now, due)
        gone_off = machine.due(now)
        assert gone_off is not None
        actions += machine.feed(gone_off, now)
        assert now < 200
    assert actions.count(Action.TIMED_OUT) + actions.count(Action.FAILED) <= 1
    waits_for_user = {State.CALLING, State.TRYING, State.PROCEEDING}
    assert machine.finished or machine.state in waits_for_user


@pytest.mark.parametrize("table", list(TABLES.values()))
def test_every_state_of_a_table_can_be_left(table: Table) -> None:
    reached = {following for following, _, _ in table.values()} - {State.TERMINATED}
    assert reached <= {state for (state, _), (following, _, _) in table.items() if following is not state}
