"""Tables of businesses: their kinds with forms, what was submitted, and drafts that belong to a contact."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE business_kinds (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    letter text NOT NULL DEFAULT '' CHECK (letter ~ '^[a-z]?$'),
    icon text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    form jsonb NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code, version)
);
COMMENT ON TABLE business_kinds IS 'the highest version of a code is offered; records keep the one they were made with';
COMMENT ON COLUMN business_kinds.form IS 'JSON Schema, draft 2020-12, with x-… for screens';
CREATE TABLE business_records (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    number bigint NOT NULL,
    kind text NOT NULL,
    kind_version integer NOT NULL,
    interaction_id uuid NOT NULL,
    trail_no text NOT NULL,
    customer_id uuid,
    "values" jsonb NOT NULL,
    submitted_by uuid NOT NULL,
    submitted_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, kind, kind_version) REFERENCES business_kinds
);
COMMENT ON TABLE business_records IS 'what was submitted; the id is that of the draft it was';
CREATE INDEX business_records_customer ON business_records (tenant_id, customer_id, id);
CREATE INDEX business_records_interaction ON business_records (tenant_id, interaction_id, id);
CREATE TABLE drafts (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    interaction_id uuid NOT NULL,
    form text NOT NULL CHECK (length(form) <= 64),
    "values" jsonb NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    updated_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
COMMENT ON TABLE drafts IS 'forms nobody has submitted yet; they belong to the contact, not to who began them';
COMMENT ON COLUMN drafts.id IS 'chosen by the page, so that a draft begun without a line keeps its name';
CREATE INDEX drafts_interaction ON drafts (tenant_id, interaction_id, id);
CREATE INDEX drafts_updated ON drafts (updated_at);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("business_kinds", "business_records", "drafts"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE drafts, business_records, business_kinds")
