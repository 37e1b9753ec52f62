"""Tables of participants: who took part in an interaction, each agent's wrap-up, and what it is linked to."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE interaction_participants (
    interaction_id uuid NOT NULL,
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    role text NOT NULL,
    agent_id uuid,
    address text NOT NULL,
    joined_at timestamptz NOT NULL,
    left_at timestamptz CHECK (left_at >= joined_at),
    reason text,
    PRIMARY KEY (interaction_id, id)
) PARTITION BY RANGE (interaction_id);
COMMENT ON TABLE interaction_participants IS 'all but the customer, whose part is the interaction from start to end';
COMMENT ON COLUMN interaction_participants.address IS 'of somebody outside, as dialled';
CREATE INDEX interaction_participants_agent ON interaction_participants (agent_id, interaction_id)
    WHERE agent_id IS NOT NULL;
CREATE TABLE interaction_wrapups (
    interaction_id uuid NOT NULL,
    seq bigint NOT NULL,
    agent_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= started_at),
    disposition text,
    note text NOT NULL DEFAULT '',
    in_charge boolean NOT NULL,
    PRIMARY KEY (interaction_id, seq, agent_id)
) PARTITION BY RANGE (interaction_id);
COMMENT ON COLUMN interaction_wrapups.seq IS 'of the journal entry with which the agent left the customer';
COMMENT ON COLUMN interaction_wrapups.in_charge IS 'of several who left at the end, who held it';
CREATE TABLE interaction_links (
    interaction_id uuid NOT NULL,
    kind text NOT NULL,
    other_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (interaction_id, kind, other_id)
) PARTITION BY RANGE (interaction_id);
CREATE INDEX interaction_links_to ON interaction_links (other_id);
CREATE TABLE interaction_participants_other PARTITION OF interaction_participants DEFAULT;
CREATE TABLE interaction_wrapups_other PARTITION OF interaction_wrapups DEFAULT;
CREATE TABLE interaction_links_other PARTITION OF interaction_links DEFAULT;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute("SELECT make_interaction_partitions(current_date, 3)")
    for table in ("interaction_participants", "interaction_wrapups", "interaction_links"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE interaction_links, interaction_wrapups, interaction_participants")
