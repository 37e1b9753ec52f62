"""Headless Chromium with a microphone that hums, and ears for what the page plays."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
LISTEN = """
async (seconds) => {
  const source = document.querySelector('[data-testid=remote-audio]').srcObject;
  const context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  context.createMediaStreamSource(source).connect(analyser);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  let best = 1;
  for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
  const found = { hz: (best * context.sampleRate) / analyser.fftSize, level: bins[best] };
  await context.close();
  return found;
}
"""


@contextmanager
def chromium(hum_hz: float | None, folder: Path) -> Iterator[Browser]:
    """Start Chromium whose microphone gives a tone."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "chromium is missing: `make test` installs it"
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--autoplay-policy=no-user-gesture-required",
        *QUIET,
    ]
    if hum_hz is not None:
        tone = folder / "hum.wav"
        time = np.arange(48000 * 10) / 48000
        # On and off like syllables: a steady tone is noise to the browser, which learns to suppress it.
        samples = 12000 * np.sin(2 * np.pi * hum_hz * time) * (time % 0.8 < 0.6)
        with wave.open(str(tone), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48000)
            file.writeframes(samples.astype("<i2").tobytes())
        arguments.append(f"--use-file-for-fake-audio-capture={tone}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def heard(page: Page, seconds: float = 0.6) -> tuple[float, float]:
    """Return the loudest frequency the page plays from the line (Hz), and its level (dB)."""
    found = page.evaluate(LISTEN, seconds)
    return float(found["hz"]), float(found["level"])
