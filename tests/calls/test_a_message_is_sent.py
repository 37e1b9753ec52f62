"""A flow sends a text message, and a one-time code that the caller reads from their telephone and presses."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from tests.support.centre import Centre, Person, eventually
from tests.support.smsc import Smsc, smsc_of
from yuelai.entrypoints.caller.useragent import UserAgent

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]

CALLER, NUMBER, CODE = "13800000001", "10048", "sends_messages"
"""王芳 of the sample, who is known by this number alone."""
FLOW: dict[str, Any] = {
    "id": CODE,
    "version": 1,
    "start": "proof",
    "handlers": {"failed": "agent", "error": "agent"},
    "nodes": {
        "proof": {
            "kind": "verify", "by": "code", "say": [], "minimum": 6, "maximum": 6,
            "next": "send", "failed": "agent", "locked": "agent",
        },
        "send": {
            "kind": "message", "template": "order_received", "values": {"no": "'N4711'"}, "save": "sent",
            "served": True, "next": "end", "failed": "agent",
        },
        "end": {"kind": "hangup", "served": True},
        "agent": {"kind": "queue", "queue": "general"},
    },
}  # fmt: skip


def drawn(admin: Person) -> None:
    made = admin.http.post("/api/v1/flows/import", json={"text": json.dumps(FLOW), "code": CODE, "name": "短信"})
    if made.status_code == 409:
        return  # by a try before this one
    assert made.status_code == 201, made.text
    published = admin.http.post(f"/api/v1/flows/{CODE}/publish", json={"rev": made.json()["rev"]})
    assert published.status_code == 200, published.text
    assert admin.http.put(f"/api/v1/access-numbers/{NUMBER}", json={"flow": CODE}).status_code == 200


def since(smsc: Smsc, before: int) -> list[dict[str, Any]]:
    """Return what the caller has been sent after so many messages, the newest first."""
    found = smsc.messages(CALLER)
    return found[: len(found) - before]


async def presses_what_they_are_sent(centre: Centre, smsc: Smsc, before: int) -> str:
    """Return the code. The flow hangs up when it has sent the message."""
    agent = await UserAgent.open(("127.0.0.1", centre.sip_port), user=CALLER)
    try:
        for _ in range(20):  # until core has heard of the number
            call = await agent.invite(NUMBER)
            await asyncio.wait_for(call.final.wait(), 20)
            if call.status != 404:
                break
            await asyncio.sleep(0.2)
        assert call.status == 200
        (said,) = await asyncio.to_thread(eventually, lambda: since(smsc, before), 10)
        found = re.search(r"验证码是([0-9]{6})", said["text"])
        assert found, said
        *others, last = found.group(1)
        for key in others:
            await call.sound.press(key)
        # The last key is understood, and all is done, before it is let go.
        pressed = asyncio.ensure_future(call.sound.press(last))
        await asyncio.wait_for(call.ended.wait(), 10)
        pressed.cancel()
        return found.group(1)
    finally:
        await agent.close()


def test_a_code_and_a_message_reach_the_telephone_and_the_trail_says_so(centre: Centre) -> None:
    admin, leader, smsc = centre.person("admin"), centre.person("leader01"), smsc_of(centre)
    drawn(admin)
    before = len(smsc.messages(CALLER))
    code = asyncio.run(presses_what_they_are_sent(centre, smsc, before))
    message, _ = eventually(lambda: len(found := since(smsc, before)) == 2 and found)
    assert "N4711" in message["text"]
    assert (message["from"], message["times"]) == ("10000", 1)

    contact = leader.interaction(ani=CALLER)

    def told() -> dict[str, list[str]]:
        trail = leader.get(f"/interactions/{contact['id']}")["trail"]
        states: dict[str, list[str]] = {}
        for line in trail:
            if line["kind"] == "message":
                states.setdefault(line["data"]["template"], []).append(line["data"]["state"])
        return states

    # The receipts come when the call is over.
    whole = ["queued", "sent", "delivered"]
    assert eventually(lambda: (found := told()) == {"code": whole, "order_received": whole} and found)
    assert contact["end_reason"] == "served"
    page = leader.get(f"/interactions/{contact['id']}")
    assert code not in json.dumps(page, ensure_ascii=False)
    assert "N4711" not in json.dumps(page, ensure_ascii=False)
    listed = leader.get("/messages", interaction_id=contact["id"])["items"]
    assert [(one["template"], one["state"]) for one in listed] == [
        ("code", "delivered"),
        ("order_received", "delivered"),
    ]
