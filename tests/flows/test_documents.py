"""Documents as they are taken in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.dialogue import SILENCE, ScriptedDialogue
from yuelai.flows import documents, loader
from yuelai.flows.ports import HangUp, LookUpFailed
from yuelai.flows.refusals import DocumentUnfit
from yuelai.flows.runtime import run


async def refuses(name: str, arguments: Any) -> Any:
    raise LookUpFailed(name)


async def test_whole_numbers_are_whole_however_they_were_written() -> None:
    """To a schema 3.0 is an integer; to whoever counts attempts it is none."""
    document: dict[str, Any] = {
        "id": "test",
        "version": 1.0,
        "start": "ask",
        "maximum_steps": 50.0,
        "handlers": {"attempts": 2.0, "failed": "end", "error": "end"},
        "nodes": {
            "ask": {"kind": "collect", "say": [], "save": "digits", "maximum": 4.0, "first_timeout": 2.5, "next": "end",
                    "at": [10.0, 20]},
            "end": {"kind": "hangup", "served": True},
        },
    }  # fmt: skip
    fit = documents.fit(document)
    assert (repr(fit["handlers"]["attempts"]), repr(fit["nodes"]["ask"]["maximum"])) == ("2", "4")
    assert (fit["nodes"]["ask"]["first_timeout"], repr(fit["nodes"]["ask"]["at"])) == (2.5, "[10, 20]")
    assert fit == document
    flow = loader.load(fit)
    dialogue = ScriptedDialogue([SILENCE, SILENCE])
    assert await run(flow, dialogue, refuses, {}) == HangUp(served=True)
    assert "error" not in [kind for _, kind, _ in dialogue.steps]


@pytest.mark.parametrize(
    "document", [{"a": float("inf")}, {"a": 2**53 + 1}, {"a": ["\0"]}, {"\ud800": 1}, {"a": object()}, {1: "a"}]
)
def test_what_cannot_be_kept_is_refused(document: Any) -> None:
    with pytest.raises(DocumentUnfit):
        documents.fit(document)
    deep: Any = 1
    for _ in range(documents.MOST_DEPTH + 1):
        deep = {"a": deep}
    with pytest.raises(DocumentUnfit):
        documents.fit(deep)


def test_numbers_that_are_far_too_large_stay_what_they_are() -> None:
    assert documents.fit({"a": 1e300, "b": True, "c": None}) == {"a": 1e300, "b": True, "c": None}
