"""Prompts over HTTP, for those who write and record them."""

from __future__ import annotations

import asyncio
from pathlib import Path as FilePath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from yuelai.flows.prompts.schemas import PromptLine, PromptPage, SpokenBody, TakeBegun, TakeState, Words
from yuelai.flows.prompts.usage import NOWHERE, usage
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.config import Settings
from yuelai.platform.db import Connection, Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import core, database, settings
from yuelai.sounds import files, service, shipped
from yuelai.sounds.errors import BadForm, NoSound, NoSuchPrompt, PromptInUse, PromptReserved, SoundTooLarge, TextMissing
from yuelai.sounds.ports import Maker, Sound
from yuelai.sounds.service import Prompt

MOST_BYTES = 10 * 1024 * 1024
"""Of a sound; `FORM_BYTES` of the form around it."""
FORM_BYTES = MOST_BYTES + 64 * 1024

router = APIRouter(prefix="/api/v1/prompts", tags=["prompts"])

Db = Annotated[Database, Depends(database)]
Core = Annotated[IpcClient, Depends(core)]
Config = Annotated[Settings, Depends(settings)]
Reader = Annotated[Principal, Depends(require("flows.read"))]
Writer = Annotated[Principal, Depends(require("flows.write"))]
Name = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,63}$")]
Language = Annotated[str, Path(pattern="^(zh-CN|en)$")]
Cursor = Annotated[str | None, Query(max_length=500)]

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "text": {"type": "string", "maxLength": service.LONGEST_TEXT},
                        "source": {"type": "string", "enum": ["file", "microphone"]},
                    },
                }
            }
        },
    }
}
_AUDIO: dict[str, Any] = {"content": {"audio/ogg": {}}}
_words: TypeAdapter[str] = TypeAdapter(Words)


def maker(request: Request) -> Maker:
    made: Maker = request.app.state.prompt_maker
    return made


Making = Annotated[Maker, Depends(maker)]


@router.get("")
async def prompts(
    principal: Reader,
    db: Db,
    q: Annotated[str, Query(max_length=100, description="in the name or the words")] = "",
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PromptPage:
    """The tenant's own prompts and those that ship with the program, by name."""
    after = paging.decode(cursor, str)[0] if cursor else ""
    # Lengths of the shipped ones are read from their files once.
    await asyncio.to_thread(_warm)
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.prompts(conn, principal.tenant_id)
        used = await usage(conn, principal)
    wanted = q.strip().casefold()
    rows = [
        prompt
        for name, prompt in found.items()
        if name > after and any(wanted in text.casefold() for text in (name, *prompt.texts.values()))
    ]
    items, next_cursor = paging.page(rows, limit, lambda prompt: (prompt.name,))
    lines = [_line(prompt, used.get(prompt.name, NOWHERE)) for prompt in items]
    return PromptPage.model_validate({"items": lines, "next_cursor": next_cursor})


@router.put("/{name}/{language}", openapi_extra=_FORM)
async def put_prompt(
    name: Name, language: Language, request: Request, principal: Writer, db: Db, config: Config, making: Making
) -> PromptLine:
    """Put a prompt of the tenant's own in force, by a form: `text`, `file` (WAV, MP3, Ogg, FLAC, M4A, WebM; 10 MB and
    five minutes at most), or both. The sound is cut, narrowed and levelled as the shipped ones are; without a file it
    stays as it is. 422 `sound_unfit` with `reason` (nothing, short, long, large, format, damaged) says why a file
    cannot be a prompt; 503 `studio_busy`."""
    if name in shipped.reserved():
        raise PromptReserved(prompt=name)
    making.admit()
    source, text, by = await _form(request)
    if source is None and text is None:
        raise TextMissing()
    sound = await making.make(source) if source is not None else None
    if sound is None:
        async with db.transaction(principal.tenant_id) as conn:
            await service.keep(conn, principal, name, language, text)
            return await _shown(conn, principal, name)
    return await _kept(db, config, principal, name, language, text, sound, by)


@router.delete("/{name}/{language}", status_code=204)
async def delete_prompt(name: Name, language: Language, principal: Writer, db: Db) -> Response:
    """Say what is shipped again. 409 `prompt_in_use` with `flows` and `queues` for the last of one that is not
    shipped."""
    async with db.transaction(principal.tenant_id) as conn:
        own = await service.own_languages(conn, principal.tenant_id, name)
        if name not in shipped.texts() and own == {language}:
            used = (await usage(conn, principal)).get(name, NOWHERE)
            if used.flows or used.queues:
                raise PromptInUse(flows=used.flows, queues=used.queues)
        await service.remove(conn, principal, name, language)
    return Response(status_code=204)


@router.get("/{name}/{language}/audio", response_class=FileResponse, responses={200: _AUDIO, 206: _AUDIO})
async def audio(name: Name, language: Language, principal: Reader, db: Db, config: Config) -> Response:
    """What callers hear: Ogg Opus."""
    async with db.transaction(principal.tenant_id) as conn:
        file_id = await service.file_of(conn, principal.tenant_id, name, language)
    path: FilePath | None
    if file_id is not None:
        path = files.path(config.folder, principal.tenant_id, file_id)
    else:
        path = shipped.file(name, language)
    if path is None or not await asyncio.to_thread(path.is_file):
        raise NoSound()
    return FileResponse(path, media_type="audio/ogg", headers={"Cache-Control": "private, no-cache"})


@router.post("/{name}/{language}/speak")
async def speak_prompt(
    name: Name,
    language: Language,
    body: SpokenBody,
    principal: Writer,
    db: Db,
    config: Config,
    client: Core,
    making: Making,
) -> PromptLine:
    """Have the installed voice speak its words, and keep that as its sound. 409 `no_voice`; 503 `studio_busy`."""
    making.admit()
    async with db.transaction(principal.tenant_id) as conn:
        text = body.text or await service.text_of(conn, principal.tenant_id, name, language)
    if not text:
        raise TextMissing()
    told = await client.request(
        "prompt.speak", {"principal": principal.to_message(), "text": text, "language": language}, timeout=60.0
    )
    sound = await making.make(await asyncio.to_thread(FilePath(told["file"]).read_bytes))
    return await _kept(db, config, principal, name, language, text, sound, "voice")


@router.post("/{name}/{language}/record", status_code=202)
async def record_prompt(
    name: Name, language: Language, body: SpokenBody, principal: Writer, db: Db, client: Core
) -> TakeBegun:
    """Ring the own telephone of whoever asks: what they say after the tone becomes the prompt. 409 `no_seat`,
    `seat_busy`."""
    async with db.transaction(principal.tenant_id) as conn:
        text = body.text or await service.text_of(conn, principal.tenant_id, name, language)
    if not text:
        raise TextMissing()
    params = {"principal": principal.to_message(), "name": name, "language": language, "text": text}
    return TakeBegun.model_validate(await client.request("prompt.record", params))


@router.get("/takes/{take_id}")
async def take(take_id: UUID, principal: Writer, client: Core) -> TakeState:
    """How a recording at the telephone goes."""
    params = {"principal": principal.to_message(), "take_id": str(take_id)}
    return TakeState.model_validate(await client.request("prompt.take", params))


async def _form(request: Request) -> tuple[bytes | None, str | None, str]:
    """Return file, text and where the file came from. Raises `BadForm`, `SoundTooLarge`."""
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=32 * 1024) as form:
            file, text, source = form.get("file"), form.get("text"), form.get("source", "file")
            sound = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else None
    except ClientDisconnect:
        raise BadForm() from None
    except HTTPException as error:
        if error.status_code == 413:
            raise SoundTooLarge() from None
        raise BadForm() from None
    if sound is not None and len(sound) > MOST_BYTES:
        raise SoundTooLarge()
    if isinstance(file, str) or isinstance(text, UploadFile) or source not in ("file", "microphone"):
        raise BadForm()
    try:
        said = _words.validate_python(text) if text is not None and text.strip() else None
    except ValidationError:
        raise BadForm("the words are longer than 2,000 characters, or hold what is no text") from None
    return sound, said, str(source)


async def _kept(
    db: Database,
    config: Settings,
    principal: Principal,
    name: str,
    language: str,
    text: str | None,
    sound: Sound,
    source: str,
) -> PromptLine:
    async with (
        files.kept(config.folder, principal.tenant_id, sound.opus) as file_id,
        db.transaction(principal.tenant_id) as conn,
    ):
        await service.keep(conn, principal, name, language, text, sound, file_id, source)
        return await _shown(conn, principal, name)


async def _shown(conn: Connection, principal: Principal, name: str) -> PromptLine:
    found = (await service.prompts(conn, principal.tenant_id)).get(name)
    if found is None:
        raise NoSuchPrompt()
    used = (await usage(conn, principal)).get(name, NOWHERE)
    return PromptLine.model_validate(_line(found, used))


def _line(prompt: Prompt, used: Any) -> dict[str, Any]:
    return {
        "name": prompt.name,
        "own": prompt.own,
        "shipped": prompt.name in shipped.texts(),
        "text_zh": prompt.texts.get("zh-CN", ""),
        "text_en": prompt.texts.get("en", ""),
        "languages": {"zh": prompt.sounds.get("zh-CN"), "en": prompt.sounds.get("en")},
        "used_in": used.flows,
        "queues": used.queues,
    }


def _warm() -> None:
    for name in shipped.texts():
        for language in shipped.LANGUAGES:
            shipped.seconds(name, language)
