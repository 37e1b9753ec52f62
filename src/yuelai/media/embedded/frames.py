"""The measure of the mix: all that is mixed is 8 kHz mono, a frame a tick."""

RATE = 8000
"""Samples a second."""

FRAME = 160
"""Samples a tick: 20 ms."""
