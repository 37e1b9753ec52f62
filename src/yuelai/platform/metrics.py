"""Figures of all processes as one page for Prometheus: each process has its registry, `web` gathers them.

Every sample gets the label `process`, since all of them count their memory and their garbage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import prometheus_client
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST


def exposition() -> str:
    """Return this process's figures in Prometheus's text format 0.0.4."""
    return prometheus_client.generate_latest().decode()


def gather(pages: Mapping[str, str]) -> bytes:
    """Return one page made of those of several processes, `{process: exposition}`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Pages(pages))
    return prometheus_client.generate_latest(registry)


class _Pages(Collector):
    def __init__(self, pages: Mapping[str, str]) -> None:
        self._pages = pages

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for process, page in self._pages.items():
            for family in text_string_to_metric_families(page):
                whole = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    whole.samples.append(sample._replace(labels={**sample.labels, "process": process}))
        yield from families.values()
