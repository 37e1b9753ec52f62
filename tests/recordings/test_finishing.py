"""What the worker makes of captures, and what becomes of it when something dies on the way."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from tests.recordings.archive import HEARD, SAID, Archive, archive, damage
from tests.recordings.captures import KEY, capture
from tests.recordings.tones import level, tone
from tests.support.web import Site, add_person
from yuelai.customers.ports import Subject
from yuelai.media.capture import Coding
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, RecordingId, new_id
from yuelai.recordings import finishing, integrity, opus, repository
from yuelai.recordings.chunks import Tampered
from yuelai.recordings.finishing import Abandoned, NotReadable, Task, make
from yuelai.recordings.jobs import Finisher
from yuelai.recordings.keys import RecordingKeys
from yuelai.recordings.personal import RecordingsPersonalData
from yuelai.recordings.sealed_file import SealedFile
from yuelai.wire.g711 import Law, decode, encode

NEVER = threading.Event()


def tones(path: Path, seconds: float = 3.0, whose: Any = None) -> Task:
    """Capture 700 Hz said and 1100 Hz heard; return what is to be made of it."""
    whose = whose or uuid4()
    said, heard = encode(tone(700, seconds), Law.PCMA), encode(tone(1100, seconds), Law.PCMA)
    capture(path, said, heard, coding=Coding.PCMA, recording=whose)
    return Task(whose, path, round(seconds * 1000), KEY, "opus")


def sound_of(task: Task) -> np.ndarray:
    with SealedFile(task.part, task.recording, KEY) as file:
        return np.concatenate(list(opus.decode(file.reader())))


async def recorded(core: Archive) -> RecordingId:
    recording = await core.start()
    await core.recordings.stop(recording)
    return recording


async def waiting(database: Database) -> list[str]:
    async with database.transaction(None) as conn:
        return [row["payload"].decode() for row in await conn.fetch(
            "SELECT payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", repository.FINISH_JOB
        )]  # fmt: skip


def test_each_voice_is_in_its_channel_and_as_loud_as_it_was(tmp_path: Path) -> None:
    task = tones(tmp_path / "a.yrec")
    made = make(task, NEVER)
    both = sound_of(task)
    assert both.shape == (24_000, 2)
    for channel, there, elsewhere in ((0, 700, 1100), (1, 1100, 700)):
        assert abs(level(both[2000:-2000, channel], there) + 10) < 1
        assert level(both[2000:-2000, channel], elsewhere) < -50
    assert made.part.stat().st_size == made.size
    assert stat.S_IMODE(made.part.stat().st_mode) == 0o600
    assert made.pauses == []


@pytest.mark.parametrize("length", [160, 161, 4001, 8000, 24_123])
def test_it_is_as_long_as_the_recording_to_the_sample(tmp_path: Path, length: int) -> None:
    silence = b"\xff" * length
    capture(tmp_path / "a.yrec", silence, silence)
    task = Task(uuid4(), tmp_path / "a.yrec", length // 8, KEY, "opus")
    with pytest.raises(Tampered):
        make(task, NEVER)  # another recording's
    whose = uuid4()
    capture(tmp_path / "a.yrec", silence, silence, recording=whose)
    task = Task(whose, tmp_path / "a.yrec", length // 8, KEY, "opus")
    make(task, NEVER)
    assert len(sound_of(task)) == length // 8 * 8


@pytest.mark.parametrize("milliseconds", [1, 2, 3])
def test_a_call_that_ended_as_it_was_answered_is_finished_too(tmp_path: Path, milliseconds: int) -> None:
    silence = b"\xff" * 8 * milliseconds
    whose = uuid4()
    capture(tmp_path / "a.yrec", silence, silence, recording=whose)
    made = make(Task(whose, tmp_path / "a.yrec", milliseconds, KEY, "opus"), NEVER)
    assert made.part.stat().st_size == made.size


def test_its_middle_is_decoded_as_if_from_the_beginning(tmp_path: Path) -> None:
    task = tones(tmp_path / "a.yrec", 30.0)
    make(task, NEVER)
    both = sound_of(task)
    with SealedFile(task.part, task.recording, KEY) as file:
        for begin in (0, 1, 7999, 100_000, 123_457, 239_999):
            found = np.concatenate(list(opus.decode(file.reader(), begin)))
            assert len(found) == len(both) - begin
            assert np.abs(found.astype(int) - both[begin:]).max() <= 2


def test_a_tampered_capture_makes_nothing(tmp_path: Path) -> None:
    task = tones(tmp_path / "a.yrec")
    damage(task.capture, lambda data: data[:20_000] + bytes([data[20_000] ^ 1]) + data[20_001:])
    with pytest.raises(Tampered):
        make(task, NEVER)


def test_what_does_not_read_back_is_never_taken_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = tones(tmp_path / "a.yrec")
    monkeypatch.setattr(finishing.opus, "encode", lambda sound, out: out.write(b"OggS" + bytes(500)))
    with pytest.raises(NotReadable):
        make(task, NEVER)
    assert task.capture.exists()


def test_told_to_end_it_ends(tmp_path: Path) -> None:
    told = threading.Event()
    told.set()
    with pytest.raises(Abandoned):
        make(tones(tmp_path / "a.yrec"), told)


async def test_the_end_of_a_recording_puts_the_job_down_in_the_same_transaction(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        await recorded(core)
        await core.settled()
        assert await waiting(database) == ["{}"]
        core.engine.seconds, core.engine.dies = 0, True
        empty = await core.start()
        with pytest.raises(Exception, match="holds nothing"):
            await core.recordings.stop(empty)
        await core.settled()
        assert len(await waiting(database)) == 1


@pytest.mark.parametrize("format_", ["opus", "wav"])
async def test_the_capture_gives_way_to_the_finished_file(database: Database, home: Path, format_: str) -> None:
    async with archive(database, home, recording_format=format_) as core:
        recording = await recorded(core)
        before = await core.row(recording)
        row = await core.finish(recording)
        assert (row["format"], row["leftover"], row["spoilt"], row["state"]) == (format_, None, None, "complete")
        assert not (home / before["file"]).exists()
        assert (home / row["file"]).stat().st_size == row["bytes"]
        assert row["duration_ms"] == before["duration_ms"]
        assert list(home.rglob("*.part")) == []
        # Whoever does it again changes nothing.
        assert await core.finish(recording) == row


async def test_a_recording_that_was_cut_off_is_finished_as_far_as_it_goes(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        core.engine.dies = True
        recording = await recorded(core)
        row = await core.finish(recording)
        assert (row["format"], row["state"], row["duration_ms"]) == ("opus", "partial", 2000)


async def test_a_recording_under_way_is_left_alone(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await core.start()
        assert (await core.finish(recording))["format"] == "capture"


async def test_a_worker_killed_in_the_middle_of_the_work_costs_nothing(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        core.engine.seconds = 120
        recording = await recorded(core)
        row = await core.row(recording)
        capture_ = home / row["file"]
        key = RecordingKeys.load(core.settings).unwrap(recording, row["wrapped_key"])
        code = (
            "import threading, uuid; from pathlib import Path; from yuelai.recordings.finishing import Task, make; "
            f"make(Task(uuid.UUID({str(recording)!r}), Path({str(capture_)!r}), {row['duration_ms']}, "
            f"bytes.fromhex({key.hex()!r}), 'opus'), threading.Event())"
        )
        worker = subprocess.Popen([sys.executable, "-c", code])
        part = capture_.with_suffix(".ysnd.part")
        async with asyncio.timeout(20):
            while not (part.exists() and part.stat().st_size > 65_000):
                await asyncio.sleep(0.01)
        worker.kill()
        worker.wait(10)
        assert part.exists()
        assert capture_.exists()
        row = await core.finish(recording)
        assert (row["format"], row["duration_ms"]) == ("opus", 120_050)
        assert not part.exists()
        assert not capture_.exists()


async def test_a_worker_that_dies_before_the_row_is_written_costs_nothing(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise SystemError("killed")

    async with archive(database, home) as core:
        recording = await recorded(core)
        with monkeypatch.context() as context, pytest.raises(SystemError):
            context.setattr(repository, "finished", die)
            await core.finish(recording)
        row = await core.row(recording)
        assert row["format"] == "capture"
        assert (home / row["file"]).exists()
        assert (await core.finish(recording))["format"] == "opus"


async def test_a_worker_that_dies_before_the_capture_is_removed_leaves_that_to_the_next(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any) -> None:
        raise SystemError("killed")

    async with archive(database, home) as core:
        recording = await recorded(core)
        path = await core.path(recording)
        with monkeypatch.context() as context, pytest.raises(SystemError):
            context.setattr(Finisher, "_clear", die)
            await core.finish(recording)
        assert (await core.row(recording))["leftover"] is not None
        assert path.exists()
        assert (await core.finish(recording))["leftover"] is None
        assert not path.exists()


async def test_while_a_backup_is_made_captures_stay(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await recorded(core)
        path = await core.path(recording)
        folder = home / ".backup-1"
        folder.mkdir()
        assert (await core.finish(recording))["leftover"] is not None
        assert path.exists()
        os.utime(folder, (time.time() - 100_000, time.time() - 100_000))  # one that was killed
        assert (await core.finish(recording))["leftover"] is None


async def test_what_cannot_be_read_is_told_and_not_tried_for_ever(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        spoilt, lost = await recorded(core), await recorded(core)
        path = await core.path(spoilt)
        damage(path, lambda data: data[:-30] + bytes([data[-30] ^ 1]) + data[-29:])
        (await core.path(lost)).unlink()
        for recording in (spoilt, lost):
            row = await core.finish(recording)
            assert row["format"] == "capture"
            assert row["spoilt"]
        assert path.exists()
        async with database.transaction(None) as conn:
            await conn.execute("UPDATE recordings SET completed_at = now() - interval '1 hour'")
            assert await repository.unfinished(conn, 10) == []


async def test_what_a_dead_worker_left_is_put_down_again(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        left, young = await recorded(core), await recorded(core)
        await core.settled()
        own = f'{{"recording_id":"{left}"}}'
        async with database.transaction(None) as conn:
            await conn.execute("UPDATE recordings SET completed_at = now() - interval '1 hour' WHERE id = $1", left)
            assert await repository.unfinished(conn, 10) == [left]
            await repository.put_down(conn, left, again=True)
        # One of its own, beside those for whatever was completed within a second.
        assert await waiting(database) in (["{}", own], ["{}", "{}", own])
        await core.finish(left)
        async with database.transaction(None) as conn:
            assert await repository.unfinished(conn, 10) == []
        assert (await core.row(young))["format"] == "capture"


async def test_all_that_was_completed_is_finished_by_one_job_and_one_that_fails_has_another(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with archive(database, home) as core:
        bad, *good = [await recorded(core) for _ in range(4)]
        still = await core.start()
        await core.settled()
        assert 1 <= len(await waiting(database)) <= 2
        make_one = Finisher._make

        async def fails(self: Finisher, database: Database, recording: repository.Recording) -> None:
            if recording.id == bad:
                raise NotReadable("spoilt")
            await make_one(self, database, recording)

        with monkeypatch.context() as context:
            context.setattr(Finisher, "_make", fails)
            await Finisher(core.settings).finish_all(database)
        assert [(await core.row(one))["format"] for one in (bad, *good)] == ["capture", *["opus"] * 3]
        assert (await core.row(still))["state"] == "capturing"
        assert (await waiting(database))[-1] == f'{{"recording_id":"{bad}"}}'


async def test_without_its_key_a_recording_waits(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        recording = await recorded(core)
        await core.settled()
        key = home / "keys" / "master.key"
        away = key.rename(home / "away")
        row = await core.finish(recording)
        assert (row["format"], row["spoilt"]) == ("capture", None)
        away.rename(key)
        assert (await core.finish(recording))["format"] == "opus"


async def test_erased_while_it_is_made_nothing_of_it_stays(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with archive(database, home) as core:
        recording = await recorded(core)
        await core.settled()
        loop = asyncio.get_running_loop()
        really = finishing._prove

        async def erase() -> None:
            async with database.transaction(None) as conn:
                await conn.execute("UPDATE recordings SET wrapped_key = '' WHERE id = $1", recording)

        def prove(task: Task, told: threading.Event) -> None:
            really(task, told)
            asyncio.run_coroutine_threadsafe(erase(), loop).result(10)

        monkeypatch.setattr(finishing, "_prove", prove)
        row = await core.finish(recording)
        assert row["format"] == "capture"
        assert [file.suffix for file in (home / "recordings").rglob("*") if file.is_file()] == [".yrec"]


async def test_erasing_a_customer_takes_the_finished_file_its_peaks_and_what_is_left_of_the_capture(
    database: Database, home: Path
) -> None:
    async with archive(database, home) as core:
        (home / ".backup-1").mkdir()
        interaction = InteractionId(new_id())
        recording = await core.start(interaction)
        await core.recordings.stop(recording)
        row = await core.finish(recording)
        files = [home / row["file"], home / row["leftover"]]
        assert all(file.exists() for file in files)
        async with database.transaction(SAMPLE_TENANT) as conn:
            await conn.execute(
                "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, ani_e164, dnis, "
                "started_at) VALUES ($1, $2, 'T1', 'voice', 'in', 'closed', '1', '+8613800000001', '2', now())",
                interaction,
                SAMPLE_TENANT,
            )
            subject = Subject(SAMPLE_TENANT, [new_id()], ["+8613800000001"])
            afterwards = await RecordingsPersonalData(core.settings).erase(conn, subject)
        assert afterwards is not None
        await afterwards()
        row = await core.row(recording)
        assert (row["wrapped_key"], row["peaks"]) == (b"", None)
        assert not any(file.exists() for file in files)


async def test_a_restored_centre_opens_finished_recordings_too(database: Database, home: Path) -> None:
    async with archive(database, home) as core:
        good, spoilt = await recorded(core), await recorded(core)
        path = home / (await core.finish(spoilt))["file"]
        await core.finish(good)
        keys = RecordingKeys.load(core.settings)
        assert (await integrity.check(database, home, keys)).opened == 2
        damage(path, lambda data: data[:-30] + bytes([data[-30] ^ 1]) + data[-29:])
        assert (await integrity.check(database, home, keys)).spoilt == [spoilt]


async def test_listeners_get_ogg_opus_and_wav_where_they_ask_for_it(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        url = f"/api/v1/recordings/{recording}/audio"
        await core.settled()
        laid = await lee.get(url)
        await core.finish(recording)
        kept = await lee.get(url)
        assert kept.headers["content-type"] == "audio/ogg"
        assert sum(len(block) for block in opus.decode(io.BytesIO(kept.content))) == 2050 * 8
        part = await lee.get(url, headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, kept.content[100:300])
        unpacked = await lee.get(url, params={"format": "wav"})
        assert unpacked.headers["content-type"] == "audio/wav"
        assert len(unpacked.content) == len(laid.content)
        with wave.open(io.BytesIO(unpacked.content)) as file:
            assert file.getnframes() == 2050 * 8
        part = await lee.get(url, params={"format": "wav"}, headers={"Range": "bytes=30000-39999"})
        assert part.content == unpacked.content[30_000:40_000]


async def test_a_finished_file_that_was_changed_is_refused(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        path = site.settings.folder / (await core.finish(recording))["file"]
        damage(path, lambda data: data[:-500] + bytes([data[-500] ^ 1]) + data[-499:])
        for params in ({}, {"format": "wav"}):
            answer = await lee.get(f"/api/v1/recordings/{recording}/audio", params=params)
            assert (answer.status_code, answer.json()["code"]) == (500, "recording_damaged")


async def test_peaks_are_the_same_before_and_after(site: Site) -> None:
    await add_person(site.database, "lee", "leader")
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        recording = await recorded(core)
        await core.settled()
        url = f"/api/v1/recordings/{recording}/peaks"
        before = (await lee.get(url, params={"buckets": 40})).json()
        assert (await core.row(recording))["peaks"] is not None
        await core.finish(recording)
        assert (await lee.get(url, params={"buckets": 40})).json() == before
        assert (before["duration_ms"], len(before["said"]), before["pauses"]) == (2050, 40, [])
        loudest = [int(np.abs(decode(codes, Law.PCMU).astype(int)).max()) // 128 for codes in (SAID, HEARD)]
        assert [max(before["said"]), max(before["heard"])] == loudest
        assert len((await lee.get(url, params={"buckets": 2400})).json()["said"]) == 103


async def test_peaks_are_for_those_who_may_listen(site: Site) -> None:
    for name in ("bob", "clerk"):
        await add_person(site.database, name, "agent" if name == "bob" else name)
    async with archive(site.database, site.settings.folder) as core:
        recording = await recorded(core)
        await core.settled()
        for name, status in (("bob", 404), ("clerk", 403)):
            async with await site.client(name) as client:
                assert (await client.get(f"/api/v1/recordings/{recording}/peaks")).status_code == status
