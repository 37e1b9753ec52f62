"""Tables of identity."""

from __future__ import annotations

from alembic import op

from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.migrations.helpers import tenant_policy

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# People, their grants, sessions and SIP credentials belong to the operator, not to one tenant: they are asked for
# before a tenant is known, hence have no row-level security.
_TABLES = """
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sites (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    UNIQUE (tenant_id, code)
);
CREATE TABLE people (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE CHECK (username = lower(username)),
    name text NOT NULL,
    number text UNIQUE,
    password_hash text,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN people.number IS 'work number, also the user of the phone''s address of record';
COMMENT ON COLUMN people.password_hash IS 'argon2id; null: cannot sign in with a password';
CREATE TABLE grants (
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    role text NOT NULL,
    scope jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, tenant_id, role)
);
COMMENT ON COLUMN grants.scope IS 'narrows the grant, e.g. to sites; empty: the whole tenant';
CREATE INDEX grants_tenant ON grants (tenant_id, role);
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    source text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the bearer token, which is stored nowhere';
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE TABLE sip_credentials (
    username text PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    "user" text NOT NULL,
    ha1_md5 text NOT NULL,
    ha1_sha256 text NOT NULL,
    session_hash bytea REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);
COMMENT ON TABLE sip_credentials IS 'digest secrets (RFC 7616), apart from sign-in passwords';
COMMENT ON COLUMN sip_credentials.session_hash IS 'the browser session it lives and dies with; null for phones';
CREATE INDEX sip_credentials_session ON sip_credentials (session_hash) WHERE session_hash IS NOT NULL;
CREATE INDEX sip_credentials_person ON sip_credentials (person_id);
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    at timestamptz NOT NULL DEFAULT now(),
    person_id uuid,
    action text NOT NULL,
    object text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_at ON audit (tenant_id, at);
CREATE INDEX audit_object ON audit (tenant_id, object, at);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("sites")
    tenant_policy("audit")
    # Every installation has one tenant from the start; an operator adds others.
    op.execute(f"INSERT INTO tenants (id, code, name) VALUES ('{SAMPLE_TENANT}', 'main', '悦来')")  # noqa: S608


def downgrade() -> None:
    op.execute("DROP TABLE audit, sip_credentials, sessions, grants, people, sites, tenants")
