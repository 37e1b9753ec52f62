"""sipp calls sipp through the switch: what the two of them see, and that nothing stays of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.centre import free_sip_port
from tests.support.plain import Plain, sdp
from tests.support.switched import switched

pytestmark = pytest.mark.calls


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
async def test_both_ends_see_the_same_call(caller: str, phone: str) -> None:
    port = free_sip_port()
    async with switched("--to", f"127.0.0.1:{port}") as switch:
        callee = switch.sipp(phone, port)
        await asyncio.gather(switch.sipp(caller, free_sip_port()).done(), callee.done())
