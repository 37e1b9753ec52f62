"""Who hears whom follows from where they are: any scene leaves nobody in silence who did not choose it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuelai.channels.voice.scene import Place, Scene, Seen, heard, segment
from yuelai.platform.ids import LegId, new_id

CUSTOMER = LegId(new_id())


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any number of people anywhere, at most one of whom is in charge."""
    count = draw(st.integers(0, 6))
    in_charge = draw(st.integers(-1, count - 1)) if count else -1
    others = tuple(
        Seen(
            LegId(new_id()),
            draw(st.sampled_from(list(Place))),
            new_id() if index == in_charge or draw(st.booleans()) else None,
            index == in_charge,
            draw(st.booleans()),
        )
        for index in range(count)
    )
    return Scene(CUSTOMER, others, draw(st.booleans()))


def partners(scene: Scene, leg: LegId) -> set[LegId]:
    return {other for pair in heard(scene).pairs if leg in pair for other in pair - {leg}}


@given(scenes())
def test_the_customer_hears_somebody_or_music_and_never_both(scene: Scene) -> None:
    assert bool(partners(scene, CUSTOMER)) != (CUSTOMER in heard(scene).music)


@given(scenes())
def test_a_held_customer_hears_and_is_heard_by_nobody(scene: Scene) -> None:
    if scene.held:
        assert not partners(scene, CUSTOMER)


@given(scenes())
def test_nobody_hears_the_other_room_and_nobody_absent_hears_anything(scene: Scene) -> None:
    for one in scene.others:
        there = {other.leg for other in scene.others if other.place is one.place and not other.absent} - {one.leg}
        if one.place is Place.ROOM and not scene.held:
            there.add(CUSTOMER)
        expected = set() if one.absent or one.place is Place.CALLED else there
        assert partners(scene, one.leg) == expected


@given(scenes())
def test_whoever_waits_without_having_wished_it_hears_music_or_that_it_rings(scene: Scene) -> None:
    rings = any(one.place is Place.CALLED for one in scene.others)
    for one in scene.others:
        alone = one.place is not Place.CALLED and not one.absent and not partners(scene, one.leg)
        own_wish = one.in_charge and one.place is Place.ROOM
        asks = one.in_charge and one.place is Place.ASIDE
        assert (one.leg in heard(scene).ringing) == (alone and asks and rings)
        assert (one.leg in heard(scene).music) == (alone and not own_wish and not (asks and rings))


@given(scenes())
def test_a_talk_is_of_two_and_names_the_agent_in_charge(scene: Scene) -> None:
    kind, agent_id = segment(scene)
    in_charge = next((one.agent_id for one in scene.others if one.in_charge), None)
    assert agent_id == in_charge
    beside = [one for one in scene.others if one.place is Place.ROOM]
    if scene.held:
        assert kind == "hold"
    elif not beside:
        assert kind in ("consult", "dial")
    elif len(beside) > 1:
        assert kind == "conference"
