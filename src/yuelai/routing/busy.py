"""Reasons of being busy that nobody chose, and which of them follows from an offer that was not taken."""

from __future__ import annotations

RONA = "rona"
"""The offer rang until its time was over (redirection on no answer)."""
DECLINED = "declined"
"""The agent, or the agent's phone, said no."""
SEAT_LOST = "seat_lost"
"""The seat could not be reached, or is gone."""
FORCED = "forced"
"""A leader wanted it so and gave no reason."""

_NOT_TAKEN = {"declined": DECLINED, "busy": DECLINED, "unreachable": SEAT_LOST, "seat_lost": SEAT_LOST}


def after(refusal: str) -> str:
    """Return the reason with which an agent is set aside who did not take an offer, `refusal` saying how it came."""
    return _NOT_TAKEN.get(refusal, RONA)
