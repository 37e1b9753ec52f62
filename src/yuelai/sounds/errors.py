"""What is refused to those who make prompts."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal, Unavailable


class NoSuchPrompt(NotFound):
    """There is no such prompt."""

    code = "no_such_prompt"


class NoSound(NotFound):
    """The prompt has no sound in this language."""

    code = "no_sound"


class PromptInUse(Conflict):
    """Published flows or queues say this prompt; let them say another one first."""

    code = "prompt_in_use"


class PromptReserved(Refusal):
    """This name is that of a tone, of music or of a piece of speech that ships with the program; choose another one."""

    status = 422
    code = "prompt_reserved"


class TooManyPrompts(Refusal):
    """A tenant has no more than 2,000 prompts of its own; delete old ones first."""

    status = 422
    code = "too_many_prompts"


class TextMissing(Refusal):
    """Say what the prompt says: it is shown where prompts are chosen, and spoken where there is no sound."""

    status = 422
    code = "text_missing"


class SoundUnfit(Refusal):
    """This sound cannot be a prompt."""

    status = 422
    code = "sound_unfit"


class StudioBusy(Unavailable):
    """Too many sounds are being made into prompts; try again in a minute."""

    code = "studio_busy"


class BadForm(Refusal):
    """Send a form (multipart/form-data) with `text`, and with the sound as `file`."""

    status = 400
    code = "bad_upload"


class SoundTooLarge(Refusal):
    """The file is larger than 10 MB."""

    status = 413
    code = "file_too_large"


class NoRoom(Refusal):
    """There is no room on the disk; nothing was kept."""

    status = 507
    code = "no_room"


class NoVoice(Conflict):
    """No voice is installed that could speak the text."""

    code = "no_voice"


class VoiceAway(Unavailable):
    """The voice could not speak the text now."""

    code = "voice_away"


class NoSeat(Conflict):
    """You have no telephone here, or it is not registered; record with the browser's microphone instead."""

    code = "no_seat"


class SeatBusy(Conflict):
    """You are in a call, or a recording is under way already; finish it first."""

    code = "seat_busy"


class NoSuchTake(NotFound):
    """There is no such recording, or it is over for some time."""

    code = "no_such_take"
