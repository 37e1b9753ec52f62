from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.recordings.archive import archive
from yuelai.interactions.events import InteractionRecorded
from yuelai.media.ports import MediaError
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, new_id
from yuelai.recordings.chunks import CaptureFile
from yuelai.recordings.events import RecordingCompleted, RecordingStarted, RecordingState
from yuelai.recordings.keys import RecordingKeys


async def test_a_recording_becomes_a_row_whose_wrapped_key_opens_its_file(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        interaction = InteractionId(new_id())
        recording = await core.start(interaction)
        running = await core.row(recording)
        assert (running["state"], running["duration_ms"]) == ("capturing", None)
        assert await core.recordings.stop(recording) == 2050
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"], row["interaction_id"]) == ("complete", 2050, interaction)
        assert row["tenant_id"] == SAMPLE_TENANT
        path = home / row["file"]
        assert path.stat().st_size == row["bytes"]
        key = RecordingKeys.load(core.settings).unwrap(recording, row["wrapped_key"])
        with CaptureFile(path, key) as file:
            assert file.whole
            assert file.header.recording == recording


async def test_neither_journal_nor_disk_knows_the_key_in_clear(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        row = await core.row(recording)
        key = RecordingKeys.load(core.settings).unwrap(recording, row["wrapped_key"])
        for file in home.rglob("*"):
            if file.is_file():
                assert key not in file.read_bytes()
                assert key.hex().encode() not in file.read_bytes()
        assert stat.S_IMODE((home / "keys" / "master.key").stat().st_mode) == 0o600
        assert not any("key" in field for fact in core.facts for field in vars(fact) if field != "key_version")


async def test_the_start_is_on_disk_before_the_engine_is_asked(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        core.engine.refuses = True
        with pytest.raises(MediaError):
            await core.start()
        await core.settled()
        assert [type(fact) for fact in core.facts] == [RecordingStarted, RecordingCompleted]
        assert isinstance(core.facts[1], RecordingCompleted)
        assert (core.facts[1].state, core.facts[1].duration_ms) == (RecordingState.PARTIAL, 0)


async def test_when_the_engine_dies_what_it_wrote_counts(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        core.engine.dies = True
        assert await core.recordings.stop(recording) == 2000
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"]) == ("partial", 2000)
        assert row["bytes"] == (home / row["file"]).stat().st_size


async def test_when_the_engine_dies_before_the_first_second_nothing_counts(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        core.engine.seconds, core.engine.dies = 0, True
        recording = await core.start()
        with pytest.raises(MediaError):
            await core.recordings.stop(recording)
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"]) == ("partial", 0)


async def test_a_restarted_core_completes_what_was_left_open_from_the_files(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        cut = await core.start()
        ended = await core.start()
        lost = await core.start()
        spoilt = await core.start()
        done = await core.start()
        await core.recordings.stop(done)
        # The engine saw core go and ended this one in order.
        await core.engine.stop_recording(ended)
        (await core.path(lost)).unlink()
        path = await core.path(spoilt)
        data = bytearray(path.read_bytes())
        data[len(data) - 100] ^= 1
        path.write_bytes(data)
    async with archive(database, home) as core:
        assert await core.recordings.recover() == 4
        rows = {recording: await core.row(recording) for recording in (cut, ended, lost, spoilt, done)}
        assert {id_: (row["state"], row["duration_ms"]) for id_, row in rows.items()} == {
            cut: ("partial", 2000),
            ended: ("complete", 2050),
            lost: ("partial", 0),
            spoilt: ("partial", 1000),
            done: ("complete", 2050),
        }
        told = {fact.recording_id: fact.duration_ms for fact in core.facts if isinstance(fact, InteractionRecorded)}
        assert told == {cut: 2000, ended: 2050, spoilt: 1000}
        assert await core.recordings.recover() == 0


async def test_without_its_master_key_a_recording_is_completed_but_not_heard(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        await core.settled()
    (home / "keys" / "master.key").unlink()
    async with archive(database, home) as core:
        assert await core.recordings.recover() == 1
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"]) == ("partial", 0)


async def test_stopping_what_does_not_run_is_refused(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        await core.recordings.stop(recording)
        with pytest.raises(MediaError):
            await core.recordings.stop(recording)


async def test_what_was_cut_is_completed_when_it_is_decided_to_keep_it(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        assert await core.recordings.cut(recording) == 2050
        assert (await core.row(recording))["state"] == "capturing"
        assert await core.recordings.cut(recording) == 2050
        assert await core.recordings.stop(recording) == 2050
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"]) == ("complete", 2050)


@pytest.mark.parametrize("cut", [True, False])
async def test_nothing_is_kept_of_what_is_discarded(database: Database, home: Path, cut: bool) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        file = home / (await core.row(recording))["file"]
        if cut:
            await core.recordings.cut(recording)
        await core.recordings.discard(recording)
        row = await core.row(recording)
        assert (row["state"], row["duration_ms"]) == ("partial", 0)
        assert not file.exists()
        await core.recordings.discard(recording)
        with pytest.raises(MediaError):
            await core.recordings.stop(recording)


async def test_what_was_cut_and_never_decided_is_found_by_the_next_core(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        await core.recordings.cut(recording)
        assert await core.recordings.recover() == 1
        assert (await core.row(recording))["duration_ms"] == 2050
