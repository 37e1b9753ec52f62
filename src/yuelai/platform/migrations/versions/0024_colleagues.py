"""Tables of colleagues: bulletins and who has read them, chats, hand-over notes, contacts shared with somebody."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE bulletins (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    title text NOT NULL,
    text text NOT NULL DEFAULT '',
    importance text NOT NULL CHECK (importance IN ('normal', 'important')),
    must_confirm boolean NOT NULL DEFAULT false,
    audience text NOT NULL CHECK (audience IN ('all', 'groups', 'queues')),
    target_ids uuid[] NOT NULL DEFAULT '{}',
    valid_from timestamptz NOT NULL,
    valid_until timestamptz CHECK (valid_until > valid_from),
    author_id uuid NOT NULL REFERENCES people,
    created_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    UNIQUE (tenant_id, id)
);
COMMENT ON COLUMN bulletins.target_ids IS 'the groups, or the queues whose members are meant';
COMMENT ON COLUMN bulletins.must_confirm IS 'seen is not enough: each says that they have understood';
CREATE INDEX bulletins_newest ON bulletins (tenant_id, id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX bulletins_author ON bulletins (author_id);
CREATE TABLE bulletin_reads (
    tenant_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    read_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    PRIMARY KEY (bulletin_id, person_id),
    FOREIGN KEY (tenant_id, bulletin_id) REFERENCES bulletins (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX bulletin_reads_person ON bulletin_reads (person_id);
CREATE TABLE chats (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL CHECK (kind IN ('direct', 'expert')),
    pair text,
    interaction_id uuid,
    trail_no text NOT NULL DEFAULT '',
    asked_as text NOT NULL DEFAULT '',
    created_by uuid NOT NULL REFERENCES people,
    created_at timestamptz NOT NULL,
    last_message_id uuid NOT NULL,
    CHECK ((kind = 'direct') = (pair IS NOT NULL)),
    CHECK ((kind = 'expert') = (interaction_id IS NOT NULL)),
    UNIQUE (tenant_id, pair),
    UNIQUE (tenant_id, id)
);
COMMENT ON COLUMN chats.pair IS 'of two people the ids in order: they have one chat with each other';
COMMENT ON COLUMN chats.interaction_id IS 'the contact that experts are asked about';
COMMENT ON COLUMN chats.asked_as IS 'code of the skill that was looked for, leader, or empty';
COMMENT ON COLUMN chats.last_message_id IS 'UUIDv7: chats are listed by it';
CREATE INDEX chats_interaction ON chats (tenant_id, interaction_id) WHERE interaction_id IS NOT NULL;
CREATE INDEX chats_creator ON chats (created_by);
CREATE TABLE chat_members (
    tenant_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    read_upto uuid,
    PRIMARY KEY (chat_id, person_id),
    FOREIGN KEY (tenant_id, chat_id) REFERENCES chats (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN chat_members.read_upto IS 'the last message they have seen';
CREATE INDEX chat_members_person ON chat_members (person_id, tenant_id);
CREATE TABLE chat_messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    chat_id uuid NOT NULL,
    author_id uuid NOT NULL REFERENCES people,
    at timestamptz NOT NULL,
    text text NOT NULL,
    FOREIGN KEY (tenant_id, chat_id) REFERENCES chats (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX chat_messages_chat ON chat_messages (chat_id, id DESC);
CREATE INDEX chat_messages_author ON chat_messages (author_id);
CREATE INDEX chat_messages_tenant ON chat_messages (tenant_id, id);
CREATE TABLE handovers (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    group_id uuid NOT NULL,
    author_id uuid NOT NULL REFERENCES people,
    at timestamptz NOT NULL,
    text text NOT NULL,
    interaction_id uuid,
    trail_no text NOT NULL DEFAULT '',
    taken_by uuid REFERENCES people,
    taken_at timestamptz,
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE handovers IS 'what one shift leaves to the next; open until somebody takes it over';
CREATE INDEX handovers_group ON handovers (group_id, id DESC);
CREATE INDEX handovers_tenant ON handovers (tenant_id, id);
CREATE INDEX handovers_author ON handovers (author_id);
CREATE INDEX handovers_taker ON handovers (taken_by) WHERE taken_by IS NOT NULL;
CREATE INDEX handovers_interaction ON handovers (interaction_id) WHERE interaction_id IS NOT NULL;
CREATE TABLE interaction_shares (
    tenant_id uuid NOT NULL,
    interaction_id uuid NOT NULL,
    person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    shared_by uuid NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (interaction_id, person_id)
);
COMMENT ON TABLE interaction_shares IS 'contacts that somebody who took no part may read, because they were asked';
CREATE INDEX interaction_shares_person ON interaction_shares (person_id);
CREATE INDEX interaction_shares_until ON interaction_shares (until);
"""

_OURS = (
    "bulletins",
    "bulletin_reads",
    "chats",
    "chat_members",
    "chat_messages",
    "handovers",
    "interaction_shares",
)


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _OURS:
        tenant_policy(table)


def downgrade() -> None:
    op.execute(
        "DROP TABLE interaction_shares, handovers, chat_messages, chat_members, chats, bulletin_reads, bulletins"
    )
