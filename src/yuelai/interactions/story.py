"""What a trail tells about a contact as a whole: its path through self-service, why it waited and why that agent. Pure.

Both are made of the lines that flows, queues and offers left (`TELLING`), so that nothing has to be kept twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

TELLING = ("flow", "queue", "offer", "transfer")
"""Kinds of trail lines that are needed here."""

Line = Mapping[str, Any]
"""A row of the trail: `at`, `kind`, `actor`, `data`."""


def path(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the steps of the flow, in order: `{node, label, key, choice}`; `key` is what the customer pressed, and
    `choice` what it stood for."""
    return [
        {name: _word(line["data"].get(name)) for name in ("node", "label", "key", "choice")}
        for line in lines
        if line["kind"] == "flow"
    ]


def why(lines: Iterable[Line]) -> dict[str, Any]:
    """Return what explains the wait and the choice.

    `explanation` is routing's, of the offer that stands: the last one that was not refused, else the last of all
    (`routing.explain` says what it holds). `met` is what the contact met that made it wait; `steps` are the terms it
    waited under, each after how many seconds; `refused` are the agents who were rung and did not take it, each with
    the reason; `handed` says which agent handed it over to whom (agent, queue or number).
    """
    lines = list(lines)
    offers = [line["data"] for line in lines if line["kind"] == "offer"]
    rung = {str(data.get("agent") or "") for data in offers if "why" in data}  # others were only asked by a colleague
    refused = [
        {"agent": str(data["agent"]), "reason": str(data["failed"])}
        for data in offers
        if "failed" in data and data.get("agent") in rung
    ]
    explanations = _explanations(offers)
    explanation = explanations[-1] if explanations else None
    waits = [line for line in lines if line["kind"] == "queue"]
    steps = [
        {"seconds": (line["at"] - waits[0]["at"]).total_seconds(), **line["data"]}
        for line in waits
        if line["data"].get("step")
    ]
    met = (explanation or {}).get("met") or next((one for one in steps if one["step"] == "waits"), None)
    return {
        "explanation": explanation,
        "met": dict(met) if met else None,
        "steps": [one for one in steps if one["step"] != "waits"],
        "refused": refused,
        "handed": [
            {"by": line["actor"], **{name: _word(line["data"].get(name)) for name in ("agent", "queue", "number")}}
            for line in lines
            if line["kind"] == "transfer" and "failed" not in line["data"]
        ],
    }


def _explanations(offers: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of offers that failed go first, as what decided is the last one that did not."""
    failed: list[dict[str, Any]] = []
    standing: list[tuple[str, dict[str, Any]]] = []
    for data in offers:
        agent = str(data.get("agent") or "")
        if "failed" in data:
            failed += [one for number, one in standing if number == agent]
            standing = [(number, one) for number, one in standing if number != agent]
        elif isinstance(data.get("why"), Mapping):
            standing.append((agent, dict(data["why"])))
    return [*failed, *(one for _, one in standing)]


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
