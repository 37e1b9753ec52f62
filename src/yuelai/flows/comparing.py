"""How two documents of a flow differ, node by node. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_ITS_OWN = ("id", "version", "nodes", "handlers")


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{handlers, nodes}`: what differs of the flow as a whole and of its handlers, as `{name, one, other}`, and
    of each node that was added, removed or changed. Where a node stands in the picture is no difference."""
    before, after = _mapping(one.get("nodes")), _mapping(other.get("nodes"))
    whole = [{key: value for key, value in each.items() if key not in _ITS_OWN} for each in (one, other)]
    handlers = [*_differing(*whole), *_differing(_mapping(one.get("handlers")), _mapping(other.get("handlers")))]
    return {"handlers": handlers, "nodes": list(_nodes(before, after))}


def _nodes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in (*before, *(name for name in after if name not in before)):
        fields = list(_differing(_node(before.get(name)), _node(after.get(name))))
        if name not in after:
            yield {"node": name, "change": "removed", "fields": fields}
        elif name not in before:
            yield {"node": name, "change": "added", "fields": fields}
        elif fields:
            yield {"node": name, "change": "changed", "fields": fields}


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in (*one, *(name for name in other if name not in one)):
        # `1` and `true` are equal in Python, and different in a document.
        if _typed(one.get(name)) != _typed(other.get(name)):
            yield {"name": name, "one": one.get(name), "other": other.get(name)}


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _typed(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_typed(part) for part in value]
    return (isinstance(value, bool), value)


def _node(node: Any) -> Mapping[str, Any]:
    return {name: value for name, value in _mapping(node).items() if name != "at"}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
