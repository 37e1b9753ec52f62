"""Why nobody can be spoken to now, in prompts. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from yuelai.channels.ports import Closing
from yuelai.channels.voice import speech
from yuelai.routing.settings import OverflowWhen

LATEST = timedelta(days=14)
"""An opening further away than that is not told: it will have been changed by then."""


def excuse(why: str, closing: Closing | None, now: datetime, language: str) -> list[str]:
    """Return what to say to who was sent away by a rule of this kind (`OverflowWhen`)."""
    match why:
        case OverflowWhen.CLOSED:
            return closed_words(closing, now, language)
        case OverflowWhen.NOBODY:
            return ["nobody_here"]
        case OverflowWhen.LENGTH:
            return ["queue_full"]
        case OverflowWhen.ESTIMATE:
            return ["wait_long"]
        case _:
            return ["thanks_for_waiting"]


def closed_words(closing: Closing | None, now: datetime, language: str) -> list[str]:
    """Say that it is closed, for a holiday or the night, and when it opens, where that is known and not far."""
    words = ["holiday" if closing is not None and closing.holiday else "closed"]
    opens = closing.opens_at if closing is not None else None
    if opens is None or opens - now > LATEST:
        return words if words == ["holiday"] else [*words, "call_in_hours"]
    today = now.astimezone(opens.tzinfo).date()
    when = speech.instant(opens, language, clock=True)
    days = (opens.date() - today).days
    if days in (0, 1):
        date = speech.instant(opens, language)
        when = ["today" if days == 0 else "tomorrow", *when[len(date) :]]
    return [*words, "opens_again", *when]
