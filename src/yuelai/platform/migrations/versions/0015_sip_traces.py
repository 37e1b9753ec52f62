"""Tables of what was on the wire: a line about each call, and the keys of the files that hold its messages."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE sip_trace_keys (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    sealed bytea NOT NULL
);
COMMENT ON TABLE sip_trace_keys IS 'keys of the files in home/traces, sealed under the master key';

CREATE TABLE sip_calls (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    call_id text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    leg_id uuid,
    correlation uuid,
    trunk_id uuid,
    account uuid,
    from_user text NOT NULL,
    to_user text NOT NULL,
    hop text NOT NULL,
    agent text NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL,
    ringing_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    ended_by text CHECK (ended_by IN ('local', 'remote', 'system')),
    status smallint NOT NULL DEFAULT 0,
    reason text NOT NULL DEFAULT ''
);
COMMENT ON TABLE sip_calls IS
    'one line for each INVITE that would make a dialog, as it was seen on the wire; kept as long as the messages';
COMMENT ON COLUMN sip_calls.tenant_id IS 'the operator: traces are theirs; account is the tenant whose call it was';
COMMENT ON COLUMN sip_calls.correlation IS 'the interaction, where there is one';
COMMENT ON COLUMN sip_calls.status IS 'the last status of the INVITE; 0 before there is any';
CREATE INDEX sip_calls_newest ON sip_calls (tenant_id, started_at DESC, id DESC);
CREATE INDEX sip_calls_from ON sip_calls (tenant_id, reverse(from_user) text_pattern_ops, started_at);
CREATE INDEX sip_calls_to ON sip_calls (tenant_id, reverse(to_user) text_pattern_ops, started_at);
CREATE INDEX sip_calls_correlation ON sip_calls (correlation) WHERE correlation IS NOT NULL;
CREATE INDEX sip_calls_leg ON sip_calls (leg_id) WHERE leg_id IS NOT NULL;
CREATE INDEX sip_calls_trunk ON sip_calls (trunk_id, started_at DESC) WHERE trunk_id IS NOT NULL;
CREATE INDEX sip_calls_standing ON sip_calls (started_at) WHERE ended_at IS NULL;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("sip_calls")


def downgrade() -> None:
    op.execute("DROP TABLE sip_calls, sip_trace_keys")
