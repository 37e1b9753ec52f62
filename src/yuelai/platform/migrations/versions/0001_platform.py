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
    type text NOT NULL,
    fact jsonb NOT NULL,
    private jsonb NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outbox IS 'facts written with a change, on their way to their subscribers';
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE outbox, journal_parked, journal_positions")
