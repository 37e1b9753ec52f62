"""Tables of the numbers tenants answer."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE access_numbers (
    number text PRIMARY KEY CHECK (number ~ '^[0-9]{2,20}$'),
    tenant_id uuid NOT NULL REFERENCES tenants,
    flow text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE access_numbers IS 'numbers that people call; a call belongs to the tenant of its number';
COMMENT ON COLUMN access_numbers.flow IS 'name of the flow that answers';
CREATE INDEX access_numbers_tenant ON access_numbers (tenant_id, number);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("access_numbers")


def downgrade() -> None:
    op.execute("DROP TABLE access_numbers")
