"""What the sound of a party is to be like: as its trunk wants it, else as the media engine likes."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from yuelai.media.ports import LegOptions, Srtp
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.plan import Plan

Sounds = Callable[[UUID | None], LegOptions]
"""The wishes of a trunk; None is no trunk."""

_STRICTNESS = [Srtp.OFF, Srtp.ACCEPT, Srtp.REQUIRE]
_ANYBODY = ("PCMA", "PCMU")


def together(plan: Plan, sounds: Sounds) -> LegOptions:
    """Return what the one offer for all places of a plan is to name: what any of them wants, and keys when one requires
    them. `codecs.fitted` takes out what is not for a place."""
    wanted = [sounds(place.trunk_id) for stage in plan.stages for place in stage]
    codecs = [name for each in wanted for name in each.codecs or _ANYBODY]
    if not any(each.codecs for each in wanted):
        codecs = []
    srtp = max((each.srtp for each in wanted), key=_STRICTNESS.index, default=LegOptions().srtp)
    return LegOptions(codecs=tuple(dict.fromkeys(codecs)), srtp=srtp)


def alone(half: Half, sounds: Sounds) -> LegOptions:
    """Return the wishes of who is there: the caller's trunk, or the one that answered."""
    return sounds(half.leg.trunk_id if half.leg is not None else None)
