"""The master key is turned over while calls are recorded; what was recorded before is heard after."""

from __future__ import annotations

import os
import time

import msgspec
import pytest

from tests.customers.people import ID_NUMBER, add
from tests.recordings.archive import archive
from tests.support.web import Site, add_person
from yuelai.customers.record import service as customers
from yuelai.customers.sealing import Vault
from yuelai.entrypoints.sealed import SEALED
from yuelai.identity.sign_in import second_factor
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.key_file import KeyFile
from yuelai.platform.rewrap import CannotRetire, retire, rewrap, standing
from yuelai.platform.secrets import Secrets
from yuelai.recordings.events import RecordingStarted


async def counted(site: Site) -> dict[str, dict[int, int]]:
    async with site.database.transaction(None) as conn:
        return {what: dict(counts) for what, counts in (await standing(conn, SEALED)).items() if counts}


async def test_all_that_was_sealed_before_opens_after_the_old_version_is_gone(site: Site) -> None:
    lee = await add_person(site.database, "lee", "leader")
    secrets, vault = Secrets.load(site.settings), Vault(site.settings)
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as client:
        before = await core.start()
        await core.recordings.stop(before)
        during = await core.start()
        await core.settled()
        async with site.database.transaction(SAMPLE_TENANT) as conn:
            customer = await add(conn, "王芳", "13800000001", id_number=ID_NUMBER, vault=vault)
            totp, _ = await second_factor.begin(conn, secrets, lee)
        heard = (await client.get(f"/api/v1/recordings/{before}/audio")).content

        file = KeyFile.of(site.settings)
        assert file.add() == 2
        os.utime(file.path, (time.time() - 100, time.time() - 100))
        await core.recordings.stop(during)
        after = await core.start()
        await core.recordings.stop(after)
        await core.settled()
        assert await counted(site) == {
            "recordings": {1: 2, 2: 1}, "keys of customers' numbers": {1: 2}, "second factors": {1: 1},
        }  # fmt: skip
        with pytest.raises(CannotRetire, match="2 recordings, 2 keys of customers' numbers, 1 second factors"):
            await retire(site.database, site.settings, SEALED, 1)

        assert await rewrap(site.database, secrets, SEALED) == 5
        await retire(site.database, site.settings, SEALED, 1)
        assert list(KeyFile.of(site.settings).keys()) == [2]
        for recording in (before, during, after):
            answer = await client.get(f"/api/v1/recordings/{recording}/audio")
            assert (answer.status_code, answer.content) == (200, heard)
        async with site.database.transaction(SAMPLE_TENANT) as conn:
            for keys in (vault, Vault(site.settings)):
                assert await customers.who_has_id_number(conn, SAMPLE_TENANT, ID_NUMBER, keys) == [customer]
            row = await conn.fetchrow("SELECT secret FROM second_factors")
            assert secrets.open("totp", lee.person_id.bytes, row["secret"]) == totp.encode()


async def test_the_key_in_a_parked_fact_keeps_its_version(site: Site) -> None:
    async with archive(site.database, site.settings.folder) as core:
        recording = await core.start()
        row = await core.row(recording)
        async with site.database.transaction(None) as conn:
            await conn.execute("DELETE FROM recordings")
            await conn.execute(
                "INSERT INTO journal_parked (owner, seq, entry_id, type, fact, private, error) "
                "VALUES ('core:x', 1, $1, $2, $3, '{}', 'no room')",
                recording,
                RecordingStarted.type,
                msgspec.to_builtins({"key_version": row["key_version"]}),
            )
        file = KeyFile.of(site.settings)
        file.add()
        os.utime(file.path, (time.time() - 100, time.time() - 100))
        assert await rewrap(site.database, Secrets.load(site.settings), SEALED) == 0
        with pytest.raises(CannotRetire, match="1 parked facts of recordings"):
            await retire(site.database, site.settings, SEALED, 1)
