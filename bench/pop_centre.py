"""A whole centre on a home whose database has been filled already, and a trunk that calls it: for `bench/pop.py`."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.support.centre import READY_SECONDS, Centre
from yuelai.entrypoints.centre import run_centre
from yuelai.entrypoints.sample import people, queues
from yuelai.platform import logging
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

ACCESS_NUMBER = "10086"
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class PopCentre(Centre):
    def start(self, *arguments: str) -> None:
        folder = Path(__file__).resolve().parent.parent
        environment = {**self.environment, "PYTHONPATH": f"{folder}/src{os.pathsep}{folder}"}
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, __file__], env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=errors,
                text=True, start_new_session=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        deadline = time.monotonic() + 2 * READY_SECONDS
        for line in self.process.stdout:
            if line.startswith("yuelai ready"):
                return
            if time.monotonic() > deadline:
                break
        raise SystemExit(f"the centre did not get ready:\n{self.log.read_text()[-4000:]}")


@dataclass
class Invited:
    """One call that was begun. Times are of the machine's clock, in seconds."""

    ani: str
    call_id: str
    sent: float = 0.0
    answered: float | None = None
    to: str = ""


class Trunk:
    """A carrier that speaks just enough SIP (RFC 3261) to call, be answered and hang up; its own thread reads."""

    def __init__(self, sip_port: int) -> None:
        self._centre = ("127.0.0.1", sip_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._own: int = self._socket.getsockname()[1]
        self._calls: dict[str, Invited] = {}
        self._options: dict[str, float] = {}
        self._answered = threading.Condition()
        self._count = 0
        threading.Thread(target=self._read, daemon=True).start()

    def invite(self, ani: str) -> Invited:
        self._count += 1
        call = Invited(ani, f"pop-{os.getpid()}-{self._count}")
        self._calls[call.call_id] = call
        body = _SDP.format(port=20_000 + self._count % 5_000 * 2)
        contact = f"Contact: <sip:{ani}@127.0.0.1:{self._own}>\r\nContent-Type: application/sdp\r\n"
        data = self._request("INVITE", call, 1, contact, body)
        call.sent = time.time()
        self._socket.sendto(data, self._centre)
        return call

    def hang_up(self, call: Invited) -> None:
        """After the answer; before it the call is cancelled."""
        method, cseq = ("BYE", 2) if call.answered is not None else ("CANCEL", 1)
        self._socket.sendto(self._request(method, call, cseq), self._centre)

    def options(self) -> float:
        """Return the seconds until the 200."""
        self._count += 1
        call = Invited("probe", f"options-{os.getpid()}-{self._count}")
        began = time.perf_counter()
        self._socket.sendto(self._request("OPTIONS", call, 1), self._centre)
        with self._answered:
            self._answered.wait_for(lambda: call.call_id in self._options, 5)
            return self._options.pop(call.call_id) - began

    def _request(self, method: str, call: Invited, cseq: int, more: str = "", body: str = "") -> bytes:
        # A CANCEL is of the transaction it cancels, an ACK of a 200 of its own.
        branch = f"z9hG4bK{call.call_id}-{cseq}{'a' if method == 'ACK' else ''}"
        target = f"sip:{ACCESS_NUMBER}@127.0.0.1:{self._centre[1]}"
        to = call.to if method in ("ACK", "BYE") and call.to else f"<{target}>"
        return (
            f"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self._own};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{call.ani}@127.0.0.1:{self._own}>;tag={call.call_id}\r\nTo: {to}\r\n"
            f"Call-ID: {call.call_id}\r\nCSeq: {cseq} {method}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def _read(self) -> None:
        while True:
            data, _ = self._socket.recvfrom(65_536)
            now, perf = time.time(), time.perf_counter()
            head = data.decode(errors="replace").partition("\r\n\r\n")[0].split("\r\n")
            fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
            call_id, cseq = fields.get("call-id", ""), fields.get("cseq", "")
            if not head[0].startswith("SIP/2.0"):
                self._agree(head)
            elif cseq.endswith("OPTIONS"):
                with self._answered:
                    self._options[call_id] = perf
                    self._answered.notify_all()
            elif cseq.endswith("INVITE") and (call := self._calls.get(call_id)) is not None:
                status = int(head[0].split(" ")[1])
                if status >= 200:
                    call.to = fields["to"]
                    if status == 200:
                        call.answered = call.answered or now
                    self._socket.sendto(self._request("ACK", call, 1), self._centre)

    def _agree(self, head: list[str]) -> None:
        """Answer 200 to whatever the centre asks within a call."""
        if head[0].startswith("ACK"):
            return
        kept = [line for line in head[1:] if line.partition(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")]
        self._socket.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), self._centre)


async def _prepare(database: Database) -> None:
    async with database.transaction(None) as conn:
        await people.load(conn)
        await queues.load(conn, datetime.now(UTC).date())
        await conn.execute(
            "INSERT INTO access_numbers (number, tenant_id, flow) VALUES ($1, $2, 'direct') ON CONFLICT DO NOTHING",
            ACCESS_NUMBER,
            SAMPLE_TENANT,
        )


def main() -> None:
    settings = Settings()
    logging.configure("supervisor", settings)
    asyncio.run(run_centre(settings, prepare=_prepare))


if __name__ == "__main__":
    main()
