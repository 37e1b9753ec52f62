"""Facts are kept for ever: what an old version wrote, every later one reads.

`tests/fixtures/facts` holds one fact of each type as it was first stored. Never edit one: a new meaning is a new
version, and a new field needs a default.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import yuelai
from yuelai.platform import facts
from yuelai.platform.ids import SAMPLE_TENANT

STORED = sorted((Path(__file__).parent.parent / "fixtures" / "facts").glob("*.json"))

for _module in pkgutil.walk_packages(yuelai.__path__, "yuelai."):
    if _module.name.endswith(".events"):
        importlib.import_module(_module.name)


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_fact_still_reads_with_every_value_it_had(path: Path) -> None:
    stored = read(path)
    fact = facts.decode(path.stem, stored)
    assert fact.type == path.stem
    assert (fact.tenant_id, fact.at) == (SAMPLE_TENANT, datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC))
    again = facts.encode(fact)
    assert {name: again[name] for name in stored} == stored


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_facts_written_before_a_field_was_added_are_read_with_its_default(path: Path) -> None:
    stored = read(path)
    cls = facts.registered()[path.stem]
    required = {
        field.name
        for field in dataclasses.fields(cls)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    facts.decode(path.stem, {name: value for name, value in stored.items() if name in required})


def test_every_fact_of_the_program_has_its_stored_sample() -> None:
    ours = {name for name, cls in facts.registered().items() if cls.__module__.startswith("yuelai.")}
    assert ours == {path.stem for path in STORED}
