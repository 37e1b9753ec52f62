"""Finding people by any part of their name with a plain b-tree: the endings of a name are kept, and one ending of
every name that holds the text begins with it."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 40
_WORD = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]|[^\W_]+")


def fold(text: str) -> str:
    """Return the text as it is compared: width, case and runs of spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def parts(name: str) -> list[str]:
    """Return the endings of a name, from each Chinese character and each word of other scripts on.

    >>> parts("王小芳"), parts("Li Lei")
    (['王小芳', '小芳', '芳'], ['li lei', 'lei'])
    """
    folded = fold(name)
    endings = (folded[match.start() : match.start() + _LONGEST] for match in _WORD.finditer(folded))
    return list(dict.fromkeys(endings)) or [folded[:_LONGEST]]
