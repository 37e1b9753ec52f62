"""Tables of ownership: who decides in which domain of realtime state."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE ownership (
    domain text PRIMARY KEY,
    owner text NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE ownership IS 'the lease of each domain; who holds it decides there';
COMMENT ON COLUMN ownership.owner IS 'name of the journal in which it decides';
CREATE TABLE ownership_terms (
    domain text NOT NULL,
    epoch bigint NOT NULL,
    owner text NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (domain, epoch)
);
COMMENT ON TABLE ownership_terms IS 'every epoch there was; whoever has been succeeded decides nothing more';
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE ownership_terms, ownership")
