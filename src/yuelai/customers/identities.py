"""What somebody is reached or known by, in the one form in which it is compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from yuelai.customers.errors import NotAnIdentity, NotAPhoneNumber
from yuelai.customers.phones import normalise

Kind = Literal["phone", "email", "web", "wechat", "account", "other"]
Role = Literal["owner", "agent", "former"]
ROLES: Final[tuple[Role, ...]] = ("owner", "agent", "former")
"""The strongest claim first."""

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_LONGEST = 200


def normalised(kind: str, raw: str) -> str:
    """Return the value that is stored: phones in E.164, mail in lower case, others without needless spaces.

    Raises `NotAPhoneNumber` and `NotAnIdentity`.
    """
    if kind == "phone":
        number = normalise(raw)
        if number is None:
            raise NotAPhoneNumber(phone=raw)
        return number
    text = " ".join(unicodedata.normalize("NFKC", raw).split())
    if kind == "email":
        text = text.lower()
        if not _EMAIL.fullmatch(text):
            raise NotAnIdentity(kind=kind)
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise NotAnIdentity(kind=kind)
    return text
