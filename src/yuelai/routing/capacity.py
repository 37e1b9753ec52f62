"""What an agent may be given beside what they have: how many of each channel, and what may interrupt what.

A table, so that it can be read and argued about. Channels that are not named are treated as text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from yuelai.routing.events import Seat

if TYPE_CHECKING:
    from yuelai.routing.model import Agent

VOICE = "voice"

SPOKEN = frozenset({"voice", "video"})
"""They take the whole agent, as does the wrap-up after them: nothing is given beside them."""

_WRITTEN = frozenset({"chat", "messaging", "email", "sms", "fax", "letter"})

INTERRUPTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "voice": _WRITTEN,
        "video": _WRITTEN,
        "chat": _WRITTEN,
        "messaging": _WRITTEN,
        "sms": frozenset({"sms", "email", "fax", "letter"}),
        "email": frozenset({"email", "fax", "letter"}),
        "fax": frozenset({"email", "fax", "letter"}),
        "letter": frozenset({"email", "fax", "letter"}),
    }
)
"""A contact of this channel may be given to somebody who has contacts of those. What rings is alone: one thing at a
time asks for attention."""

_TEXT = INTERRUPTS["chat"]


def admits(agent: Agent, channel: str) -> bool:
    """May the agent's hands take one more contact of this channel? Presence and seat are not looked at."""
    limit, same = agent.capacity.get(channel, 0), 0
    if not agent.work:
        return limit > 0
    interrupts = INTERRUPTS.get(channel, _TEXT)
    for work in agent.work.values():
        if work.rings or work.channel in SPOKEN or work.channel not in interrupts:
            return False
        same += work.channel == channel
    return same < limit


def seated(agent: Agent, channel: str) -> bool:
    """Speech needs the agent's seat, text a browser."""
    return (agent.seat if channel in SPOKEN else Seat.BROWSER) in agent.reachable


def open_channels(agent: Agent) -> Collection[str]:
    """Return the channels of which the agent may be given a contact now."""
    if not agent.is_there:
        return ()
    for work in agent.work.values():
        if work.rings or work.channel in SPOKEN:
            return ()  # as `admits` says of every channel, but this is asked with each change of each agent
    return tuple([channel for channel in agent.capacity if seated(agent, channel) and admits(agent, channel)])
