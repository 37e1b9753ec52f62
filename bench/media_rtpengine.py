"""Debian's rtpengine in userspace, baseline of the media benches: started, and told of calls over its NG protocol."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any


def encode(value: Any) -> bytes:
    """Bencode strings, integers, lists and dictionaries, as NG wants them."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        raw = value.encode()
        return b"%d:%s" % (len(raw), raw)
    if isinstance(value, list):
        return b"l" + b"".join(map(encode, value)) + b"e"
    return b"d" + b"".join(encode(key) + encode(value[key]) for key in sorted(value)) + b"e"


def decode(data: bytes, at: int = 0) -> tuple[Any, int]:
    """Return the value at `at` and where it ends; strings come as text."""
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        items, at = [], at + 1
        while data[at : at + 1] != b"e":
            item, at = decode(data, at)
            items.append(item)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2], strict=True))), at + 1
    colon = data.index(b":", at)
    size = int(data[at:colon])
    return data[colon + 1 : colon + 1 + size].decode(), colon + 1 + size


class Rtpengine:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.connect(("127.0.0.1", port))
        self._sock.settimeout(1.0)

    def ask(self, command: str, **values: Any) -> dict[str, Any]:
        cookie = secrets.token_hex(4).encode()
        request = {key.replace("_", "-"): value for key, value in values.items()} | {"command": command}
        for _ in range(10):
            with contextlib.suppress(TimeoutError, ConnectionError):
                self._sock.send(cookie + b" " + encode(request))
                head, _, body = self._sock.recv(65536).partition(b" ")
                if head == cookie:
                    answer, _ = decode(body)
                    if answer["result"] not in ("ok", "pong"):
                        raise RuntimeError(f"rtpengine: {answer}")
                    return dict(answer)
            time.sleep(0.1)
        raise RuntimeError("rtpengine does not answer")

    def relay(self, number: int, sdp: str) -> list[int]:
        """Make a call between two parties that describe themselves alike; return the ports they send to."""
        call, one, other = f"call-{number}", f"a{number}", f"b{number}"
        ports = []
        for command, tags in (("offer", {"from_tag": one}), ("answer", {"from_tag": one, "to_tag": other})):
            answer = self.ask(command, call_id=call, sdp=sdp, ICE="remove", **tags)
            line = next(line for line in answer["sdp"].splitlines() if line.startswith("m=audio"))
            ports.append(int(line.split()[1]))
        # What is answered to one party is where the other's half listens: the order does not matter here.
        return ports


@contextlib.contextmanager
def rtpengine(low: int, high: int) -> Iterator[Rtpengine | None]:
    """Yield a running one with one thread for packets, or None where it is not installed."""
    program = shutil.which("rtpengine")
    if program is None:
        yield None
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [
        program, "--config-file=none", "--table=-1", "--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{port}",
        f"--port-min={low}", f"--port-max={high}", "--foreground", "--log-stderr", "--log-level=3", "--num-threads=1",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        engine = Rtpengine(process, port)
        engine.ask("ping")
        yield engine
    finally:
        process.terminate()
        process.wait(10)
