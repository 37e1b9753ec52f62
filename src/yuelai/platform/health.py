"""What a process says of its parts: serving or not, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    ok: bool
    detail: str = ""


class Health:
    """Parts report when asked. A check that raises counts as a part that does not serve."""

    def __init__(self) -> None:
        self._checks: dict[str, Callable[[], Awaitable[Part]]] = {}

    def add(self, name: str, check: Callable[[], Awaitable[Part]]) -> None:
        self._checks[name] = check

    async def report(self) -> dict[str, Any]:
        """Return `{"ok": bool, "parts": {name: {"ok", "detail"}}}`."""
        parts: dict[str, Part] = {}
        for name, check in self._checks.items():
            try:
                parts[name] = await check()
            except Exception as error:
                parts[name] = Part(False, str(error) or type(error).__name__)
        return {"ok": all(part.ok for part in parts.values()), "parts": {k: asdict(v) for k, v in parts.items()}}
