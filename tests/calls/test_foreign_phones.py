"""baresip and linphone as they come: they register with digest, call each other through us, hold, and transfer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.baresip import Baresip
from tests.support.linphone import Linphone
from tests.support.switched import Switched, switched

pytestmark = [pytest.mark.calls, pytest.mark.asyncio(loop_scope="module")]
Phone = Baresip | Linphone

B1, B2, L1, L2, L3 = USERS = ("8001", "8002", "8011", "8012", "8013")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_switch() -> AsyncIterator[Switched]:
    assert shutil.which("baresip"), "baresip is missing: `make test` installs it"
    assert shutil.which("linphonec"), "linphone-cli is missing: `make test` installs it"
    words = [word for user in USERS for word in ("--user", f"{user}:secret")]
    async with switched(*words, "--idle", "600") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones(module_switch: Switched) -> AsyncIterator[dict[str, Phone]]:
    """Two of the one make and three of the other, one of each over TCP."""
    port = module_switch.port

    def start() -> dict[str, Phone]:
        return {
            B1: Baresip(port, B1, "secret"),
            B2: Baresip(port, B2, "secret", transport="tcp"),
            L1: Linphone(port, L1, "secret"),
            L2: Linphone(port, L2, "secret", transport="tcp"),
            L3: Linphone(port, L3, "secret"),
        }

    started = await asyncio.to_thread(start)
    try:
        for phone in started.values():
            await asyncio.to_thread(phone.registered)
        yield started
    finally:
        for phone in started.values():
            await asyncio.to_thread(phone.stop)


async def test_they_are_all_registered_with_digest(switch: Switched, phones: dict[str, Phone]) -> None:
    for user in USERS:
        (there,) = switch.telephony.registrations(user)
        assert not there.browser


async def call(one: Phone, two: Phone) -> None:
    """Let one call two, who answers."""
    await asyncio.to_thread(one.call, two.user)
    await asyncio.to_thread(two.rings)
    await asyncio.to_thread(two.answer)
    await asyncio.gather(asyncio.to_thread(one.talks), asyncio.to_thread(two.talks))


async def over(*phones: Phone) -> None:
    await asyncio.gather(*(asyncio.to_thread(phone.over) for phone in phones))


@pytest.mark.parametrize(("caller", "called"), [(B1, B2), (B1, L1), (L1, B2), (L2, L3), (B2, L2)])
async def test_they_call_each_other_and_hang_up(
    switch: Switched, phones: dict[str, Phone], caller: str, called: str
) -> None:
    one, two = phones[caller], phones[called]
    await call(one, two)
    await asyncio.to_thread(two.hangup)
    await over(one, two)


async def test_they_hear_each_other(switch: Switched, phones: dict[str, Phone]) -> None:
    one, two = phones[B1], phones[L1]
    assert isinstance(one, Baresip)
    assert isinstance(two, Linphone)
    await call(one, two)
    await asyncio.to_thread(two.hears)
    await asyncio.to_thread(one.hangup)
    await over(one, two)
    sent, received = one.packets()
    assert sent > 20
    assert received > 20


@pytest.mark.parametrize(("holder", "held"), [(B1, L1), (L1, B1), (L2, L1), (L1, B2)])
async def test_they_hold_each_other(switch: Switched, phones: dict[str, Phone], holder: str, held: str) -> None:
    one, two = phones[holder], phones[held]
    await call(one, two)
    await asyncio.to_thread(one.hold)
    await asyncio.to_thread(two.is_held)
    await asyncio.to_thread(one.resume)
    await asyncio.to_thread(two.is_resumed)
    await asyncio.to_thread(one.hangup)
    await over(one, two)


@pytest.mark.parametrize(("stays", "by", "to"), [(L1, B1, L3), (B1, L1, L3), (B2, L2, L1), (L2, B2, B1)])
async def test_they_transfer_blindly(switch: Switched, phones: dict[str, Phone], stays: str, by: str, to: str) -> None:
    one, two, three = phones[stays], phones[by], phones[to]
    await call(one, two)
    await asyncio.to_thread(two.transfer, to)
    await asyncio.to_thread(three.rings)
    await asyncio.to_thread(three.answer)
    await asyncio.to_thread(three.talks)
    await over(two)
    if isinstance(three, Linphone):
        await asyncio.to_thread(three.hears)
    await asyncio.to_thread(three.hangup)
    await over(one, three)


@pytest.mark.parametrize("stays", [B1, L3])
async def test_they_transfer_after_asking(switch: Switched, phones: dict[str, Phone], stays: str) -> None:
    one, two, three = phones[stays], phones[L1], phones[L2]
    assert isinstance(two, Linphone)
    assert isinstance(three, Linphone)
    await call(one, two)
    first = two.latest
    await asyncio.to_thread(two.hold)
    await call(two, three)
    await asyncio.to_thread(two.transfer_attended, first, two.latest)
    await over(two)
    await over(two)
    await asyncio.to_thread(three.hears)
    await asyncio.to_thread(one.hangup)
    await over(one, three)
