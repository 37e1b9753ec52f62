"""From a JSON document to a `Flow`, and the flows that ship with the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from yuelai.flows import model
from yuelai.flows.building import build
from yuelai.flows.checking import check
from yuelai.flows.errors import FlowInvalid, Problem


def load(document: Mapping[str, Any]) -> model.Flow:
    """Return the flow. Raises `FlowInvalid` with all problems found; what is only a warning is left out."""
    problems = [problem for problem in check(document) if problem.severity == "error"]
    if problems:
        raise FlowInvalid(problems)
    return build(document)


def loads(text: str | bytes) -> model.Flow:
    """Load from JSON text."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise FlowInvalid([Problem("", "not_json", f"not JSON: {error}")]) from error
    return load(document)


def sample(name: str = "main") -> model.Flow:
    """Return a flow that ships with the program."""
    return loads(resources.files("yuelai.flows").joinpath("samples", f"{name}.json").read_bytes())


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, model.Flow]:
    """Return all flows that ship with the program, by name."""
    folder = resources.files("yuelai.flows").joinpath("samples")
    names = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    return MappingProxyType({name: sample(name) for name in names})
