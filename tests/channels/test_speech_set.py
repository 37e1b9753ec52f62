"""The recorded pieces over the set that free text is held to: the texts of the prompts, joined, are the sentence."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.channels.test_speech import words
from tests.media.tts import words as spoken
from yuelai.channels.voice import speech
from yuelai.media.tts.spoken import in_words


def joined(ids: list[str], language: str) -> str:
    for id in ids:
        speech.prompt_path(id, language)
    return ("" if language == "zh-CN" else " ").join(words(ids, language))


def without_pauses(text: str, language: str) -> str:
    return text.replace("，", "").replace(" ", "") if language == "zh-CN" else text.replace(",", "")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_sums_are_said_alike(language: str) -> None:
    for each in spoken.sums(language):
        assert isinstance(each.value, int)
        assert joined(speech.money(each.value, "CNY", language), language) == in_words(each.text, language), each.text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_dates_and_times_are_said_alike(language: str) -> None:
    for each in spoken.instants(language):
        assert isinstance(each.value, tuple)
        ids = speech.instant(datetime(*each.value), language, clock=len(each.value) > 3)  # noqa: DTZ001
        # Midnight has no recording of its own in English.
        said = joined(ids, language).replace("zero o'clock", "midnight")
        assert said == without_pauses(in_words(each.text, language), language), each.text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_telephone_numbers_are_said_alike(language: str) -> None:
    for each in spoken.telephones():
        assert isinstance(each.value, str)
        said = joined(speech.digits(each.value, language), language)
        assert said == without_pauses(in_words(each.text, language), language), each.text
