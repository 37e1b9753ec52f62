"""What a flow says by name, however it is written."""

from __future__ import annotations

from yuelai.flows.prompts.usage import prompts_of


def test_a_prompt_is_said_by_its_name_alone_or_as_what_it_is() -> None:
    document = {
        "handlers": {"no_input": [{"prompt": "are_you_there"}], "no_match": ["wrong_key"]},
        "nodes": {
            "hello": {"kind": "say", "say": [{"prompt": "spring_offer"}, "goodbye", {"text": "'now'"}]},
            "menu": {"kind": "menu", "say": ["more"], "choices": {"1": {"words": ["bill"], "next": "hello"}}},
        },
    }
    assert prompts_of(document) == {"are_you_there", "wrong_key", "spring_offer", "goodbye", "more"}
