"""sipp as a foreign peer."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parents[1] / "calls" / "scenarios"


class Sipp:
    """A sipp process; its folder holds what it says. `Sipp.run` runs one to its end."""

    def __init__(
        self,
        scenario: str,
        server: int,
        *,
        port: int,
        media_port: int = 0,
        calls: int = 1,
        words: dict[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sipp-")
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        for word, value in (words or {}).items():
            text = text.replace(word, value)
        file = Path(self._folder.name) / f"{scenario}.xml"
        file.write_text(text)
        command = ["sipp", f"127.0.0.1:{server}", "-sf", str(file), "-i", "127.0.0.1", "-p", str(port)]
        command += ["-m", str(calls), "-trace_err", "-nostdin", "-timeout", "90", "-timeout_error", *options]
        if media_port:
            command += ["-mi", "127.0.0.1", "-mp", str(media_port), "-rtp_echo"]
        self.process = subprocess.Popen(
            command, cwd=self._folder.name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait(self, timeout: float = 60) -> None:
        """Wait for its end; fail with what it said when its scenario did not hold."""
        out, _ = self.process.communicate(timeout=timeout)
        errors = "".join(path.read_text() for path in Path(self._folder.name).glob("*_errors.log"))
        assert self.process.returncode == 0, f"sipp: exit {self.process.returncode}\n{errors}\n{out[-3000:]}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def register(server: int, user: str, password: str, port: int) -> None:
    """Register `user` from this port with digest, as a phone does."""
    Sipp("register", server, port=port, words={"USERNAME": user, "PASSWORD": password}).wait()
