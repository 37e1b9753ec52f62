"""Contacts that wait for somebody in particular, for skills, sites and other queues, or go elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.live import Place
from yuelai.routing.events import AgentState, Diverted, Moved, Offer, Seat, StepTaken
from yuelai.routing.inputs import (
    Accepted,
    Enqueue,
    Left,
    Outlook,
    Refused,
    Released,
    SeatReachable,
    SetState,
    WrapupDone,
)
from yuelai.routing.model import Wishes
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish

FRENCH, NORTH, SOUTH = uid(91), uid(81), uid(82)
Q = replace(queue(1), prefer_seconds=20.0)
HELP = queue(2)


def enqueue(centre: Centre, number: int, wishes: Wishes | None = None, **more: Any) -> None:
    centre.tell(Enqueue(uid(number), Q.id, wishes=wishes or Wishes(), **more))
    centre.check()


def steps(centre: Centre) -> list[str]:
    return [one.why for one in centre.log if isinstance(one, StepTaken) and one.why != "waits"]


def last_offer(centre: Centre) -> Offer:
    return next(one for one in reversed(centre.log) if isinstance(one, Offer))


def prefers(number: int, why: str = "last_agent") -> Wishes:
    return Wishes(preferred=((uid(number), why),))


def test_the_agent_of_last_time_is_preferred_though_another_has_been_free_longer() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1)
    centre.pass_time(60)
    centre.ready(2)
    enqueue(centre, 501, prefers(2))
    assert centre.offered(501) == 2
    assert last_offer(centre).explanation["decided_by"] == "last_agent"


def test_who_is_preferred_is_waited_for_so_long_and_then_anybody_serves() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1, 2)
    enqueue(centre, 500)
    centre.tell(Accepted(uid(500), uid(1)))
    enqueue(centre, 501, prefers(1))
    assert centre.offered(501) is None, "agent 2 is free, but another one is preferred"
    centre.pass_time(19)
    assert centre.offered(501) is None
    centre.pass_time(1)
    assert centre.offered(501) == 2
    assert steps(centre) == ["preferred"]
    assert [one["why"] for one in last_offer(centre).explanation["steps"]] == ["preferred"]


def test_who_is_preferred_and_becomes_free_in_time_gets_it() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1, 2)
    enqueue(centre, 500)
    centre.tell(Accepted(uid(500), uid(1)))
    enqueue(centre, 501, prefers(1, "manager"))
    centre.tell(Released(uid(500)))
    centre.tell(WrapupDone(uid(1)))
    assert centre.offered(501) == 1
    assert last_offer(centre).explanation["decided_by"] == "manager"


def test_who_is_preferred_and_signs_out_is_not_waited_for_any_longer() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1)
    enqueue(centre, 500)
    centre.tell(Accepted(uid(500), uid(1)))
    centre.ready(2)
    enqueue(centre, 501, prefers(1))
    assert centre.offered(501) is None, "they talk, and will soon be there"
    centre.tell(SetState(uid(1), AgentState.OFFLINE))
    centre.tell(Released(uid(500)))
    centre.tell(WrapupDone(uid(1)))
    assert centre.offered(501) == 2
    centre.check()


def test_nobody_waits_for_the_break_of_somebody_they_prefer() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1, 2)
    centre.tell(SetState(uid(1), AgentState.BUSY, "meeting"))
    enqueue(centre, 501, prefers(1))
    assert centre.offered(501) == 2
    centre.check()


def test_a_skill_is_wanted_and_relaxed_while_somebody_waits() -> None:
    wanted = replace(Q, skills=(SkillWish(FRENCH, 4, relax_after=30, relax_to=2),))
    people = [replace(agent(number, wanted), skills={FRENCH: level}) for number, level in ((1, 1), (2, 3), (3, 5))]
    centre = Centre([wanted], people)
    centre.ready(1, 2)
    enqueue(centre, 501)
    assert centre.offered(501) is None
    centre.pass_time(30)
    assert centre.offered(501) == 2
    assert steps(centre) == ["skills"]
    enqueue(centre, 502)
    centre.ready(3)
    assert centre.offered(502) == 3


def test_a_contact_never_goes_to_who_has_just_sent_it_away() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q)])
    centre.ready(1)
    enqueue(centre, 501, Wishes(without=frozenset({uid(1)})))
    assert centre.offered(501) is None
    centre.ready(2)
    assert centre.offered(501) == 2


def test_agents_of_the_own_site_come_first_and_others_after_a_while() -> None:
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.WAIT, OverflowTo.SITE, 15),))
    here, there = (Place(frozenset(), site) for site in (NORTH, SOUTH))
    people = [replace(agent(1, wanted), places={SAMPLE_TENANT: there}),
              replace(agent(2, wanted), places={SAMPLE_TENANT: here})]  # fmt: skip
    centre = Centre([wanted], people)
    centre.ready(1)
    enqueue(centre, 501, Wishes(site_id=NORTH))
    assert centre.offered(501) is None
    centre.pass_time(15)
    assert centre.offered(501) == 1
    assert steps(centre) == ["site"]


def test_another_queue_helps_after_a_while_and_the_contact_stays_in_its_own() -> None:
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.WAIT, OverflowTo.QUEUE, 15, "q2"),))
    centre = Centre([wanted, HELP], [agent(1, HELP)])
    centre.ready(1)
    enqueue(centre, 501)
    centre.pass_time(15)
    assert centre.offered(501) == 1
    assert last_offer(centre).explanation["served_by_queue"] == "q2"
    centre.tell(Refused(uid(501), uid(1), "declined"))
    assert (centre.state.pools[Q.id].waiting, centre.state.pools[HELP.id].waiting) == (1, 0)


def test_who_waits_too_long_goes_to_voicemail_but_not_while_it_rings() -> None:
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.WAIT, OverflowTo.VOICEMAIL, 30, ""),))
    centre = Centre([wanted], [agent(1, wanted)])
    enqueue(centre, 501)
    enqueue(centre, 502)
    centre.pass_time(25)
    centre.ready(1)
    centre.pass_time(5)
    assert centre.diverted == {uid(502): Diverted(uid(502), "voicemail", "", "wait")}
    assert centre.offered(501) == 1
    centre.pass_time(15)
    assert uid(501) in centre.diverted, "nobody answered, and its time is over"
    assert not centre.state.contacts


def test_rules_for_who_comes_are_judged_in_their_order_and_lead_on() -> None:
    third = queue(3)
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.CLOSED, OverflowTo.QUEUE, 0, "q2"),
                                   Overflow(OverflowWhen.LENGTH, OverflowTo.MESSAGE, 1, "full")))  # fmt: skip
    second = replace(HELP, overflows=(Overflow(OverflowWhen.ESTIMATE, OverflowTo.QUEUE, 100, "q3"),))
    centre = Centre([wanted, second, third], [agent(1, wanted, second, third)])
    closed = {Q.id: Outlook(closed=True), HELP.id: Outlook(estimate=120.0)}
    enqueue(centre, 501, outlook=closed)
    assert centre.state.contacts[uid(501)].queue_id == third.id
    assert [one.queue_code for one in centre.log if isinstance(one, Moved)] == ["q2", "q3"]
    enqueue(centre, 502)
    enqueue(centre, 503)
    assert centre.diverted[uid(503)] == Diverted(uid(503), "message", "full", "length")


def test_a_rule_that_leads_to_a_queue_that_is_gone_does_not_count() -> None:
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.CLOSED, OverflowTo.QUEUE, 0, "gone"),
                                   Overflow(OverflowWhen.NOBODY, OverflowTo.VOICEMAIL)))  # fmt: skip
    centre = Centre([wanted], [agent(1, wanted)])
    enqueue(centre, 501, outlook={Q.id: Outlook(closed=True)})
    assert centre.diverted[uid(501)] == Diverted(uid(501), "voicemail", "", "nobody")


def test_when_the_last_agent_signs_out_who_waits_is_sent_elsewhere() -> None:
    wanted = replace(Q, overflows=(Overflow(OverflowWhen.NOBODY, OverflowTo.CALLBACK),))
    centre = Centre([wanted], [agent(1, wanted), agent(2, wanted)])
    enqueue(centre, 500)
    assert uid(500) in centre.diverted
    centre.ready(1, 2)
    centre.tell(SetState(uid(1), AgentState.BUSY, "lunch"))
    centre.tell(SetState(uid(2), AgentState.BUSY, "lunch"))
    enqueue(centre, 501)
    centre.tell(SetState(uid(1), AgentState.OFFLINE))
    assert uid(501) in centre.state.contacts
    centre.tell(SetState(uid(2), AgentState.OFFLINE))
    assert uid(501) in centre.diverted
    centre.check()


def test_outbound_contacts_wait_until_no_inbound_one_does_but_not_for_ever() -> None:
    centre = Centre([Q], [agent(1, Q)])
    enqueue(centre, 501, Wishes(outbound=True))
    centre.pass_time(100)
    enqueue(centre, 502)
    centre.ready(1)
    assert centre.offered(502) == 1
    centre.tell(Accepted(uid(502), uid(1)))
    centre.pass_time(200)
    enqueue(centre, 503)
    centre.tell(Released(uid(502)))
    centre.tell(WrapupDone(uid(1)))
    assert centre.offered(501) == 1


def test_an_earlier_place_is_kept_and_a_head_start_counts() -> None:
    centre = Centre([Q], [agent(1, Q)])
    enqueue(centre, 501)
    centre.pass_time(60)
    enqueue(centre, 502, since=centre.now.replace(hour=8))
    enqueue(centre, 503, Wishes(seconds=30))
    enqueue(centre, 504, Wishes(seconds=90))
    pool = centre.state.pools[Q.id]
    order = [entry[3].id.int for entry in pool.order]
    assert order == [502, 504, 501, 503]
    assert [pool.rank(centre.state.contacts[uid(one)]) for one in order] == [1, 2, 3, 4]


def test_why_it_waited_is_told_with_who_was_busy_and_how_many_were_ahead() -> None:
    centre = Centre([Q], [agent(1, Q), agent(2, Q), agent(3, Q), agent(4, Q)])
    centre.ready(1, 2, 4)
    centre.tell(SeatReachable(uid(4), Seat.PHONE, False))
    enqueue(centre, 500)
    centre.tell(Accepted(uid(500), uid(1)))
    centre.tell(SetState(uid(2), AgentState.BUSY, "lunch"))
    enqueue(centre, 501)
    enqueue(centre, 502)
    assert [one.data["ahead"] for one in centre.log if isinstance(one, StepTaken) and one.why == "waits"] == [0, 1]
    centre.tell(Left(uid(501)))
    centre.tell(Released(uid(500)))
    centre.tell(WrapupDone(uid(1)))
    assert last_offer(centre).explanation["met"] == {
        "ahead": 1, "members": 4, "talking": 1, "busy": 1, "offline": 1, "away": 1,
    }  # fmt: skip
