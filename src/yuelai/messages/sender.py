"""Sends what is to be sent, and keeps what becomes of it. Runs in the worker, one for the centre.

Whoever holds the lock of PostgreSQL sends. With the connection that holds it nothing more is submitted, and what was is
given a moment to be answered. The sender is woken by every message that is taken, and looks by itself every
`LOOK_SECONDS`. What the provider says is written in the order it came, and only then is a receipt confirmed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
import structlog

from yuelai.messages import service, tables
from yuelai.messages.model import Pace
from yuelai.messages.ports import (
    Answered,
    Event,
    NotConnected,
    Receipt,
    Session,
    SessionOver,
    SmsProvider,
    Submission,
    Verdict,
)
from yuelai.messages.sealing import Sealing
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import CONNECTION_LOST, Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.health import Part
from yuelai.platform.key_file import BadKeyFile

log = structlog.get_logger()

LOOK_SECONDS = 10.0
LONGEST_PAUSE = 60.0
"""Between attempts to reach the provider."""
THROTTLED_SECONDS = 1.0
"""The first pause when we were too fast; twice as long each further time, until something is taken."""
LONGEST_THROTTLED = 30.0
FAREWELL_SECONDS = 2.0
"""How long we wait for what is under way when we are told to end."""
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('messages/sender', 0))"


class Sender:
    def __init__(
        self,
        database: Database,
        provider: SmsProvider,
        sealing: Sealing,
        *,
        clock: Clock | None = None,
        pace: Pace | None = None,
        first_pause: float = 1.0,
    ) -> None:
        self._database, self._provider, self._sealing = database, provider, sealing
        self._clock, self._pace, self._first_pause = clock or SystemClock(), pace or Pace(), first_pause
        self._wake = asyncio.Event()
        self._throttled, self._not_before = 0.0, 0.0
        self._trouble: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="message sender")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def health(self) -> Part:
        """A provider that is away is told of and does not make the centre unfit: messages wait."""
        return Part(True, self._trouble or "")

    async def _run(self) -> None:
        while True:
            try:
                await self._lead()
            except (*CONNECTION_LOST, Unavailable) as error:
                log.warning("message_sender_interrupted", error=repr(error))
            except BadKeyFile as error:
                self._trouble = f"nothing can be sent: {error}"
                log.error("message_sender_without_key", error=str(error))
                await asyncio.sleep(LOOK_SECONDS)
            except Exception:
                log.exception("message_sender_failed")
            await asyncio.sleep(1)

    async def _lead(self) -> None:
        """Send while we hold the lock."""
        connection = await asyncpg.connect(self._database.dsn, timeout=2)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            while not await connection.fetchval(_LOCK):  # noqa: ASYNC110 - PostgreSQL tells nobody
                await asyncio.sleep(1)
            await connection.add_listener(tables.CHANNEL, lambda *_: self._wake.set())
            async with self._database.transaction(None) as conn:
                left = await service.recover(conn, self._clock.now(), self._pace)
            if left:
                log.warning("message_parts_unknown", count=left)
            sending, losing = asyncio.create_task(self._sessions()), asyncio.create_task(lost.wait())
            try:
                await asyncio.wait({sending, losing}, return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                losing.cancel()
                sending.cancel()
                await _to_the_end(_ended(sending, losing))
        finally:
            connection.terminate()

    async def _sessions(self) -> None:
        pause = self._first_pause
        while True:
            async with self._database.transaction(None) as conn:
                await service.expire(conn, self._clock.now())
            try:
                session = await self._provider.connect()
            except NotConnected as error:
                if self._trouble is None:
                    log.warning("sms_provider_away", error=str(error))
                self._trouble = f"the SMS provider is away: {error}"
                await self._pause(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            self._trouble = None
            pause = self._first_pause if await self._serve(session) else min(pause * 2, LONGEST_PAUSE)
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Wait until the provider is tried again: sooner when there is a new message, and never at once."""
        await asyncio.sleep(self._first_pause)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0, 1)):  # noqa: S311 - not to come all at once
                await self._wake.wait()
        self._wake.clear()

    async def _serve(self, session: Session) -> bool:
        """Feed a session until it is over and everything it said is kept. Return whether it said anything."""
        ending = asyncio.Event()
        feeding = asyncio.create_task(self._feed(session, ending), name="message feeder")
        listening = asyncio.create_task(self._listen(session), name="message listener")
        try:
            await asyncio.wait({feeding, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.set()
            self._wake.set()
            await _to_the_end(_finished(session, feeding, listening))
            self._wake.clear()  # the next session looks by itself
        with contextlib.suppress(SessionOver):
            feeding.result()
        return listening.result()

    async def _listen(self, session: Session) -> bool:
        said = False
        with contextlib.suppress(SessionOver):
            while True:
                events = await session.events()
                # What a cut left open it says itself: a provider that does nothing but cut is not hurried back to.
                said = said or any(isinstance(one, Receipt) or one.verdict is not Verdict.LOST for one in events)
                try:
                    await self._keep(events)
                except asyncpg.DataError:
                    await self._keep_each(events)
                for event in events:
                    if isinstance(event, Receipt):
                        session.confirm(event)
        return said

    async def _feed(self, session: Session, ending: asyncio.Event) -> None:
        while await _room(session, ending):
            await self._rest(ending)
            submissions = await self._claim(session.room) if not ending.is_set() else []
            if submissions:
                await self._submit(session, submissions, ending)
            elif not ending.is_set():
                await self._sleep()

    async def _claim(self, limit: int) -> list[Submission]:
        async with self._database.transaction(None) as conn:
            return await service.claim(conn, limit, self._clock.now(), self._sealing)

    async def _submit(self, session: Session, submissions: Sequence[Submission], ending: asyncio.Event) -> None:
        """Submit what was claimed, or give back what is left when the session is over or has to end."""
        for place, submission in enumerate(submissions):
            untried = [Answered(left.tag, Verdict.UNTRIED) for left in submissions[place:]]
            try:
                if not await _room(session, ending):
                    await self._keep(untried)
                    return
                session.submit(submission)
            except SessionOver:
                await self._keep(untried)
                raise

    async def _keep(self, events: Sequence[Event]) -> None:
        async with self._database.transaction(None) as conn:
            await service.record(conn, events, self._clock.now(), self._pace)
        verdicts = {event.verdict for event in events if isinstance(event, Answered)}
        if Verdict.TAKEN in verdicts:
            self._throttled = 0.0
        elif Verdict.THROTTLED in verdicts:
            self._throttled = min(max(self._throttled * 2, THROTTLED_SECONDS), LONGEST_THROTTLED)
            self._not_before = asyncio.get_running_loop().time() + self._throttled
        if verdicts - {Verdict.TAKEN}:
            self._wake.set()  # some may be due at once

    async def _keep_each(self, events: Sequence[Event]) -> None:
        """A receipt that no table takes is let go: told again for ever, it would stop all others."""
        for event in events:
            try:
                await self._keep([event])
            except asyncpg.DataError as error:
                if not isinstance(event, Receipt):
                    raise
                log.error("receipt_not_kept", error=repr(error))

    async def _rest(self, ending: asyncio.Event) -> None:
        left = self._not_before - asyncio.get_running_loop().time()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await ending.wait()

    async def _sleep(self) -> None:
        """Wait for a message, or until the next one is due."""
        async with self._database.transaction(None) as conn:
            at = await tables.next_due(conn)
        seconds = LOOK_SECONDS
        if at is not None:
            seconds = min(seconds, max(0.05, (at - self._clock.now()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()


async def _room(session: Session, ending: asyncio.Event) -> bool:
    """Wait until there is room; return False when it has to end first. Raises `SessionOver`."""
    if not ending.is_set() and not session.room:
        room, end = asyncio.create_task(session.wait_room()), asyncio.create_task(ending.wait())
        try:
            await asyncio.wait({room, end}, return_when=asyncio.FIRST_COMPLETED)
            if room.done():
                room.result()
        finally:
            room.cancel()
            end.cancel()
            await _ended(room, end)
    return not ending.is_set()


async def _ended(*tasks: asyncio.Task[Any]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for it, also when told to stop meanwhile: what has to be put in order would be left without an owner."""
    task, told = asyncio.create_task(work), None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            told = error
    if told is not None:
        raise told
    task.result()


async def _finished(session: Session, feeding: asyncio.Task[None], listening: asyncio.Task[bool]) -> None:
    """It is never stopped between claiming and submitting: what it has claimed it submits or gives back."""
    await asyncio.wait({feeding})
    await _farewell(session, listening)
    await session.close()
    await asyncio.wait({listening})


async def _farewell(session: Session, listening: asyncio.Task[bool]) -> None:
    """Give what is under way a moment to be answered."""
    loop = asyncio.get_running_loop()
    until = loop.time() + FAREWELL_SECONDS
    while session.under_way and not listening.done() and loop.time() < until:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.05)
