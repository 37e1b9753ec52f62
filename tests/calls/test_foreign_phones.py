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


@pytest.mark.parametrize(("caller", "called"), [(B1, B2), (B1, L1), (L1, B2), (L2, L3), (B2, L2)])
async def test_they_call_each_other_and_hang_up(
    switch: Switched, phones: dict[str, Phone], caller: str, called: str
) -> None:
    one, two = phones[caller], phones[called]
    await asyncio.to_thread(one.call, called)
    await asyncio.to_thread(two.rings)
    await asyncio.to_thread(two.answer)
    await asyncio.gather(asyncio.to_thread(one.talks), asyncio.to_thread(two.talks))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(two.hangup)
    await asyncio.gather(asyncio.to_thread(one.over), asyncio.to_thread(two.over))
