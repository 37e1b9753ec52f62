from __future__ import annotations

import io
import wave
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from tests.recordings.archive import HEARD, SAID, Archive, archive, damage
from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, RecordingId, new_id
from yuelai.wire.g711 import Law, decode


async def recorded(core: Archive, interaction: InteractionId | None = None) -> RecordingId:
    recording = await core.start(interaction)
    await core.recordings.stop(recording)
    await core.settled()
    return recording


async def served(database: Database, interaction: UUID, agent: UUID, kind: str) -> None:
    async with database.transaction(None) as conn:
        await conn.execute(
            """
            INSERT INTO interaction_segments (interaction_id, id, seq, tenant_id, kind, started_at, agent_id)
            VALUES ($1, $2, 1, $3, $4, now(), $5)
            """,
            interaction,
            new_id(),
            SAMPLE_TENANT,
            kind,
            agent,
        )


def url(recording: UUID) -> str:
    return f"/api/v1/recordings/{recording}/audio"


async def test_a_leader_hears_both_sides(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        answer = await lee.get(url(await recorded(core)))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.headers["accept-ranges"] == "bytes"
        assert "no-store" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) == len(answer.content)
        with wave.open(io.BytesIO(answer.content)) as file:
            assert file.getnframes() == 2050 * 8
            sound = np.frombuffer(file.readframes(8000), "<i2").reshape(-1, 2)
        assert np.array_equal(sound[:, 0], decode(SAID, Law.PCMU))
        assert np.array_equal(sound[:, 1], decode(HEARD, Law.PCMU))


async def test_a_player_may_jump(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        whole = (await lee.get(url(recording))).content
        part = await lee.get(url(recording), headers={"Range": "bytes=40000-49999"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes 40000-49999/{len(whole)}"
        assert part.content == whole[40000:50000]
        beyond = await lee.get(url(recording), headers={"Range": f"bytes={len(whole)}-"})
        assert beyond.status_code == 416
        assert beyond.json()["code"] == "range_not_satisfiable"


async def test_an_agent_hears_only_calls_they_talked_in(site: Site) -> None:
    ann, bob = await add_person(site.database, "ann", "agent"), await add_person(site.database, "bob", "agent")
    async with archive(site.database, site.settings.folder) as core:
        interaction = InteractionId(new_id())
        recording = await recorded(core, interaction)
        await served(site.database, interaction, ann.person_id, "talk")
        await served(site.database, interaction, bob.person_id, "ring")
        async with await site.client("ann") as client:
            assert (await client.get(url(recording))).status_code == 200
        async with await site.client("bob") as client:
            answer = await client.get(url(recording))
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_recording")


async def test_nobody_hears_another_tenants_recordings_or_without_permission(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "lee", "leader", tenant=other)
    await add_person(site.database, "clerk", "clerk")
    async with archive(site.database, site.settings.folder) as core:
        recording = await recorded(core)
        assert (await site.http.get(url(recording))).status_code == 401
        for name, status in (("lee", 404), ("clerk", 403)):
            async with await site.client(name) as client:
                assert (await client.get(url(recording))).status_code == status


async def test_listening_leaves_a_line_in_the_audit_trail_once(site: Site) -> None:
    lee = await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as client:
        recording = await recorded(core)
        await client.get(url(recording), headers={"Range": "bytes=0-"})
        await client.get(url(recording), headers={"Range": "bytes=20000-"})
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        lines = await conn.fetch("SELECT person_id, object FROM audit WHERE action = 'recording.listened'")
    assert [tuple(line) for line in lines] == [(lee.person_id, f"recording/{recording}")]


@pytest.mark.parametrize("asked", ["bytes=1-", "bytes=-90000", "bytes=2-100,200-300"])
async def test_nobody_listens_unseen_by_asking_for_all_but_the_beginning(site: Site, asked: str) -> None:
    lee, kim = await add_person(site.database, "lee", "leader"), await add_person(site.database, "kim", "leader")
    async with archive(site.database, site.settings.folder) as core:
        recording = await recorded(core)
        for name in ("lee", "kim"):
            async with await site.client(name) as client:
                for _ in range(2):
                    assert (await client.get(url(recording), headers={"Range": asked})).status_code in (200, 206)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        lines = await conn.fetch("SELECT person_id FROM audit WHERE action = 'recording.listened' ORDER BY at")
    assert [line["person_id"] for line in lines] == [lee.person_id, kim.person_id]


async def test_what_is_still_captured_cannot_be_heard_yet(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await core.start()
        await core.settled()
        answer = await lee.get(url(recording))
        assert (answer.status_code, answer.json()["code"]) == (409, "recording_not_complete")


async def test_a_recording_cut_off_plays_as_far_as_it_goes(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await core.start()
        core.engine.dies = True
        await core.recordings.stop(recording)
        await core.settled()
        answer = await lee.get(url(recording))
        with wave.open(io.BytesIO(answer.content)) as file:
            assert file.getnframes() == 16000


async def test_a_missing_or_shortened_file_is_told_as_damaged(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording, other = await recorded(core), await recorded(core)
        path = await core.path(recording)
        damage(path, lambda data: data[:-5])
        damage(await core.path(other), lambda _: path.read_bytes())
        for damaged in (recording, other):
            answer = await lee.get(url(damaged))
            assert (answer.status_code, answer.json()["code"]) == (500, "recording_damaged")
        path.unlink()
        assert (await lee.get(url(recording))).json()["code"] == "recording_damaged"


async def test_a_changed_second_is_never_played(site: Site) -> None:
    await add_person(site.database, "lee", "leader")

    def change(data: bytes) -> bytes:
        at = len(data) // 2
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        damage(await core.path(recording), change)
        for asked in ({}, {"Range": "bytes=0-999"}, {"Range": "bytes=40000-"}):
            answer = await lee.get(url(recording), headers=asked)
            assert (answer.status_code, answer.json()["code"]) == (500, "recording_damaged")


async def test_without_the_master_key_the_refusal_says_so(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        key: Path = site.settings.folder / "keys" / "master.key"
        key.unlink()
        answer = await lee.get(url(recording))
        assert (answer.status_code, answer.json()["code"]) == (503, "master_key_missing")
