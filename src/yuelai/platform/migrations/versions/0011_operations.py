"""Tables of running the centre: the backups that were made."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE backups (
            id uuid PRIMARY KEY,
            made_at timestamptz NOT NULL,
            file text NOT NULL,
            bytes bigint NOT NULL,
            seconds real NOT NULL,
            row_count bigint NOT NULL
        )
        """
    )
    op.execute("COMMENT ON TABLE backups IS 'each was read back once after it was written'")


def downgrade() -> None:
    op.execute("DROP TABLE backups")
