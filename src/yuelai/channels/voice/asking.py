"""Dialogues that belong to no flow: their words are prompts by name, and the one about whereto to call back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yuelai.channels.voice import speech
from yuelai.channels.voice.dialogue import VoiceDialogue, no_step
from yuelai.customers.phones import normalise
from yuelai.telephony.guards.destinations import HOME, Class, classify

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

BOOK_KEY = "1"
MESSAGE_KEY = "2"
AGREE, OTHERWISE = "1", "2"

ATTEMPTS = 3
FIRST_TIMEOUT = 6.0
"""Seconds for a first key once everything has been said."""
LONGEST_NUMBER = 20


def speaking_to(call: VoiceCall, language: str | None = None) -> VoiceDialogue:
    """Return a dialogue with the call's customer, in the call's language unless another one is given, whose utterances
    are names of prompts."""
    services = call.services

    async def files(names: Sequence[str], language: str) -> list[Path]:
        return [services.prompt_of(call.tenant.id, name, language) for name in names]

    return VoiceDialogue(
        services.media,
        call.customer_media,
        files,
        no_step,
        services.flows.left,
        language or call.language,
        before_keys=call.arrival.answer,
    )


def may_be_called(keyed: str) -> bool:
    """Whoever keys a number in has us pay for the call: telephones of the country only, whatever seats may call."""
    return normalise(keyed) is not None and classify(keyed, HOME).kind in (Class.FIXED, Class.MOBILE)


async def ask_number(dialogue: VoiceDialogue, caller: str | None) -> str | None:
    """Return the number to be called: the caller's own once confirmed, or one keyed in; None when there is none after
    some attempts. `caller` is None when it is not known. Raises what the dialogue raises."""
    wanted = await _own(dialogue, caller) if caller is not None else OTHERWISE
    if wanted == AGREE:
        return caller
    return await _other(dialogue) if wanted == OTHERWISE else None


async def _own(dialogue: VoiceDialogue, caller: str) -> str:
    """Return the key that was pressed: agreed or another number; empty for neither."""
    words = ["callback_number_is", *speech.digits(caller, dialogue.language), "callback_confirm"]
    return await choose(dialogue, words, (AGREE, OTHERWISE))


async def _other(dialogue: VoiceDialogue) -> str | None:
    language = dialogue.language
    before: tuple[str, ...] = ()
    for _ in range(ATTEMPTS):
        keyed = await dialogue.collect(
            [*before, "enter_phone"], maximum=LONGEST_NUMBER, first_timeout=FIRST_TIMEOUT, terminators="#"
        )
        before = ("wrong_length",) if keyed.digits else ("no_input",)
        if not may_be_called(keyed.digits):
            continue
        words = ["you_entered", *speech.digits(keyed.digits, language), "confirm_entry"]
        if await choose(dialogue, words, (AGREE, OTHERWISE)) == AGREE:
            return keyed.digits
        before = ()
    return None


async def choose(dialogue: VoiceDialogue, words: Sequence[str], keys: Sequence[str]) -> str:
    """Ask until one of the keys is pressed; empty when none is after some attempts."""
    before: tuple[str, ...] = ()
    for _ in range(ATTEMPTS):
        pressed = (await dialogue.collect([*before, *words], maximum=1, first_timeout=FIRST_TIMEOUT)).digits
        if pressed in keys and pressed:
            return pressed
        before = ("wrong_key",) if pressed else ("no_input",)
    return ""
