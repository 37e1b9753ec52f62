"""Who is asked among those who are free, by each strategy, and what the explanation says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Withdraw
from yuelai.routing.inputs import Accepted, Enqueue, Left, Refused, Released, WrapupDone
from yuelai.routing.matching import STRATEGIES
from yuelai.routing.model import Queue
from yuelai.routing.settings import SkillWish

FRENCH, WINE = uid(91), uid(92)


def served(centre: Centre, wanted: Queue, number: int) -> int | None:
    centre.tell(Enqueue(uid(number), wanted.id))
    centre.check()
    return centre.offered(number)


def why(centre: Centre) -> dict[str, Any]:
    return next(one.explanation for one in reversed(centre.log) if isinstance(one, Offer))


def serve(centre: Centre, wanted: Queue, number: int, seconds: float) -> int | None:
    """Let a contact be served so long; return by whom."""
    who = served(centre, wanted, number)
    assert who is not None
    centre.tell(Accepted(uid(number), uid(who)))
    centre.pass_time(seconds)
    centre.tell(Released(uid(number)))
    centre.tell(WrapupDone(uid(who)))
    return who


def test_round_robin_goes_round_however_long_somebody_was_busy() -> None:
    wanted = queue(1, strategy="round_robin")
    centre = Centre([wanted], [agent(number, wanted) for number in (1, 2, 3)])
    centre.ready(1, 2, 3)
    assert [serve(centre, wanted, 500 + each, 90 - 10 * each) for each in range(6)] == [1, 2, 3, 1, 2, 3]
    assert why(centre)["candidates"][0]["figure"]["name"] == "turns_ago"


def test_the_least_occupied_has_had_the_smallest_share_of_the_session_in_hand() -> None:
    wanted = queue(1, strategy="least_occupied")
    centre = Centre([wanted], [agent(1, wanted), agent(2, wanted)])
    centre.ready(1, 2)
    centre.pass_time(100)
    assert serve(centre, wanted, 501, 100) == 1
    assert serve(centre, wanted, 502, 10) == 2
    assert served(centre, wanted, 503) == 2, "agent 1 has been free longer, but had more to do"
    figures = [one["figure"]["value"] for one in why(centre)["candidates"]]
    assert figures == sorted(figures)
    assert why(centre)["decided_by"] == "least_occupied"


@pytest.mark.parametrize(("strategy", "who"), [("most_skilled", 3), ("least_skilled_sufficient", 2)])
def test_the_best_are_asked_first_or_kept_for_what_needs_them(strategy: str, who: int) -> None:
    wanted = replace(queue(1, strategy=strategy), skills=(SkillWish(FRENCH, 2), SkillWish(WINE, 1)))
    skills = {1: {FRENCH: 1, WINE: 5}, 2: {FRENCH: 2, WINE: 2}, 3: {FRENCH: 5, WINE: 4}, 4: {FRENCH: 3, WINE: 3}}
    centre = Centre([wanted], [replace(agent(number, wanted), skills=known) for number, known in skills.items()])
    centre.ready(1, 2, 3, 4)
    assert served(centre, wanted, 501) == who
    said = why(centre)
    assert said["considered"] == 3, "who lacks a skill is no candidate"
    assert {one["id"]: one["level"] for one in said["skills"]} == {str(FRENCH): 2, str(WINE): 1}


def test_a_fixed_order_begins_at_the_first_member_each_time() -> None:
    wanted = queue(1, strategy="fixed_order")
    people = [
        replace(agent(number, wanted), positions={wanted.id: place}) for number, place in ((1, 3), (2, 1), (3, 2))
    ]
    centre = Centre([wanted], people)
    centre.ready(1, 3, 2)
    assert serve(centre, wanted, 501, 10) == 2
    assert [served(centre, wanted, number) for number in (502, 503, 504)] == [2, 3, 1]


def test_all_ring_at_once_and_the_first_who_answers_has_it() -> None:
    wanted = queue(1, strategy="ring_all", ring=20)
    centre = Centre([wanted], [agent(number, wanted) for number in (1, 2, 3)])
    centre.ready(1, 2)
    centre.pass_time(30)
    centre.tell(Enqueue(uid(501), wanted.id))
    assert centre.offers[uid(501)] == {uid(1), uid(2)}
    assert why(centre)["chosen"] == "everybody"
    centre.ready(3)
    assert centre.offered(501) is None, "it rings already"
    commands = centre.tell(Accepted(uid(501), uid(2)))
    assert [one for one in commands if isinstance(one, Withdraw)] == [Withdraw(uid(501), uid(1), "taken")]
    assert centre.state_of(1) == AgentState.READY
    centre.check()
    centre.tell(Enqueue(uid(502), wanted.id))
    assert [one["number"] for one in why(centre)["candidates"]] == ["8001", "8003"], "agent 1 kept the idle time"


def test_who_declines_while_all_ring_is_set_aside_and_the_others_ring_on() -> None:
    wanted = queue(1, strategy="ring_all", ring=20)
    centre = Centre([wanted], [agent(number, wanted) for number in (1, 2)])
    centre.ready(1, 2)
    centre.tell(Enqueue(uid(501), wanted.id))
    centre.tell(Refused(uid(501), uid(1), "declined"))
    assert (centre.state_of(1), centre.offered(501)) == (AgentState.BUSY, 2)
    centre.check()
    centre.pass_time(20)
    assert not centre.offers
    assert centre.state.pools[wanted.id].waiting == 1
    centre.check()


def test_a_customer_who_leaves_while_all_ring_frees_all_of_them() -> None:
    wanted = queue(1, strategy="ring_all")
    centre = Centre([wanted], [agent(number, wanted) for number in (1, 2)])
    centre.ready(1, 2)
    centre.tell(Enqueue(uid(501), wanted.id))
    centre.tell(Enqueue(uid(502), wanted.id))
    commands = centre.tell(Left(uid(501)))
    assert [one.reason for one in commands if isinstance(one, Withdraw)] == ["customer_left", "customer_left"]
    assert centre.offers.keys() == {uid(502)}
    centre.check()


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_every_strategy_serves_everybody_and_uses_everybody(strategy: str) -> None:
    wanted = queue(1, strategy=strategy, wrapup=5)
    centre = Centre([wanted], [agent(number, wanted, level=number) for number in (1, 2, 3)])
    centre.ready(1, 2, 3)
    for number in range(500, 530):
        centre.tell(Enqueue(uid(number), wanted.id))
    talked: list[tuple[int, int]] = []
    while centre.offers:
        while centre.offers:
            contact, ringing = min(centre.offers.items())
            who = sorted(ringing)[len(talked) % len(ringing)]
            centre.tell(Accepted(contact, who))
            talked.append((contact.int, who.int))
        centre.pass_time(20)
        for contact_id in [one.id for one in centre.state.contacts.values() if one.agent and not one.ringing]:
            centre.tell(Released(contact_id))
        centre.pass_time(5)
        centre.check()
    assert sorted(contact for contact, _ in talked) == list(range(500, 530))
    assert {who for _, who in talked} == {1, 2, 3}
    assert not any(isinstance(one, AgentStateChanged) and one.reason == "rona" for one in centre.log)
