"""Facts about prompts."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.platform.facts import Fact, fact


@fact("prompt.changed")
@dataclass(frozen=True, kw_only=True)
class PromptChanged(Fact):
    """The tenant's own prompt is new, says or sounds otherwise, or is gone."""

    name: str
    language: str
