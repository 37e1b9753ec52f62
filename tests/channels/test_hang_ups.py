"""Somebody hangs up, at every step of a call and from each side: the true end, segments that tile, and nothing left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.channels.desk import OUTSIDE, Desk, lives
from tests.channels.world import Line

A, B, C = "8001", "8002", "8003"


async def ivr(desk: Desk) -> None:
    await desk.begin()
    desk.customer = await desk.arrives()


async def queue(desk: Desk) -> None:
    await desk.begin(ready=False)
    desk.customer = await desk.queued()


async def ring(desk: Desk) -> None:
    await desk.begin()
    desk.customer = await desk.queued()


async def talk(desk: Desk) -> None:
    await desk.talks()


async def hold(desk: Desk) -> None:
    await desk.talks()
    await desk.ask("hold")


async def consult_agent_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.asks(agent=B)


async def consult_queue_waiting(desk: Desk) -> None:
    await desk.talks()
    await desk.routing.set_state(desk.agents[2].id, "busy", "break")
    await desk.asks(queue="experts")


async def consult_queue_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.asks(queue="experts")


async def consult_outside_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.asks(number=OUTSIDE)


async def consult_agent_answered(desk: Desk) -> None:
    await desk.talks()
    await desk.consults(agent=B)


async def consult_queue_answered(desk: Desk) -> None:
    await desk.talks()
    await desk.consults(queue="experts")


async def consult_outside_answered(desk: Desk) -> None:
    await desk.talks()
    await desk.consults(number=OUTSIDE)


async def consult_alternated(desk: Desk) -> None:
    await consult_agent_answered(desk)
    await desk.ask("alternate")


async def transfer_agent_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.sends(agent=B)


async def transfer_queue_waiting(desk: Desk) -> None:
    await desk.talks()
    await desk.routing.set_state(desk.agents[2].id, "busy", "break")
    await desk.sends(queue="experts")


async def transfer_queue_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.sends(queue="experts")


async def transfer_outside_ringing(desk: Desk) -> None:
    await desk.talks()
    await desk.sends(number=OUTSIDE)


async def transfer_outside_answered(desk: Desk) -> None:
    await transfer_outside_ringing(desk)
    await desk.answers(OUTSIDE)


async def transfer_came_back(desk: Desk) -> None:
    await transfer_agent_ringing(desk)
    desk.phone(B).leaves(486)
    await desk.settle()


async def transferred_blind(desk: Desk) -> None:
    await transfer_agent_ringing(desk)
    await desk.answers(B)


async def transferred_attended(desk: Desk) -> None:
    await consult_agent_answered(desk)
    await desk.ask("consult_complete")
    await desk.settle()


async def three_agents(desk: Desk) -> None:
    await consult_agent_answered(desk)
    await desk.ask("conference")
    await desk.settle()


async def three_outside(desk: Desk) -> None:
    await consult_outside_answered(desk)
    await desk.ask("conference")
    await desk.settle()


async def three_and_one_is_asked(desk: Desk) -> None:
    await three_agents(desk)
    await desk.consults(queue="experts")


async def three_on_hold(desk: Desk) -> None:
    await three_agents(desk)
    await desk.ask("hold")


Step = Callable[[Desk], Awaitable[None]]

CUSTOMER = "customer"
ENDS: list[tuple[Step, str, str]] = [
    (ivr, CUSTOMER, "customer_hung_up"),
    (queue, CUSTOMER, "abandoned"),
    (ring, CUSTOMER, "abandoned"),
    (talk, CUSTOMER, "customer_hung_up"),
    (talk, A, "agent_hung_up"),
    (hold, CUSTOMER, "customer_hung_up"),
    (hold, A, "agent_hung_up"),
    (consult_agent_ringing, CUSTOMER, "customer_hung_up"),
    (consult_queue_waiting, CUSTOMER, "customer_hung_up"),
    (consult_queue_ringing, CUSTOMER, "customer_hung_up"),
    (consult_outside_ringing, CUSTOMER, "customer_hung_up"),
    (consult_agent_answered, CUSTOMER, "customer_hung_up"),
    (consult_queue_answered, CUSTOMER, "customer_hung_up"),
    (consult_outside_answered, CUSTOMER, "customer_hung_up"),
    (consult_alternated, CUSTOMER, "customer_hung_up"),
    (transfer_agent_ringing, CUSTOMER, "customer_hung_up"),
    (transfer_queue_waiting, CUSTOMER, "customer_hung_up"),
    (transfer_queue_ringing, CUSTOMER, "customer_hung_up"),
    (transfer_outside_ringing, CUSTOMER, "customer_hung_up"),
    (transfer_outside_answered, CUSTOMER, "transferred_out"),
    (transfer_outside_answered, OUTSIDE, "transferred_out"),
    (transfer_came_back, CUSTOMER, "customer_hung_up"),
    (transferred_blind, CUSTOMER, "customer_hung_up"),
    (transferred_blind, B, "agent_hung_up"),
    (transferred_attended, CUSTOMER, "customer_hung_up"),
    (transferred_attended, B, "agent_hung_up"),
    (three_agents, CUSTOMER, "customer_hung_up"),
    (three_outside, CUSTOMER, "customer_hung_up"),
    (three_and_one_is_asked, CUSTOMER, "customer_hung_up"),
    (three_on_hold, CUSTOMER, "customer_hung_up"),
]
"""Who hangs up, and the call is over."""

GOES_ON: list[tuple[Step, str, str, str]] = [
    (ring, A, "queue", ""),
    (consult_agent_ringing, A, "ring", ""),
    (consult_agent_ringing, B, "hold", ""),
    (consult_queue_waiting, A, "queue", ""),
    (consult_queue_ringing, A, "ring", ""),
    (consult_queue_ringing, C, "consult", ""),
    (consult_outside_ringing, A, "dial", ""),
    (consult_outside_ringing, OUTSIDE, "hold", ""),
    (consult_agent_answered, A, "talk", B),
    (consult_agent_answered, B, "hold", ""),
    (consult_queue_answered, A, "talk", C),
    (consult_queue_answered, C, "hold", ""),
    (consult_outside_answered, A, "talk", OUTSIDE),
    (consult_outside_answered, OUTSIDE, "hold", ""),
    (consult_alternated, A, "talk", B),
    (consult_alternated, B, "talk", A),
    (transfer_agent_ringing, B, "ring", ""),
    (transfer_queue_ringing, C, "queue", ""),
    (transfer_outside_ringing, OUTSIDE, "ring", ""),
    (transfer_came_back, A, "queue", ""),
    (three_agents, A, "talk", B),
    (three_agents, B, "talk", A),
    (three_outside, A, "talk", OUTSIDE),
    (three_outside, OUTSIDE, "talk", A),
    (three_and_one_is_asked, A, "talk", B),
    (three_and_one_is_asked, B, "consult", ""),
    (three_and_one_is_asked, C, "conference", f"{A} {B}"),
    (three_on_hold, A, "talk", B),
    (three_on_hold, B, "hold", ""),
]
"""Who hangs up, what becomes of the customer, and with whom they speak then."""


def names(table: list[tuple[Step, str, str]] | list[tuple[Step, str, str, str]]) -> list[str]:
    who = {A: "A", B: "B", C: "C", OUTSIDE: "outside", CUSTOMER: "customer"}
    return [f"{row[0].__name__}-{who[row[1]]}" for row in table]


def line_of(desk: Desk, who: str) -> Line:
    return desk.customer if who == CUSTOMER else desk.phone(who)


async def hang_up(desk: Desk, who: str) -> None:
    line = line_of(desk, who)
    assert not line.over
    ringing = who != CUSTOMER and desk.rings(who)
    line.leaves(486 if ringing else 0)
    await desk.settle()


async def check_nothing_is_left(desk: Desk) -> None:
    await desk.everything_ends()
    assert desk.nothing_left()
    lives(desk)
    assert desk.closed() == 1
    assert {desk.state(index) for index in range(3)} <= {"ready", "busy", "offline"}


@pytest.mark.parametrize(("step", "who", "reason"), ENDS, ids=names(ENDS))
async def test_who_hangs_up_ends_the_call(step: Step, who: str, reason: str) -> None:
    desk = Desk()
    await step(desk)
    await hang_up(desk, who)
    assert desk.end_reasons() == [reason]
    assert desk.customer.over
    assert all(line.over for line in desk.lines.dialled)
    await check_nothing_is_left(desk)


@pytest.mark.parametrize(("step", "who", "segment", "partners"), GOES_ON, ids=names(GOES_ON))
async def test_who_hangs_up_leaves_the_others(step: Step, who: str, segment: str, partners: str) -> None:
    desk = Desk()
    await step(desk)
    await hang_up(desk, who)
    assert desk.end_reasons() == []
    assert not desk.customer.over
    assert desk.segment() == segment
    if partners:
        assert desk.hear("customer", *partners.split())
    else:
        assert desk.music("customer"), "who hears nobody hears music"
    desk.customer.leaves()
    await check_nothing_is_left(desk)
    assert desk.end_reasons() == ["transferred_out" if partners == OUTSIDE else desk.reason_of_the_customer()]


@pytest.mark.parametrize("wrapup_seconds", [0.0, 30.0])
@pytest.mark.parametrize(("step", "who", "reason"), ENDS, ids=names(ENDS))
async def test_the_sound_of_who_hangs_up_dies_instead(step: Step, who: str, reason: str, wrapup_seconds: float) -> None:
    """The line is gone without a word: nobody is left all the same."""
    desk = Desk(wrapup_seconds=wrapup_seconds)
    await step(desk)
    desk.sound_dies_of(who)
    await desk.settle()
    if who == CUSTOMER:
        assert desk.end_reasons() == ["failed"]
    desk.customer.leaves()
    await desk.settle()
    await check_nothing_is_left(desk)
