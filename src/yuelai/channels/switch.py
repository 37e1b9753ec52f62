"""All channels of the process behind one door: what concerns a contact goes to the channel that owns it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.contact import Contact
from yuelai.channels.messages import Actor, NoSuchContact
from yuelai.channels.ports import Channel
from yuelai.routing.events import RoutingSignal

log = structlog.get_logger()


class Channels:
    """Channels are added before anything reaches the process; their names differ."""

    def __init__(self) -> None:
        self._channels: list[Channel] = []

    def add(self, channel: Channel) -> None:
        if any(other.name == channel.name for other in self._channels):
            raise ValueError(f"there is a channel {channel.name} already")
        self._channels.append(channel)

    def __len__(self) -> int:
        """Contacts that live now."""
        return sum(len(channel) for channel in self._channels)

    @property
    def counts(self) -> Mapping[str, int]:
        """Contacts that live now, by channel."""
        return {channel.name: len(channel) for channel in self._channels}

    @property
    def verbs(self) -> Sequence[str]:
        """What screens may ask of a contact, on one channel or on all."""
        return sorted(Contact.verbs.union(*(channel.verbs for channel in self._channels)))

    def agents_of(self, interaction_id: UUID) -> Collection[UUID]:
        """Return who has this contact, on whatever channel; nobody when it lives no more."""
        channel = self._owner(interaction_id)
        return channel.agents_of(interaction_id) if channel is not None else ()

    def held(self) -> Iterator[tuple[UUID, UUID]]:
        """Every living contact with each agent who has it."""
        for channel in self._channels:
            for interaction_id in channel.ids():
                for agent_id in channel.agents_of(interaction_id):
                    yield interaction_id, agent_id

    async def let_go(self, interaction_id: UUID, agent_id: UUID) -> None:
        """Routing does not know that this agent has this contact."""
        channel = self._owner(interaction_id)
        if channel is not None:
            await channel.let_go(interaction_id, agent_id)

    def on_signal(self, signal: RoutingSignal) -> None:
        channel = self._owner(signal.interaction_id)
        if channel is None:
            # It ended as routing decided: routing hears so from the channel, whose end is under way.
            log.info("signal_for_contact_that_is_over", signal=type(signal).__name__)
        else:
            channel.on_signal(signal)

    def on_wrapup_over(self, interaction_id: UUID, agent_id: UUID) -> None:
        channel = self._owner(interaction_id)
        if channel is not None:
            channel.on_wrapup_over(interaction_id, agent_id)

    def customer_created(self, tenant_id: UUID) -> None:
        for channel in self._channels:
            channel.customer_created(tenant_id)

    async def command(self, name: str, actor: Actor, interaction_id: UUID, arguments: Mapping[str, Any]) -> Any:
        """Carry out a screen's request. Raises its refusal, and `NoSuchContact` for verbs the channel has not."""
        channel = self._owner(interaction_id)
        if channel is None or name not in channel.verbs | Contact.verbs:
            raise NoSuchContact
        return await channel.command(name, actor, interaction_id, arguments)

    async def close(self) -> None:
        """End every contact truthfully."""
        await asyncio.gather(*(channel.close() for channel in self._channels))

    def _owner(self, interaction_id: UUID) -> Channel | None:
        return next((channel for channel in self._channels if channel.owns(interaction_id)), None)
