"""PINs of customers: only a hash, how often it was guessed wrong, and until when no guess is taken."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE customer_pins (
            customer_id uuid PRIMARY KEY REFERENCES customers ON DELETE CASCADE,
            tenant_id uuid NOT NULL REFERENCES tenants,
            hash text NOT NULL,
            set_at timestamptz NOT NULL,
            tries smallint NOT NULL DEFAULT 0,
            locks smallint NOT NULL DEFAULT 0,
            locked_until timestamptz
        );
        COMMENT ON COLUMN customer_pins.hash IS 'argon2id';
        COMMENT ON COLUMN customer_pins.tries IS 'wrong ones since the last right one, or the last lock';
        COMMENT ON COLUMN customer_pins.locks IS 'since the last right one: each is longer than the one before';
        CREATE INDEX customer_pins_tenant ON customer_pins (tenant_id);
        """
    )
    tenant_policy("customer_pins")


def downgrade() -> None:
    op.execute("DROP TABLE customer_pins")
