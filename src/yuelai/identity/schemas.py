"""What identity's requests are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
EnglishName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class Body(BaseModel):
    """A request's body: fields that nobody knows are refused rather than lost."""

    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, object]:
        """Return the fields that were sent, so that absent and null stay apart."""
        return {name: getattr(self, name) for name in self.model_fields_set}
