"""linphonec as a foreign telephone: driven by its standard input, with files instead of a sound card."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from pathlib import Path

from tests.support.baresip import hum
from tests.support.centre import free_port, free_sip_port

CONFIG = """
[net]
mtu=1300
[sip]
sip_port={port}
sip_tcp_port={tcp}
sip_tls_port=-1
contact=sip:{user}@127.0.0.1:{port}
guess_hostname=0
bind_address=127.0.0.1
inc_timeout=60
media_encryption=none
register_only_when_network_is_up=0
default_proxy=0
use_ipv6=0
verify_server_certs=0
[rtp]
audio_rtp_port={media}
[sound]
playback_dev_id=nothing
[video]
display=0
capture=0
[auth_info_0]
username={user}
passwd={password}
[proxy_0]
reg_proxy=<sip:127.0.0.1:{server};transport={transport}>
reg_identity=sip:{user}@127.0.0.1
reg_expires=3600
reg_sendregister=1
publish=0
"""


class Linphone:
    """One linphonec, registered as `user`."""

    def __init__(self, server: int, user: str, password: str, *, transport: str = "udp", auto: bool = False) -> None:
        """`auto`: it picks up by itself."""
        self.user, self.port = user, free_sip_port()
        self._server = server
        self._folder = tempfile.TemporaryDirectory(prefix="linphone-")
        folder = Path(self._folder.name)
        (folder / ".local/share/linphone").mkdir(parents=True)
        (folder / "rc").write_text(
            CONFIG.format(
                port=self.port, tcp=self.port, media=free_port() // 2 * 2, user=user, password=password,
                server=server, transport=transport,
            )
        )  # fmt: skip
        self._log = folder / "log"
        self._seen = 0
        command = ["linphonec", "-c", str(folder / "rc"), "-d", "6", "-l", str(self._log), *(["-a"] if auto else [])]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, text=True,
            env={"HOME": self._folder.name, "PATH": "/usr/bin:/bin", "TERM": "dumb"},
        )  # fmt: skip
        hum(folder / "hum.wav")
        self.do("soundcard use files")
        self.do(f"play {folder / 'hum.wav'}")

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")[-20000:] if self._log.exists() else ""

    def do(self, command: str) -> None:
        """Type a line at its prompt."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def wait(self, pattern: str, timeout: float = 15) -> re.Match[str]:
        """Return the next place in its log that looks like this; what stands before counts as seen."""
        deadline = time.monotonic() + timeout
        while True:
            text = self._log.read_text(errors="replace") if self._log.exists() else ""
            if found := re.compile(pattern).search(text, self._seen):
                self._seen = found.end()
                return found
            assert time.monotonic() < deadline, f"linphone {self.user} did not log {pattern!r}\n{self.log}"
            time.sleep(0.05)

    def state(self, name: str, timeout: float = 15) -> None:
        """Wait until one of its calls enters this state (`LinphoneCallConnected`, `LinphoneCallEnd` …)."""
        self.wait(rf"moving from state \S+ to {name}\b", timeout)

    def registered(self) -> None:
        self.wait(r"to \[LinphoneRegistrationOk\]")

    def call(self, user: str) -> None:
        self.do(f"call sip:{user}@127.0.0.1")

    def rings(self) -> None:
        self.state("LinphoneCallIncomingReceived")

    def answer(self) -> None:
        self.do("answer")

    def talks(self) -> None:
        self.state("LinphoneCallStreamsRunning")

    def hangup(self) -> None:
        self.do("terminate")

    def over(self) -> None:
        self.state("LinphoneCallReleased")

    def hold(self) -> None:
        self.do("pause")
        self.state("LinphoneCallPaused")

    def resume(self) -> None:
        self.do(f"resume {self.latest}")
        self.talks()

    def is_held(self) -> None:
        self.state("LinphoneCallPausedByRemote")

    def is_resumed(self) -> None:
        self.state("LinphoneCallStreamsRunning")

    def transfer(self, user: str) -> None:
        self.do(f"transfer sip:{user}@127.0.0.1")

    @property
    def latest(self) -> int:
        """The number of its newest call, counted from 1 as it does."""
        begun = r"moving from state LinphoneCallIdle to LinphoneCall(?:OutgoingInit|IncomingReceived)"
        return len(re.findall(begun, self._log.read_text(errors="replace")))

    def hears(self) -> None:
        """Wait until sound arrives at the rate of G.711, by its own reckoning once a second."""
        self.wait(r"\(audio\) \| cpu: .* \| RTP : \[d=([3-9]\d)\.")

    def transfer_attended(self, first: int, second: int) -> None:
        """Connect the other sides of two of its calls, by their numbers."""
        self.do(f"transfer {first} --to-call {second}")

    def stop(self) -> None:
        """Let it hang up and leave; kill it when it does not."""
        if self.process.poll() is None:
            try:
                self.do("quit")
                self.process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait()
