"""What contacts were about while they went through flows, and an index from which shares are counted."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# Both indexes hold all that is counted, so that millions of rows are counted without reading them.
_TABLES = """
ALTER TABLE flow_walks ADD COLUMN walk smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN flow_walks.walk IS '1, and one more for each flow the contact was sent to before this one';
CREATE INDEX flow_walks_rates ON flow_walks (tenant_id, at) INCLUDE (code, outcome, walk, interaction_id)
    WHERE depth = 0;

CREATE TABLE flow_businesses (
    walk_id uuid NOT NULL REFERENCES flow_walks ON DELETE CASCADE,
    place integer NOT NULL,
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    walk smallint NOT NULL,
    interaction_id uuid NOT NULL,
    at timestamptz NOT NULL,
    business text NOT NULL,
    outcome text NOT NULL,
    PRIMARY KEY (walk_id, place)
);
COMMENT ON TABLE flow_businesses IS 'what a walk was about, one row for each business in its order';
COMMENT ON COLUMN flow_businesses.code IS 'of the outermost flow; it, walk, interaction_id and at are the walk''s own';
CREATE INDEX flow_businesses_rates ON flow_businesses (tenant_id, at)
    INCLUDE (code, business, outcome, walk, interaction_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("flow_businesses")


def downgrade() -> None:
    op.execute("DROP TABLE flow_businesses; DROP INDEX flow_walks_rates; ALTER TABLE flow_walks DROP COLUMN walk")
