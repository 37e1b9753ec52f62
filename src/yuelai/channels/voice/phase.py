"""How far a call has come, as its actor sees it. The record's stages are finer: see `interactions.model`."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    ARRIVING = "arriving"
    FLOW = "flow"
    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    """Somebody is, or is to be, with the customer: who it is, and whether on hold, is told by `scene`."""
    PARTING = "parting"
    """Out of the queue without an agent: being told why, leaving a message or a number. See `parting`."""
    WRAPUP = "wrapup"
    CLOSED = "closed"
