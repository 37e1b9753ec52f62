"""The local voice's process: started when needed, and no worse for what happens to it.

A child of ours stands in for it; the real one is asked where it is installed.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from yuelai.media.tts import VoiceFailed, local
from yuelai.media.tts.local import Answer, LocalVoice, Order
from yuelai.media.tts.local_process import Refused, serve

CHILD = """
import os, sys, time
sys.stdin = sys.stdin.buffer
out = sys.stdout.buffer
for line in sys.stdin:
    if b"die" in line:
        os._exit(1)
    if b"sleep" in line:
        time.sleep(60)
    if b"refuse" in line:
        out.write(b'{"error": "nothing of it can be spoken"}\\n')
    elif b"chatter" in line:
        out.write(b'loading...\\n')
    elif b"pid" in line:
        out.write(b'{"samples": 1}\\n' + (os.getpid() % 32768).to_bytes(2, "little"))
    else:
        out.write(b'{"samples": 3}\\n' + bytes([1, 0, 2, 0, 3, 0]))
    out.flush()
"""


def voice(**options: float) -> LocalVoice:
    return LocalVoice((sys.executable, "-c", CHILD), **options)  # type: ignore[arg-type]


async def ask(voice: LocalVoice, text: str) -> list[int]:
    return (await voice.synthesise(text, "en", "", 1.0)).tolist()


async def test_texts_are_spoken_one_after_the_other_by_the_same_process() -> None:
    mouth = voice()
    pids = await asyncio.gather(*(ask(mouth, "pid") for _ in range(3)))
    assert len({pid[0] for pid in pids}) == 1
    assert await ask(mouth, "hello") == [1, 2, 3]
    await mouth.close()


async def test_a_refusal_is_passed_on_and_the_process_stays() -> None:
    mouth = voice()
    pid = await ask(mouth, "pid")
    with pytest.raises(VoiceFailed, match="nothing of it"):
        await ask(mouth, "refuse")
    assert await ask(mouth, "pid") == pid
    await mouth.close()


@pytest.mark.parametrize("text", ["die", "chatter"])
async def test_a_process_that_fails_is_replaced(text: str) -> None:
    mouth = voice()
    with pytest.raises(VoiceFailed, match="died"):
        await ask(mouth, text)
    assert await ask(mouth, "hello") == [1, 2, 3]
    await mouth.close()


async def test_a_process_that_does_not_answer_is_killed() -> None:
    mouth = voice(timeout=0.3)
    with pytest.raises(VoiceFailed, match="within"):
        await ask(mouth, "sleep")
    assert mouth._process is None
    await mouth.close()


async def test_who_gives_up_leaves_no_half_answer_to_the_next() -> None:
    mouth = voice()
    await ask(mouth, "hello")
    asking = asyncio.ensure_future(ask(mouth, "sleep"))
    await asyncio.sleep(0.05)
    asking.cancel()
    assert await ask(mouth, "hello") == [1, 2, 3]
    await mouth.close()


async def test_a_process_without_work_is_ended() -> None:
    mouth = voice(idle=0.05)
    ((pid),) = await ask(mouth, "pid")
    process = mouth._process
    assert process is not None
    assert process.pid % 32768 == pid
    await asyncio.wait_for(process.wait(), 5)
    assert await ask(mouth, "hello") == [1, 2, 3]
    await mouth.close()


def test_the_process_answers_each_line() -> None:
    def speak(order: Order) -> np.ndarray:
        if order.text == "x":
            raise Refused("no")
        return np.arange(len(order.text), dtype=np.int16)

    orders = b"".join(msgspec.json.encode(Order(text, "en", "", 1.0)) + b"\n" for text in ("ab", "x"))
    answers = io.BytesIO()
    serve(io.BytesIO(orders), answers, speak)
    assert answers.getvalue() == (
        msgspec.json.encode(Answer(2)) + b"\n\x00\x00\x01\x00" + msgspec.json.encode(Answer(error="no")) + b"\n"
    )


@pytest.mark.skipif(not local.installed(), reason="the extra `voice` is not installed")
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("text", "language", "least", "most"),
    [("您好，您的号码是13800138000。", "zh-CN", 2.5, 8.0), ("Hello, your order of 25 pieces is here.", "en", 1.5, 5.0)],
)
async def test_the_real_voice_speaks(text: str, language: str, least: float, most: float) -> None:
    mouth = LocalVoice()
    sound = (await mouth.synthesise(text, language, "", 1.0)) / 32768
    assert least < len(sound) / 8000 < most
    assert 0.05 < np.sqrt((sound**2).mean()) < 0.3
    with pytest.raises(VoiceFailed, match="no voice 'nobody'"):
        await mouth.synthesise(text, language, "nobody", 1.0)
    assert mouth._process is not None
    assert os.getpriority(os.PRIO_PROCESS, mouth._process.pid) == 19
    await mouth.close()


def test_both_voices_come_with_us() -> None:
    for name in ("zf_xiaoxiao", "af_heart"):
        style = np.load(Path(local.__file__).parent / "voices" / f"{name}.npy", allow_pickle=False)
        assert style.shape == (510, 256)
        assert np.isfinite(style).all()
