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
    wrapped_key bytea NOT NULL,
    key_version integer NOT NULL,
    CHECK ((state = 'capturing') = (completed_at IS NULL)),
    CHECK ((state = 'capturing') = (duration_ms IS NULL))
);
COMMENT ON COLUMN recordings.file IS 'relative to the home folder';
COMMENT ON COLUMN recordings.wrapped_key IS 'the key of the file under the master key of key_version';
CREATE INDEX recordings_interaction ON recordings (interaction_id);
CREATE INDEX recordings_key_version ON recordings (key_version) WHERE wrapped_key <> '';
CREATE INDEX recordings_capturing ON recordings (id) WHERE state = 'capturing';
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("recordings")


def downgrade() -> None:
    op.execute("DROP TABLE recordings")
