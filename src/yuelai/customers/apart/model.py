"""What customers are told apart by; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from yuelai.customers.finding.surnames import READINGS

LAST_DIGITS = 4
"""Of an identity number, that a caller may be asked for."""
_STREET = re.compile(r"^[^\d\s]{2,30}")


@dataclass(frozen=True)
class Facts:
    """Of one customer. `role` is what the number is to them: owner, agent or former; None when it is not theirs.

    `addresses` begin behind the district. `last` are the last characters of the identity number, None when there is
    none or it cannot be read now; neither may leave the program.
    """

    id: UUID
    name: str
    kind: str = "person"
    role: str | None = None
    label: str | None = None
    products: Sequence[str] = ()
    addresses: Sequence[str] = field(default=(), repr=False)
    last: str | None = field(default=None, repr=False)

    @property
    def surname(self) -> str | None:
        """Of a person: two characters where those are a known surname. A name in another script ends with it."""
        if self.kind != "person" or not self.name:
            return None
        words = self.name.split()
        if self.name.isascii():
            return words[-1] if words else None
        return self.name[:2] if self.name[:2] in READINGS and len(self.name) > 2 else self.name[:1]

    @property
    def streets(self) -> list[str]:
        """The roads of the addresses, without numbers."""
        return sorted({found.group().strip() for text in self.addresses if (found := _STREET.match(text))})
