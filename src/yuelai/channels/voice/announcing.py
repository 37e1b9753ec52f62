"""What is said next to somebody who waits, and when. Pure: seconds of waiting in, names of prompts out."""

from __future__ import annotations

from math import ceil

from yuelai.channels.voice import speech
from yuelai.routing.model import Position
from yuelai.routing.settings import Treatment

AGAIN_SECONDS = 90.0
"""Seconds at least between two offers of the same."""

SAID_IN_MINUTES = range(1, 11)
LONGER = (15, 20, 30, 45, 60)
"""Minutes that can be said; beyond the last one it is only said that it may be long."""


def wait_words(seconds: float) -> list[str]:
    """Say how long it may take, never less than estimated: in whole minutes up to ten, then in larger steps."""
    if seconds < 60:
        return ["wait_short"]
    minutes = ceil(seconds / 60)
    said = minutes if minutes in SAID_IN_MINUTES else next((step for step in LONGER if minutes <= step), None)
    return ["wait_long"] if said is None else ["wait_about", f"minutes_{said}"]


def place_words(place: int, language: str) -> list[str]:
    """Say who somebody is in the queue, 1 being next."""
    if place == 1:
        return ["position_next"]
    return ["position_before", *speech.number(place, language), "position_after"]


class Announcements:
    """Of one contact's wait, which began `waited` seconds ago, here or elsewhere. Times are seconds of waiting;
    `callback` and `message` say whether there is such a thing to be offered."""

    def __init__(
        self, treatment: Treatment, waited: float = 0.0, *, callback: bool = True, message: bool = True
    ) -> None:
        self._treatment = treatment
        self.callback = callback and treatment.callback_after > 0
        self.message = message and treatment.voicemail_after > 0
        self._next = self._sooner(treatment.first_announce, waited)
        self._next_callback = treatment.callback_after if self.callback else None
        self._next_message = treatment.voicemail_after if self.message else None
        self._told: Position | None = None
        self._comforted = 0

    def due(self) -> float | None:
        """Return when something is to be said next, None for never."""
        times = (self._next, self._next_callback, self._next_message)
        return min((time for time in times if time is not None), default=None)

    def words(self, waited: float, position: Position | None, language: str) -> list[str]:
        """Return what is to be said now. What comes within a few seconds is said at once."""
        soon = waited + 5.0
        words: list[str] = []
        if self._next is not None and self._next <= soon:
            words += self._news(position, language) or self._comfort()
            self._next = None  # until `said`
        if self._next_callback is not None and self._next_callback <= soon:
            words.append("callback_offer")
            self._next_callback = None
        if self._next_message is not None and self._next_message <= soon:
            words.append("message_offer")
            self._next_message = None
        return words

    def said(self, waited: float) -> None:
        """It has been said, or cut short: the next one is due after that."""
        if self._next is None:
            self._next = self._sooner(self._treatment.announce_every, waited)
        if self.callback and self._next_callback is None:
            self._next_callback = waited + max(self._treatment.callback_after, AGAIN_SECONDS)
        if self.message and self._next_message is None:
            self._next_message = waited + max(self._treatment.voicemail_after, AGAIN_SECONDS)

    def _sooner(self, seconds: float, since: float = 0.0) -> float | None:
        return since + seconds if seconds > 0 else None

    def _news(self, position: Position | None, language: str) -> list[str]:
        """The place, unless it is no better than the one told last: others may have been let past. With the place the
        time; that alone only where places are not told."""
        if position is None:
            return []
        told, settings = self._told, self._treatment
        if settings.position and told is not None and position.place >= told.place:
            return []
        words = place_words(position.place, language) if settings.position else []
        if settings.estimate and position.estimate_seconds is not None:
            words += wait_words(position.estimate_seconds)
        if words:
            self._told = position
        return words

    def _comfort(self) -> list[str]:
        comfort = self._treatment.comfort
        if not comfort:
            return []
        self._comforted += 1
        return [comfort[(self._comforted - 1) % len(comfort)]]
