"""Listening: recordings over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import StreamingResponse

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.identity.scope import scoped
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.web import database, settings
from yuelai.recordings import repository, wav
from yuelai.recordings.chunks import CaptureFile, Tampered
from yuelai.recordings.errors import KeyMissing, NoSuchRecording, RecordingDamaged, RecordingErased, StillCapturing
from yuelai.recordings.events import RecordingState
from yuelai.recordings.keys import RecordingKeys
from yuelai.recordings.sound import prove, samples_of, sound

log = structlog.get_logger()

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"])

_OWN = """EXISTS (
    SELECT FROM interaction_segments own
    WHERE own.interaction_id = r.interaction_id AND own.agent_id = {} AND own.kind IN ('talk', 'hold')
)"""
"""Whose recording it is: theirs who talked in it."""


@router.get(
    "/{recording_id}/audio",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}}, 206: {"content": {"audio/wav": {}}}},
)
async def audio(
    recording_id: UUID,
    principal: Annotated[Principal, Depends(require("recordings.listen"))],
    db: Annotated[Database, Depends(database)],
    configuration: Annotated[Settings, Depends(settings)],
    range_: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """Stereo WAV, 16 bit, 8 kHz: left what the customer said, right what they heard. One byte range is served."""
    async with db.transaction(principal.tenant_id) as conn:
        scope = scoped(principal, "recordings.listen", tenant="r.tenant_id", own=_OWN)
        recording = await repository.find(conn, scope.where("r.id = {}", recording_id))
        if recording is None:
            raise NoSuchRecording()
        if recording.state is RecordingState.CAPTURING:
            raise StillCapturing()
        if not recording.wrapped_key:
            raise RecordingErased()
        if range_ is None or range_.replace(" ", "").startswith("bytes=0-"):
            # Once a listening, not at each jump within it.
            await audit(conn, principal, "recording.listened", f"recording/{recording_id}")
    file = await asyncio.to_thread(_open, recording, configuration)
    # Of a partial one, what was found true at its end; it may go on behind that, but not as it was written.
    duration_ms = recording.duration_ms or 0
    samples = samples_of(duration_ms)
    length = wav.size(samples)
    try:
        asked = wav.parse_range(range_, length)
        start, end = asked or (0, length)
        # A tenth of a second for an hour; once the answer has begun it is too late for an honest refusal.
        await asyncio.to_thread(prove, file, duration_ms)
    except Tampered as error:
        file.close()
        log.error("recording_damaged", recording_id=str(recording_id), error=str(error))
        raise RecordingDamaged() from None
    except BaseException:
        file.close()
        raise
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start), "Cache-Control": "private, no-store"}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{length}"
    return StreamingResponse(_stream(file, duration_ms, start, end), 206 if asked else 200, headers, "audio/wav")


def _open(recording: repository.Recording, configuration: Settings) -> CaptureFile:
    try:
        keys = RecordingKeys.load(configuration)
    except BadKeyFile as error:
        log.error("master_key_missing", error=str(error))
        raise KeyMissing() from None
    key = keys.unwrap(recording.id, recording.wrapped_key)
    try:
        file = CaptureFile(configuration.folder / recording.file, key)
    except (OSError, Tampered) as error:
        log.error("recording_damaged", recording_id=str(recording.id), error=str(error))
        raise RecordingDamaged() from None
    if file.header.recording != recording.id or file.duration_ms < (recording.duration_ms or 0):
        file.close()
        log.error("recording_damaged", recording_id=str(recording.id), error="shorter than it was, or another")
        raise RecordingDamaged()
    return file


def _stream(file: CaptureFile, duration_ms: int, start: int, end: int) -> Iterator[bytes]:
    with file:
        yield from wav.read(sound(file, duration_ms), samples_of(duration_ms), start, end)
