"""The web process's connection to core, and who hears which of core's events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yuelai.platform.ipc import IpcClient, Peer

Listener = Callable[[dict[str, Any]], None]


class CoreLink:
    """Gives each event of core to the one it is for: `live.change` by `sub`, `sip.frame` and `sip.close` by `flow`.

    Both names are chosen here, before core knows them, so that no event can come too early to find its listener.
    """

    def __init__(self, path: Path) -> None:
        self.changes: dict[str, Listener] = {}
        self.frames: dict[str, Listener] = {}
        self.closes: dict[str, Listener] = {}
        self.client = IpcClient(
            path,
            events={
                "live.change": self._hand_over(self.changes, "sub"),
                "sip.frame": self._hand_over(self.frames, "flow"),
                "sip.close": self._hand_over(self.closes, "flow"),
            },
        )

    @staticmethod
    def _hand_over(listeners: dict[str, Listener], name: str) -> Callable[[Peer, dict[str, Any]], None]:
        def handle(peer: Peer, params: dict[str, Any]) -> None:
            listener = listeners.get(params[name])
            if listener is not None:
                listener(params)

        return handle
