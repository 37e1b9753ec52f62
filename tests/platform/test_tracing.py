"""Traces reach a collector over OTLP, whole across processes, and only when one is set."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TWO_ENDS = """
import asyncio, sys
from pathlib import Path
from yuelai.platform import tracing
from yuelai.platform.config import Settings
from yuelai.platform.ipc import IpcClient, IpcServer

async def main():
    async def answer(peer, params):
        return params["word"]
    server = IpcServer(Path("s.sock"), {"echo": answer})
    await server.start()
    client = IpcClient(Path("s.sock"))
    await client.start()
    with tracing.span("the whole", parent={"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}):
        assert await client.request("echo", {"word": "13800000001"}) == "13800000001"
    await client.close()
    await server.close()

tracing.configure("toy", Settings())
asyncio.run(main())
tracing.flush()
print(len([name for name in sys.modules if name.startswith("opentelemetry")]))
"""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    received: list[bytes] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()


def run(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TWO_ENDS], cwd=folder, env=environment, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_request_is_one_trace_on_both_ends_and_holds_no_personal_data(
    tmp_path: Path, collector: tuple[str, list[bytes]]
) -> None:
    endpoint, received = collector
    run(tmp_path, YUELAI_OTLP_ENDPOINT=endpoint, OTEL_BSP_EXPORT_TIMEOUT="3000")
    spans = {}
    for body in received:
        assert b"13800000001" not in body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            assert {"toy"} == {
                each.value.string_value for each in resource.resource.attributes if each.key == "service.instance.id"
            }
            spans.update({span.name: span for scope in resource.scope_spans for span in scope.spans})
    assert set(spans) == {"the whole", "ask echo", "answer echo"}
    assert {span.trace_id.hex() for span in spans.values()} == {"a" * 32}
    assert spans["the whole"].parent_span_id.hex() == "b" * 16
    assert spans["ask echo"].parent_span_id == spans["the whole"].span_id
    assert spans["answer echo"].parent_span_id == spans["ask echo"].span_id


def test_without_a_collector_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    assert run(tmp_path).strip() == "0"
