"""What a new password must be. NIST SP 800-63B §3.1.1.2: long, not a common one; no rules about kinds of characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from zxcvbn import zxcvbn

from yuelai.identity.errors import WeakPassword

MIN_LENGTH = 10
MAX_LENGTH = 1000
REMEMBERED = 5
"""How many passwords, the present one included, may not come back."""
_TRIES = 10**6
"""A password that guessing by dictionary and pattern finds sooner is as good as a common one."""
_LOOKED_AT = 72
"""The estimate takes longer with the square of the length, and more is strong anyway."""


def check_new(password: str, about: Sequence[str]) -> None:
    """Refuse what is too short, too common, or made of what everybody knows `about` the person.

    May take a tenth of a second. Raises `WeakPassword` with a `reason`: too_short, too_long, about_you, too_common.
    """
    if len(password) < MIN_LENGTH:
        raise WeakPassword(reason="too_short", min_length=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise WeakPassword(reason="too_long", max_length=MAX_LENGTH)
    known = [word.casefold() for word in about if len(word) >= 3]
    rest = password.casefold()
    for word in known:
        rest = rest.replace(word, "")
    if len(rest) < 5 and rest != password.casefold():
        raise WeakPassword(reason="about_you")
    if int(zxcvbn(password[:_LOOKED_AT], known, _LOOKED_AT)["guesses"]) < _TRIES:
        raise WeakPassword(reason="too_common")


def too_old(set_at: datetime, now: datetime, days: int) -> bool:
    """Tell whether a password set then has to be changed; `days` 0: never."""
    return days > 0 and now - set_at >= timedelta(days=days)
