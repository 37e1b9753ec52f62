"""`yuelai say`: a text as a sound file, by the voice the centre would use."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(say)


def say(
    text: Annotated[str, typer.Argument(help="What is to be said.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="A new .opus or .wav file.")],
    language: Annotated[str, typer.Option(metavar="zh-CN|en")] = "zh-CN",
    voice: Annotated[str, typer.Option(metavar="NAME", help="One of the voice's own names; its choice if unset.")] = "",
    speed: Annotated[float, typer.Option(min=0.5, max=2.0)] = 1.0,
) -> None:
    """Speak a text into a file that the centre can play."""
    from yuelai.entrypoints.cli.errors import load_settings
    from yuelai.media.ports import MediaError
    from yuelai.media.tts import chosen
    from yuelai.media.tts.ports import NONE_INSTALLED
    from yuelai.media.tts.spoken import in_words

    if language not in ("zh-CN", "en"):
        raise typer.BadParameter("zh-CN or en", param_hint="--language")
    if output.suffix not in (".opus", ".wav"):
        raise typer.BadParameter("its name ends in .opus or .wav", param_hint="--output")
    chosen_voice = chosen.voice(load_settings())
    if chosen_voice is None:
        print(f"yuelai: {NONE_INSTALLED}", file=sys.stderr)
        raise SystemExit(1)

    async def speak() -> None:
        try:
            sound = await chosen_voice.synthesise(in_words(text, language), language, voice, speed)
        finally:
            await chosen_voice.close()
        _write(output, sound.astype("<i2").tobytes())

    try:
        asyncio.run(speak())
    except (MediaError, OSError) as error:
        print(f"yuelai: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _write(path: Path, pcm: bytes) -> None:
    import wave

    import numpy as np

    from yuelai.media.tts import ogg

    with path.open("xb") as file:
        if path.suffix == ".opus":
            ogg.write(file, np.frombuffer(pcm, "<i2"))
            return
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(ogg.RATE)
            out.writeframes(pcm)
