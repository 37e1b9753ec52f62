"""How sound is cut: one frame a tick."""

from __future__ import annotations

RATE = 8000
"""Samples a second of everything that is mixed."""

FRAME = 160
"""Samples in 20 ms."""
