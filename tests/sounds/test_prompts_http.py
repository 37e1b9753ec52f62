"""Prompts of a tenant's own: sent, heard, listed with who says them, and gone again."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import httpx
import numpy as np
import pytest

from tests.media.tts.test_levels import spoken_level, voice, wav
from tests.support.web import Site, add_person, add_tenant
from yuelai.channels.voice.prompt_maker import PromptMaker
from yuelai.flows.prompts import tables
from yuelai.media.embedded.files import decode
from yuelai.media.tts import studio
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.sounds import files, jobs
from yuelai.sounds.events import PromptChanged

PROMPTS = "/api/v1/prompts"


def tone(hertz: float = 1000.0, seconds: float = 1.0) -> bytes:
    t = np.arange(round(seconds * 8000)) / 8000
    return wav(0.5 * np.sin(2 * np.pi * hertz * t), 8000).getvalue()


@pytest.fixture
async def writer(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "editor", "editor")
    return await site.client("editor")


async def put(
    client: httpx.AsyncClient, name: str, *, text: str = "您好", sound: bytes | None = None, language: str = "zh-CN"
) -> httpx.Response:
    sent: dict[str, Any] = {"file": ("a.wav", sound, "audio/wav")} if sound is not None else {"x": (None, "1")}
    return await client.put(f"{PROMPTS}/{name}/{language}", data={"text": text}, files=sent, timeout=30)


async def one(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    found = (await client.get(PROMPTS, params={"q": name, "limit": 500})).json()["items"]
    return next(item for item in found if item["name"] == name)


async def read_again(*_: Any) -> None:
    raise AssertionError("a version that is known is read again")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_sound_is_sent_and_heard_as_loud_as_the_shipped_ones(site: Site, writer: httpx.AsyncClient) -> None:
    answer = await put(writer, "spring_offer", text="春季优惠", sound=wav(voice(2, 44100, 0.05), 44100, 2).getvalue())
    assert answer.status_code == 200, answer.text
    line = answer.json()
    assert (line["own"], line["shipped"], line["text_zh"], line["languages"]["en"]) == (True, False, "春季优惠", None)
    sound = line["languages"]["zh"]
    assert (sound["own"], sound["by"], sound["warnings"]) == (True, "Editor", [])
    assert sound["seconds"] == pytest.approx(2.1, abs=0.1)
    heard = await writer.get(f"{PROMPTS}/spring_offer/zh-CN/audio")
    assert heard.headers["content-type"] == "audio/ogg"
    assert spoken_level(decode(io.BytesIO(heard.content), "a")) == pytest.approx(-18, abs=1)
    async with site.database.transaction(None) as conn:
        told = await conn.fetchval("SELECT fact FROM outbox WHERE type = $1", PromptChanged.type)
        by = await conn.fetchval("SELECT data FROM audit WHERE action = 'prompt.changed'")
    assert (told["name"], told["language"]) == ("spring_offer", "zh-CN")
    assert by["sound"] is True


async def test_words_change_and_the_sound_stays(writer: httpx.AsyncClient) -> None:
    await put(writer, "greeting", sound=tone())
    before = await writer.get(f"{PROMPTS}/greeting/zh-CN/audio")
    answer = await put(writer, "greeting", text="欢迎")
    assert answer.json()["text_zh"] == "欢迎"
    assert answer.json()["languages"]["zh"]["source"] == "file"
    assert (await writer.get(f"{PROMPTS}/greeting/zh-CN/audio")).content == before.content


async def test_what_is_shipped_is_listed_and_comes_back(writer: httpx.AsyncClient) -> None:
    line = await one(writer, "goodbye")
    assert (line["own"], line["shipped"]) == (False, True)
    assert line["languages"]["zh"]["seconds"] > 0.5
    assert "main" in line["used_in"] or line["used_in"]
    shipped = (await writer.get(f"{PROMPTS}/goodbye/zh-CN/audio")).content
    await put(writer, "goodbye", text="回头见", sound=tone())
    assert (await one(writer, "goodbye"))["text_zh"] == "回头见"
    assert (await writer.get(f"{PROMPTS}/goodbye/zh-CN/audio")).content != shipped
    assert (await writer.delete(f"{PROMPTS}/goodbye/zh-CN")).status_code == 204
    assert (await writer.get(f"{PROMPTS}/goodbye/zh-CN/audio")).content == shipped
    assert refusal(await writer.delete(f"{PROMPTS}/goodbye/zh-CN")) == (404, "no_such_prompt")


async def test_all_of_them_come_in_pages(writer: httpx.AsyncClient) -> None:
    await put(writer, "aaa_first")
    names: list[str] = []
    cursor = None
    while True:
        page = (await writer.get(PROMPTS, params={"limit": 50, **({"cursor": cursor} if cursor else {})})).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert names == sorted(set(names))
    assert names[0] == "aaa_first"
    assert "main_menu" in names
    assert "beep" not in names
    assert [item["name"] for item in (await writer.get(PROMPTS, params={"q": "AAA"})).json()["items"]] == ["aaa_first"]


@pytest.mark.parametrize("said", ["spring_offer", {"prompt": "spring_offer"}])
async def test_one_that_a_published_flow_says_is_not_deleted(
    writer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    await put(writer, "spring_offer", sound=tone())
    document = {
        "start": "hello",
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "hello": {"kind": "say", "say": [said], "next": "end"},
            "end": {"kind": "hangup", "served": True},
        },
    }
    await writer.post("/api/v1/flows", json={"code": "sales", "name": "售前"})
    rev = (await writer.get("/api/v1/flows/sales")).json()["rev"]
    saved = await writer.put("/api/v1/flows/sales/draft", json={"document": document, "rev": rev})
    assert [one["code"] for one in saved.json()["problems"] if one["severity"] == "error"] == []
    published = await writer.post("/api/v1/flows/sales/publish", json={"rev": saved.json()["rev"]})
    assert published.status_code == 200, published.text
    assert (await one(writer, "spring_offer"))["used_in"] == ["sales"]
    refused = await writer.delete(f"{PROMPTS}/spring_offer/zh-CN")
    assert refusal(refused) == (409, "prompt_in_use")
    assert refused.json()["flows"] == ["sales"]
    # A version never changes: it is read once, however often prompts are listed.
    with monkeypatch.context() as patched:
        patched.setattr(tables, "documents", read_again)
        assert (await one(writer, "spring_offer"))["used_in"] == ["sales"]
    # One of two languages may go: the other one is still said.
    await put(writer, "spring_offer", text="Spring offer", language="en")
    assert (await writer.delete(f"{PROMPTS}/spring_offer/en")).status_code == 204
    # Another version may say another one.
    document["nodes"]["hello"]["say"] = ["goodbye"]  # type: ignore[index]
    rev = (await writer.get("/api/v1/flows/sales")).json()["rev"]
    saved = await writer.put("/api/v1/flows/sales/draft", json={"document": document, "rev": rev})
    await writer.post("/api/v1/flows/sales/publish", json={"rev": saved.json()["rev"]})
    assert (await one(writer, "spring_offer"))["used_in"] == []
    assert (await writer.delete(f"{PROMPTS}/spring_offer/zh-CN")).status_code == 204


async def test_the_designer_and_the_checks_know_them(writer: httpx.AsyncClient) -> None:
    await put(writer, "spring_offer", text="春季优惠")
    known = (await writer.get("/api/v1/flows/prompts")).json()["items"]
    assert {"name": "spring_offer", "text_zh": "春季优惠", "text_en": ""} in known


async def test_a_queue_may_say_them(site: Site, writer: httpx.AsyncClient) -> None:
    await add_person(site.database, "boss", "admin")
    boss = await site.client("boss")
    await put(writer, "spring_offer", sound=tone())
    treatment = {"greeting": "spring_offer"}
    made = await boss.post("/api/v1/queues", json={"code": "spring", "name": "春", "treatment": treatment})
    assert made.status_code == 201, made.text
    assert (await one(writer, "spring_offer"))["queues"] == ["spring"]
    assert refusal(await writer.delete(f"{PROMPTS}/spring_offer/zh-CN")) == (409, "prompt_in_use")
    names = [item["name"] for item in (await boss.get("/api/v1/queues/prompts")).json()["items"]]
    assert "spring_offer" in names


@pytest.mark.parametrize(
    ("name", "sound", "text", "said"),
    [
        ("beep", tone(), "哔", (422, "prompt_reserved")),
        ("number_7", tone(), "七", (422, "prompt_reserved")),
        ("mine", b"no sound at all", "我", (422, "sound_unfit")),
        ("mine", tone(seconds=0.1), "我", (422, "sound_unfit")),
        ("mine", tone(), " ", (422, "text_missing")),
        ("mine", None, " ", (422, "text_missing")),
        ("mine", tone(), "长" * 2001, (400, "bad_upload")),
        ("mine", bytes(11 * 1024 * 1024), "我", (413, "too_large")),
    ],
)
async def test_what_cannot_be_one_is_refused(
    site: Site, writer: httpx.AsyncClient, name: str, sound: bytes | None, text: str, said: tuple[int, str]
) -> None:
    answer = await put(writer, name, text=text, sound=sound)
    assert answer.status_code == said[0], answer.text
    assert said[0] == 413 or answer.json()["code"] == said[1]
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM prompts") == 0
    assert [path for path in (site.settings.folder / "prompts").rglob("*") if path.is_file()] == []


async def test_why_a_sound_is_unfit_is_said_by_a_code(writer: httpx.AsyncClient) -> None:
    answer = await put(writer, "mine", sound=tone(seconds=0.1))
    assert (refusal(answer), answer.json()["reason"]) == ((422, "sound_unfit"), "short")


async def test_who_comes_to_a_full_studio_is_told_before_anything_is_read(
    site: Site, writer: httpx.AsyncClient
) -> None:
    site.app.state.prompt_maker = PromptMaker(most_waiting=-studio.AT_ONCE)
    broken = await writer.put(f"{PROMPTS}/mine/en", content=b"{}", headers={"content-type": "application/json"})
    assert refusal(broken) == (503, "studio_busy")


@pytest.mark.parametrize("path", ["Upper/zh-CN", "a-b/zh-CN", "x" * 65 + "/zh-CN", "mine/fr", "..%2f..%2fetc/en"])
async def test_names_are_names(writer: httpx.AsyncClient, path: str) -> None:
    answer = await writer.put(f"{PROMPTS}/{path}", data={"text": "a"}, files={"x": (None, "1")})
    assert answer.status_code in (404, 405, 422)


async def test_a_body_that_is_no_form_is_refused(writer: httpx.AsyncClient) -> None:
    for body, kind in ((b"{}", "application/json"), (b"--x\r\nbroken", "multipart/form-data; boundary=x")):
        answer = await writer.put(f"{PROMPTS}/mine/en", content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 422), (kind, answer.text)


async def test_tenants_do_not_hear_each_other(site: Site, writer: httpx.AsyncClient) -> None:
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "stranger", "editor", tenant=other)
    stranger = await site.client("stranger")
    await put(writer, "spring_offer", sound=tone())
    await put(writer, "greeting", text="我们的", sound=tone())
    assert (await stranger.get(PROMPTS, params={"q": "spring_offer"})).json()["items"] == []
    assert (await one(stranger, "greeting"))["own"] is False
    assert refusal(await stranger.get(f"{PROMPTS}/spring_offer/zh-CN/audio")) == (404, "no_sound")
    assert refusal(await stranger.delete(f"{PROMPTS}/spring_offer/zh-CN")) == (404, "no_such_prompt")


async def test_agents_may_not(site: Site) -> None:
    await add_person(site.database, "agent", "agent", number="1001")
    agent = await site.client("agent")
    assert (await agent.get(PROMPTS)).status_code == 403
    assert (await put(agent, "mine", sound=tone())).status_code == 403


async def test_an_old_sound_stays_a_week_and_then_goes(site: Site, writer: httpx.AsyncClient) -> None:
    await put(writer, "mine", sound=tone())
    await put(writer, "mine", sound=tone(500))
    folder = files.path(site.settings.folder, SAMPLE_TENANT, SAMPLE_TENANT).parent
    assert len(list(folder.iterdir())) == 2
    await jobs.forget_versions(site.settings.folder, site.database, {})
    assert len(list(folder.iterdir())) == 2
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE prompts SET ended_at = ended_at - interval '8 days' WHERE ended_at IS NOT NULL")
        kept = await conn.fetchval("SELECT file_id FROM prompts WHERE ended_at IS NULL")
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    await jobs.forget_versions(site.settings.folder, site.database, {})
    assert [file.stem for file in folder.iterdir()] == [str(kept)]
    assert (await writer.get(f"{PROMPTS}/mine/zh-CN/audio")).status_code == 200


async def test_the_answer_is_small(writer: httpx.AsyncClient) -> None:
    for n in range(3):
        await put(writer, f"mine_{n}")
    page = (await writer.get(PROMPTS, params={"limit": 500})).json()
    assert len(json.dumps(page)) < 400_000
