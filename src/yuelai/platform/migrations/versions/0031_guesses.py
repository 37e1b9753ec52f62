"""When a customer last guessed what somebody may not guess at will: the number of a recharge card."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE customer_guesses (
            customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
            tenant_id uuid NOT NULL REFERENCES tenants,
            what text NOT NULL CHECK (what ~ '^[a-z][a-z0-9_]{0,31}$'),
            times timestamptz[] NOT NULL,
            PRIMARY KEY (customer_id, what)
        );
        COMMENT ON COLUMN customer_guesses.times IS 'of guesses that were wrong, or that nobody has answered yet';
        CREATE INDEX customer_guesses_tenant ON customer_guesses (tenant_id);
        """
    )
    tenant_policy("customer_guesses")


def downgrade() -> None:
    op.execute("DROP TABLE customer_guesses")
