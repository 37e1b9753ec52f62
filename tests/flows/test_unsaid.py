"""What cannot be spoken is left out, whatever has been done before it; the trail says so, and it has served nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.flows.dialogue import ScriptedDialogue
from tests.flows.test_nodes import CALLER, Systems, flow_of
from yuelai.flows.ports import CannotSay, Digits, Number, Prompt, ToQueue, Utterance
from yuelai.flows.runtime import run

ORDER = {"kind": "lookup", "lookup": "bss.fault", "arguments": {}, "save": "ticket", "next": "taken", "failed": "bad"}
MENU = {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "other"}}}


class Recordings(ScriptedDialogue):
    """Has no sound for some."""

    def __init__(self, answers: list[str], *missing: Utterance) -> None:
        super().__init__(answers)
        self._missing = missing

    def _look(self, utterances: Sequence[Utterance]) -> None:
        for one in utterances:
            if one in self._missing:
                raise CannotSay(one)

    async def say(self, utterances: Sequence[Utterance], **options: Any) -> bool:
        self._look(utterances)
        return await super().say(utterances, **options)

    async def collect(self, utterances: Sequence[Utterance], **options: Any) -> Any:
        self._look(utterances)
        return await super().collect(utterances, **options)


async def walked(say: list[Any], *missing: Utterance, menu: list[Any] = MENU["say"], **ticket: Any) -> Recordings:  # type: ignore[assignment]
    nodes = {
        "first": ORDER,
        "taken": {"kind": "say", "say": say, "business": "fault", "served": True, "next": "more"},
        "more": {**MENU, "say": menu},
    }
    dialogue = Recordings(["1"], *missing)
    outcome = await run(flow_of(nodes), dialogue, Systems(bss__fault=[{"ok": True, **ticket}]), CALLER)
    assert isinstance(outcome, ToQueue)
    return dialogue


def unsaid(dialogue: Recordings) -> list[tuple[str, Any]]:
    return [(node, data["unsaid"]) for node, kind, data in dialogue.steps if kind == "unsaid"]


@pytest.mark.parametrize(
    ("no", "said"),
    [("20001", "20001"), (20001, "20001"), ("TT-2026A", "2026"), ("tel:+86 571", "+86571"), ("１２3", "3")],
)
async def test_a_number_with_letters_is_said_as_far_as_it_has_digits(no: Any, said: str) -> None:
    dialogue = await walked(["one_moment", {"digits": "ticket.no"}], no=no)
    assert dialogue.said[:2] == [Prompt("one_moment"), Digits(said)]
    assert dialogue.path[-1] == "other"
    assert (unsaid(dialogue), dialogue.serves) == ([], [True])


async def test_a_number_without_a_digit_is_left_out_and_does_not_undo_what_was_done() -> None:
    dialogue = await walked(["one_moment", {"digits": "ticket.no"}], no="ABC")
    assert dialogue.prompts == ["one_moment", "main_menu"]
    assert dialogue.path[-1] == "other"
    assert (unsaid(dialogue), dialogue.serves) == ([("taken", "digits")], [])
    assert "ABC" not in str(dialogue.steps)


async def test_what_there_is_no_sound_for_is_left_out() -> None:
    dialogue = await walked(["gone", {"number": "ticket.no"}, "one_moment"], Prompt("gone"), Number(10**12), no=10**12)
    assert dialogue.prompts == ["one_moment", "main_menu"]
    assert unsaid(dialogue) == [("taken", "gone"), ("taken", "number")]
    assert (dialogue.path[-1], dialogue.serves) == ("other", [])


async def test_a_flow_goes_on_though_nothing_of_what_it_says_can_be_said() -> None:
    dialogue = await walked(["gone"], Prompt("gone"))
    assert (dialogue.path[-1], unsaid(dialogue)) == ("other", [("taken", "gone")])


async def test_a_question_is_asked_without_it_but_not_without_a_word() -> None:
    dialogue = await walked(["one_moment"], Prompt("gone"), menu=["gone", "main_menu"])
    assert (dialogue.path[-1], dialogue.prompts[-1]) == ("other", "main_menu")
    dialogue = await walked(["one_moment"], Prompt("gone"), menu=["gone"])
    assert [kind for _, kind, _ in dialogue.steps][-3:] == ["unsaid", "error", "queue"]
