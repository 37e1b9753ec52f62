"""sipp as a foreign peer.

A scenario may use the pieces below, in curly brackets, and words in capitals that a test replaces.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parents[1] / "calls" / "scenarios"

WORDS = {"CALLED": "10000", "CALLER": "13800000001", "CONTACT": "[local_port]", "MILLISECONDS": "100", "RETRANS": "500"}
"""What the words mean unless a test says otherwise; times in milliseconds."""
_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch="
_WE = "From: <sip:CALLER@[local_ip]:[local_port]>;tag=[pid]c[call_number]"
_CONTACT = "Contact: <sip:CALLER@[local_ip]:CONTACT;transport=[transport]>"
_ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS"
_COMMON = ("Max-Forwards: 70", "Call-ID: [call_id]", _CONTACT)
_FIRST = (f"{_VIA}z9hG4bK-[call_id]", _WE, "Call-ID: [call_id]", "Max-Forwards: 70")
_THEY = "To: <sip:CALLED@[remote_ip]:[remote_port]>"
_LAST = ("[last_Via:]", "[last_From:]", "[last_Call-ID:]")
_TAGGED = "[last_To:];tag=[pid]u[call_number]"
_PHONE = "Contact: <sip:[local_ip]:CONTACT;transport=[transport]>"
PIECES = {
    "start": (*_FIRST, _THEY, _CONTACT, _ALLOW),
    "cancel": (*_FIRST, _THEY),
    "last": (*_FIRST, f"{_THEY}[peer_tag_param]"),
    "again": (f"{_VIA}[branch]", _WE, f"{_THEY}[peer_tag_param]", *_COMMON),
    "back": (f"{_VIA}[branch]", "From: [$us];tag=[pid]u[call_number]", "To: [$them]", *_COMMON),
    "reply": (*_LAST, _TAGGED, "[last_CSeq:]", _PHONE, _ALLOW),
    "reply without cseq": (*_LAST, _TAGGED, _PHONE),
    "reply without contact": (*_LAST, _TAGGED, "[last_CSeq:]"),
    "within": (*_LAST, "[last_To:]", "[last_CSeq:]", _PHONE),
    **{
        f"sdp {way}": (
            "Content-Type: application/sdp", "Content-Length: [len]", "", "v=0", "o=sipp 1 [cseq] IN IP4 [local_ip]",
            "s=-", "c=IN IP4 [local_ip]", "t=0 0", "m=audio 6000 RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000", f"a={way}",
        )
        for way in ("sendrecv", "sendonly", "recvonly", "inactive")
    },
}  # fmt: skip
"""`start` and `again` are a caller's requests before and within the dialog, `cancel` and `last` what belongs to its
INVITE, `back` a request of whoever was called; `reply` and `within` are responses before and within the dialog."""


def read(scenario: str, words: dict[str, str]) -> str:
    """Return a scenario with its pieces and words filled in."""
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for name, lines in PIECES.items():
        text = text.replace(f"      {{{name}}}", "\n".join(f"      {line}" if line else "" for line in lines))
    for word, value in (WORDS | words).items():
        text = text.replace(word, value)
    return text


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
        file = Path(self._folder.name) / f"{scenario}.xml"
        file.write_text(read(scenario, words or {}))
        command = ["sipp", f"127.0.0.1:{server}", "-sf", str(file), "-i", "127.0.0.1", "-p", str(port)]
        command += [
            "-m",
            str(calls),
            "-trace_err",
            "-trace_stat",
            "-fd",
            "1",
            "-nostdin",
            "-timeout",
            "90",
            "-timeout_error",
            *options,
        ]
        if media_port:
            command += ["-mi", "127.0.0.1", "-mp", str(media_port), "-rtp_echo"]
        self._port, self._table = port, "tcp" if "t1" in options else "udp"
        self.process = subprocess.Popen(
            command, cwd=self._folder.name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait(self, timeout: float = 60) -> None:
        """Wait for its end; fail with what it said when its scenario did not hold."""
        out, _ = self.process.communicate(timeout=timeout)
        assert self.process.returncode == 0, f"sipp: exit {self.process.returncode}\n{self.errors}\n{out[-3000:]}"

    @property
    def errors(self) -> str:
        """What it found wrong."""
        return "".join(path.read_text() for path in Path(self._folder.name).glob("*_errors.log"))

    @property
    def messages(self) -> str:
        """What crossed the wire; needs the option `-trace_msg`."""
        return "".join(path.read_text() for path in Path(self._folder.name).glob("*_messages.log"))

    def succeeded(self) -> int:
        """Return how many calls went as the scenario says, by its own count."""
        (file,) = Path(self._folder.name).glob("*_.csv")
        names, *rows = [line.split(";") for line in file.read_text().splitlines()]
        return int(rows[-1][names.index("SuccessfulCall(C)")])

    async def ready(self, timeout: float = 10) -> Sipp:
        """Return this one when its port is open."""
        async with asyncio.timeout(timeout):
            while f":{self._port:04X} " not in Path(f"/proc/net/{self._table}").read_text():
                await asyncio.sleep(0.01)
        return self

    async def done(self, timeout: float = 60) -> None:
        await asyncio.to_thread(self.wait, timeout)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def register(server: int, user: str, password: str, port: int) -> None:
    """Register `user` from this port with digest, as a phone does."""
    Sipp("register", server, port=port, words={"USERNAME": user, "PASSWORD": password}).wait()
