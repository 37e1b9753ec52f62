"""Offers are set up, made once in a contact, and what came of them is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx

from tests.knowledge.played import Played
from tests.support.web import Site
from yuelai.platform.ids import new_id

OFFERS = "/api/v1/offers"


def rule(*conditions: tuple[str, str, Any], match: str = "all") -> dict[str, Any]:
    return {"match": match, "conditions": [{"fact": f, "op": op, "value": value} for f, op, value in conditions]}


async def made(editor: httpx.AsyncClient, code: str = "gift", **more: Any) -> dict[str, Any]:
    offer = {"code": code, "name": "续约礼", "text": "{customer.honorific}，续约送月费。", "rule": rule(), **more}
    answer = await editor.post(OFFERS, json=offer)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_an_offer_is_set_up_changed_and_deleted(editor: httpx.AsyncClient) -> None:
    offer = await made(editor, rule=rule(("class", "in", ["gold"])), most=3, business="plan_change")
    path = f"{OFFERS}/{offer['id']}"
    assert (offer["rule"], offer["most"], offer["again_days"]) == (rule(("class", "in", ["gold"])), 3, 30)
    again = {"code": "gift", "name": "x", "text": "y"}
    assert (await editor.post(OFFERS, json=again)).json()["code"] == "code_taken"
    changed = (await editor.patch(path, json={"most": None, "priority": 7, "active": False})).json()
    assert (changed["most"], changed["priority"], changed["active"], changed["business"]) == (
        None,
        7,
        False,
        "plan_change",
    )
    assert [one["code"] for one in (await editor.get(OFFERS)).json()["items"]] == ["gift"]
    assert (await editor.delete(path)).status_code == 204
    assert (await editor.get(path)).json()["code"] == "no_such_offer"


async def test_rules_and_texts_that_cannot_be_are_refused(editor: httpx.AsyncClient) -> None:
    base = {"code": "gift", "name": "x", "text": "y"}
    bad = await editor.post(OFFERS, json={**base, "rule": rule(("secret", "is", True))})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_request")
    places = await editor.post(OFFERS, json={**base, "text": "{customer.pin}", "text_en": "{x}"})
    assert (places.json()["code"], places.json()["places"]) == ("unknown_places", ["customer.pin", "x"])


async def test_a_rule_is_tried_condition_by_condition(editor: httpx.AsyncClient) -> None:
    asked = {"rule": rule(("class", "in", ["gold"]), ("months", "at_least", 200)), "text": "{customer.honorific}好"}
    tried = (await editor.post(f"{OFFERS}/try", json={**asked, "sample": "gold"})).json()
    assert (tried["holds"], [(one["known"], one["holds"]) for one in tried["found"]]) == (
        False,
        [("gold", True), (109, False)],
    )
    assert (tried["held_back"], tried["parts"][0]["text"]) == (None, "王女士")
    vip = (await editor.post(f"{OFFERS}/try", json={**asked, "sample": "vip"})).json()
    assert vip["held_back"] == "complaint"
    facts = (await editor.get(f"{OFFERS}/facts")).json()["items"]
    assert {"fact": "marketing", "kind": "truth", "ops": ["is"]} in facts


async def test_at_most_one_thing_is_offered_and_only_once_the_matter_is_settled(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    low, high = await made(editor, "low", priority=1), await made(editor, "high", priority=2)
    contact = desk.add()
    path = f"/api/v1/interactions/{contact}/offer"
    before = (await agent.get(path)).json()
    assert (before["offer"], before["why"], before["waiting"]) == (None, "unsettled", True)
    early = await agent.post(f"{path}/showings", json={"offer_id": high["id"]})
    assert (early.status_code, early.json()["code"], early.json()["why"]) == (409, "not_the_moment", "unsettled")
    due = (await agent.post(f"{path}/settled")).json()
    assert (due["offer"]["code"], due["showing"], due["settled"]) == ("high", None, True)
    assert due["offer"]["parts"][0]["text"] == "王女士"
    assert desk.lines == []
    other = await agent.post(f"{path}/showings", json={"offer_id": low["id"]})
    assert other.json()["code"] == "not_the_moment"
    shown = (await agent.post(f"{path}/showings", json={"offer_id": high["id"]})).json()
    assert shown["showing"]["result"] is None
    assert (await agent.post(f"{path}/showings", json={"offer_id": high["id"]})).json() == shown
    # Whatever is set up now, this contact has had its offer.
    await made(editor, "higher", priority=900)
    assert (await agent.get(path)).json()["offer"]["code"] == "high"
    result = f"{path}/{shown['showing']['id']}/result"
    refused = (await agent.post(result, json={"result": "refused", "reason": "too_expensive"})).json()
    assert (refused["showing"]["result"], refused["showing"]["reason"]) == ("refused", "too_expensive")
    assert (await agent.post(result, json={"result": "refused", "reason": "too_expensive"})).status_code == 200
    assert [(kind, data["offer"], data.get("result")) for kind, data in desk.lines] == [
        ("offer_shown", "high", None),
        ("offer_result", "high", "declined"),
    ]
    figures = (await editor.get(f"{OFFERS}/{high['id']}")).json()["figures"]
    assert figures == {"shown": 1, "accepted": 0, "refused": 1, "later": 0, "not_offered": 0, "open": 0}
    why = (await editor.get(f"{OFFERS}/{high['id']}/reasons")).json()["items"]
    assert why == [{"result": "refused", "reason": "too_expensive", "times": 1}]


async def test_the_next_contact_of_the_customer_is_not_offered_it_again(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    offer = await made(editor, business="install")
    first, second = (f"/api/v1/interactions/{desk.add(settled=True)}/offer" for _ in range(2))
    await agent.post(f"{first}/showings", json={"offer_id": offer["id"]})
    again = (await agent.get(second)).json()
    assert (again["offer"], again["why"]) == (None, "nothing_fits")
    assert (await agent.get(first)).json()["offer"]["business"] == "install"


async def test_why_nothing_is_offered_is_said(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    await made(editor)
    gold = desk.contacts[desk.add()]
    assert gold.customer is not None
    cases = {
        "unverified": desk.add("new", settled=True),
        "complaint": desk.add("vip", settled=True),
        "late": desk.add(settled=True, customer=None, late=True),
        "no_consent": desk.add(settled=True, customer=replace(gold.customer, marketing=False)),
        "third_contact": desk.add(
            settled=True,
            customer=replace(
                gold.customer,
                past=tuple(replace(gold.customer.past[0], at=gold.now - timedelta(days=n)) for n in (1, 2)),
            ),
        ),
        "not_speaking": desk.add(settled=True, state="ring"),
    }
    for why, contact in cases.items():
        said = (await agent.get(f"/api/v1/interactions/{contact}/offer")).json()
        assert (said["offer"], said["why"]) == (None, why)


async def test_a_script_that_ends_well_settles_the_matter(
    site: Site, editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    await made(editor)
    steps = [
        {"id": "a", "text": "好了吗？", "branches": [{"label": "好了", "effect": {"kind": "result", "code": "solved"}}]}
    ]
    script = (await editor.post("/api/v1/scripts", json={"code": "s", "name": "s", "body": {"steps": steps}})).json()
    await editor.post(f"/api/v1/scripts/{script['id']}/versions", json={"rev": 1})
    path = f"/api/v1/interactions/{desk.add()}"
    run = (await agent.post(f"{path}/script-runs", json={"script_id": script["id"]})).json()
    assert (await agent.get(f"{path}/offer")).json()["why"] == "unsettled"
    await agent.post(f"{path}/script-runs/{run['id']}/steps", json={"step": "a", "branch": 0})
    assert (await agent.get(f"{path}/offer")).json()["offer"]["code"] == "gift"


async def test_results_of_other_contacts_are_nobodys(
    editor: httpx.AsyncClient, agent: httpx.AsyncClient, desk: Played
) -> None:
    path = f"/api/v1/interactions/{desk.add()}/offer/{new_id()}/result"
    assert (await agent.post(path, json={"result": "later"})).json()["code"] == "no_such_showing"
