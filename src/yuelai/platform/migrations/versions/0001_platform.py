"""Tables of platform: how far the journals have been followed, what could not be applied, the outbox."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE journal_positions (
    owner text PRIMARY KEY,
    seq bigint NOT NULL
);
COMMENT ON TABLE journal_positions IS 'last entry of each journal that has been applied';
CREATE TABLE journal_parked (
    owner text NOT NULL,
    seq bigint NOT NULL,
    entry_id uuid NOT NULL,
    type text NOT NULL,
    fact jsonb NOT NULL,
    private jsonb NOT NULL,
    error text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, seq)
);
COMMENT ON TABLE journal_parked IS 'entries whose handler failed, kept for people to look at';
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    written_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type text NOT NULL,
    fact jsonb NOT NULL,
    private jsonb NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    relayed boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE outbox IS 'facts written with a change, on their way to their subscribers';
COMMENT ON COLUMN outbox.relayed IS 'told to the processes that were listening';
CREATE INDEX outbox_waiting ON outbox (id) WHERE NOT relayed;
CREATE INDEX outbox_order ON outbox (written_by, id);
CREATE TABLE outbox_followers (
    name text PRIMARY KEY,
    written_by xid8 NOT NULL,
    id bigint NOT NULL,
    failed_at timestamptz,
    error text
);
COMMENT ON TABLE outbox_followers IS 'how far each durable subscriber has come, and what keeps it';
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE outbox_followers, outbox, journal_parked, journal_positions")
