"""sipp calls sipp through the switch: what the two of them see, and that nothing stays of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.centre import free_sip_port
from tests.support.switched import Switched

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(
    ("caller", "phone"),
    [
        ("calls", "picks_up"),
        ("waits", "hangs_up"),
        ("hears", "plays_early"),
        ("offers_late", "is_asked_to_offer"),
        ("holds", "is_held"),
        ("calls_and_is_held", "answers_and_holds"),
        ("gives_up", "is_cancelled"),
    ],
)
async def test_both_ends_see_the_same_call(switch: Switched, caller: str, phone: str) -> None:
    port = free_sip_port()
    callee = switch.sipp(phone, port)
    await asyncio.gather(switch.sipp(caller, free_sip_port(), CALLED=str(port)).done(), callee.done())
