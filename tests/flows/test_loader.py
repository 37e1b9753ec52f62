from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

import yuelai.prompts
from yuelai.flows.errors import FlowInvalid
from yuelai.flows.loader import load, loads, sample


@pytest.fixture
def document() -> dict[str, Any]:
    text = resources.files("yuelai.flows").joinpath("samples", "main.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    return loaded


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        place: Any = document
        for part in parents:
            place = place[int(part) if isinstance(place, list) else part]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return apply


@pytest.mark.parametrize(
    ("path", "value", "node", "code"),
    [
        ("nodes/greeting/next", "nowhere", "greeting", "no_such_node"),
        ("nodes/main_menu/choices/2/next", "nowhere", "main_menu", "no_such_node"),
        ("nodes/bills/failed", ..., "bills", "open_exit"),
        ("nodes/greeting/kind", "shout", "greeting", "schema"),
        ("nodes/main_menu/choices/12", {"next": "to_agent"}, "main_menu", "schema"),
        ("nodes/to_fault/queue", "", "to_fault", "schema"),
        ("nodes/goodbye/colour", "red", "goodbye", "schema"),
        ("nodes/orphan", {"kind": "hangup", "served": False}, "orphan", "unreachable"),
        ("nodes/who/cases", [{"when": "exec('x')", "next": "bills"}], "who", "bad_expression"),
        ("nodes/closed/say", [{"money": "a b"}], "closed", "bad_expression"),
        ("nodes/main_menu/repeat", "1", "main_menu", "key_twice"),
        ("handlers/error", "main_menu", "main_menu", "error_must_end"),
        ("start", "nowhere", "", "no_such_node"),
        ("handlers/attempts", 0, "", "schema"),
    ],
)
def test_a_broken_flow_is_refused_and_the_broken_node_named(
    document: dict[str, Any], path: str, value: Any, node: str, code: str
) -> None:
    change(path, value)(document)
    with pytest.raises(FlowInvalid) as refusal:
        load(document)
    assert (node, code) in {(problem.node, problem.code) for problem in refusal.value.problems}
    assert refusal.value.problem()["code"] == "flow_invalid"


def test_all_problems_are_told_at_once(document: dict[str, Any]) -> None:
    change("nodes/greeting/next", "nowhere")(document)
    change("nodes/who/otherwise", "elsewhere")(document)
    with pytest.raises(FlowInvalid) as refusal:
        load(document)
    assert {problem.node for problem in refusal.value.problems} >= {"greeting", "who"}


def test_a_circle_that_never_asks_the_customer_is_refused(document: dict[str, Any]) -> None:
    document["nodes"]["not_identified"]["next"] = "who"
    with pytest.raises(FlowInvalid) as refusal:
        load(document)
    (problem,) = [one for one in refusal.value.problems if one.code == "busy_loop"]
    assert problem.node in {"who", "not_identified"}


def test_what_is_not_json_is_refused_as_such() -> None:
    with pytest.raises(FlowInvalid, match="not JSON"):
        loads("{")


def test_loading_leaves_the_document_as_it_was(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    load(document)
    assert document == before


def test_every_prompt_of_the_sample_is_spoken_in_both_languages() -> None:
    flow = sample("main")
    wanted = {item.text for node in flow.nodes.values() for item in node.say if item.kind == "prompt"}
    wanted |= {item.text for item in (*flow.handlers.no_input, *flow.handlers.no_match)}
    sentences = yaml.safe_load((Path(yuelai.prompts.__path__[0]) / "prompts.yaml").read_text(encoding="utf-8"))[
        "sentences"
    ]
    assert wanted <= {name for name, texts in sentences.items() if {"zh-CN", "en"} <= texts.keys()}
