"""sipp as customers and as agents' telephones, and what crossed the wire at the telephones."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sip_peers import SCENARIOS, last_row

COMMON = ("-i", "127.0.0.1", "-nostdin", "-buff_size", "4194304")


@dataclass(frozen=True)
class Customers:
    """What a run of callers saw: of those `begun`, how many were `served` by an agent, `refused` by 503, `gave_up`
    while they waited, or `failed` in any other way; `repeats` are messages sent again."""

    begun: int
    served: int
    refused: int
    gave_up: int
    failed: int
    repeats: int
    cpu: float
    """Seconds of processor time of the callers' process."""


class Peer:
    """A sipp of ours in a folder of its own."""

    def __init__(self, scenario: str, port: int, *options: str, rows: Sequence[str] = (), **words: str) -> None:
        self._folder = TemporaryDirectory(prefix="bench-sipp-")
        self.folder = Path(self._folder.name)
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        for word, value in words.items():
            text = text.replace(word, value)
        (self.folder / f"{scenario}.xml").write_text(text)
        command = ["sipp", "-sf", f"{scenario}.xml", *COMMON, "-p", str(port)]
        command += ["-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_counts", *options]
        if rows:
            (self.folder / "rows.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]))
            command += ["-inf", "rows.csv"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=quiet, stderr=quiet)

    @property
    def cpu(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def counts(self) -> dict[str, str]:
        [file] = self.folder.glob("*_counts.csv")
        return last_row(file)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Callers(Peer):
    """Customers who call at `rate` a second, `calls` in all and `at_once` at most; `patience` in seconds."""

    def __init__(
        self, server: int, number: str, known: Sequence[str], port: int, *,
        rate: float, calls: int, patience: float, at_once: int = 100_000,
    ) -> None:  # fmt: skip
        super().__init__(
            "queue_caller", port, f"127.0.0.1:{server}", "-s", number, "-r", f"{rate:.0f}", "-m", str(calls),
            "-l", str(at_once), "-timeout", "900", "-recv_timeout", "40000",
            rows=known, PATIENCE=f"{patience * 1000:.0f}",
        )  # fmt: skip

    def wait(self) -> Customers:
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        last, counted = last_row(self.folder / "stat.csv"), self.counts()
        byes = _sum(counted, "_BYE_Recv")
        refused = _sum(counted, "_503_Recv")
        done = int(last["SuccessfulCall(C)"])
        return Customers(
            int(last["TotalCallCreated"]), byes, refused, max(0, done - byes - refused), int(last["FailedCall(C)"]),
            int(last["Retransmissions(C)"]), usage.ru_utime + usage.ru_stime,
        )  # fmt: skip


class Telephones(Peer):
    """All agents' telephones, at one port; `talk` is from when to when an agent hangs up, in seconds.

    With `seen` what crosses the wire is kept: see `dispatches`."""

    def __init__(self, port: int, talk: tuple[float, float], *, seen: bool = False) -> None:
        words = {"TALK_MIN": f"{talk[0] * 1000:.0f}", "TALK_MAX": f"{talk[1] * 1000:.0f}"}
        super().__init__("queue_phone", port, *(("-trace_shortmsg",) if seen else ()), **words)

    def dispatches(self) -> Dispatches:
        """Return how long telephones waited, from what was seen until now."""
        [file] = self.folder.glob("*_shortmessages.log")
        return dispatches(file.read_text().splitlines())


@dataclass(frozen=True)
class Dispatches:
    """Milliseconds, each sorted."""

    next_call: list[float]
    """From an agent's BYE to the next INVITE for the same telephone."""
    answered: list[float]
    """From the same BYE to its 200: what the stack takes for the least of things under the same load."""
    ended_at: list[float]
    """When agents hung up, seconds since 1970."""


def dispatches(lines: Sequence[str]) -> Dispatches:
    """Read sipp's short trace: date, time, seconds since 1970, S or R, Call-ID, CSeq, first line; by tabs."""
    phone_of: dict[str, str] = {}
    ended: dict[str, float] = {}
    pending: dict[str, float] = {}
    next_call: list[float] = []
    answered: list[float] = []
    ended_at: list[float] = []
    for line in lines:
        fields = line.split("\t")
        if len(fields) < 6:
            continue
        at, way, call, first = float(fields[2]) * 1000, fields[3], fields[4], fields[-1]
        if way == "R" and first.startswith("INVITE sip:"):
            if call in phone_of:
                continue  # sent again
            number = re.split(r"[@:]", first.removeprefix("INVITE sip:"), maxsplit=1)[0]
            phone_of[call] = number
            if number in ended:
                next_call.append(at - ended.pop(number))
        elif way == "S" and first.startswith("BYE "):
            if call not in pending:
                pending[call] = at
                ended_at.append(at / 1000)
                ended[phone_of.get(call, "")] = at
        elif way == "R" and first.startswith("SIP/2.0 200") and call in pending:
            answered.append(at - pending.pop(call))
            pending[call] = float("inf")
    return Dispatches(sorted(next_call), sorted(a for a in answered if a >= 0), ended_at)


def register(server: int, numbers: Sequence[str], password: str, port: int) -> None:
    """Register all numbers at this port with digest. Raises SystemExit when one was refused."""
    rows = [f"{number};[authentication username={number} password={password}]" for number in numbers]
    count = str(len(rows))
    peer = Peer("queue_register", port, f"127.0.0.1:{server}", "-r", "50", "-m", count, "-timeout", "30", rows=rows)
    if peer.process.wait() != 0:
        raise SystemExit("the telephones were not registered")
    time.sleep(0.1)


def _sum(counted: dict[str, str], end: str) -> int:
    return sum(int(value) for name, value in counted.items() if name.endswith(end) and value)
