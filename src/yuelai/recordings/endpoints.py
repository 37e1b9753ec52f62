"""Listening: recordings over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.scope import scoped
from yuelai.platform.config import Settings
from yuelai.platform.db import Connection, Database
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.web import database, settings
from yuelai.recordings import repository, wav
from yuelai.recordings.chunks import Tampered
from yuelai.recordings.errors import KeyMissing, NoSuchRecording, RecordingDamaged, RecordingErased, StillCapturing
from yuelai.recordings.events import RecordingState
from yuelai.recordings.keys import RecordingKeys
from yuelai.recordings.peaks import MOST, channels
from yuelai.recordings.playing import Audio, measure, open_audio
from yuelai.recordings.repository import Recording

log = structlog.get_logger()

T = TypeVar("T")

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"])

_OWN = """EXISTS (
    SELECT FROM interaction_segments own
    WHERE own.interaction_id = r.interaction_id AND own.agent_id = {0} AND own.kind IN ('talk', 'hold')
) OR EXISTS (
    SELECT FROM callbacks left_for JOIN queue_members serving ON serving.queue_id = left_for.queue_id
    WHERE left_for.recording_id = r.id AND serving.person_id = {0}
)"""
"""Whose recording it is: theirs who talked in it; a message is theirs who serve the queue it was left for."""

Listener = Annotated[Principal, Depends(require("recordings.listen"))]
Db = Annotated[Database, Depends(database)]
Configuration = Annotated[Settings, Depends(settings)]

_SOUND: dict[str, Any] = {"content": {"audio/ogg": {}, "audio/wav": {}}}


class Peaks(BaseModel):
    """How loud a recording is, in buckets of equal length: the loudest sample of each, 0 to 255 (full scale)."""

    duration_ms: int
    said: list[int]
    heard: list[int]
    pauses: list[tuple[int, int]]
    """From when to when nothing was kept, in ms."""


@router.get("/{recording_id}/audio", response_class=Response, responses={200: _SOUND, 206: _SOUND})
async def audio(
    recording_id: UUID,
    principal: Listener,
    db: Db,
    configuration: Configuration,
    format_: Annotated[Literal["wav"] | None, Query(alias="format", description="as it is kept if unset")] = None,
    range_: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Stereo, 8 kHz: left what the customer said, right what they heard. Ogg Opus or WAV, as it is kept; WAV as long
    as the worker has not made that yet. One byte range is served."""
    async with db.transaction(principal.tenant_id) as conn:
        recording = await _readable(conn, principal, recording_id)
        begins = range_ is None or range_.replace(" ", "").startswith("bytes=0-")
        # Once a listening, not at each jump within it; but nobody listens unseen by asking for all but the first byte.
        if begins or not await repository.listened_of_late(conn, principal, recording_id):
            await audit(conn, principal, repository.LISTENED, f"recording/{recording_id}")
    sound = await _opened(recording, configuration, as_wav=format_ == "wav")
    if sound is None:
        # The worker has put another file in its place since the row was read.
        async with db.transaction(principal.tenant_id) as conn:
            recording = await _readable(conn, principal, recording_id)
        sound = await _opened(recording, configuration, as_wav=format_ == "wav")
    if sound is None:
        raise _damaged(recording, "the file is missing")
    try:
        asked = wav.parse_range(range_, sound.length)
        start, end = asked or (0, sound.length)
        # Once the answer has begun it is too late for an honest refusal.
        await _in_thread(recording, sound.prove, start, end)
    except BaseException:
        sound.close()
        raise
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start), "Cache-Control": "private, no-store"}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{sound.length}"
    return StreamingResponse(_stream(sound, start, end), 206 if asked else 200, headers, sound.media_type)


@router.get("/{recording_id}/peaks")
async def peaks(
    recording_id: UUID,
    principal: Listener,
    db: Db,
    configuration: Configuration,
    buckets: Annotated[int, Query(ge=1, le=MOST, description="at most so many; short recordings have fewer")] = 600,
) -> Peaks:
    """What a player draws of both channels."""
    async with db.transaction(principal.tenant_id) as conn:
        recording = await _readable(conn, principal, recording_id)
    if recording.peaks is not None:
        known, pauses = recording.peaks, recording.pauses
    else:
        key = _key(recording, configuration)
        known, pauses = await _in_thread(recording, measure, configuration.folder, recording, key)
        async with db.transaction(principal.tenant_id) as conn:
            await repository.keep_peaks(conn, recording_id, known, pauses)
    said, heard = channels(known, buckets)
    return Peaks(
        duration_ms=recording.duration_ms or 0,
        said=said,
        heard=heard,
        pauses=list(zip(pauses[::2], pauses[1::2], strict=True)),
    )


async def _readable(conn: Connection, principal: Principal, id_: UUID) -> Recording:
    scope = scoped(principal, "recordings.listen", tenant="r.tenant_id", own=_OWN)
    recording = await repository.find(conn, scope.where("r.id = {}", id_))
    if recording is None:
        raise NoSuchRecording()
    if recording.state is RecordingState.CAPTURING:
        raise StillCapturing()
    if not recording.wrapped_key:
        raise RecordingErased()
    return recording


async def _opened(recording: Recording, configuration: Settings, *, as_wav: bool) -> Audio | None:
    """Return None when there is no such file."""

    def work() -> Audio | None:
        try:
            return open_audio(configuration.folder, recording, key, as_wav=as_wav)
        except FileNotFoundError:
            return None

    key = _key(recording, configuration)
    return await _in_thread(recording, work)


def _key(recording: Recording, configuration: Settings) -> bytes:
    try:
        keys = RecordingKeys.load(configuration)
    except BadKeyFile as error:
        log.error("master_key_missing", error=str(error))
        raise KeyMissing() from None
    return keys.unwrap(recording.id, recording.wrapped_key)


async def _in_thread(recording: Recording, work: Callable[..., T], *arguments: Any) -> T:
    """Raises RecordingDamaged for what is wrong with the file."""
    try:
        return await asyncio.to_thread(work, *arguments)
    except (OSError, Tampered) as error:
        raise _damaged(recording, str(error)) from None


def _damaged(recording: Recording, why: str) -> RecordingDamaged:
    log.error("recording_damaged", recording_id=str(recording.id), error=why)
    return RecordingDamaged()


def _stream(sound: Audio, start: int, end: int) -> Iterator[bytes]:
    try:
        yield from sound.read(start, end)
    finally:
        sound.close()
