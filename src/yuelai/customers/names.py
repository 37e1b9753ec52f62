"""Names as they are compared."""

from __future__ import annotations

import re
import unicodedata

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, for the inside of `[]` in a regular expression."""

_GAP = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")


def fold(text: str) -> str:
    """Return the text as it is compared: width, case and spaces between Chinese characters do not matter."""
    return _GAP.sub("", " ".join(unicodedata.normalize("NFKC", text.replace("\0", "")).casefold().split()))
