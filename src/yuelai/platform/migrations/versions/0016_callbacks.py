"""Tables of callbacks."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE callbacks (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL CHECK (kind IN ('callback', 'voicemail', 'web')),
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'offered', 'dialling', 'done', 'failed', 'cancelled')),
    queue_id uuid NOT NULL,
    interaction_id uuid,
    customer_id uuid,
    number text NOT NULL,
    number_e164 text,
    language text NOT NULL,
    since timestamptz NOT NULL,
    booked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_attempts smallint NOT NULL CHECK (max_attempts BETWEEN 1 AND 10),
    last_result text,
    last_interaction_id uuid,
    recording_id uuid,
    message_ms integer CHECK (message_ms >= 0),
    agent_id uuid,
    note text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
COMMENT ON COLUMN callbacks.interaction_id IS 'the contact it comes from; last_interaction_id is our last call';
COMMENT ON COLUMN callbacks.number IS 'as dialled, empty when withheld; number_e164 is null for no public number';
COMMENT ON COLUMN callbacks.since IS 'when the customer began to wait: the place that is kept in the queue';
COMMENT ON COLUMN callbacks.agent_id IS 'who is to call, or who has called';
CREATE INDEX callbacks_tenant ON callbacks (tenant_id, id);
CREATE INDEX callbacks_open ON callbacks (tenant_id, due_at, id) WHERE state IN ('waiting', 'offered', 'dialling');
CREATE INDEX callbacks_number ON callbacks (tenant_id, number_e164);
CREATE INDEX callbacks_customer ON callbacks (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX callbacks_recording ON callbacks (recording_id) WHERE recording_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("callbacks")


def downgrade() -> None:
    op.execute("DROP TABLE callbacks")
