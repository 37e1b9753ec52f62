"""sipp at both ends of what is measured, and the switch between them, each a process that can be asked what it cost."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE / "sip_scenarios"


@dataclass(frozen=True)
class Outcome:
    """What a run of callers saw. `refused` were told 503; seconds are from INVITE to its final response."""

    begun: int
    served: int
    refused: int
    failed: int
    repeats: int
    cpu: float
    """Seconds of processor time of the callers' process."""
    slow: int
    """Final responses that took a second or more."""


class Callers:
    """sipp calling at a rate; `talk` in seconds."""

    def __init__(
        self,
        server: int,
        port: int,
        *,
        rate: float,
        calls: int,
        talk: float,
        limit: int = 100_000,
        number: str = "2000",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sipp-")
        command = ["sipp", f"127.0.0.1:{server}", "-sf", str(SCENARIOS / "caller.xml"), "-i", "127.0.0.1"]
        command += [
            "-p",
            str(port),
            "-r",
            f"{rate:.0f}",
            "-m",
            str(calls),
            "-l",
            str(limit),
            "-d",
            f"{talk * 1000:.0f}",
        ]
        command += ["-s", number, "-nostdin", "-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_counts"]
        command += ["-timeout", "600", "-recv_timeout", "60000", "-buff_size", "4194304"]
        self.process = subprocess.Popen(
            command, cwd=self._folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self) -> Outcome:
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        cpu = usage.ru_utime + usage.ru_stime
        last = last_row(Path(self._folder.name) / "stat.csv")
        [counts] = Path(self._folder.name).glob("*_counts.csv")
        counted = last_row(counts)
        refused = sum(int(value) for name, value in counted.items() if name.endswith("_503_Recv") and value)
        done = int(last["SuccessfulCall(C)"])
        slow = sum(
            int(value or 0)
            for name, value in last.items()
            if name.startswith(
                ("ResponseTimeRepartition1_<2000", "ResponseTimeRepartition1_<5000", "ResponseTimeRepartition1_>=5000")
            )
        )
        return Outcome(
            int(last["TotalCallCreated"]), done - refused, refused, int(last["FailedCall(C)"]),
            int(last["Retransmissions(C)"]), cpu, slow,
        )  # fmt: skip

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Callee:
    """sipp answering at once on a port."""

    def __init__(self, port: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sipp-")
        command = ["sipp", "-sf", str(SCENARIOS / "callee.xml"), "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
        command += ["-buff_size", "4194304", "-trace_stat", "-stf", "stat.csv", "-fd", "1"]
        self.process = subprocess.Popen(
            command, cwd=self._folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._seen = psutil.Process(self.process.pid)

    @property
    def cpu(self) -> float:
        times = self._seen.cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Switch:
    """The back-to-back user agent in a process of its own: everything that calls it goes to `target`."""

    def __init__(self, port: int, target: int, *options: str) -> None:
        environment = {**os.environ, "YUELAI_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "tests.support.switch", "--port", str(port), "--to", f"127.0.0.1:{target}"]
        self.process = subprocess.Popen(
            [*command, *options], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"the switch did not start: {line}")
        self._seen = psutil.Process(self.process.pid)
        self.port = port

    @property
    def cpu(self) -> float:
        times = self._seen.cpu_times()
        return float(times.user + times.system)

    @property
    def memory(self) -> int:
        """Bytes of its own (unique set size)."""
        return int(self._seen.memory_full_info().uss)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def spin() -> float:
    """Seconds this machine takes now for a fixed piece of Python: the measure that figures are put in relation to."""
    began = time.process_time()
    words: dict[str, int] = {}
    for number in range(200_000):
        key = f"z9hG4bK{number & 1023}"
        words[key] = words.get(key, 0) + len(key)
    return time.process_time() - began


def last_row(file: Path) -> dict[str, str]:
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    return rows[-1]
