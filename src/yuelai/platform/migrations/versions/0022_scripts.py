"""Tables of scripts: guided dialogues with their versions, and what became of each time one was followed."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE scripts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 100,
    draft jsonb NOT NULL,
    draft_rev integer NOT NULL DEFAULT 1,
    published integer,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    UNIQUE (tenant_id, code)
);
COMMENT ON TABLE scripts IS 'what agents read to customers, step by step; see `knowledge.scripts.model` for its body';
COMMENT ON COLUMN scripts.position IS 'where two fit equally well the lower one comes first';
COMMENT ON COLUMN scripts.draft_rev IS 'counts the changes of the draft, so that two editors do not undo each other';
COMMENT ON COLUMN scripts.published IS 'the version new contacts get; null: none';

CREATE TABLE script_versions (
    tenant_id uuid NOT NULL REFERENCES tenants,
    script_id uuid NOT NULL REFERENCES scripts ON DELETE CASCADE,
    version integer NOT NULL CHECK (version >= 1),
    body jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    published_at timestamptz NOT NULL,
    published_by uuid,
    PRIMARY KEY (script_id, version)
);
COMMENT ON TABLE script_versions IS 'what was published once; never changed, as contacts and figures refer to it';

CREATE TABLE script_runs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    script_id uuid NOT NULL REFERENCES scripts ON DELETE CASCADE,
    version integer NOT NULL,
    interaction_id uuid NOT NULL,
    person_id uuid NOT NULL,
    step text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text
);
COMMENT ON TABLE script_runs IS 'each time a script was followed in a contact, in the version it began with';
COMMENT ON COLUMN script_runs.step IS 'the step that is being read, or was read last';
COMMENT ON COLUMN script_runs.outcome IS 'done, left, switched, or the result a branch stands for; null while it lasts';
CREATE UNIQUE INDEX script_runs_lasting ON script_runs (interaction_id) WHERE ended_at IS NULL;
CREATE INDEX script_runs_interaction ON script_runs (interaction_id, started_at);
CREATE INDEX script_runs_version ON script_runs (script_id, version);

CREATE TABLE script_steps (
    tenant_id uuid NOT NULL REFERENCES tenants,
    run_id uuid NOT NULL REFERENCES script_runs ON DELETE CASCADE,
    seq integer NOT NULL,
    step text NOT NULL,
    branch integer,
    at timestamptz NOT NULL,
    undone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (run_id, seq)
);
COMMENT ON TABLE script_steps IS 'the steps of a run in the order they were read';
COMMENT ON COLUMN script_steps.branch IS 'the answer that was chosen there, from 0; null: none was';
COMMENT ON COLUMN script_steps.undone IS 'the agent went back from it';
"""

_LOCKED = ("scripts", "script_versions", "script_runs", "script_steps")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _LOCKED:
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE script_steps, script_runs, script_versions, scripts")
