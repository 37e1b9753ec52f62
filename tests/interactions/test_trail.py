"""How other rooms ask core to note something."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

import pytest

from yuelai.identity.model import Principal
from yuelai.interactions.trail import note
from yuelai.platform.errors import RemoteRefusal
from yuelai.platform.ids import PersonId, TenantId
from yuelai.platform.ipc import IpcClient

AGENT = Principal(
    person_id=PersonId(uuid4()),
    tenant_id=TenantId(uuid4()),
    username="agent01",
    name="张伟",
    number="8001",
    roles=frozenset({"agent"}),
    permissions=frozenset({"agent.work"}),
)


class Core:
    """Keeps what it is asked; refuses when told to."""

    def __init__(self, refusal: dict[str, Any] | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._refusal = refusal

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        self.asked.append((method, params))
        if self._refusal is not None:
            raise RemoteRefusal(self._refusal)
        return {}


async def test_a_line_is_asked_of_core_in_the_agents_name() -> None:
    core, interaction_id = Core(), uuid4()
    await note(cast(IpcClient, core), AGENT, interaction_id, "script_step", {"script": "moved", "step": 2}, "已修好")
    ((method, params),) = core.asked
    assert method == "interaction.trail"
    assert Principal.from_message(params["principal"]) == AGENT
    assert (params["interaction_id"], params["kind"]) == (str(interaction_id), "script_step")
    assert (params["data"], params["text"]) == ({"script": "moved", "step": 2}, "已修好")


async def test_what_core_refuses_is_told_once() -> None:
    core = Core({"status": 404, "code": "interaction_not_live", "detail": "over"})
    with pytest.raises(RemoteRefusal) as refused:
        await note(cast(IpcClient, core), AGENT, uuid4(), "script_done", {})
    assert refused.value.code == "interaction_not_live"
    assert len(core.asked) == 1
