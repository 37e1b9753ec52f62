"""One page of figures for all processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from yuelai.platform import metrics
from yuelai.platform.ipc import IpcClient, IpcServer


def page(calls: int) -> str:
    registry = CollectorRegistry()
    Counter("toy_calls", "Calls.", ["kind"], registry=registry).labels("in").inc(calls)
    return generate_latest(registry).decode()


def test_pages_of_several_processes_become_one_without_doubled_families() -> None:
    text = metrics.gather({"core": page(3), "web": page(5)}).decode()
    assert text.count("# TYPE toy_calls_total") == 1
    (family,) = [each for each in text_string_to_metric_families(text) if each.name == "toy_calls"]
    found = {
        (sample.labels["process"], sample.labels["kind"]): sample.value
        for sample in family.samples
        if sample.name == "toy_calls_total"
    }
    assert found == {("core", "in"): 3.0, ("web", "in"): 5.0}


async def test_every_process_tells_its_figures_over_its_socket(tmp_path: Path) -> None:
    server = IpcServer(tmp_path / "s.sock", {})
    await server.start()
    client = IpcClient(tmp_path / "s.sock")
    await client.start()
    try:
        said = await asyncio.wait_for(client.request("metrics"), 5)
        assert "python_info" in said
    finally:
        await client.close()
        await server.close()
