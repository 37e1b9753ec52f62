"""`python -m yuelai.media.tts.local_process`: an `Order` a line on stdin, an `Answer` and its samples on stdout."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

import msgspec
import numpy as np

from yuelai.media.tts.kokoro import SPEEDS, VOICES, Kokoro, telephone
from yuelai.media.tts.local import Answer, Order
from yuelai.media.tts.phonemes import Phonemes, Unpronounceable, reader
from yuelai.wire.g711 import Samples

Speak = Callable[[Order], Samples]


class Refused(Exception):
    """The text cannot be spoken; says why."""


class Mouth:
    def __init__(self) -> None:
        self._kokoro = Kokoro()
        self._readers: dict[str, Phonemes] = {}

    def __call__(self, order: Order) -> Samples:
        """Raises Refused."""
        try:
            if order.language not in self._readers:
                self._readers[order.language] = reader(order.language)
            read = self._readers[order.language]
            sound = self._kokoro.speak(
                read(order.text), order.voice or VOICES[order.language], SPEEDS[order.language] * order.speed
            )
            return np.round(telephone(sound) * 32767).astype(np.int16)
        except Unpronounceable as error:
            raise Refused(str(error)) from None
        except KeyError:
            raise Refused(f"there is no voice {order.voice!r}") from None
        except ValueError:
            raise Refused("nothing of the text can be spoken") from None


def serve(orders: BinaryIO, answers: BinaryIO, speak: Speak) -> None:
    """Until `orders` ends."""
    for line in orders:
        order = msgspec.json.decode(line, type=Order)
        try:
            sound = speak(order)
        except Refused as refusal:
            answer, pcm = Answer(error=str(refusal)), b""
        else:
            answer, pcm = Answer(len(sound)), sound.astype("<i2").tobytes()
        answers.write(msgspec.json.encode(answer) + b"\n" + pcm)
        answers.flush()


def main() -> None:
    os.nice(19)
    # Libraries that print must not write between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.disable()
    serve(sys.stdin.buffer, answers, Mouth())


if __name__ == "__main__":
    main()
