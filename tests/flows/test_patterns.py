"""What the designer begins new flows with can be published as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from yuelai.flows import loader
from yuelai.flows.checking import check

PATTERNS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "web/src/features/flows/patterns.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_is_a_whole_flow(name: str) -> None:
    document = {"id": name, "version": 1, "name": name, **PATTERNS[name]}
    assert [problem.code for problem in check(document)] == []
    loader.load(document)


def test_all_that_patterns_say_is_there_to_be_said() -> None:
    text = (Path(__file__).parents[2] / "src/yuelai/prompts/prompts.yaml").read_text(encoding="utf-8")
    known = set(re.findall(r"^  ([a-z0-9_]+):", text, re.MULTILINE))
    for pattern in PATTERNS.values():
        for node in pattern["nodes"].values():
            assert set(node.get("say", [])) <= known
