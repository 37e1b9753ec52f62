"""Tables of recordings."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE recordings (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    interaction_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    completed_at timestamptz,
    state text NOT NULL DEFAULT 'capturing' CHECK (state IN ('capturing', 'complete', 'partial')),
    duration_ms integer CHECK (duration_ms >= 0),
    bytes bigint,
    file text NOT NULL UNIQUE,
    format text NOT NULL DEFAULT 'capture' CHECK (format IN ('capture', 'opus', 'wav')),
    leftover text,
    spoilt text,
    peaks bytea,
    pauses integer[] NOT NULL DEFAULT '{}',
    wrapped_key bytea NOT NULL,
    key_version integer NOT NULL,
    CHECK ((state = 'capturing') = (completed_at IS NULL)),
    CHECK ((state = 'capturing') = (duration_ms IS NULL))
);
COMMENT ON COLUMN recordings.file IS 'relative to the home folder';
COMMENT ON COLUMN recordings.format IS 'what the file is: the capture, or what the worker has made of it';
COMMENT ON COLUMN recordings.leftover IS 'the capture, until it is removed';
COMMENT ON COLUMN recordings.spoilt IS 'why nothing can be made of the capture';
COMMENT ON COLUMN recordings.peaks IS 'how loud it is: a byte for each stretch of the one channel, then of the other';
COMMENT ON COLUMN recordings.pauses IS 'from when to when nothing was kept, in ms, in turn';
COMMENT ON COLUMN recordings.wrapped_key IS 'the key of the file under the master key of key_version';
CREATE INDEX recordings_interaction ON recordings (interaction_id);
CREATE INDEX recordings_key_version ON recordings (key_version) WHERE wrapped_key <> '';
CREATE INDEX recordings_unfinished ON recordings (id)
    WHERE format = 'capture' AND state <> 'capturing' AND spoilt IS NULL OR leftover IS NOT NULL;
CREATE INDEX recordings_capturing ON recordings (id) WHERE state = 'capturing';
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("recordings")


def downgrade() -> None:
    op.execute("DROP TABLE recordings")
