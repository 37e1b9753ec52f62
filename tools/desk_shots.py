"""Pictures of the agent's desk in all its states: `tools/desk_shots.py URL FOLDER`, against a running `yuelai demo`.

Both languages, 1440×900 and 1280×720. The calls are real ones, placed by `yuelai call`; start the demo with
`--no-callers`, so that nobody else calls. A state that cannot be reached is told and left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.chromium import chromium  # noqa: E402

SIZES = ((1440, 900), (1280, 720))
LANGUAGES = ("zh", "en")
AGENT = "agent02"
"""Who also serves the VIP of the sample."""
BUSINESSES = "BMFPCQNSI"
"""Opened in the call by their letters, beside the customer's own pages."""
RINGING = {
    "ringing-unique": ("13800000001", "0"),
    "ringing-several": ("13800000002", "0"),
    "ringing-new": ("13912009812", "0"),
    "ringing-vip": ("13800000003", ""),
}
"""From which number, with which keys."""


class Desk:
    """One agent at the screen."""

    def __init__(self, page: Page, url: str, server: str, folder: Path) -> None:
        self._page, self._url, self._server, self._folder = page, url, server, folder
        self._language = "zh"
        self.failures: list[str] = []

    def sign_in(self) -> None:
        page = self._page
        page.goto(self._url)
        page.get_by_test_id("signin-username").fill(AGENT)
        page.get_by_test_id("signin-password").fill("demo")
        page.get_by_test_id("signin-submit").click()
        expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=30_000)

    def ready(self) -> None:
        become = self._page.get_by_test_id("become-ready")
        if become.count() > 0:
            become.first.click()
        self.state("ready")

    def state(self, name: str) -> None:
        expect(self._page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=45_000)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def speak(self, language: str) -> None:
        if language == self._language:
            return
        self.press("Control+K")
        self._page.keyboard.type("english" if language == "en" else "chinese")
        self.press("Enter")
        expect(self._page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-CN")
        self._language = language

    def shoot(self, name: str) -> None:
        """Take the state as it is, in both languages and sizes."""
        for language in LANGUAGES:
            self.speak(language)
            for width, height in SIZES:
                self._page.set_viewport_size({"width": width, "height": height})
                self._page.evaluate("() => new Promise((done) => setTimeout(done, 350))")
                self._page.screenshot(path=self._folder / f"{name}-{language}-{width}.png")
        self.speak("zh")
        self._page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        print(name, flush=True)

    @contextmanager
    def called(self, number: str, keys: str, seconds: int = 120) -> Iterator[None]:
        """Somebody calls and stays until the block ends."""
        command = [sys.executable, "-m", "yuelai", "call", "--from", number, "--to", "10000", "--server", self._server]
        caller = subprocess.Popen(
            [*command, "--dtmf", keys, "--hold", str(seconds), "--hold-from", "answer"], stdout=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            caller.terminate()
            caller.wait(timeout=15)

    def finish(self) -> None:
        """Out of wrap-up, to ready."""
        page = self._page
        form = page.get_by_test_id("wrapup-form")
        expect(form).to_be_visible(timeout=20_000)
        form.get_by_test_id("disposition-inquiry").click()
        page.get_by_test_id("wrapup-submit").click()
        self.state("ready")

    def attempt(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except (AssertionError, Error) as error:
            self.failures.append(f"{name}: {str(error).splitlines()[0]}")
            self._page.screenshot(path=self._folder / f"failed-{name}.png")

    # --- the states --------------------------------------------------------------------------------------------------

    def idle(self) -> None:
        self.shoot("idle")

    def ringing(self, name: str) -> None:
        number, keys = RINGING[name]
        with self.called(number, keys):
            self.state("ringing")
            expect(self._page.get_by_test_id("customer-name").first).to_be_visible()
            self.shoot(name)
        self.ready()

    def call(self) -> None:
        with self.called("13800000001", "0", 240):
            self.state("ringing")
            self.press("F2")
            self.state("talking")
            self.attempt("in-call", self._tabs)
            self.shoot("in-call")
            self.attempt("network-lost", self._lost)
            self.press("Shift+F2")
            self.state("wrapup")
            self.shoot("wrap-up")
            self.finish()

    def _tabs(self) -> None:
        page = self._page
        form, before = page.get_by_test_id("business-page").filter(visible=True), "none yet"
        for count, letter in enumerate(BUSINESSES, 1):
            self.press("Control+B")
            expect(page.get_by_test_id("business-menu")).to_be_visible(timeout=15_000)
            self.press(letter.lower())
            expect(form).not_to_have_attribute("data-draft", before, timeout=15_000)
            before = form.get_attribute("data-draft") or ""
            # The first field takes the focus once the form stands; a menu opened before would lose it.
            expect(form.locator(":focus")).to_have_count(1, timeout=15_000)
            if count == 1:
                self._fill()

    def _fill(self) -> None:
        """A word in the first form: its tab is marked as a draft."""
        words = self._page.get_by_test_id("business-page").filter(visible=True).locator("textarea:visible")
        if words.count() > 0:
            words.first.fill("客户 10 月未出境，要求核查漫游费")

    def _lost(self) -> None:
        context = self._page.context
        context.set_offline(True)
        try:
            expect(self._page.get_by_test_id("offline")).to_be_visible(timeout=30_000)
            self.shoot("network-lost")
        finally:
            context.set_offline(False)
            expect(self._page.get_by_test_id("offline")).to_have_count(0, timeout=30_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", default="127.0.0.1:5060", help="HOST:PORT of SIP")
    parser.add_argument("--only", nargs="*", help="names of states; all if unset")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as sounds, chromium(660.0, Path(sounds)) as browser:
        context = browser.new_context(viewport={"width": SIZES[0][0], "height": SIZES[0][1]}, locale="zh-CN")
        desk = Desk(context.new_page(), arguments.url, arguments.server, arguments.folder)
        desk.sign_in()
        desk.ready()
        states: dict[str, Callable[[], None]] = {"idle": desk.idle, "in-call": desk.call}
        for name in RINGING:
            states[name] = lambda name=name: desk.ringing(name)  # type: ignore[misc]
        for name, act in states.items():
            if not arguments.only or name in arguments.only:
                desk.attempt(name, act)
        context.close()
    for failure in desk.failures:
        print(failure, file=sys.stderr)
    raise SystemExit(bool(desk.failures))


if __name__ == "__main__":
    main()
