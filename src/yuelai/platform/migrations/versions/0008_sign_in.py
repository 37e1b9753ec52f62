"""Tables of signing in: password rules, second factors, tokens, directories."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Like people themselves these belong to the operator: they are asked for before a tenant is known. Only API tokens
# act for one tenant, and are its own.
_TABLES = """
CREATE TABLE password_history (
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    password_hash text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, set_at)
);
COMMENT ON TABLE password_history IS 'the last few passwords, the present one included; none may come back';
CREATE TABLE second_factors (
    person_id uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN second_factors.secret IS 'TOTP secret (RFC 6238), sealed under the master key';
COMMENT ON COLUMN second_factors.confirmed_at IS 'null: shown to the person, not yet proved, asks for nothing';
COMMENT ON COLUMN second_factors.last_step IS 'time step of the last code taken; it and older ones are refused';
CREATE TABLE recovery_codes (
    person_id uuid NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (person_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS 'SHA-256 of codes of 80 random bits; a row goes with its use';
CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
COMMENT ON COLUMN api_tokens.person_id IS 'who made it: it may never do more than they may';
COMMENT ON COLUMN api_tokens.token_hash IS 'SHA-256 of the token, which is stored nowhere';
CREATE INDEX api_tokens_tenant ON api_tokens (tenant_id, id);
CREATE TABLE oidc_logins (
    state_hash bytea PRIMARY KEY,
    provider text NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    redirect_uri text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oidc_logins IS 'browsers that are away at a provider; a row goes when they come back';
CREATE TABLE sign_in_tickets (
    ticket_hash bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    provider text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE sign_in_tickets IS 'whom a provider vouched for, until the page opens the session, once';
"""


def upgrade() -> None:
    op.execute(_TABLES)
    tenant_policy("api_tokens")


def downgrade() -> None:
    op.execute("DROP TABLE sign_in_tickets, oidc_logins, api_tokens, recovery_codes, second_factors, password_history")
