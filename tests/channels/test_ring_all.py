"""A queue that rings all its agents at once: the first answer wins."""

from __future__ import annotations

from tests.channels.desk import Desk


async def ringing() -> Desk:
    desk = Desk(strategy="ring_all")
    await desk.begin()
    await desk.ready(1)
    desk.customer = await desk.queued()
    return desk


async def test_all_ring_and_the_first_who_answers_has_the_customer() -> None:
    desk = await ringing()
    assert (desk.state(0), desk.state(1)) == ("ringing", "ringing")
    await desk.answers("8002")
    assert desk.hear("customer", "8002")
    assert desk.phone("8001").over
    assert (desk.state(0), desk.state(1)) == ("ready", "talking")
    assert desk.segments() == ["ivr", "queue", "ring", "talk"]


async def test_two_answers_at_once_connect_one_and_cost_the_other_nothing() -> None:
    desk = await ringing()
    desk.phone("8001").picks_up()
    desk.phone("8002").picks_up()
    await desk.settle()
    assert sorted([desk.state(0), desk.state(1)]) == ["ready", "talking"]
    winner = "8001" if desk.state(0) == "talking" else "8002"
    assert desk.hear("customer", winner)
    desk.customer.leaves()
    await desk.everything_ends()
    assert desk.nothing_left()


async def test_one_who_refuses_leaves_the_other_ringing() -> None:
    desk = await ringing()
    desk.phone("8001").leaves(486)
    await desk.settle()
    assert (desk.state(0), desk.state(1)) == ("busy", "ringing")
    await desk.answers("8002")
    assert desk.hear("customer", "8002")


async def test_a_customer_who_hangs_up_stops_all_telephones() -> None:
    desk = await ringing()
    desk.customer.leaves()
    await desk.settle()
    assert all(line.over for line in desk.lines.dialled)
    assert (desk.state(0), desk.state(1)) == ("ready", "ready")
    assert desk.end_reasons() == ["abandoned"]
    assert desk.nothing_left()


async def test_when_nobody_answers_all_are_set_aside_and_the_customer_waits() -> None:
    desk = await ringing()
    await desk.pass_time(21)
    assert (desk.state(0), desk.state(1)) == ("busy", "busy")
    assert desk.segment() == "queue"
    assert all(line.over for line in desk.lines.dialled)


async def test_all_who_ring_see_the_contact_and_the_loser_no_more() -> None:
    desk = await ringing()
    await desk.answers("8002")
    for index, sees in ((0, False), (1, True)):
        seen = desk.live.snapshot(frozenset({f"person:{desk.agents[index].id}"}))
        assert any(key.startswith("interaction/") for key in seen) is sees
