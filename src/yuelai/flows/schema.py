"""The JSON schema (draft 2020-12) of a flow document, one definition for each kind of node."""

from __future__ import annotations

from typing import Any

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_VARIABLE = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$", "not": {"enum": ["null", "true", "false"]}}
_EXPRESSION = {"type": "string", "minLength": 1, "maxLength": 500}
_SECONDS = {"type": "number", "exclusiveMinimum": 0, "maximum": 60}
_KEY = {"type": "string", "pattern": "^[0-9*#]$"}
_EXPRESSIONS = {"type": "object", "propertyNames": _VARIABLE, "additionalProperties": _EXPRESSION}
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


def _node(kind: str, required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"kind": {"const": kind}, "label": {"type": "string"}, "say": _SAY, **properties},
        "required": ["kind", *required],
        "additionalProperties": False,
    }


NODES: dict[str, dict[str, Any]] = {
    "say": _node("say", ["say", "next"], next=_NAME, interruptible={"type": "boolean"}, by_speech={"type": "boolean"}),
    "notice": _node("notice", ["say", "next"], next=_NAME, interruptible={"type": "boolean"}),
    "consent": _node("consent", ["say", "next"], next=_NAME, first_timeout=_SECONDS),
    "hours": _node(
        "hours",
        ["queue", "open", "closed"],
        queue={"type": "string", "minLength": 1},
        open=_NAME,
        closed=_NAME,
        holiday=_NAME,
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
                "properties": {"next": _NAME, "label": {"type": "string"}},
                "required": ["next"],
                "additionalProperties": False,
            },
        },
        repeat=_KEY,
        silence=_NAME,
        first_timeout=_SECONDS,
    ),
    "collect": _node(
        "collect",
        ["say", "save", "maximum", "next"],
        save=_VARIABLE,
        minimum={"type": "integer", "minimum": 1, "maximum": 64},
        maximum={"type": "integer", "minimum": 1, "maximum": 64},
        terminators={"type": "string", "pattern": "^[*#]{0,2}$"},
        first_timeout=_SECONDS,
        next_timeout=_SECONDS,
        secret={"type": "boolean"},
        next=_NAME,
    ),
    "lookup": _node(
        "lookup",
        ["lookup", "save", "next", "failed"],
        lookup={"type": "string", "pattern": "^[a-z][a-z0-9_.]{0,63}$"},
        arguments=_EXPRESSIONS,
        save=_VARIABLE,
        next=_NAME,
        failed=_NAME,
    ),
    "condition": _node(
        "condition",
        ["cases", "otherwise"],
        cases={
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"when": _EXPRESSION, "next": _NAME},
                "required": ["when", "next"],
                "additionalProperties": False,
            },
        },
        otherwise=_NAME,
    ),
    "set": _node("set", ["values", "next"], values=_EXPRESSIONS, next=_NAME),
    "language": _node("language", ["language", "next"], language={"enum": ["zh-CN", "en"]}, next=_NAME),
    "queue": _node("queue", ["queue"], queue={"type": "string", "minLength": 1}, attributes=_EXPRESSIONS),
    "hangup": _node("hangup", ["served"], served={"type": "boolean"}),
}

FLOW: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Yuelai flow",
    "type": "object",
    "properties": {
        "id": _NAME,
        "version": {"type": "integer", "minimum": 1},
        "name": {"type": "string"},
        "start": _NAME,
        "maximum_steps": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "early": {"type": "boolean"},
        "handlers": {
            "type": "object",
            "properties": {
                "attempts": {"type": "integer", "minimum": 1, "maximum": 10},
                "no_input": _SAY,
                "no_match": _SAY,
                "failed": _NAME,
                "error": _NAME,
            },
            "required": ["failed", "error"],
            "additionalProperties": False,
        },
        "nodes": {
            "type": "object",
            "minProperties": 1,
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
