"""What is wrong with a script is said of the step it is wrong in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.entrypoints.sample.scripts import SCRIPTS
from yuelai.knowledge.scripts.checking import Fault, faults
from yuelai.knowledge.scripts.model import Branch, Script, Step, script_of


def script(**steps: list[str | None]) -> Script:
    """Steps by name, each with the steps that its answers lead to."""
    return Script(tuple(Step(id_, "说", "", tuple(Branch("答", "", to) for to in ways)) for id_, ways in steps.items()))


def test_the_shipped_scripts_have_no_faults() -> None:
    for code, _, _, _, steps, entry in SCRIPTS:
        assert faults(script_of({"steps": steps, "entry": entry})) == [], code


def test_a_script_says_something() -> None:
    assert faults(Script(())) == [Fault("no_steps")]


def test_a_loop_with_a_way_out_is_no_fault() -> None:
    assert faults(script(ask=["ask", "end"], end=[])) == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (script(a=["b"], b=[], c=[]), Fault("unreachable", "c")),
        (script(a=["b", "x"], b=[]), Fault("missing_next", "a", 1, "x")),
        (script(a=["b", None], b=["b"]), Fault("endless", "b")),
        (Script((Step("a", "  "),)), Fault("empty_text", "a")),
        (Script((Step("a", "您好，{customer.nmae}"),)), Fault("unknown_place", "a", None, "customer.nmae")),
        (Script((Step("a", "您好", "Hello {customer.name"),)), Fault("unknown_place", "a", None, "{")),
        (Script((Step("a", "您好", "", (Branch(" "),)),)), Fault("empty_label", "a", 0)),
        (Script((Step("a", "您好", "", (Branch("是"),) * 10),)), Fault("too_many_branches", "a")),
    ],
)
def test_a_fault_names_the_step_and_the_answer(broken: Script, fault: Fault) -> None:
    assert faults(broken) == [fault]


def test_two_steps_of_one_name_are_both_marked() -> None:
    twice = Script((Step("a", "一"), Step("a", "二")))
    assert [fault.code for fault in faults(twice)] == ["double_step", "double_step"]


_names = st.sampled_from("abcdefgh")
_graphs = st.dictionaries(_names, st.lists(st.one_of(st.none(), _names), max_size=4), min_size=1)


@given(_graphs)
def test_a_script_without_faults_ends_from_wherever_one_comes_to(graph: dict[str, list[Any]]) -> None:
    made = script(**graph)
    codes = {fault.code for fault in faults(made)}
    seen, waiting = set(), [made.steps[0].id]
    while waiting:
        id_ = waiting.pop()
        if id_ not in seen and id_ in graph:
            seen.add(id_)
            waiting += [way for way in graph[id_] if way is not None]
    assert ("unreachable" in codes) == (seen != set(graph))
    assert ("missing_next" in codes) == any(way not in graph for ways in graph.values() for way in ways if way)
    if not codes:
        # From every step some way of answering comes to the end in no more steps than there are.
        ends = {id_ for id_, ways in graph.items() if not ways or None in ways}
        for _ in graph:
            ends |= {id_ for id_, ways in graph.items() if ends.intersection(ways)}
        assert ends == set(graph)
