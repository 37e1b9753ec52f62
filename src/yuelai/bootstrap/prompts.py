"""Prompts of tenants' own: made of what people send, and found by core before the shipped ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from yuelai.bootstrap.asking import principal_of
from yuelai.channels.voice.prompt_maker import PromptMaker
from yuelai.channels.voice.speech import Unspeakable, prompt_path
from yuelai.channels.voice.takes import Take, Takes, Unfit
from yuelai.identity.model import Principal
from yuelai.media.ports import MediaError
from yuelai.media.tts import ports as media
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.db import Connection, Database
from yuelai.platform.ipc import Handler, Peer
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Seat
from yuelai.sounds import files, service, shipped, tables
from yuelai.sounds.errors import NoSeat, NoSuchTake, NoVoice, SeatBusy, SoundUnfit, VoiceAway
from yuelai.telephony.ports import Registration

Key = tuple[str, str]
"""Name and language."""


class Speaking:
    """Core's answer to who wants a text spoken: no other process writes into the speaker's folder."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    async def answer(self, peer: Peer, params: dict[str, Any]) -> Any:
        """Raises `NoVoice`, `VoiceAway`."""
        principal_of(params)
        try:
            file = await self._speaker.file(str(params["text"]), str(params["language"]))
        except media.NoVoice:
            raise NoVoice() from None
        except MediaError as error:
            raise VoiceAway(str(error)) from None
        return {"file": str(file)}


class Recording:
    """Core's answers to who wants to record a prompt at their own telephone, and how that goes."""

    def __init__(
        self,
        database: Database,
        home: Path,
        takes: Takes,
        routing: RoutingDriver,
        registrations: Callable[[str], Sequence[Registration]],
    ) -> None:
        self._database, self._home, self._takes, self._routing = database, home, takes, routing
        self._registrations = registrations
        # Whoever has spoken at a telephone is not sent away: there are no more of them than telephones.
        self._maker = PromptMaker(most_waiting=1000)

    @property
    def handlers(self) -> dict[str, Handler]:
        return {"prompt.record": self._record, "prompt.take": self._take}

    async def _record(self, peer: Peer, params: dict[str, Any]) -> Any:
        """Raises `NoSeat`, `SeatBusy`."""
        principal = principal_of(params)
        number = principal.number or ""
        browser = self._seat(principal, number)
        if self._takes.recording(principal.person_id):
            raise SeatBusy()
        name, language, text = str(params["name"]), str(params["language"]), str(params["text"])

        async def keep(wav: bytes) -> Sequence[str]:
            try:
                sound = await self._maker.make(wav)
            except SoundUnfit as error:
                raise Unfit(str(error.extra.get("reason", ""))) from None
            async with (
                files.kept(self._home, principal.tenant_id, sound.opus) as file_id,
                self._database.transaction(principal.tenant_id) as conn,
            ):
                await service.keep(conn, principal, name, language, text, sound, file_id, "phone")
            return sound.warnings

        take = Take(principal.person_id, principal.tenant_id, number, browser, language, keep)
        self._takes.begin(take)
        return {"take_id": str(take.id)}

    def _seat(self, principal: Principal, number: str) -> bool:
        """Return whether it is a browser that rings: the seat they work at, else what is registered."""
        there = {one.browser for one in self._registrations(number) if not one.silent} if number else set()
        if not there:
            raise NoSeat()
        agent = self._routing.agents_of_number(number)
        if agent is None or agent.id != principal.person_id:
            return False not in there
        if agent.work or agent.private:
            raise SeatBusy()
        browser = agent.seat is Seat.BROWSER
        return browser if browser in there else True in there

    async def _take(self, peer: Peer, params: dict[str, Any]) -> Any:
        """Raises `NoSuchTake`."""
        principal = principal_of(params)
        take = self._takes.find(UUID(str(params["take_id"])))
        if take is None or (take.person_id, take.tenant_id) != (principal.person_id, principal.tenant_id):
            raise NoSuchTake()
        return {"state": take.state, "reason": take.reason, "warnings": list(take.warnings)}


@dataclass(frozen=True)
class OwnPrompt:
    """`file` is None where there are only words."""

    text: str
    file: Path | None


class OwnPrompts:
    """What is in force now, of all tenants. A file never changes: what plays is not touched by a new version."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._of: Mapping[UUID, Mapping[Key, OwnPrompt]] = MappingProxyType({})

    async def load(self, conn: Connection) -> None:
        """Take over what PostgreSQL has now."""
        of: dict[UUID, dict[Key, OwnPrompt]] = {}
        for row in await tables.in_force(conn):
            tenant = row["tenant_id"]
            file = files.path(self._home, tenant, row["file_id"]) if row["file_id"] is not None else None
            of.setdefault(tenant, {})[row["name"], row["language"]] = OwnPrompt(row["text"], file)
        self._of = of

    def of(self, tenant_id: UUID | None, name: str, language: str) -> OwnPrompt | None:
        return self._of.get(tenant_id, {}).get((name, language)) if tenant_id is not None else None

    def path(self, tenant_id: UUID | None, name: str, language: str) -> Path:
        """Return the tenant's own sound, else the shipped one, else its own in the other language: who calls would
        rather hear that than nothing.

        Raises `Unspeakable`.
        """
        own = self.of(tenant_id, name, language)
        if own is not None and own.file is not None:
            return own.file
        try:
            return prompt_path(name, language)
        except Unspeakable:
            for other in shipped.LANGUAGES:
                found = self.of(tenant_id, name, other)
                if found is not None and found.file is not None:
                    return found.file
            raise

    def words(self, tenant_id: UUID | None, name: str, language: str) -> str:
        """Return what a voice is to speak, as there are words of the tenant's own and no sound of it; else nothing."""
        own = self.of(tenant_id, name, language)
        return own.text if own is not None and own.file is None else ""
