"""docs/reference/flows.md says all there is in a flow document, and nothing that is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yuelai.flows.checking
from yuelai.flows import schema
from yuelai.flows.checking import check

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "flows.md").read_text(encoding="utf-8")
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)` \|.*$", PAGE, re.MULTILINE)}


def test_every_kind_of_node_stands_there_with_all_its_fields() -> None:
    assert ROWS.keys() == schema.NODES.keys()
    for kind, definition in schema.NODES.items():
        names = set(re.findall(r"`([a-z_]+)[`.]", ROWS[kind]))
        missing = definition["properties"].keys() - names - {"kind", "label", "say", "at", "business"}
        assert not missing, (kind, missing)


def test_every_problem_stands_there() -> None:
    source = Path(yuelai.flows.checking.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'Problem\((?:""|[a-z.\[\]0-9]+), "([a-z_]+)"', source)) | {"schema"}
    assert len(codes) > 15
    told = set(re.findall(r"`([a-z_]+)`", PAGE.partition("## Problems")[2]))
    assert codes <= told
    assert told - {"code"} <= codes


def test_the_example_is_a_flow() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert check(json.loads(example[1])) == []
