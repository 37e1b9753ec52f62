"""Tables of flows: what a tenant draws itself, with its versions, and how contacts walked through them."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Documents are json, not jsonb: the order of nodes and choices is the designer's, and an exported file keeps it.
_TABLES = """
CREATE TABLE flows (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,63}$'),
    name text NOT NULL,
    draft json,
    draft_rev integer NOT NULL DEFAULT 0,
    draft_saved_at timestamptz,
    draft_by uuid,
    draft_errors integer NOT NULL DEFAULT 0,
    draft_warnings integer NOT NULL DEFAULT 0,
    published integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE flows IS 'flows of a tenant; one that ships with the program and has the same code stands behind it';
COMMENT ON COLUMN flows.draft IS 'what is not published yet, with whatever faults; null: nothing is';
COMMENT ON COLUMN flows.draft_rev IS 'counts what happened to the draft, so that two editors do not undo each other';
COMMENT ON COLUMN flows.draft_errors IS 'as they were found when it was saved';
COMMENT ON COLUMN flows.published IS 'the version new contacts get; null: none';

CREATE TABLE flow_versions (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    document json NOT NULL,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    by uuid,
    PRIMARY KEY (tenant_id, code, version),
    FOREIGN KEY (tenant_id, code) REFERENCES flows ON DELETE CASCADE
);
COMMENT ON TABLE flow_versions IS 'what was published once; never changed, as contacts and figures refer to it';

CREATE TABLE flow_walks (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    interaction_id uuid NOT NULL,
    at timestamptz NOT NULL,
    seconds real NOT NULL,
    nodes text[] NOT NULL,
    outcome text NOT NULL,
    last text NOT NULL,
    mistakes jsonb NOT NULL,
    depth smallint NOT NULL DEFAULT 0
);
COMMENT ON TABLE flow_walks IS 'one row for each time a contact went through a flow; nothing of the customer';
COMMENT ON COLUMN flow_walks.at IS 'when it ended';
COMMENT ON COLUMN flow_walks.nodes IS 'in the order they were entered, the first 500';
COMMENT ON COLUMN flow_walks.mistakes IS 'by node: wrong or missing answers';
COMMENT ON COLUMN flow_walks.depth IS '0, or how deep within other flows it was walked';
CREATE INDEX flow_walks_code ON flow_walks (tenant_id, code, at);
CREATE INDEX flow_walks_at ON flow_walks (at);
"""

_LOCKED = ("flows", "flow_versions", "flow_walks")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _LOCKED:
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE flow_walks, flow_versions, flows")
