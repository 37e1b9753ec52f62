"""Prompts of a tenant's own: what they say, and which file is their sound."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE prompts (
            id uuid PRIMARY KEY,
            tenant_id uuid NOT NULL REFERENCES tenants,
            name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,63}$'),
            language text NOT NULL CHECK (language IN ('zh-CN', 'en')),
            text text NOT NULL,
            file_id uuid,
            seconds real,
            source text NOT NULL DEFAULT 'text' CHECK (source IN ('text', 'file', 'microphone', 'phone', 'voice')),
            warnings text[] NOT NULL DEFAULT '{}',
            at timestamptz NOT NULL,
            by uuid,
            ended_at timestamptz,
            CHECK ((file_id IS NULL) = (seconds IS NULL))
        );
        COMMENT ON TABLE prompts IS 'what tenants say in their own words or voice, by version';
        COMMENT ON COLUMN prompts.file_id IS 'the sound, in home/prompts; null: there are only words';
        COMMENT ON COLUMN prompts.ended_at IS 'since when it is said no more; null: it is in force';
        CREATE UNIQUE INDEX prompts_in_force ON prompts (tenant_id, name, language) WHERE ended_at IS NULL;
        CREATE INDEX prompts_ended ON prompts (ended_at) WHERE ended_at IS NOT NULL;
        """
    )
    tenant_policy("prompts")


def downgrade() -> None:
    op.execute("DROP TABLE prompts")
