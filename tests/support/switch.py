"""A switchboard in a process of its own, whose sound does not pass through it: `python -m tests.support.switch`.

Registered users call each other by their names; everything else goes to `--to`. It prints `ready PORT` first (and the
port of TLS behind it), and on SIGUSR1 and at its end (SIGTERM, SIGINT) one JSON line of what it holds. With
`--journal` its dialogs survive a kill -9: the next life on the same folder ends them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psutil
import uvloop

from tests.support.haste import HastyClock, HastyTelephony
from yuelai.platform import garbage
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.facts import Record
from yuelai.platform.ids import LegId
from yuelai.platform.journal import Journal
from yuelai.platform.logging import configure
from yuelai.telephony.b2bua.passthrough import Passthrough
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted
from yuelai.telephony.b2bua.switchboard import Switchboard
from yuelai.telephony.events import DialogConfirmed, DialogEnded
from yuelai.telephony.hops import StreamHop, UdpHop, parse_hop
from yuelai.telephony.liveness import IDLE_SECONDS
from yuelai.telephony.ports import BindingRecord, Credential, Destination, DialogRecord, Digest
from yuelai.telephony.service import SipTelephony
from yuelai.wire.sip.digest import Algorithm, ha1

FORGET_EVERY = 1000


class Users:
    """`names` are the registered users' passwords."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    async def credential(self, username: str) -> Credential | None:
        secret = self._names.get(username)
        if secret is None:
            return None
        return Credential(
            username,
            ha1(Algorithm.MD5, username, "yuelai", secret),
            ha1(Algorithm.SHA256, username, "yuelai", secret),
        )


class Standing:
    """The journal's list of dialogs, in memory and, if there is a folder, on disk as core keeps it."""

    def __init__(self, journal: Journal | None) -> None:
        self._journal = journal
        self.open: dict[LegId, int] = {}
        self._written = 0

    def left_open(self) -> list[DialogRecord]:
        """Return what an earlier life has left."""
        found: dict[LegId, DialogRecord] = {}
        place = 0
        while self._journal is not None and (entries := self._journal.read(place)):
            for entry in entries:
                place = entry.seq
                leg_id = LegId(UUID(entry.data["leg_id"]))
                if entry.type == DialogConfirmed.type:
                    fields = {**entry.private, "leg_id": leg_id, "at": entry.at}
                    found[leg_id] = msgspec.convert(fields, DialogRecord)
                    self.open[leg_id] = entry.seq
                else:
                    found.pop(leg_id, None)
                    self.open.pop(leg_id, None)
        return list(found.values())

    async def confirmed(self, record: DialogRecord) -> None:
        self.open[record.leg_id] = 0
        if self._journal is not None:
            private = msgspec.to_builtins(record)
            for published in ("leg_id", "at", "account"):
                del private[published]
            fact = DialogConfirmed(at=record.at, tenant_id=UUID(int=0), leg_id=record.leg_id)
            self.open[record.leg_id] = await self._journal.append(Record(fact, private))

    async def ended(self, leg_id: LegId) -> None:
        self.open.pop(leg_id, None)
        if self._journal is not None:
            now = SystemClock().now().astimezone(UTC)
            await self._journal.append(Record(DialogEnded(at=now, tenant_id=UUID(int=0), leg_id=leg_id)))
            self._written += 1
            if self._written % FORGET_EVERY == 0:
                self._journal.forget(min(self.open.values(), default=self._journal.durable_seq) - 1)


class Bindings:
    async def bound(self, record: BindingRecord) -> None:
        return None

    async def unbound(self, registration_id: UUID) -> None:
        return None


def parse_places(text: str) -> list[UdpHop | StreamHop]:
    """Read `[udp:|tcp:|tls:]HOST:PORT`, several with commas between them: called at once."""
    hops = [parse_hop(part if part[:4] in ("udp:", "tcp:", "tls:") else f"udp:{part}") for part in text.split(",")]
    return [hop for hop in hops if isinstance(hop, UdpHop | StreamHop)]


def place(number: str, hop: UdpHop | StreamHop, digest: Digest | None) -> Destination:
    transport = "" if isinstance(hop, UdpHop) else f";transport={hop.transport.lower()}"
    return Destination(f"sip:{number}@{hop.host}:{hop.port}{transport}", (hop,), digest=digest)


class Switch:
    def __init__(self, arguments: argparse.Namespace, journal: Journal | None) -> None:
        self._stages = [parse_places(text) for text in arguments.to]
        self._timeout: float = arguments.timeout
        name, _, secret = (arguments.digest or "").partition(":")
        self._digest = Digest(name, secret) if name else None
        self.standing = Standing(journal)
        cert, key = arguments.tls or (None, None)
        settings = Settings(
            bind=arguments.bind, trunks=arguments.trunks, sip_port=arguments.port or 5060, tls_cert=cert, tls_key=key
        )
        users = Users(dict(user.split(":", 1) for user in arguments.user))
        kind, clock = (
            (SipTelephony, SystemClock()) if arguments.speed == 1 else (HastyTelephony, HastyClock(arguments.speed))
        )
        self.telephony: SipTelephony = kind(
            settings, clock, users, self.standing, Bindings(), idle_seconds=arguments.idle
        )
        self.board = Switchboard(self.telephony, Passthrough(self.telephony.timers), self.plan, self.telephony.timers)
        self.telephony.on_call(self.board.take)

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        kinds = [self.telephony.places(wanted.number, browser=browser) for browser in (False, True)]
        plans = [
            Plan([places], browser=bool(kind), timeout=self._timeout) for kind, places in enumerate(kinds) if places
        ]
        if plans:
            return Plan(plans[0].stages, browser=plans[0].browser, timeout=self._timeout, beside=tuple(plans[1:]))
        if not self._stages:
            return Refuse(404)
        stages = [[place(wanted.number, hop, self._digest) for hop in stage] for stage in self._stages]
        return Plan(stages, timeout=self._timeout)

    def report(self) -> dict[str, Any]:
        stack, process = self.telephony._stack, psutil.Process()
        times = process.cpu_times()
        return {
            "legs": len(stack.ua.legs),
            "dialogs": len(stack.ua.dialogs),
            "transactions": stack.layer.size,
            "timers": sum(timer.callback is not None for _, _, timer in stack.timers._heap),
            "calls": len(self.board.calls),
            "journalled": len(self.standing.open),
            "rss": process.memory_info().rss,
            "cpu_seconds": times.user + times.system,
        }


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - whoever started us reads it


async def main(arguments: argparse.Namespace) -> None:
    configure("switch", Settings(log_level=arguments.log))
    journal = await Journal.open(arguments.journal, owner="switch") if arguments.journal is not None else None
    switch = Switch(arguments, journal)
    left = switch.standing.left_open()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: say(json.dumps(switch.report())))
    await switch.telephony.start(port=arguments.port)
    await switch.telephony.end_restored(left)
    garbage.settle(asyncio.get_running_loop())
    tls = f" {switch.telephony.tls_port}" if switch.telephony.tls_port is not None else ""
    say(f"ready {switch.telephony.port}{tls}")
    await stop.wait()
    await switch.board.close()
    await switch.telephony.close()
    say(json.dumps(switch.report()))
    if journal is not None:
        await journal.close()


def parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--to", action="append", default=[], help="[tcp:]HOST:PORT[,…]; the next one when all fail")
    parser.add_argument("--user", action="append", default=[], help="NAME:PASSWORD of a phone that may register")
    parser.add_argument("--trunks", default="127.0.0.1", help="who may call without a password")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds until a silent peer is asked")
    parser.add_argument("--speed", type=float, default=1, help="how many times faster than the world's time passes")
    parser.add_argument("--tls", nargs=2, type=Path, metavar=("CERT", "KEY"))
    parser.add_argument("--digest", help="NAME:PASSWORD we show to those we call")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds that somebody is called")
    parser.add_argument("--log", default=os.environ.get("YUELAI_LOG_LEVEL", "warning"))
    return parser.parse_args(words)


if __name__ == "__main__":
    uvloop.run(main(parse()))
