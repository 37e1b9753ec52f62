"""How far a call has come, as its actor sees it. The record's stages are finer: see `interactions.model`."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    ARRIVING = "arriving"
    FLOW = "flow"
    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    WRAPUP = "wrapup"
    CLOSED = "closed"
