"""The recording of a call: one for each agent's stretch, from the first word with the customer to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from yuelai.channels.voice.messages import NotPossibleNow
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import RecordingId

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()


class Taping:
    """Holds, consultations and conferences are within it; the next agent's is another one."""

    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._recording: RecordingId | None = None
        self._paused = False

    async def start(self) -> None:
        """Record the talk. Without a recording the talk goes on: the customer does not pay for a full disk."""
        call = self._call
        if call.declines_recording:
            return
        try:
            self._recording = await call.services.capture.start(call.id, call.tenant.id, call.customer_media)
        except (MediaError, Refusal, OSError) as error:
            log.error("recording_not_started", error=str(error))
            await call.recorder.note("system", "system", {"recording": "failed"})
        else:
            self._paused = False
            call.recorder.show.recording(True)

    async def pause(self, paused: bool, number: str) -> None:
        """The agent with that number wants nothing kept for a while, or again everything. Twice changes nothing.

        Raises NotPossibleNow: whoever reads out a card number must know that it was not so.
        """
        call = self._call
        if self._recording is None:
            raise NotPossibleNow("nothing is being recorded")
        if paused is self._paused:
            return
        try:
            await call.services.capture.pause(self._recording, paused)
        except MediaError as error:
            log.warning("recording_not_paused", error=str(error))
            raise NotPossibleNow("the recording cannot be reached") from None
        self._paused = paused
        call.recorder.show.recording(True, paused=paused)
        await call.recorder.note("recording", number, {"paused": paused})

    async def stop(self) -> None:
        """Complete the recording, if one runs."""
        call = self._call
        recording, self._recording = self._recording, None
        if recording is None:
            return
        call.recorder.show.recording(False)
        try:
            duration_ms = await call.services.capture.stop(recording)
        except MediaError as error:
            # The engine died: the recordings room completes the file from what was written.
            log.warning("recording_cut", error=str(error))
            return
        await call.recorder.recorded(recording, duration_ms)
