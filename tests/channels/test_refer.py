"""A transfer by the agent's own telephone (REFER): the same as by the screen, or refused, and the talk goes on."""

from __future__ import annotations

import pytest

from tests.channels.desk import OUTSIDE, Desk
from yuelai.telephony.ports import Referred


class Asked:
    """A REFER, and what the telephone was told."""

    referred_by = ""

    def __init__(self, user: str, replaces: object = None) -> None:
        self.user, self.target, self.replaces = user, f"sip:{user}@127.0.0.1", replaces
        self.told: list[int] = []

    def accept(self) -> None:
        self.told.append(202)

    def refuse(self, status: int = 603) -> None:
        self.told.append(status)

    def progress(self, status: int) -> None:
        self.told.append(status)


async def asked(desk: Desk, number: str, user: str) -> Asked:
    line, wish = desk.phone(number), Asked(user)
    line.happens(Referred(line.id, wish))  # type: ignore[arg-type]
    await desk.settle()
    return wish


@pytest.mark.parametrize(("user", "rings"), [("8002", "8002"), ("experts", "8003"), (OUTSIDE, OUTSIDE)])
async def test_the_customer_is_sent_where_the_telephone_says(user: str, rings: str) -> None:
    desk = await Desk().talks()
    wish = await asked(desk, "8001", user)
    assert wish.told == [202, 200]
    assert desk.phone("8001").over
    assert desk.state(0) == "wrapup"
    await desk.answers(rings)
    assert desk.hear("customer", rings)


async def test_the_customer_is_sent_to_a_number_of_ours() -> None:
    desk = await Desk().talks()
    wish = await asked(desk, "8001", "10000")
    assert wish.told == [202, 200]
    assert desk.segments()[-4:] == ["talk", "ivr", "queue", "ring"]


@pytest.mark.parametrize(("user", "status"), [("8001", 486), ("8003", 486), (OUTSIDE, 403)])
async def test_what_cannot_be_is_refused_and_the_talk_goes_on(user: str, status: int) -> None:
    desk = await Desk().talks()
    desk.abroad.forbidden = {OUTSIDE}
    await desk.routing.set_state(desk.agents[2].id, "busy", "break")
    wish = await asked(desk, "8001", user)
    assert wish.told == [status]
    assert desk.hear("customer", "8001")


async def test_only_the_agent_in_charge_may() -> None:
    desk = await Desk().talks()
    await desk.consults(agent="8002")
    wish = await asked(desk, "8002", "8003")
    assert wish.told == [603]
    assert desk.hear("8001", "8002")


async def test_a_customer_may_not_have_the_agent_sent_away() -> None:
    desk = await Desk().talks()
    wish = Asked("8002")
    desk.customer.happens(Referred(desk.customer.id, wish))  # type: ignore[arg-type]
    await desk.settle()
    assert wish.told == [603]
    assert desk.hear("customer", "8001")
