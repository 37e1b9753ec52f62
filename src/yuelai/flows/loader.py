"""From a JSON document to a `Flow`: the schema first, then what a schema cannot say. Every problem names its node."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from yuelai.flows import model, schema
from yuelai.flows.errors import FlowInvalid, Problem
from yuelai.flows.expressions import BadExpression, parse

_frame = Draft202012Validator(schema.FLOW)
_nodes = {kind: Draft202012Validator(definition) for kind, definition in schema.NODES.items()}


def load(document: Mapping[str, Any]) -> model.Flow:
    """Return the flow. Raises `FlowInvalid` with all problems found."""
    problems = list(_schema_problems(document))
    if problems:
        raise FlowInvalid(problems)
    flow = _build(document)
    problems = [*_graph_problems(flow), *_expression_problems(flow)]
    if problems:
        raise FlowInvalid(problems)
    return flow


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


def _schema_problems(document: Any) -> Iterable[Problem]:
    for error in _frame.iter_errors(document):
        path = list(error.absolute_path)
        node = str(path[1]) if len(path) > 1 and path[0] == "nodes" else ""
        yield Problem(node, "schema", _say(error))
    nodes = document.get("nodes") if isinstance(document, Mapping) else None
    for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
        kind = node.get("kind") if isinstance(node, Mapping) else None
        for error in _nodes[kind].iter_errors(node) if kind in _nodes else ():
            yield Problem(str(name), "schema", _say(error))


def _say(error: Any) -> str:
    deepest = best_match([error]) or error
    where = ".".join(str(part) for part in deepest.absolute_path)
    return f"{where}: {deepest.message}" if where else str(deepest.message)


def _graph_problems(flow: model.Flow) -> Iterable[Problem]:
    yield from _missing(flow)
    if any(target not in flow.nodes for node in flow.nodes.values() for target in model.exits(node)):
        return
    if not {flow.start, flow.handlers.failed, flow.handlers.error} <= flow.nodes.keys():
        return
    if not model.ends(flow.nodes[flow.handlers.error]):
        yield Problem(flow.handlers.error, "error_must_end", "the error handler must be a queue or hangup node")
    reached = _reached(flow)
    for name in flow.nodes:
        if name not in reached:
            yield Problem(name, "unreachable", "no path leads here")
    yield from _busy_loops(flow)
    for node in flow.nodes.values():
        if isinstance(node, model.Menu) and node.repeat in node.choices:
            yield Problem(node.name, "key_twice", f"key {node.repeat} both repeats and chooses")
        if isinstance(node, model.Collect) and node.minimum > node.maximum:
            yield Problem(node.name, "minimum_above_maximum", "minimum is above maximum")


def _missing(flow: model.Flow) -> Iterable[Problem]:
    for title, name in (("start", flow.start), ("failed", flow.handlers.failed), ("error", flow.handlers.error)):
        if name not in flow.nodes:
            yield Problem("", "no_such_node", f"{title} goes to {name}, which does not exist")
    for node in flow.nodes.values():
        for target in model.exits(node):
            if target not in flow.nodes:
                yield Problem(node.name, "no_such_node", f"goes to {target}, which does not exist")


def _reached(flow: model.Flow) -> set[str]:
    reached: set[str] = set()
    open_ = [flow.start, flow.handlers.failed, flow.handlers.error]
    while open_:
        name = open_.pop()
        if name not in reached:
            reached.add(name)
            open_.extend(model.exits(flow.nodes[name]))
    return reached


def _busy_loops(flow: model.Flow) -> Iterable[Problem]:
    """A circle in which the customer is never asked anything would go round until the step limit: find each once."""
    done: set[str] = set()
    for start in flow.nodes:
        trail: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, depth = stack.pop()
            del trail[depth:]
            if name in trail:
                yield Problem(name, "busy_loop", f"goes round without waiting: {' → '.join([*trail, name])}")
                return
            if name in done or model.waits(flow.nodes[name]):
                continue
            trail.append(name)
            stack.extend((target, depth + 1) for target in model.exits(flow.nodes[name]))
        done.add(start)


def _expression_problems(flow: model.Flow) -> Iterable[Problem]:
    for node in flow.nodes.values():
        for text in _expressions(node):
            try:
                parse(text)
            except BadExpression as error:
                yield Problem(node.name, "bad_expression", str(error))


def _expressions(node: model.Node) -> Iterable[str]:
    yield from (item.text for item in node.say if item.kind != "prompt")
    if isinstance(node, model.Condition):
        yield from (case.when for case in node.cases)
    elif isinstance(node, model.LookUpNode):
        yield from node.arguments.values()
    elif isinstance(node, model.Set):
        yield from node.values.values()
    elif isinstance(node, model.Queue):
        yield from node.attributes.values()


def _build(document: Mapping[str, Any]) -> model.Flow:
    handlers = dict(document["handlers"])
    for part in ("no_input", "no_match"):
        handlers[part] = _say_items(handlers.get(part, ()))
    return model.Flow(
        id=document["id"],
        version=document["version"],
        name=document.get("name", ""),
        start=document["start"],
        handlers=model.Handlers(**handlers),
        nodes={name: _node(name, data) for name, data in document["nodes"].items()},
        maximum_steps=document.get("maximum_steps", 200),
        early=document.get("early", False),
    )


_CLASSES: Mapping[str, Callable[..., model.Node]] = {
    "say": model.Say,
    "notice": model.Notice,
    "consent": model.Consent,
    "hours": model.Hours,
    "menu": model.Menu,
    "collect": model.Collect,
    "lookup": model.LookUpNode,
    "condition": model.Condition,
    "set": model.Set,
    "language": model.Language,
    "queue": model.Queue,
    "hangup": model.HangUpNode,
}


def _node(name: str, data: Mapping[str, Any]) -> model.Node:
    fields = {key: value for key, value in data.items() if key != "kind"}
    fields["say"] = _say_items(fields.get("say", ()))
    if "choices" in fields:
        fields["choices"] = {key: model.Choice(**choice) for key, choice in fields["choices"].items()}
    if "cases" in fields:
        fields["cases"] = tuple(model.Case(**case) for case in fields["cases"])
    return _CLASSES[data["kind"]](name=name, **fields)


def _say_items(items: Iterable[Any]) -> tuple[model.SayItem, ...]:
    return tuple(_say_item(item) for item in items)


def _say_item(item: Any) -> model.SayItem:
    if isinstance(item, str):
        return model.SayItem("prompt", item)
    if "money" in item:
        return model.SayItem("money", item["money"], item.get("currency", "CNY"))
    ((kind, text),) = item.items()
    return model.SayItem(kind, text)
