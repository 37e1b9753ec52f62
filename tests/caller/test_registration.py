"""Phones register with digest, stay registered and leave."""

from __future__ import annotations

import asyncio

import pytest

from tests.caller.registrar import Registrar
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.registration import RegistrationFailed
from yuelai.entrypoints.caller.scenario import Plan, place
from yuelai.wire.sip.digest import Algorithm


@pytest.mark.parametrize("algorithm", list(Algorithm))
async def test_a_phone_registers_with_digest_is_called_at_its_contact_and_unregisters(algorithm: Algorithm) -> None:
    async with Registrar("demo", algorithm=algorithm) as registrar:
        async with Phone(registrar.address, "8001", "demo", source=lambda: sources.tone(620)):
            assert set(registrar.bindings) == {"8001"}
            result = await place(registrar.bindings["8001"], Plan("10000", "8001", hold=0.5))
            assert result.status == 200
        assert registrar.bindings == {}


async def test_a_wrong_password_is_refused_plainly() -> None:
    async with Registrar("demo") as registrar:
        phone = Phone(registrar.address, "8001", "wrong")
        with pytest.raises(RegistrationFailed, match="403"):
            await phone.start()
        await phone.close()
        assert registrar.bindings == {}


async def test_a_registration_is_refreshed_before_it_ends() -> None:
    async with Registrar("demo", grant=2) as registrar, Phone(registrar.address, "8001", "demo"):
        assert registrar.accepted == 1
        await asyncio.sleep(1.3)
        assert registrar.accepted == 2
