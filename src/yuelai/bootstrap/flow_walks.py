"""Walks through flows on their way into the journal, without holding up the call they were part of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from yuelai.flows.events import FlowWalked
from yuelai.flows.model import Walked
from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record
from yuelai.platform.ids import new_id

log = structlog.get_logger()


class WalkKeeper:
    """`append` puts records on disk; when it cannot, a walk is not counted, and that is all."""

    def __init__(self, append: Callable[[Record], Awaitable[int]], clock: Clock) -> None:
        self._append, self._clock = append, clock
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, tenant_id: UUID, interaction_id: UUID, walk: int, walked: Walked) -> None:
        """`walk` is 1, and one more for each flow that the contact was sent to before."""
        fact = FlowWalked(
            at=self._clock.now(),
            tenant_id=tenant_id,
            walk_id=new_id(),
            interaction_id=interaction_id,
            code=walked.flow,
            version=walked.version,
            nodes=list(walked.nodes),
            outcome=walked.outcome,
            last=walked.last,
            mistakes=dict(walked.mistakes),
            seconds=round(walked.seconds, 3),
            depth=walked.depth,
            walk=walk,
            businesses=[[one.code, one.outcome] for one in walked.businesses],
        )
        task = asyncio.create_task(self._write(Record(fact)), name="flow walk")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, record: Record) -> None:
        try:
            await self._append(record)
        except Exception as error:
            log.warning("flow_walk_not_kept", reason=repr(error))

    async def close(self) -> None:
        """Wait for what is being written."""
        await asyncio.gather(*self._tasks)
