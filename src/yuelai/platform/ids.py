"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that keys sort by time of birth."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

import uuid_utils.compat

TenantId = NewType("TenantId", UUID)
SiteId = NewType("SiteId", UUID)
PersonId = NewType("PersonId", UUID)
CustomerId = NewType("CustomerId", UUID)
InteractionId = NewType("InteractionId", UUID)
QueueId = NewType("QueueId", UUID)
LegId = NewType("LegId", UUID)
RecordingId = NewType("RecordingId", UUID)

SAMPLE_TENANT = TenantId(UUID("01900000-0000-7000-8000-000000000001"))
"""The one tenant a fresh installation starts with."""


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return uuid_utils.compat.uuid7()
