"""Flow documents as they are kept and sent: what fits, what the server sets itself, what is wrong with one."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from yuelai.flows import loader
from yuelai.flows.errors import Problem
from yuelai.flows.refusals import DocumentUnfit

MOST_BYTES = 512 * 1024
MOST_DEPTH = 20
MOST_NODES = 1000
MOST_NUMBER = 2**53
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def fit(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document if it can be kept, whatever is wrong with it as a flow: 3.0 becomes 3, which is what it is to
    a schema as well. Raises `DocumentUnfit`."""
    kept: dict[str, Any] = _fit(document, MOST_DEPTH)
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MOST_BYTES:
        raise DocumentUnfit("longer than 512 KB")
    nodes = kept.get("nodes")
    if isinstance(nodes, Mapping) and len(nodes) > MOST_NODES:
        raise DocumentUnfit(f"more than {MOST_NODES} nodes")
    return kept


def _fit(value: Any, depth: int) -> Any:
    if depth < 0:
        raise DocumentUnfit("too deeply nested")
    if isinstance(value, str):
        if _UNFIT.search(value):
            raise DocumentUnfit("holds characters that are no text")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DocumentUnfit("holds a number that is none")
        return int(value) if value.is_integer() and abs(value) <= MOST_NUMBER else value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise DocumentUnfit("names are texts")
        return {_fit(name, depth): _fit(part, depth - 1) for name, part in value.items()}
    if isinstance(value, list):
        return [_fit(part, depth - 1) for part in value]
    if not isinstance(value, int | None):
        raise DocumentUnfit(f"holds a {type(value).__name__}")
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise DocumentUnfit("holds a number that is too large")
    return value


def named(document: Mapping[str, Any], code: str, version: int, name: str) -> dict[str, Any]:
    """Return the document with what the server decides: `id`, `version`, and its name where it has none."""
    own = document.get("name")
    rest = {key: value for key, value in document.items() if key not in ("id", "version", "name")}
    return {"id": code, "version": version, "name": own if isinstance(own, str) and own.strip() else name, **rest}


def empty(code: str, name: str) -> dict[str, Any]:
    """Return what a flow drawn from nothing begins with: it says good-bye."""
    return {
        "id": code,
        "version": 1,
        "name": name,
        "start": "goodbye",
        "handlers": {
            "attempts": 3,
            "no_input": ["no_input"],
            "no_match": ["wrong_key"],
            "failed": "goodbye",
            "error": "goodbye",
        },
        "nodes": {"goodbye": {"kind": "hangup", "say": ["goodbye"], "served": False, "at": [320, 160]}},
    }


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Return the documents that ship with the program, by code."""
    folder = resources.files("yuelai.flows").joinpath("samples")
    return MappingProxyType(
        {code: json.loads(folder.joinpath(f"{code}.json").read_bytes()) for code in loader.shipped()}
    )


def faults(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def walked_within(document: Mapping[str, Any]) -> set[str]:
    """Return the codes of the flows that its nodes walk."""
    nodes = document.get("nodes")
    every = nodes.values() if isinstance(nodes, Mapping) else ()
    return {str(node.get("flow")) for node in every if isinstance(node, Mapping) and node.get("kind") == "flow"}
