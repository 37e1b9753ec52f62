"""Tables of importing customers and following other systems."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_IMPORTS = """
CREATE TABLE customer_imports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid REFERENCES people ON DELETE SET NULL,
    filename text NOT NULL,
    bytes bigint NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    encoding text,
    delimiter text,
    header_width integer NOT NULL,
    columns jsonb NOT NULL,
    sample jsonb,
    suggested jsonb NOT NULL,
    estimated_rows bigint NOT NULL,
    mapping jsonb NOT NULL DEFAULT '{}',
    key text NOT NULL DEFAULT 'none' CHECK (key IN ('phone', 'no', 'account', 'id_number', 'none')),
    on_match text NOT NULL DEFAULT 'update' CHECK (on_match IN ('update', 'skip', 'add')),
    class text,
    source text,
    state text NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'mapped', 'checking', 'checked', 'running',
        'done', 'failed', 'cancelled', 'undoing', 'undone')),
    dry boolean,
    cancel boolean NOT NULL DEFAULT false,
    done bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    undone bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    failure jsonb,
    file_there boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CHECK (done = created + updated + unchanged + skipped + rejected)
);
COMMENT ON COLUMN customer_imports.sample IS 'first rows of the file; goes with the file';
COMMENT ON COLUMN customer_imports.done IS 'rows of the file that have been dealt with: where a killed run goes on';
COMMENT ON COLUMN customer_imports.position IS 'bytes of the file read so far, for the progress';
CREATE INDEX customer_imports_tenant ON customer_imports (tenant_id, id);
CREATE TABLE customer_import_errors (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL REFERENCES customer_imports ON DELETE CASCADE,
    line bigint NOT NULL,
    "column" text,
    code text NOT NULL,
    value_masked text,
    message text NOT NULL,
    PRIMARY KEY (import_id, line)
);
CREATE TABLE customer_import_claims (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL REFERENCES customer_imports ON DELETE CASCADE,
    claim bytea NOT NULL,
    line bigint NOT NULL,
    PRIMARY KEY (import_id, claim)
);
COMMENT ON TABLE customer_import_claims IS 'which line of a file spoke of whom first, for the time of a run';
COMMENT ON COLUMN customer_import_claims.claim IS 'hash of a key or of a customer';
CREATE TABLE customer_import_changes (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL REFERENCES customer_imports ON DELETE CASCADE,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    line bigint NOT NULL,
    change_id uuid NOT NULL,
    created boolean NOT NULL,
    before jsonb,
    after jsonb,
    outcome text CHECK (outcome IN ('restored', 'changed_since', 'used_since')),
    PRIMARY KEY (import_id, customer_id)
);
COMMENT ON COLUMN customer_import_changes.change_id IS 'the entry of customer_changes: a later one means changed since';
COMMENT ON COLUMN customer_import_changes.before IS 'what undo gives back: fields and what was added to lists';
COMMENT ON COLUMN customer_import_changes.outcome IS 'of undo; rows of removed customers go with them';
CREATE INDEX customer_import_changes_customer ON customer_import_changes (customer_id);
"""

_SOURCES = """
CREATE TABLE customer_sources (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('csv_folder', 'http_json')),
    url text,
    folder text,
    schedule text,
    precedence integer NOT NULL CHECK (precedence BETWEEN 1 AND 1000),
    mapping jsonb NOT NULL,
    key text NOT NULL CHECK (key IN ('phone', 'no', 'account', 'id_number')),
    active boolean NOT NULL DEFAULT true,
    auth_header text,
    secret bytea NOT NULL DEFAULT '',
    since text,
    next_run_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, code),
    CHECK ((kind = 'http_json') = (url IS NOT NULL)),
    CHECK ((kind = 'csv_folder') = (folder IS NOT NULL)),
    CHECK (secret = '' OR auth_header IS NOT NULL)
);
COMMENT ON COLUMN customer_sources.secret IS 'what auth_header says, sealed under the master key; empty: nothing';
COMMENT ON COLUMN customer_sources.since IS 'watermark: what the source gave last, asked for again next time';
CREATE INDEX customer_sources_due ON customer_sources (next_run_at) WHERE active;
CREATE TABLE customer_source_runs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    source_id uuid NOT NULL REFERENCES customer_sources ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
    "full" boolean NOT NULL,
    cursor text,
    read bigint NOT NULL DEFAULT 0,
    source_total bigint,
    source_checksum bigint,
    ours_total bigint,
    created bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    conflicts bigint NOT NULL DEFAULT 0,
    missing bigint,
    rejected bigint NOT NULL DEFAULT 0,
    erased bigint NOT NULL DEFAULT 0,
    rejections jsonb NOT NULL DEFAULT '[]',
    checksum_equal boolean,
    fresh_as_of timestamptz,
    failure jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
COMMENT ON COLUMN customer_source_runs."full" IS 'the source was asked for everything, not only what changed';
COMMENT ON COLUMN customer_source_runs.erased IS 'records of people who were erased: left out';
COMMENT ON COLUMN customer_source_runs.cursor IS 'where a killed run goes on';
COMMENT ON COLUMN customer_source_runs.rejections IS 'the first hundred, values masked';
CREATE INDEX customer_source_runs_source ON customer_source_runs (source_id, id);
CREATE UNIQUE INDEX customer_source_runs_one ON customer_source_runs (source_id) WHERE state = 'running';
CREATE TABLE customer_source_records (
    tenant_id uuid NOT NULL,
    source_id uuid NOT NULL REFERENCES customer_sources ON DELETE CASCADE,
    key text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    checksum bigint NOT NULL,
    marks bytea[] NOT NULL,
    run_id uuid NOT NULL,
    PRIMARY KEY (source_id, key)
);
COMMENT ON TABLE customer_source_records IS 'whom each record of a source speaks of, and what it last said (a hash)';
COMMENT ON COLUMN customer_source_records.marks IS 'keyed hashes of what it says, kept when the customer is erased';
COMMENT ON COLUMN customer_source_records.run_id IS 'the run that saw it last';
CREATE INDEX customer_source_records_customer ON customer_source_records (customer_id);
CREATE TABLE customer_field_sources (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    field text COLLATE "C" NOT NULL,
    source_id uuid NOT NULL REFERENCES customer_sources ON DELETE CASCADE,
    value_hash bigint NOT NULL,
    PRIMARY KEY (customer_id, field)
);
COMMENT ON TABLE customer_field_sources IS 'which source gave a field its value; any other value is a person''s work';
CREATE INDEX customer_field_sources_source ON customer_field_sources (source_id);
CREATE TABLE customer_conflicts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    source_id uuid NOT NULL REFERENCES customer_sources ON DELETE CASCADE,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    field text COLLATE "C" NOT NULL,
    theirs jsonb NOT NULL,
    value_hash bigint NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'ours', 'theirs')),
    at timestamptz NOT NULL DEFAULT now(),
    decided_by uuid,
    decided_at timestamptz,
    UNIQUE (source_id, customer_id, field)
);
COMMENT ON COLUMN customer_conflicts.value_hash IS 'of theirs: once decided, the same value is not asked about again';
CREATE INDEX customer_conflicts_open ON customer_conflicts (tenant_id, id) WHERE state = 'open';
CREATE INDEX customer_conflicts_tenant ON customer_conflicts (tenant_id, id);
CREATE INDEX customer_conflicts_customer ON customer_conflicts (customer_id);
CREATE TABLE customer_erased_keys (
    tenant_id uuid NOT NULL REFERENCES tenants,
    key bytea NOT NULL,
    source_id uuid REFERENCES customer_sources ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, key)
);
COMMENT ON TABLE customer_erased_keys IS 'keyed hashes of what erased people were known by: not to be taken in again';
COMMENT ON COLUMN customer_erased_keys.source_id IS 'whose record it is, if it is one';
CREATE INDEX customer_erased_keys_source ON customer_erased_keys (source_id);
"""

_TABLES = (
    "customer_imports",
    "customer_import_errors",
    "customer_import_claims",
    "customer_import_changes",
    "customer_sources",
    "customer_source_runs",
    "customer_source_records",
    "customer_field_sources",
    "customer_conflicts",
    "customer_erased_keys",
)


def upgrade() -> None:
    op.execute(_IMPORTS)
    op.execute(_SOURCES)
    for table in _TABLES:
        tenant_policy(table)


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(_TABLES))}")
