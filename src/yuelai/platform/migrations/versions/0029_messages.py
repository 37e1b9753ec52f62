"""Messages that leave the centre, with their parts, and one-time codes of customers."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    key text NOT NULL,
    channel text NOT NULL DEFAULT 'sms',
    to_e164 text NOT NULL,
    template text NOT NULL,
    language text NOT NULL,
    words bytea NOT NULL,
    key_version integer NOT NULL,
    reference integer NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'refused')),
    reason text NOT NULL DEFAULT '',
    attempts smallint NOT NULL DEFAULT 0,
    tried boolean NOT NULL DEFAULT false,
    possible_duplicates smallint NOT NULL DEFAULT 0,
    next_at timestamptz,
    interaction_id uuid,
    customer_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    delivered_at timestamptz,
    UNIQUE (tenant_id, key)
);
COMMENT ON COLUMN messages.key IS 'of the wish to send it: asked again under it, nothing more is sent';
COMMENT ON COLUMN messages.to_e164 IS 'empty once its receiver has been erased';
COMMENT ON COLUMN messages.words IS 'what it says, sealed under the master key; of codes only until it was sent';
COMMENT ON COLUMN messages.key_version IS 'of the master key that words are sealed under';
COMMENT ON COLUMN messages.tried IS 'the attempt that its sender is at has been counted';
COMMENT ON COLUMN messages.reference IS 'of its parts: the telephone joins those that have the same';
COMMENT ON COLUMN messages.next_at IS 'when it is to be sent; null: nothing is left to do, or its sender is at it';
CREATE INDEX messages_next ON messages ((template <> 'code'), next_at) WHERE next_at IS NOT NULL;
CREATE INDEX messages_key_version ON messages (key_version) WHERE words <> '';
CREATE INDEX messages_to ON messages (tenant_id, to_e164, created_at);
CREATE INDEX messages_interaction ON messages (interaction_id) WHERE interaction_id IS NOT NULL;
CREATE INDEX messages_customer ON messages (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX messages_created ON messages (created_at);

CREATE TABLE message_parts (
    message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
    number smallint NOT NULL,
    tenant_id uuid NOT NULL REFERENCES tenants,
    state text NOT NULL CHECK (state IN ('queued', 'submitting', 'sent', 'delivered', 'failed', 'unknown')),
    reference integer NOT NULL,
    provider_id text,
    at timestamptz NOT NULL,
    PRIMARY KEY (message_id, number)
);
COMMENT ON COLUMN message_parts.reference IS 'goes with the part and, where the provider is so kind, with its receipt';
COMMENT ON COLUMN message_parts.provider_id IS 'what the provider calls it in the receipt';
COMMENT ON COLUMN message_parts.at IS 'when its state changed';
CREATE INDEX message_parts_provider ON message_parts (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX message_parts_state ON message_parts (state) WHERE state IN ('submitting', 'unknown');

CREATE TABLE customer_codes (
    customer_id uuid PRIMARY KEY REFERENCES customers ON DELETE CASCADE,
    tenant_id uuid NOT NULL REFERENCES tenants,
    key text NOT NULL DEFAULT '',
    hash text NOT NULL DEFAULT '',
    expires_at timestamptz,
    tries smallint NOT NULL DEFAULT 0,
    locks smallint NOT NULL DEFAULT 0,
    locked_until timestamptz
);
COMMENT ON TABLE customer_codes IS 'the one code that opens now, and how often codes were guessed wrong';
COMMENT ON COLUMN customer_codes.hash IS 'argon2id; empty: none opens';
CREATE INDEX customer_codes_tenant ON customer_codes (tenant_id);
"""

_LOCKED = ("messages", "message_parts", "customer_codes")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _LOCKED:
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE customer_codes, message_parts, messages")
