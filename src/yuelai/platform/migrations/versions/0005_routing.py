"""Tables of routing."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE queues (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 0,
    ring_seconds integer NOT NULL DEFAULT 20 CHECK (ring_seconds BETWEEN 1 AND 300),
    wrapup_seconds integer NOT NULL DEFAULT 30 CHECK (wrapup_seconds BETWEEN 0 AND 3600),
    strategy text NOT NULL DEFAULT 'longest_idle',
    channel text NOT NULL DEFAULT 'voice',
    prefer_seconds integer NOT NULL DEFAULT 20 CHECK (prefer_seconds BETWEEN 0 AND 600),
    overflows jsonb NOT NULL DEFAULT '[]',
    treatment jsonb NOT NULL DEFAULT '{}',
    calendar_id uuid,
    extend_seconds integer NOT NULL DEFAULT 300 CHECK (extend_seconds BETWEEN 0 AND 3600),
    target_seconds integer NOT NULL DEFAULT 20 CHECK (target_seconds BETWEEN 1 AND 3600),
    target_share double precision NOT NULL DEFAULT 0.8 CHECK (target_share BETWEEN 0 AND 1),
    active boolean NOT NULL DEFAULT true,
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id)
);
COMMENT ON COLUMN queues.priority IS 'points; each is worth a minute of waiting';
COMMENT ON COLUMN queues.overflows IS 'rules in their order: when, to, limit, target (routing.settings.Overflow)';
COMMENT ON COLUMN queues.treatment IS 'what differs from the defaults of routing.settings.Treatment';
COMMENT ON COLUMN queues.target_share IS 'of contacts that shall be answered within target_seconds';
CREATE TABLE queue_skills (
    tenant_id uuid NOT NULL,
    queue_id uuid NOT NULL,
    skill_id uuid NOT NULL,
    required boolean NOT NULL DEFAULT true,
    level smallint NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
    relax_after integer CHECK (relax_after BETWEEN 1 AND 3600),
    relax_to smallint NOT NULL DEFAULT 0 CHECK (relax_to >= 0 AND relax_to < level),
    position smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (queue_id, skill_id, required),
    CHECK (required OR relax_after IS NOT NULL),
    FOREIGN KEY (tenant_id, queue_id) REFERENCES queues (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
COMMENT ON TABLE queue_skills IS 'what agents must be able to do, or are preferred for (routing.settings.SkillWish)';
CREATE INDEX queue_skills_skill ON queue_skills (skill_id);
CREATE TABLE queue_members (
    queue_id uuid NOT NULL REFERENCES queues ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    level smallint NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
    position smallint NOT NULL DEFAULT 100 CHECK (position BETWEEN 1 AND 999),
    PRIMARY KEY (queue_id, person_id)
);
COMMENT ON COLUMN queue_members.position IS 'in the fixed order, the smallest first';
CREATE INDEX queue_members_person ON queue_members (person_id);
CREATE TABLE agent_sessions (
    agent_id uuid PRIMARY KEY,
    state text NOT NULL,
    reason text NOT NULL,
    seat text NOT NULL,
    since timestamptz NOT NULL,
    interaction_id uuid,
    until timestamptz
);
COMMENT ON TABLE agent_sessions IS 'the state of each agent as of the last fact, whichever tenants they serve';
CREATE TABLE agent_state_log (
    id uuid PRIMARY KEY,
    agent_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    seat text NOT NULL,
    interaction_id uuid,
    started_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= started_at)
);
COMMENT ON TABLE agent_state_log IS 'every second of every session is in exactly one row';
COMMENT ON COLUMN agent_state_log.tenant_id IS 'of the contact, from ringing to its wrap-up; else the agent''s home';
COMMENT ON COLUMN agent_state_log.id IS 'of the journal entry that began it';
CREATE INDEX agent_state_log_started ON agent_state_log (tenant_id, started_at);
CREATE INDEX agent_state_log_open ON agent_state_log (agent_id) WHERE ended_at IS NULL;
"""

_TENANTS_OWN = ("queues", "queue_skills", "queue_members", "agent_state_log")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _TENANTS_OWN:
        tenant_policy(table)
    # A session belongs to no tenant: only system work sees it.
    op.execute("ALTER TABLE agent_sessions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE agent_sessions FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY system ON agent_sessions USING (current_setting('yuelai.tenant_id', true) = '*')")


def downgrade() -> None:
    op.execute("DROP TABLE agent_state_log, agent_sessions, queue_members, queue_skills, queues")
