"""Tables of agents: what each takes on, why they may be busy, numbers of their own, and who wanted their state."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE agent_profiles (
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    capacity jsonb NOT NULL DEFAULT '{"voice": 1}',
    wrapup_seconds integer CHECK (wrapup_seconds BETWEEN 0 AND 3600),
    auto_answer boolean NOT NULL DEFAULT false,
    seat text CHECK (seat IN ('phone', 'browser')),
    PRIMARY KEY (tenant_id, person_id)
);
COMMENT ON TABLE agent_profiles IS 'as the tenant wants it that is the agent''s home; without a row: the defaults';
COMMENT ON COLUMN agent_profiles.capacity IS 'contacts at once, by channel; a channel that is not named: none';
COMMENT ON COLUMN agent_profiles.wrapup_seconds IS 'instead of the queue''s; null: as the queue has it';
CREATE INDEX agent_profiles_person ON agent_profiles (person_id);

CREATE TABLE busy_reasons (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_-]{0,31}$'),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 100,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE busy_reasons IS 'why an agent may be busy, as shown; a tenant without any has the usual ones';

CREATE TABLE direct_numbers (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{2,20}$'),
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    trunk_id uuid REFERENCES trunks ON DELETE CASCADE
);
COMMENT ON TABLE direct_numbers IS 'numbers outside that lead straight to a seat; no contact comes of such calls';
COMMENT ON COLUMN direct_numbers.trunk_id IS 'only when it is called by this trunk; null: by any';
CREATE INDEX direct_numbers_tenant ON direct_numbers (tenant_id, number);
CREATE INDEX direct_numbers_person ON direct_numbers (person_id);
CREATE INDEX direct_numbers_trunk ON direct_numbers (trunk_id);

ALTER TABLE agent_sessions ADD pending_state text, ADD pending_reason text, ADD pending_by uuid, ADD by_id uuid;
COMMENT ON COLUMN agent_sessions.pending_state IS 'what the agent will be when the contact in hand is over';
COMMENT ON COLUMN agent_sessions.by_id IS 'the leader who wanted the state; null: the agent, or a contact';
ALTER TABLE agent_state_log ADD by_id uuid;
COMMENT ON COLUMN agent_state_log.by_id IS 'the leader who wanted it; null: the agent, or a contact';
CREATE INDEX agent_state_log_agent ON agent_state_log (tenant_id, agent_id, started_at);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("agent_profiles", "busy_reasons", "direct_numbers"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute(
        """
        DROP INDEX agent_state_log_agent;
        ALTER TABLE agent_state_log DROP by_id;
        ALTER TABLE agent_sessions DROP pending_state, DROP pending_reason, DROP pending_by, DROP by_id;
        DROP TABLE direct_numbers, busy_reasons, agent_profiles;
        """
    )
