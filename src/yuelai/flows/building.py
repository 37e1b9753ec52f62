"""From a document that keeps to the schema to the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yuelai.flows import model

_CLASSES: Mapping[str, Callable[..., model.Node]] = {
    "say": model.Say,
    "notice": model.Notice,
    "consent": model.Consent,
    "hours": model.Hours,
    "menu": model.Menu,
    "collect": model.Collect,
    "verify": model.Verify,
    "rating": model.Rating,
    "lookup": model.LookUpNode,
    "pay": model.Pay,
    "record": model.Record,
    "message": model.Message,
    "callback": model.Callback,
    "flow": model.SubFlow,
    "condition": model.Condition,
    "set": model.Set,
    "language": model.Language,
    "queue": model.Queue,
    "transfer": model.Transfer,
    "hangup": model.HangUpNode,
}


def build(document: Mapping[str, Any]) -> model.Flow:
    """Return the flow of a document in which `checking.check` finds no error."""
    handlers = dict(document["handlers"])
    for part in ("no_input", "no_match"):
        handlers[part] = say_items(handlers.get(part, ()))
    return model.Flow(
        id=document["id"],
        version=document["version"],
        name=document.get("name", ""),
        start=document["start"],
        handlers=model.Handlers(**handlers),
        nodes={name: node(name, data) for name, data in document["nodes"].items()},
        maximum_steps=document.get("maximum_steps", 200),
        early=document.get("early", False),
    )


def node(name: str, data: Mapping[str, Any]) -> model.Node:
    """Return one node, without where its designer has put it."""
    fields = {key: value for key, value in data.items() if key not in ("kind", "at")}
    fields["say"] = say_items(fields.get("say", ()))
    if "wrong" in fields:
        fields["wrong"] = say_items(fields["wrong"])
    if "as" in fields:
        fields["as_amount"] = fields.pop("as") == "amount"
    if "choices" in fields:
        fields["choices"] = {key: _choice(choice) for key, choice in fields["choices"].items()}
    if "cases" in fields:
        fields["cases"] = tuple(model.Case(**case) for case in fields["cases"])
    return _CLASSES[data["kind"]](name=name, **fields)


def say_items(items: Iterable[Any]) -> tuple[model.SayItem, ...]:
    return tuple(_say_item(item) for item in items)


def _choice(choice: Mapping[str, Any]) -> model.Choice:
    return model.Choice(**{**choice, "words": tuple(choice.get("words", ()))})


def _say_item(item: Any) -> model.SayItem:
    if isinstance(item, str):
        return model.SayItem("prompt", item)
    if "money" in item:
        return model.SayItem("money", item["money"], item.get("currency", "CNY"))
    ((kind, text),) = item.items()
    return model.SayItem(kind, text)
