"""The JSON schema (draft 2020-12) of a flow document, one definition for each kind of node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_EXIT = dict(_NAME)
"""The name of the node that comes next."""
_VARIABLE = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$", "not": {"enum": ["null", "true", "false"]}}
_EXPRESSION = {"type": "string", "minLength": 1, "maxLength": 500}
_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": 60}
_KEY = {"type": "string", "pattern": "^[0-9*#]$"}
_FLAG = {"type": "boolean"}
_EXPRESSIONS = {"type": "object", "propertyNames": _VARIABLE, "additionalProperties": _EXPRESSION, "maxProperties": 50}
_SAY_ITEM = {
    "oneOf": [
        _NAME,
        {"type": "object", "properties": {"prompt": _NAME}, "required": ["prompt"], "additionalProperties": False},
        {
            "type": "object",
            "properties": {"money": _EXPRESSION, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
            "required": ["money"],
            "additionalProperties": False,
        },
        *(
            {"type": "object", "properties": {kind: _EXPRESSION}, "required": [kind], "additionalProperties": False}
            for kind in ("digits", "number", "date", "text")
        ),
    ]
}
_SAY = {"type": "array", "items": _SAY_ITEM, "maxItems": 20}
_PLACE = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
"""Where a designer has put it; nothing else looks at it."""


_LABEL = {"type": "string", "maxLength": 80}
_BUSINESS = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,31}$"}


def _node(kind: str, required: list[str], **properties: Any) -> dict[str, Any]:
    common = {"kind": {"const": kind}, "label": _LABEL, "say": _SAY, "at": _PLACE, "business": _BUSINESS}
    return {
        "type": "object",
        "properties": {**common, **properties},
        "required": ["kind", *required],
        "additionalProperties": False,
    }


def _digits(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most}


NODES: dict[str, dict[str, Any]] = {
    "say": _node("say", ["say", "next"], next=_EXIT, interruptible=_FLAG, by_speech=_FLAG, served=_FLAG),
    "notice": _node("notice", ["say", "next"], next=_EXIT, interruptible=_FLAG),
    "consent": _node("consent", ["say", "next"], next=_EXIT, first_timeout=_SECONDS),
    "hours": _node(
        "hours",
        ["queue", "open", "closed"],
        queue={"type": "string", "minLength": 1},
        open=_EXIT,
        closed=_EXIT,
        holiday=_EXIT,
    ),
    "menu": _node(
        "menu",
        ["say", "choices"],
        choices={
            "type": "object",
            "minProperties": 1,
            "propertyNames": _KEY,
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "next": _EXIT,
                    "label": _LABEL,
                    "words": {
                        "type": "array",
                        "items": {"type": "string", "minLength": 1, "maxLength": 40},
                        "maxItems": 20,
                    },
                },
                "required": ["next"],
                "additionalProperties": False,
            },
        },
        repeat=_KEY,
        silence=_EXIT,
        first_timeout=_SECONDS,
        save=_VARIABLE,
    ),
    "collect": _node(
        "collect",
        ["say", "save", "maximum", "next"],
        save=_VARIABLE,
        minimum=_digits(64),
        maximum=_digits(64),
        terminators={"type": "string", "pattern": "^[*#]{0,2}$"},
        first_timeout=_SECONDS,
        next_timeout=_SECONDS,
        secret=_FLAG,
        confirm=_FLAG,
        next=_EXIT,
        **{"as": {"enum": ["digits", "amount"]}},
    ),
    "verify": _node(
        "verify",
        ["say", "next", "failed", "locked"],
        minimum=_digits(32),
        maximum=_digits(32),
        by={"enum": ["pin", "code"]},
        wrong=_SAY,
        next=_EXIT,
        failed=_EXIT,
        locked=_EXIT,
        none=_EXIT,
    ),
    "rating": _node("rating", ["say", "next"], maximum={"type": "integer", "minimum": 2, "maximum": 9}, next=_EXIT),
    "lookup": _node(
        "lookup",
        ["lookup", "save", "next", "failed"],
        lookup={"type": "string", "pattern": "^[a-z][a-z0-9_.]{0,63}$"},
        arguments=_EXPRESSIONS,
        save=_VARIABLE,
        next=_EXIT,
        failed=_EXIT,
    ),
    "pay": _node(
        "pay",
        ["account", "save", "next", "failed", "unknown"],
        account=_EXPRESSION,
        amount=_EXPRESSION,
        card=_EXPRESSION,
        save=_VARIABLE,
        served=_FLAG,
        next=_EXIT,
        failed=_EXIT,
        unknown=_EXIT,
    ),
    "record": _node(
        "record",
        ["say", "queue", "save", "next", "failed"],
        queue={"type": "string", "minLength": 1},
        maximum_seconds={"type": "integer", "minimum": 5, "maximum": 300},
        save=_VARIABLE,
        served=_FLAG,
        next=_EXIT,
        failed=_EXIT,
    ),
    "message": _node(
        "message",
        ["template", "save", "next", "failed"],
        template={"type": "string", "minLength": 1, "maxLength": 64},
        to=_EXPRESSION,
        values=_EXPRESSIONS,
        save=_VARIABLE,
        served=_FLAG,
        next=_EXIT,
        failed=_EXIT,
    ),
    "callback": _node("callback", ["next", "failed"], next=_EXIT, failed=_EXIT),
    "flow": _node("flow", ["flow", "next", "failed"], flow=_NAME, next=_EXIT, failed=_EXIT),
    "condition": _node(
        "condition",
        ["cases", "otherwise"],
        cases={
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "properties": {"when": _EXPRESSION, "next": _EXIT},
                "required": ["when", "next"],
                "additionalProperties": False,
            },
        },
        otherwise=_EXIT,
    ),
    "set": _node("set", ["values", "next"], values=_EXPRESSIONS, next=_EXIT),
    "language": _node("language", ["language", "next"], language={"enum": ["zh-CN", "en"]}, next=_EXIT),
    "queue": _node("queue", ["queue"], queue={"type": "string", "minLength": 1}, attributes=_EXPRESSIONS),
    "transfer": _node("transfer", ["to"], to={"type": "string", "pattern": r"^\+?[0-9]{2,32}(?!\n)$"}),
    "hangup": _node("hangup", ["served"], served=_FLAG),
}

EXITS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name, what in definition["properties"].items() if what is _EXIT)
    for kind, definition in NODES.items()
}
"""The ways out of each kind of node, by the names of their fields; those of `choices` and `cases` come on top."""

ENDS = frozenset({"queue", "transfer", "hangup"})
"""Kinds that end the flow."""

ASKS = frozenset({"menu", "collect", "consent", "verify", "rating", "record"})
"""Kinds at which the customer has to do something, or to let time pass, before the flow goes on."""

UNASKED: Mapping[str, str] = {"verify": "failed", "record": "failed"}
"""The exits of these by which it may go on at once: a stranger is not asked for a PIN, and where nothing can be
recorded nobody speaks."""

GIVES_UP = frozenset({"menu", "collect"})
"""Kinds that lead to the handler `failed` after too many mistakes."""

FLOW: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Yuelai flow",
    "type": "object",
    "properties": {
        "id": _NAME,
        "version": {"type": "integer", "minimum": 1},
        "name": {"type": "string"},
        "start": _EXIT,
        "maximum_steps": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "early": _FLAG,
        "handlers": {
            "type": "object",
            "properties": {
                "attempts": {"type": "integer", "minimum": 1, "maximum": 10},
                "no_input": _SAY,
                "no_match": _SAY,
                "failed": _EXIT,
                "error": _EXIT,
            },
            "required": ["failed", "error"],
            "additionalProperties": False,
        },
        "nodes": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1000,
            "propertyNames": _NAME,
            "additionalProperties": {
                "type": "object",
                "properties": {"kind": {"enum": sorted(NODES)}},
                "required": ["kind"],
            },
        },
    },
    "required": ["id", "version", "start", "handlers", "nodes"],
    "additionalProperties": False,
}
"""The frame; each node is then checked against `NODES[kind]`, so that a message speaks of that kind only."""
