"""Speech from text. A `Voice` makes it, here or elsewhere; the `Speaker` keeps what was made as files to be played."""

from yuelai.media.tts.ports import NoVoice, Voice, VoiceFailed

__all__ = ["NoVoice", "Voice", "VoiceFailed"]
