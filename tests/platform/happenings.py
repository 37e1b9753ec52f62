"""A fact of our own for the tests of journal, projector, bus and outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from yuelai.platform.facts import Fact, Record, fact
from yuelai.platform.ids import SAMPLE_TENANT


@fact("test.happened")
@dataclass(frozen=True, kw_only=True)
class Happened(Fact):
    number: int


def happened(number: int, **private: object) -> Record:
    return Record(Happened(at=datetime.now(UTC), tenant_id=SAMPLE_TENANT, number=number), private)
