"""Colleagues write to each other; experts are asked about a contact and may read it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.colleagues.conftest import Contact, Crew
from tests.interactions.book import Book
from tests.support.organisation import facts, trail
from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import new_id

CHATS = "/api/v1/chats"


async def chat_with(client: httpx.AsyncClient, person: Any) -> str:
    answer = await client.post(CHATS, json={"person_id": str(person)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def write(client: httpx.AsyncClient, chat: str, text: str) -> dict[str, Any]:
    answer = await client.post(f"{CHATS}/{chat}/messages", json={"text": text})
    assert answer.status_code == 201, answer.text
    written: dict[str, Any] = answer.json()
    return written


async def unread(client: httpx.AsyncClient) -> dict[str, int]:
    counts: dict[str, int] = (await client.get(f"{CHATS}/unread")).json()
    return counts


async def test_two_people_have_one_chat_and_what_is_new_is_counted_until_it_is_seen(site: Site, crew: Crew) -> None:
    zhang, li = crew.of(crew.zhang), crew.of(crew.li)
    chat = await chat_with(zhang, crew.li.person_id)
    assert await chat_with(li, crew.zhang.person_id) == chat
    assert (await li.get(CHATS)).json()["items"] == [], "nothing has been said"
    await write(zhang, chat, "在吗")
    await write(zhang, chat, "有空帮看一单")
    assert await unread(li) == {"messages": 2, "chats": 1}
    assert await unread(zhang) == {"messages": 0, "chats": 0}
    (shown,) = (await li.get(CHATS)).json()["items"]
    assert (shown["kind"], shown["unread"], shown["last"]["text"]) == ("direct", 2, "有空帮看一单")
    assert [one["number"] for one in shown["members"]] == ["8001"]
    messages = (await li.get(f"{CHATS}/{chat}/messages")).json()["items"]
    assert [(one["author"]["number"], one["text"]) for one in messages] == [("8001", "有空帮看一单"), ("8001", "在吗")]
    assert (await li.put(f"{CHATS}/{chat}/read", json={"message_id": messages[0]["id"]})).status_code == 204
    assert await unread(li) == {"messages": 0, "chats": 0}
    assert (await write(li, chat, "在"))["unread"] == 0
    told = await facts(site.database, "chat.written.v1")
    assert {tuple(sorted(one["member_ids"])) for one in told} == {
        tuple(sorted((str(crew.zhang.person_id), str(crew.li.person_id))))
    }
    assert "在吗" not in str(told)


async def test_history_comes_in_pages(crew: Crew) -> None:
    zhang = crew.of(crew.zhang)
    chat = await chat_with(zhang, crew.li.person_id)
    for number in range(5):
        await write(zhang, chat, f"第 {number} 条")
    first = (await zhang.get(f"{CHATS}/{chat}/messages", params={"limit": 3})).json()
    rest = (await zhang.get(f"{CHATS}/{chat}/messages", params={"cursor": first["next_cursor"]})).json()
    texts = [one["text"] for one in first["items"] + rest["items"]]
    assert (texts, rest["next_cursor"]) == ([f"第 {number} 条" for number in (4, 3, 2, 1, 0)], None)


async def test_a_chat_is_its_members_alone(site: Site, crew: Crew) -> None:
    chat = await chat_with(crew.of(crew.zhang), crew.li.person_id)
    written = await write(crew.of(crew.zhang), chat, "在吗")
    leader = crew.of(crew.leader)
    for answer in (
        await leader.get(f"{CHATS}/{chat}"),
        await leader.get(f"{CHATS}/{chat}/messages"),
        await leader.post(f"{CHATS}/{chat}/messages", json={"text": "我来看看"}),
        await leader.put(f"{CHATS}/{chat}/read", json={"message_id": written["last"]["id"]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_chat")
    other = await add_tenant(site.database, "power")
    stranger = await add_person(site.database, "stranger", "agent", tenant=other)
    refused = await crew.of(crew.zhang).post(CHATS, json={"person_id": str(stranger.person_id)})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_colleague")


async def test_what_cannot_be_said_is_refused(crew: Crew) -> None:
    zhang = crew.of(crew.zhang)
    mine = await zhang.post(CHATS, json={"person_id": str(crew.zhang.person_id)})
    assert (mine.status_code, mine.json()["code"]) == (422, "not_with_yourself")
    chat = await chat_with(zhang, crew.li.person_id)
    for text in ("", "   ", "x" * 2001, "a\0b"):
        assert (await zhang.post(f"{CHATS}/{chat}/messages", json={"text": text})).status_code == 422
    unknown = await zhang.put(f"{CHATS}/{chat}/read", json={"message_id": str(new_id())})
    assert unknown.status_code == 404


async def test_an_expert_is_asked_reads_the_contact_and_answers_on_its_trail(
    site: Site, crew: Crew, contact: Contact
) -> None:
    contact.agents.add(crew.zhang.person_id)
    zhang, li = crew.of(crew.zhang), crew.of(crew.li)
    book = Book()
    recorder = await book.served(crew.zhang.person_id, new_id())
    await book.project(site.database)
    contact.id = recorder.interaction.id
    page = f"/api/v1/interactions/{contact.id}"
    assert (await li.get(page)).status_code == 404
    asked = await zhang.post(
        f"{page}/experts",
        json={"people": [str(crew.li.person_id)], "question": "漫游费能否减免", "asked_as": "billing"},
    )
    assert asked.status_code == 201, asked.text
    chat = asked.json()
    assert (chat["kind"], chat["trail_no"], chat["asked_as"]) == ("expert", "T0304-00001", "billing")
    assert contact.noted == [
        ("8001", "expert_asked", {"chat": chat["id"], "expert": "8002", "skill": "billing"}, "漫游费能否减免")
    ]
    assert (await li.get(page)).json()["id"] == str(contact.id)
    (seen,) = (await li.get(CHATS)).json()["items"]
    assert (seen["interaction_id"], seen["unread"]) == (str(contact.id), 1)
    await write(li, chat["id"], "权限内可以，上限 50 元")
    assert contact.noted[-1] == (
        "8001", "expert_answered", {"chat": chat["id"], "expert": "8002"}, "权限内可以，上限 50 元"
    )  # fmt: skip
    await write(zhang, chat["id"], "谢谢")
    assert len(contact.noted) == 2, "who asked does not answer"
    (mine,) = (await zhang.get(CHATS, params={"interaction_id": str(contact.id)})).json()["items"]
    assert mine["id"] == chat["id"]
    assert ("expert.asked", f"interaction/{contact.id}") in await trail(site.database)


async def test_being_asked_lets_one_read_that_page_alone(site: Site, crew: Crew, contact: Contact) -> None:
    contact.agents.add(crew.zhang.person_id)
    book = Book()
    mine, another = [await book.served(crew.zhang.person_id, new_id()) for _ in range(2)]
    await book.project(site.database)
    contact.id = mine.interaction.id
    await crew.of(crew.zhang).post(
        f"/api/v1/interactions/{contact.id}/experts", json={"people": [str(crew.li.person_id)], "question": "请看"}
    )
    li = crew.of(crew.li)
    assert (await li.get(f"/api/v1/interactions/{mine.interaction.id}")).status_code == 200
    assert (await li.get(f"/api/v1/interactions/{another.interaction.id}")).status_code == 404
    assert (await li.get("/api/v1/interactions")).json()["items"] == []
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE interaction_shares SET until = now()")
    assert (await li.get(f"/api/v1/interactions/{mine.interaction.id}")).status_code == 404


async def test_who_has_no_part_in_a_contact_asks_nobody_about_it(crew: Crew, contact: Contact) -> None:
    question = {"people": [str(crew.li.person_id)], "question": "请看"}
    refused = await crew.of(crew.zhang).post(f"/api/v1/interactions/{contact.id}/experts", json=question)
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_interaction")
    contact.agents.add(crew.zhang.person_id)
    for people in ([], [str(new_id())], [str(crew.zhang.person_id)], [str(new_id()) for _ in range(6)]):
        answer = await crew.of(crew.zhang).post(
            f"/api/v1/interactions/{contact.id}/experts", json={"people": people, "question": "请看"}
        )
        assert answer.status_code in (404, 422), people
    assert contact.noted == []


async def test_an_answer_stands_when_core_is_away(site: Site, crew: Crew) -> None:
    book = Book()
    recorder = await book.served(crew.zhang.person_id, new_id())
    await book.project(site.database)
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE interactions SET ended_at = now()")
    asked = await crew.of(crew.zhang).post(
        f"/api/v1/interactions/{recorder.interaction.id}/experts",
        json={"people": [str(crew.li.person_id)], "question": "请看"},
    )
    assert asked.status_code == 201, asked.text
    await write(crew.of(crew.li), asked.json()["id"], "可以")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Agent02", "Leader01"]),
        ({"q": "8002"}, ["Agent02"]),
        ({"q": "lead"}, ["Leader01"]),
        ({"leaders": True}, ["Leader01"]),
        ({"skill": "billing"}, ["Agent02"]),
        ({"skill": "nothing"}, []),
    ],
)
async def test_colleagues_are_found_by_name_by_skill_or_as_leaders(
    site: Site, crew: Crew, contact: Contact, asked: dict[str, Any], expected: list[str]
) -> None:
    skill = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO skills (id, tenant_id, code, name) VALUES ($1, $2, 'billing', '账务')",
            skill,
            crew.li.tenant_id,
        )
        await conn.execute(
            "INSERT INTO person_skills (tenant_id, person_id, skill_id, level) VALUES ($1, $2, $3, 3)",
            crew.li.tenant_id,
            crew.li.person_id,
            skill,
        )
    contact.states[str(crew.li.person_id)] = {"state": "ready", "reason": "", "since": "2026-03-04T09:00:00Z"}
    found = (await crew.of(crew.zhang).get("/api/v1/colleagues", params=asked)).json()["items"]
    assert [one["name"] for one in found] == expected
    for one in found:
        if one["name"] == "Agent02":
            assert (one["state"], one["skills"], one["leader"]) == ("ready", ["账务"], False)
        else:
            assert (one["state"], one["leader"]) == (None, True)


async def test_the_list_of_colleagues_comes_in_pages(site: Site, crew: Crew) -> None:
    for number in range(5):
        await add_person(site.database, f"temp{number}", "agent")
    first = (await crew.of(crew.zhang).get("/api/v1/colleagues", params={"limit": 3})).json()
    rest = (await crew.of(crew.zhang).get("/api/v1/colleagues", params={"cursor": first["next_cursor"]})).json()
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 7
