"""A flow document as far as it can be read, however unfinished it is: its nodes and where they lead.

What is true of the graph can be said of a draft in which other things are still wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yuelai.flows import schema


@dataclass(frozen=True)
class SketchNode:
    """`exits` by their names; an open one leads to ""."""

    kind: str
    exits: Mapping[str, str]


@dataclass(frozen=True)
class Sketch:
    nodes: Mapping[str, SketchNode]
    start: str
    failed: str
    error: str

    @classmethod
    def of(cls, document: Any) -> Sketch:
        frame = document if isinstance(document, Mapping) else {}
        handlers, nodes = frame.get("handlers"), frame.get("nodes")
        handlers = handlers if isinstance(handlers, Mapping) else {}
        return cls(
            {
                name: _sketched(node)
                for name, node in (nodes.items() if isinstance(nodes, Mapping) else ())
                if isinstance(name, str) and isinstance(node, Mapping)
            },
            _target(frame.get("start")),
            _target(handlers.get("failed")),
            _target(handlers.get("error")),
        )

    def targets(self, name: str) -> list[str]:
        """Return the nodes that may follow, without those that do not exist."""
        return [target for target in self.nodes[name].exits.values() if target in self.nodes]

    def reached(self) -> set[str]:
        """Return the nodes that a customer may come to."""
        return _closure((self.start, self.failed, self.error), {name: self.targets(name) for name in self.nodes})

    def ending(self) -> set[str]:
        """Return the nodes from which there is a way to an end. An exit that leads nowhere yet may still become one."""
        before: dict[str, list[str]] = {name: [] for name in self.nodes}
        last = []
        for name, node in self.nodes.items():
            gives_up = [self.failed] if node.kind in schema.GIVES_UP else []
            following = [*node.exits.values(), *gives_up]
            if node.kind in schema.ENDS or not following or any(one not in self.nodes for one in following):
                last.append(name)
            for target in following:
                if target in self.nodes:
                    before[target].append(name)
        return _closure(last, before)

    def circles(self) -> Iterable[list[str]]:
        """Yield ways round on which a customer is never asked anything; not all of them, but at least one if there are
        some. Each begins and ends with the same node."""
        done: set[str] = set()
        for start in self.nodes:
            if start in done:
                continue
            trail, on_trail = [start], {start}
            open_ = [iter(self._at_once(start))]
            while open_:
                target = next(open_[-1], None)
                if target is None:
                    open_.pop()
                    on_trail.discard(trail[-1])
                    done.add(trail.pop())
                elif target in on_trail:
                    yield [*trail[trail.index(target) :], target]
                elif target not in done:
                    trail.append(target)
                    on_trail.add(target)
                    open_.append(iter(self._at_once(target)))

    def _at_once(self, name: str) -> list[str]:
        """Return the nodes that may follow without the customer having been asked anything."""
        node = self.nodes[name]
        if node.kind not in schema.ASKS:
            return self.targets(name)
        target = node.exits.get(schema.UNASKED.get(node.kind, ""), "")
        return [target] if target in self.nodes else []


def open_exits(node: Mapping[str, Any]) -> list[str]:
    """Return the names of the exits that lead nowhere yet: those that are missing and must be there, or are empty."""
    kind = node.get("kind")
    known = schema.EXITS.get(kind, ()) if isinstance(kind, str) else ()
    required = schema.NODES[kind]["required"] if known and isinstance(kind, str) else ()
    open_ = [name for name in known if _is_open(node, name) and (name in node or name in required)]
    return open_ + [name for name, one in _branches(node) if _is_open(one, "next")]


def closed(node: Mapping[str, Any], target: str) -> dict[str, Any]:
    """Return the node with its open exits leading to `target`, so that its other faults can be told."""
    names = open_exits(node)
    filled: dict[str, Any] = dict(node)
    for name in names:
        if "." not in name:
            filled[name] = target
    if isinstance(choices := node.get("choices"), Mapping):
        filled["choices"] = {key: _filled(one, f"choices.{key}" in names, target) for key, one in choices.items()}
    if isinstance(cases := node.get("cases"), list):
        filled["cases"] = [_filled(one, f"cases.{at}" in names, target) for at, one in enumerate(cases)]
    return filled


def _filled(one: Any, is_open: bool, target: str) -> Any:
    return {**one, "next": target} if is_open else one


def _sketched(node: Mapping[str, Any]) -> SketchNode:
    kind = node.get("kind")
    kind = kind if isinstance(kind, str) else ""
    exits = {name: _target(node[name]) for name in schema.EXITS.get(kind, ()) if name in node}
    exits |= {name: _target(one.get("next")) for name, one in _branches(node)}
    return SketchNode(kind, exits | dict.fromkeys(open_exits(node), ""))


def _branches(node: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    kind, choices, cases = node.get("kind"), node.get("choices"), node.get("cases")
    if kind == "menu" and isinstance(choices, Mapping):
        yield from ((f"choices.{key}", one) for key, one in choices.items() if isinstance(one, Mapping))
    if kind == "condition" and isinstance(cases, list):
        yield from ((f"cases.{at}", one) for at, one in enumerate(cases) if isinstance(one, Mapping))


def _is_open(holder: Mapping[str, Any], name: str) -> bool:
    return holder.get(name) in ("", None)


def _target(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _closure(first: Iterable[str], following: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    open_ = [name for name in first if name in following]
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_.extend(following[name])
    return found
