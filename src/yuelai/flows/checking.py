"""What is wrong with a flow document: the schema first, then what a schema cannot say. Every problem names its node.

What is refused is what would trap a customer: an exit that leads nowhere, a circle in which nobody is asked anything, a
node from which no end can be reached, an error handler that does not end the flow by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from yuelai.flows import building, model, schema
from yuelai.flows.errors import Problem
from yuelai.flows.expressions import BadExpression, parse
from yuelai.flows.model import CONFIRMING, MAXIMUM_DEPTH, lookups
from yuelai.flows.sketch import Sketch, closed, open_exits

MAXIMUM_PROBLEMS = 500
MAXIMUM_CIRCLES = 10
MAXIMUM_MESSAGE = 300
"""Characters of what the schema says: it quotes the document."""
MAXIMUM_WORDS = 600
"""Characters of the words of a menu together: what a caller says is compared with each of them."""

_frame = Draft202012Validator(schema.FLOW)
_nodes = {kind: Draft202012Validator(definition) for kind, definition in schema.NODES.items()}
_ANYWHERE = "somewhere"


@dataclass(frozen=True)
class Known:
    """What there is beside the flow, by names; None is not looked at. `english` are the prompts that are spoken in
    English, `calls` the flows each other flow walks into, `templates` those of messages: the values each of them takes,
    and whether it has to be given."""

    queues: Collection[str] | None = None
    prompts: Collection[str] | None = None
    english: Collection[str] | None = None
    flows: Collection[str] | None = None
    lookups: Collection[str] | None = None
    templates: Mapping[str, Mapping[str, bool]] | None = None
    calls: Mapping[str, Collection[str]] = field(default_factory=dict)


def check(document: Any, known: Known | None = None) -> list[Problem]:
    """Return what is wrong with a document, errors and warnings, in any state it may be in: the first 500 problems."""
    try:
        return list(islice(_problems(document, known or Known()), MAXIMUM_PROBLEMS))
    except RecursionError:
        return [Problem("", "schema", "it is nested too deeply")]


def called(flow: model.Flow) -> frozenset[str]:
    """Return the flows this one walks into."""
    return frozenset(node.flow for node in flow.nodes.values() if isinstance(node, model.SubFlow))


def _problems(document: Any, known: Known) -> Iterable[Problem]:
    if not isinstance(document, Mapping):
        yield Problem("", "schema", "a flow is an object")
        return
    frame = list(_frame_problems(document))
    yield from frame
    nodes = []
    for name, data in _of_known_kind(document):
        yield from (Problem(name, "open_exit", f"{one} leads nowhere yet", one) for one in open_exits(data))
        filled = closed(data, _ANYWHERE)
        problems = [Problem(name, "schema", _say(error)) for error in _nodes[data["kind"]].iter_errors(filled)]
        yield from problems
        if not problems:
            nodes.append(building.node(name, filled))
            yield from _detail_problems(nodes[-1])
    yield from _graph_problems(Sketch.of(document))
    yield from _beside(nodes, known)
    yield from _flow_problems(str(document.get("id")), nodes, known)
    if not any(problem.code == "schema" for problem in frame):
        for part in ("no_input", "no_match"):
            yield from _prompt_problems("", building.say_items(document["handlers"].get(part, ())), known)


def _frame_problems(document: Mapping[str, Any]) -> Iterable[Problem]:
    frame, holes = dict(document), []
    if frame.get("start") in ("", None):
        frame["start"] = _ANYWHERE
        holes.append("start")
    if isinstance(handlers := frame.get("handlers"), Mapping):
        empty = [name for name in ("failed", "error") if handlers.get(name) in ("", None)]
        frame["handlers"] = {**handlers, **dict.fromkeys(empty, _ANYWHERE)}
        holes += [f"handlers.{name}" for name in empty]
    for hole in holes:
        yield Problem("", "open_exit", f"{hole} leads nowhere yet", hole)
    for error in _frame.iter_errors(frame):
        path = list(error.absolute_path)
        yield Problem(str(path[1]) if len(path) > 1 and path[0] == "nodes" else "", "schema", _say(error))


def _of_known_kind(document: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    nodes = document.get("nodes")
    for name, data in nodes.items() if isinstance(nodes, Mapping) else ():
        kind = data.get("kind") if isinstance(data, Mapping) else None
        if isinstance(kind, str) and kind in _nodes:
            yield str(name), data


def _say(error: Any) -> str:
    deepest = best_match([error]) or error
    where = ".".join(str(part) for part in deepest.absolute_path)
    message = f"{where}: {deepest.message}" if where else str(deepest.message)
    return message if len(message) <= MAXIMUM_MESSAGE else f"{message[:MAXIMUM_MESSAGE]}…"


def _detail_problems(node: model.Node) -> Iterable[Problem]:
    if isinstance(node, model.Menu):
        yield from _menu_problems(node)
    if isinstance(node, model.Collect | model.Verify) and node.minimum > node.maximum:
        yield Problem(node.name, "minimum_above_maximum", "minimum is above maximum")
    if isinstance(node, model.Collect) and node.confirm and node.secret:
        yield Problem(node.name, "confirm_secret", "what is secret is not said back")
    if isinstance(node, model.Collect) and node.as_amount and "*" in node.terminators:
        yield Problem(node.name, "star_twice", "the star is the point of an amount and cannot end it")
    if isinstance(node, model.Pay) and not node.amount and not node.card:
        yield Problem(node.name, "nothing_to_pay", "neither an amount nor a card is given")
    for text in _expressions(node):
        try:
            parse(text)
        except BadExpression as error:
            yield Problem(node.name, "bad_expression", str(error))


def _menu_problems(node: model.Menu) -> Iterable[Problem]:
    if node.repeat in node.choices:
        yield Problem(node.name, "key_twice", f"key {node.repeat} both repeats and chooses")
    if sum(len(word) for choice in node.choices.values() for word in choice.words) > MAXIMUM_WORDS:
        yield Problem(node.name, "too_many_words", f"the words are more than {MAXIMUM_WORDS} characters together")
    keys: dict[str, str] = {}
    for key, choice in node.choices.items():
        for word in choice.words:
            if keys.setdefault(word, key) != key:
                yield Problem(node.name, "word_twice", f"{word} means both {keys[word]} and {key}", f"choices.{key}")


def _expressions(node: model.Node) -> Iterable[str]:
    yield from (item.text for item in _say_items(node) if item.kind != "prompt")
    if isinstance(node, model.Condition):
        yield from (case.when for case in node.cases)
    elif isinstance(node, model.LookUpNode):
        yield from node.arguments.values()
    elif isinstance(node, model.Set):
        yield from node.values.values()
    elif isinstance(node, model.Queue):
        yield from node.attributes.values()
    elif isinstance(node, model.Message):
        yield node.to
        yield from node.values.values()
    elif isinstance(node, model.Pay):
        yield from (text for text in (node.account, node.amount, node.card) if text)


def _say_items(node: model.Node) -> Iterable[model.SayItem]:
    yield from node.say
    if isinstance(node, model.Verify):
        yield from node.wrong


# --- the graph ------------------------------------------------------------------------------------------------------


def _graph_problems(sketch: Sketch) -> Iterable[Problem]:
    yield from _missing(sketch)
    if sketch.error in sketch.nodes and sketch.nodes[sketch.error].kind not in ("queue", "hangup"):
        yield Problem(sketch.error, "error_must_end", "the error handler must be a queue or hangup node")
    if sketch.start in sketch.nodes:
        reached = sketch.reached()
        yield from (Problem(name, "unreachable", "no path leads here") for name in sketch.nodes if name not in reached)
    for circle in islice(sketch.circles(), MAXIMUM_CIRCLES):
        yield Problem(circle[0], "busy_loop", f"goes round without waiting: {' → '.join(circle)}")
    ending = sketch.ending()
    for name in sketch.nodes:
        if name not in ending:
            yield Problem(name, "no_end", "no way from here leads to a queue, a transfer or a hang-up")


def _missing(sketch: Sketch) -> Iterable[Problem]:
    handlers = (("start", sketch.start), ("handlers.failed", sketch.failed), ("handlers.error", sketch.error))
    for title, name in handlers:
        if name and name not in sketch.nodes:
            yield Problem("", "no_such_node", f"{title} goes to {name}, which does not exist", title)
    for name, node in sketch.nodes.items():
        for exit_, target in node.exits.items():
            if target and target not in sketch.nodes:
                yield Problem(name, "no_such_node", f"{exit_} goes to {target}, which does not exist", exit_)


# --- what is beside it ----------------------------------------------------------------------------------------------


def _beside(nodes: Iterable[model.Node], known: Known) -> Iterable[Problem]:
    for node in nodes:
        yield from _prompt_problems(node.name, _say_items(node), known)
        if isinstance(node, model.Collect) and node.confirm:
            yield from _prompt_problems(node.name, building.say_items(CONFIRMING), known)
        if isinstance(node, model.Queue | model.Hours | model.Record) and _lacks(known.queues, node.queue):
            yield Problem(node.name, "no_such_queue", f"there is no queue {node.queue}", severity="warning")
        if isinstance(node, model.Message) and known.templates is not None:
            yield from _template_problems(node, known.templates)
        for lookup in (name for name in lookups(node) if _lacks(known.lookups, name)):
            yield Problem(node.name, "no_such_lookup", f"there is no look-up {lookup}", severity="warning")


def _template_problems(node: model.Message, templates: Mapping[str, Mapping[str, bool]]) -> Iterable[Problem]:
    takes = templates.get(node.template)
    if takes is None:
        yield Problem(node.name, "no_such_template", f"there is no template {node.template}", severity="warning")
        return
    needed = {name for name, must_be in takes.items() if must_be}
    if not needed <= node.values.keys() <= takes.keys():
        message = f"the template {node.template} takes {', '.join(takes)}"
        yield Problem(node.name, "wrong_values", message, severity="warning")


def _lacks(names: Collection[str] | None, name: str) -> bool:
    return names is not None and name not in names


def _prompt_problems(node: str, items: Iterable[model.SayItem], known: Known) -> Iterable[Problem]:
    for prompt in dict.fromkeys(item.text for item in items if item.kind == "prompt"):
        if _lacks(known.prompts, prompt):
            yield Problem(node, "no_such_prompt", f"there is no prompt {prompt}")
        elif _lacks(known.english, prompt):
            yield Problem(node, "no_english", f"the prompt {prompt} is not spoken in English", severity="warning")


def _flow_problems(own: str, nodes: Iterable[model.Node], known: Known) -> Iterable[Problem]:
    for node in nodes:
        if not isinstance(node, model.SubFlow):
            continue
        inside = _inside(node.flow, known.calls)
        if any(own in flows for flows in inside):
            yield Problem(node.name, "flow_circle", f"the flow {node.flow} leads back into this one")
        elif len(inside) > MAXIMUM_DEPTH:
            yield Problem(node.name, "flow_too_deep", f"more than {MAXIMUM_DEPTH} flows inside one another")
        elif _lacks(known.flows, node.flow):
            yield Problem(node.name, "no_such_flow", f"there is no published flow {node.flow}")


def _inside(code: str, calls: Mapping[str, Collection[str]]) -> list[set[str]]:
    """Return which flows may be walked at each depth, from this one on, and no deeper than is needed to see that it is
    too deep."""
    levels: list[set[str]] = []
    level = {code}
    while level and len(levels) <= MAXIMUM_DEPTH:
        levels.append(level)
        level = {each for one in level for each in calls.get(one, ())}
    return levels
