"""baresip as a foreign telephone: driven over its control port, its microphone a file, its ear a null device."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import tempfile
import threading
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.centre import free_port, free_sip_port

MODULES = "/usr/lib/baresip/modules"
CONFIG = """
poll_method epoll
sip_listen {host}:{port}
call_local_timeout 120
call_max_calls 4
audio_path none
audio_player aubridge,ear{port}
audio_source aufile,{sound}
audio_alert aubridge,bell{port}
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_stats yes
net_interface {host}
jitter_buffer_delay 1-5
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module srtp.so
module g722.so
module opus.so
module sndfile.so
snd_path {folder}
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control}
"""


class Baresip:
    """One baresip, registered as `user` when `server` is given. Events are dicts with `type`, as it tells them."""

    def __init__(
        self,
        server: int,
        user: str,
        password: str,
        *,
        transport: str = "udp",
        auto: bool = False,
        registers: bool = True,
        codec: str = "pcma/8000/1",
        tone: int = 400,
        srtp: str = "",
    ) -> None:
        """`auto`: it picks up by itself. `srtp` is srtp (offered), srtp-mand or srtp-mandf (required). It says `tone`,
        in Hz."""
        self.user, self.port = user, free_sip_port()
        self._server, self._control = server, free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="baresip-")
        folder = Path(self._folder.name)
        _, rate, channels = codec.split("/")
        hum(folder / "hum.wav", tone, int(rate), int(channels))
        config = CONFIG.format(
            host="127.0.0.1",
            port=self.port,
            control=self._control,
            sound=folder / "hum.wav",
            modules=MODULES,
            folder=folder,
        )
        (folder / "config").write_text(config)
        answer = ";answermode=auto" if auto else ""
        answer += f";mediaenc={srtp}" if srtp else ""
        (folder / "accounts").write_text(
            f"<sip:{user}@127.0.0.1:{server};transport={transport}>;auth_pass={password};"
            f"regint={3600 if registers else 0};ptime=20{answer};audio_codecs={codec}\n"
        )
        (folder / "contacts").write_text("")
        self._log = folder / "log"
        self.events: list[dict[str, Any]] = []
        self._seen = 0
        self._answers: dict[str, str] = {}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                ["baresip", "-4", "-f", str(folder), "-s"], stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder
            )
        self._socket = self._connect()
        threading.Thread(target=self._read, daemon=True).start()

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._control))
            except OSError:
                assert time.monotonic() < deadline, self.log
                assert self.process.poll() is None, self.log
                time.sleep(0.05)

    def _read(self) -> None:
        """Take netstrings (`LENGTH:JSON,`) until the end."""
        data = b""
        while True:
            try:
                part = self._socket.recv(65536)
            except OSError:
                return
            if not part:
                return
            data += part
            while b":" in data:
                size, _, rest = data.partition(b":")
                if len(rest) <= int(size):
                    break
                message, data = json.loads(rest[: int(size)]), rest[int(size) + 1 :]
                if message.get("event"):
                    self.events.append(message)
                else:
                    self._answers[message.get("token", "")] = message.get("data", "")

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")[-20000:]

    def do(self, command: str, params: str = "") -> str:
        """Give a command of baresip's menu; return what it answered."""
        token = f"{time.monotonic_ns()}"
        text = json.dumps({"command": command, "params": params, "token": token})
        self._socket.sendall(f"{len(text.encode())}:{text},".encode())
        deadline = time.monotonic() + 10
        while token not in self._answers:
            assert time.monotonic() < deadline, f"no answer to {command}\n{self.log}"
            time.sleep(0.01)
        return self._answers.pop(token)

    def wait(self, kind: str, timeout: float = 15) -> dict[str, Any]:
        """Return the next event of this type that was not waited for yet; those before it count as seen."""
        deadline = time.monotonic() + timeout
        while True:
            for index in range(self._seen, len(self.events)):
                if self.events[index]["type"] == kind:
                    self._seen = index + 1
                    return self.events[index]
            if time.monotonic() > deadline:
                heard = [event["type"] for event in self.events]
                raise AssertionError(f"baresip {self.user} did not tell {kind}; it told {heard}\n{self.log}")
            time.sleep(0.02)

    def registered(self) -> None:
        """Wait until it is; it may have told so before anybody listened."""
        deadline = time.monotonic() + 15
        while "OK" not in self.do("reginfo"):
            assert time.monotonic() < deadline, f"baresip {self.user} is not registered\n{self.log}"
            time.sleep(0.05)

    def call(self, user: str) -> None:
        self.do("dial", f"sip:{user}@127.0.0.1:{self._server}")

    def rings(self) -> None:
        self.wait("CALL_INCOMING")

    def answer(self) -> None:
        self.do("accept")

    def talks(self) -> None:
        self.wait("CALL_ESTABLISHED")

    def hangup(self) -> None:
        self.do("hangup")

    def over(self) -> None:
        self.wait("CALL_CLOSED")

    def hold(self) -> None:
        self.do("hold")

    def resume(self) -> None:
        self.do("resume")

    def is_held(self) -> None:
        """Take the other side's offer to be silent; baresip tells of any offer alike."""
        self.offered()

    def is_resumed(self) -> None:
        self.offered()

    def offered(self) -> None:
        while self.wait("CALL_REMOTE_SDP")["param"] != "offer":
            pass

    def transfer(self, user: str) -> None:
        self.do("transfer", f"sip:{user}@127.0.0.1:{self._server}")

    def packets(self) -> tuple[int, int]:
        """Return how many packets it had sent and received when its last call was over."""
        found = re.findall(r"^packets:\s+(\d+)\s+(\d+)", self.log, re.MULTILINE)
        return int(found[-1][0]), int(found[-1][1])

    def heard(self) -> NDArray[np.int16]:
        """Return what it heard in its last call, which is over: int16 at the rate of its codec, of stereo the left."""
        last = max(Path(self._folder.name).glob("*dec.wav"), key=lambda path: path.stat().st_mtime)
        with wave.open(str(last)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), np.int16)[:: file.getnchannels()]

    def stop(self) -> None:
        """Let it hang up and leave; kill it when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._socket.close()


def hum(path: Path, tone: int = 400, rate: int = 8000, channels: int = 1) -> None:
    """Write two minutes of a square tone, in Hz: baresip hangs up where the file ends, and plays its own rate alone."""
    half = rate // 2 // tone * channels
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((b"\x00\x10" * half + b"\x00\xf0" * half) * (120 * tone))
