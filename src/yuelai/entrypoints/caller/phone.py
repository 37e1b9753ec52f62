"""A phone that works by itself: registers with digest, answers what rings, says something, hangs up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.sources import Source, silence
from yuelai.entrypoints.caller.useragent import UserAgent


class Phone:
    """Use as `async with`. Every number of seconds may be a function, asked anew for each call.

    `answer_after` None never answers; `decline` refuses with that status instead; `hangup_after` seconds of talk
    (None waits for the other side). `calls` has every call there was, the newest last.
    """

    def __init__(
        self,
        server: tuple[str, int],
        user: str,
        password: str | None,
        *,
        host: str = "127.0.0.1",
        answer_after: Callable[[], float | None] | float | None = 0.0,
        hangup_after: Callable[[], float | None] | float | None = None,
        source: Callable[[], Source] = silence,
        decline: int | None = None,
        register: bool = True,
    ) -> None:
        self._server, self._user, self._password, self._host = server, user, password, host
        self._answer_after, self._hangup_after = answer_after, hangup_after
        self._source, self._decline, self._register = source, decline, register
        self.calls: list[Call] = []
        self.on_ended: Callable[[Call], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._agent: UserAgent | None = None

    @property
    def agent(self) -> UserAgent:
        assert self._agent is not None, "the phone has not been started"
        return self._agent

    async def start(self) -> None:
        """Raises RegistrationFailed."""
        self._agent = await UserAgent.open(self._server, user=self._user, password=self._password, host=self._host)
        self._agent.on_call = self._take
        if self._register:
            await self._agent.register()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._agent is None:
            return
        if self._register:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._agent.unregister(), 2.0)
        await self._agent.close()

    async def __aenter__(self) -> Phone:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _take(self, call: Call) -> None:
        self.calls.append(call)
        task = asyncio.create_task(self._serve(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, call: Call) -> None:
        await call.ring()
        if self._decline is not None:
            await call.decline(self._decline, "Declined")
        else:
            answer_after = _seconds(self._answer_after)
            await _until_over(call, answer_after)
            if answer_after is not None and not call.ended.is_set():
                await call.answer()
                call.sound.speak(self._source())
                hangup_after = _seconds(self._hangup_after)
                await _until_over(call, hangup_after)
                await call.hangup()
        await call.ended.wait()
        if self.on_ended is not None:
            self.on_ended(call)


def _seconds(value: Callable[[], float | None] | float | None) -> float | None:
    return value() if callable(value) else value


async def _until_over(call: Call, seconds: float | None) -> None:
    """Wait, but no longer than the call lasts."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(call.ended.wait(), seconds)
