"""How two documents of a flow differ: what a designer changed, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yuelai.flows.comparing import compare


def document(**nodes: Any) -> dict[str, Any]:
    return {"id": "a", "version": 1, "name": "A", "start": "one", "handlers": {"attempts": 3}, "nodes": nodes}


def test_nodes_that_came_went_and_changed_are_told_with_their_fields() -> None:
    one = document(stays={"kind": "say"}, goes={"kind": "hangup", "served": True}, turns={"kind": "say", "next": "x"})
    other = document(
        stays={"kind": "say"}, turns={"kind": "say", "next": "y", "label": "Y"}, comes={"kind": "queue", "queue": "q"}
    )
    assert compare(one, other) == {
        "handlers": [],
        "nodes": [
            {
                "node": "goes",
                "change": "removed",
                "fields": [
                    {"name": "kind", "one": "hangup", "other": None},
                    {"name": "served", "one": True, "other": None},
                ],
            },
            {
                "node": "turns",
                "change": "changed",
                "fields": [{"name": "next", "one": "x", "other": "y"}, {"name": "label", "one": None, "other": "Y"}],
            },
            {
                "node": "comes",
                "change": "added",
                "fields": [
                    {"name": "kind", "one": None, "other": "queue"},
                    {"name": "queue", "one": None, "other": "q"},
                ],
            },
        ],
    }


def test_where_a_node_stands_and_which_version_it_is_are_no_difference() -> None:
    one, other = document(a={"kind": "say", "at": [1, 2]}), document(a={"kind": "say", "at": [3, 4]})
    assert compare(one, {**other, "id": "b", "version": 9}) == {"handlers": [], "nodes": []}


def test_what_differs_outside_the_nodes_is_told() -> None:
    one = document()
    other = {**document(), "start": "two", "early": True, "handlers": {"attempts": 2, "failed": "x"}}
    assert compare(one, other)["handlers"] == [
        {"name": "start", "one": "one", "other": "two"},
        {"name": "early", "one": None, "other": True},
        {"name": "attempts", "one": 3, "other": 2},
        {"name": "failed", "one": None, "other": "x"},
    ]


def test_true_is_not_one() -> None:
    (node,) = compare(document(a={"x": [1]}), document(a={"x": [True]}))["nodes"]
    assert node["fields"] == [{"name": "x", "one": [1], "other": [True]}]


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "a", "nodes"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_unfinished = st.dictionaries(st.sampled_from(["nodes", "handlers", "start", "id"]), _json, max_size=4)


@given(_unfinished, _unfinished)
def test_any_drafts_can_be_compared_and_turning_round_swaps_the_sides(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    there, back = compare(one, other), compare(other, one)
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(each["node"], swapped[each["change"]]) for each in there["nodes"]} == {
        (each["node"], each["change"]) for each in back["nodes"]
    }
    assert compare(one, one) == {"handlers": [], "nodes": []}
