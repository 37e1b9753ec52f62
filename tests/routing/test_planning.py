"""The ladder that a contact waits on, as a pure function of settings, wishes and who is signed in."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.routing.centre import queue, uid
from yuelai.routing.model import Queue, Wishes
from yuelai.routing.planning import OUTBOUND_SECONDS, Step, ladder
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish

FRENCH, WINE, NORTH = uid(91), uid(92), uid(81)
LAST, OWNER, ONLY = uid(1), uid(2), uid(3)
OTHERS = {"q2": uid(1002), "q3": uid(1003)}
Q = replace(queue(1), prefer_seconds=20.0)


def wait(limit: float, to: OverflowTo, target: str = "") -> Overflow:
    return Overflow(OverflowWhen.WAIT, to, limit, target)


def plan(wanted: Queue, wishes: Wishes, *, away: frozenset[object] = frozenset(), consult: bool = False) -> list[Step]:
    return list(ladder(wanted, wishes, lambda one: one not in away, OTHERS.get, consult=consult))


def told(steps: list[Step]) -> list[tuple[float, str]]:
    return [(step.after, step.why) for step in steps]


def test_without_wishes_and_rules_there_is_one_step() -> None:
    (step,) = plan(Q, Wishes())
    assert (step.after, step.queues, step.agents, step.need.skills) == (0, (Q.id,), (), ())


def test_the_only_agent_comes_first_then_those_preferred_then_everybody() -> None:
    wishes = Wishes(only=ONLY, only_seconds=30, preferred=((LAST, "last_agent"), (OWNER, "owner")))
    steps = plan(Q, wishes)
    assert told(steps) == [(0, "only"), (30, "preferred"), (50, "")]
    assert steps[1].agents == ((LAST, "last_agent"), (OWNER, "owner"))


def test_who_is_not_signed_in_is_not_waited_for() -> None:
    wishes = Wishes(only=ONLY, preferred=((LAST, "last_agent"), (OWNER, "owner")))
    assert told(plan(Q, wishes, away=frozenset({ONLY, LAST, OWNER}))) == [(0, "")]
    (first, _) = plan(Q, wishes, away=frozenset({ONLY, LAST}))
    assert first.agents == ((OWNER, "owner"),)


def test_levels_are_relaxed_while_somebody_waits_and_what_is_only_preferred_is_given_up() -> None:
    wanted = replace(Q, skills=(SkillWish(FRENCH, 4, relax_after=30, relax_to=2),))
    wishes = Wishes(skills=(SkillWish(WINE, 1, required=False),))
    steps = plan(wanted, wishes)
    assert [(step.after, dict(step.need.skills)) for step in steps] == [
        (0, {FRENCH: 4, WINE: 1}),
        (20, {FRENCH: 4}),
        (30, {FRENCH: 2}),
    ]


def test_own_site_first_then_others_then_other_queues_then_voicemail() -> None:
    rules = (
        wait(10, OverflowTo.SITE), wait(40, OverflowTo.QUEUE, "q2"), wait(90, OverflowTo.VOICEMAIL),
        wait(60, OverflowTo.QUEUE, "gone"),
    )  # fmt: skip
    steps = plan(replace(Q, overflows=rules), Wishes(site_id=NORTH))
    assert told(steps) == [(0, ""), (10, "site"), (40, "queue"), (90, "voicemail")]
    assert [step.need.site for step in steps[:3]] == [NORTH, None, None]
    assert steps[2].queues == (Q.id, OTHERS["q2"])
    assert steps[3].divert is rules[2]


def test_a_colleague_who_is_asked_and_a_call_we_owe_are_never_sent_away() -> None:
    rules = (wait(30, OverflowTo.MESSAGE, "sorry"),)
    assert told(plan(replace(Q, overflows=rules), Wishes(), consult=True)) == [(0, "")]
    assert told(plan(replace(Q, overflows=rules), Wishes(stays=True))) == [(0, "")]


def test_an_outbound_contact_counts_like_others_after_a_while() -> None:
    steps = plan(Q, Wishes(outbound=True))
    assert [(step.after, step.tier) for step in steps] == [(0, 1), (OUTBOUND_SECONDS, 0)]


def test_what_is_due_while_somebody_is_waited_for_holds_when_everybodys_turn_comes() -> None:
    wanted = replace(Q, skills=(SkillWish(FRENCH, 4, relax_after=10, relax_to=0),))
    steps = plan(wanted, Wishes(preferred=((LAST, "last_agent"),)))
    assert told(steps) == [(0, "preferred"), (20, "")]
    assert steps[1].need.skills == ()


@given(
    skills=st.lists(
        st.builds(
            SkillWish, st.sampled_from([FRENCH, WINE]), st.integers(1, 5), st.booleans(),
            st.one_of(st.none(), st.sampled_from([5.0, 20.0, 35.0])), st.just(0),
        ),
        max_size=3,
    ),
    rules=st.lists(
        st.builds(
            Overflow, st.just(OverflowWhen.WAIT), st.sampled_from(OverflowTo), st.sampled_from([5.0, 15.0, 20.0, 60.0]),
            st.sampled_from(["q2", "q3", "gone"]),
        ),
        max_size=4,
    ),
    preferred=st.booleans(),
    only=st.booleans(),
    outbound=st.booleans(),
)  # fmt: skip
def test_whatever_is_set_steps_go_forward_and_terms_only_become_easier(
    skills: list[SkillWish], rules: list[Overflow], preferred: bool, only: bool, outbound: bool
) -> None:
    wishes = Wishes(
        preferred=((LAST, "last_agent"),) if preferred else (), only=ONLY if only else None, outbound=outbound,
        site_id=NORTH,
    )  # fmt: skip
    steps = plan(replace(Q, skills=tuple(skills), overflows=tuple(rules)), wishes)
    assert steps[0].after == 0
    assert all(before.after < after.after for before, after in pairwise(steps))
    assert [step for step in steps if step.divert] == steps[-1:] or not any(step.divert for step in steps)
    everybody = [step for step in steps if not step.agents and not step.divert]
    for before, after in pairwise(everybody):
        assert set(before.queues) <= set(after.queues)
        wanted = dict(before.need.skills)
        assert all(level <= wanted.get(skill, 0) for skill, level in after.need.skills)
        assert after.need.site is None or before.need.site is not None
        assert after.tier <= before.tier
