"""Tables of identity."""

from __future__ import annotations

from alembic import op

from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.migrations.helpers import tenant_policy

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# People and the secrets of their phones belong to the operator, not to one tenant, hence have no row-level security.
# Grants and sessions have it; signing in looks at them before a tenant is known, as system work.
_TABLES = """
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    is_operator boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN tenants.active IS 'while false nobody can act there';
CREATE UNIQUE INDEX tenants_operator ON tenants (is_operator) WHERE is_operator;
CREATE TABLE sites (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    parent_id uuid,
    kind text NOT NULL DEFAULT 'province' CHECK (kind IN ('province', 'city', 'county')),
    code text NOT NULL,
    name text NOT NULL,
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES sites (tenant_id, id)
);
COMMENT ON COLUMN sites.parent_id IS 'of a higher kind, so that the tree has no cycles';
CREATE INDEX sites_parent ON sites (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE groups (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    site_id uuid,
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id)
);
CREATE INDEX groups_site ON groups (site_id) WHERE site_id IS NOT NULL;
CREATE TABLE skills (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id)
);
CREATE TABLE roles (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    permissions text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE roles IS 'besides the built-in ones, which are code';
CREATE TABLE people (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE CHECK (username = lower(username)),
    name text NOT NULL,
    number text UNIQUE,
    email text,
    language text CHECK (language IN ('zh', 'en')),
    password_hash text,
    must_change_password boolean NOT NULL DEFAULT false,
    failed_sign_ins integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN people.number IS 'work number, also the user of the phone''s address of record';
COMMENT ON COLUMN people.password_hash IS 'argon2id; null: cannot sign in with a password';
CREATE TABLE grants (
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    role text NOT NULL,
    scope jsonb NOT NULL DEFAULT '{"kind": "tenant", "ids": []}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, tenant_id, role)
);
COMMENT ON COLUMN grants.scope IS 'kind own, group, site (and below) or tenant; without ids their own groups or site';
CREATE INDEX grants_tenant ON grants (tenant_id, role);
CREATE TABLE group_members (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id)
);
CREATE INDEX group_members_person ON group_members (person_id, tenant_id);
CREATE TABLE person_sites (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    site_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, person_id),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id)
);
COMMENT ON TABLE person_sites IS 'where somebody works when working for the tenant';
CREATE INDEX person_sites_site ON person_sites (site_id);
CREATE INDEX person_sites_person ON person_sites (person_id);
CREATE TABLE person_skills (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    skill_id uuid NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (person_id, skill_id),
    FOREIGN KEY (tenant_id, skill_id) REFERENCES skills (tenant_id, id)
);
CREATE INDEX person_skills_skill ON person_skills (skill_id);
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    id uuid NOT NULL UNIQUE DEFAULT uuidv7(),
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    source text,
    user_agent text,
    provider text,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the bearer token, which is stored nowhere';
COMMENT ON COLUMN sessions.provider IS 'code of the OpenID provider that vouched; null: a password was given';
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
    token_id uuid,
    action text NOT NULL,
    object text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    source text,
    request_id text
);
COMMENT ON COLUMN audit.token_id IS 'the API token of the person that acted, if it was one';
COMMENT ON COLUMN audit.source IS 'address the request came from; null: work of the system''s own';
CREATE INDEX audit_at ON audit (tenant_id, at DESC, id DESC);
CREATE INDEX audit_object ON audit (tenant_id, object, at DESC, id DESC);
CREATE INDEX audit_person ON audit (tenant_id, person_id, at DESC, id DESC);
CREATE INDEX audit_action ON audit (tenant_id, action, at DESC, id DESC);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
-- ALWAYS: no setting of a session switches them off. They hold for the owner of the table, which is the application.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_is_append_only();
ALTER TABLE audit ENABLE ALWAYS TRIGGER append_only;
"""

_FUNCTIONS = """
CREATE FUNCTION sites_below(ids uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below (id) AS (
        SELECT s.id FROM sites s WHERE s.id = ANY (ids)
        UNION SELECT s.id FROM sites s JOIN below b ON s.parent_id = b.id
    )
    SELECT coalesce(array_agg(id), '{}') FROM below
$$;
COMMENT ON FUNCTION sites_below IS 'these sites and all below them';
CREATE FUNCTION held_grants(person uuid, tenant uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'role', g.role,
        'permissions', r.permissions,
        'kind', g.scope ->> 'kind',
        'groups', CASE WHEN g.scope ->> 'kind' = 'group' THEN
            CASE WHEN g.scope -> 'ids' <> '[]' THEN g.scope -> 'ids' ELSE (
                SELECT coalesce(jsonb_agg(m.group_id), '[]') FROM group_members m
                WHERE m.person_id = person AND m.tenant_id = tenant) END END,
        'sites', CASE WHEN g.scope ->> 'kind' = 'site' THEN to_jsonb(sites_below(
            CASE WHEN g.scope -> 'ids' <> '[]'
            THEN ARRAY(SELECT CAST(jsonb_array_elements_text(g.scope -> 'ids') AS uuid))
            ELSE ARRAY(SELECT w.site_id FROM person_sites w WHERE w.person_id = person AND w.tenant_id = tenant)
            END)) END
    ) ORDER BY g.role), '[]')
    FROM grants g
    JOIN tenants t ON t.id = g.tenant_id AND t.active
    LEFT JOIN roles r ON r.tenant_id = g.tenant_id AND r.code = g.role
    WHERE g.person_id = person AND g.tenant_id = tenant
$$;
COMMENT ON FUNCTION held_grants IS 'what somebody may do at a tenant: permissions are null for built-in roles';
CREATE FUNCTION grants_elsewhere(person uuid, tenant uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    before text \\:= current_setting('yuelai.tenant_id', true);
    found integer;
BEGIN
    -- A SET clause of the function would be shorter, but only a superuser may write one for a setting of ours.
    PERFORM set_config('yuelai.tenant_id', '*', true);
    SELECT count(DISTINCT g.tenant_id) INTO found FROM grants g WHERE g.person_id = person AND g.tenant_id <> tenant;
    PERFORM set_config('yuelai.tenant_id', before, true);
    RETURN found;
END
$$;
COMMENT ON FUNCTION grants_elsewhere IS 'at how many other tenants somebody works';
"""

_TENANTS_OWN = (
    "sites", "groups", "skills", "roles", "grants", "group_members", "person_sites", "person_skills", "sessions",
    "audit",
)  # fmt: skip


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_FUNCTIONS)
    for table in _TENANTS_OWN:
        tenant_policy(table)
    # Every installation has one tenant from the start, the operator's own; others are added there.
    op.execute(
        f"INSERT INTO tenants (id, code, name, is_operator) VALUES ('{SAMPLE_TENANT}', 'main', '悦来', true)"  # noqa: S608
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION grants_elsewhere(uuid, uuid), held_grants(uuid, uuid), sites_below(uuid[])")
    op.execute(
        "DROP TABLE audit, sip_credentials, sessions, person_skills, person_sites, group_members, grants, people, "
        "roles, skills, groups, sites, tenants"
    )
    op.execute("DROP FUNCTION audit_is_append_only()")
