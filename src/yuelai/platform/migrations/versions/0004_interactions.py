"""Tables of interactions."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Partitioned by month of birth, which a UUIDv7 holds in its first 48 bits (RFC 9562 §5.7): so the id alone leads to one
# partition, stays the primary key, and its order is the order in time.
_TABLES = """
CREATE TABLE interactions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    trail_no text NOT NULL,
    channel text NOT NULL,
    direction text NOT NULL,
    state text NOT NULL,
    ani text NOT NULL,
    ani_e164 text,
    dnis text NOT NULL,
    started_at timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at timestamptz,
    closed_at timestamptz,
    end_reason text,
    match text,
    customer_id uuid,
    candidate_ids uuid[] NOT NULL DEFAULT '{}',
    queue_id uuid,
    agent_id uuid,
    wait_ms bigint NOT NULL DEFAULT 0,
    talk_ms bigint NOT NULL DEFAULT 0,
    hold_ms bigint NOT NULL DEFAULT 0,
    consult_ms bigint NOT NULL DEFAULT 0,
    disposition text,
    note text
) PARTITION BY RANGE (id);
COMMENT ON COLUMN interactions.ani IS 'as dialled; ani_e164 is the customer''s number, dnis of a call that we make';
COMMENT ON COLUMN interactions.agent_id IS 'who talked to the customer last';
COMMENT ON COLUMN interactions.wait_ms IS 'queue and ringing until the first answer, or until the customer gave up';
COMMENT ON COLUMN interactions.talk_ms IS 'talk and conference; hold_ms and consult_ms are apart';
COMMENT ON COLUMN interactions.disposition IS 'as note, of the agent who left the customer last';
CREATE INDEX interactions_tenant ON interactions (tenant_id, id);
CREATE INDEX interactions_ani_e164 ON interactions (tenant_id, ani_e164, id);
CREATE INDEX interactions_ani ON interactions (tenant_id, ani, id);
CREATE INDEX interactions_customer ON interactions (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX interactions_started ON interactions (tenant_id, started_at);
CREATE INDEX interactions_open ON interactions (id) WHERE closed_at IS NULL;
CREATE TABLE interaction_segments (
    interaction_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= started_at),
    agent_id uuid,
    queue_id uuid,
    PRIMARY KEY (interaction_id, id)
) PARTITION BY RANGE (interaction_id);
COMMENT ON COLUMN interaction_segments.id IS 'of the journal entry that began it; seq is its number there';
CREATE INDEX interaction_segments_agent ON interaction_segments (agent_id, interaction_id) WHERE agent_id IS NOT NULL;
CREATE TABLE interaction_trail (
    interaction_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    data jsonb NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (interaction_id, id)
) PARTITION BY RANGE (interaction_id);
CREATE TABLE interactions_other PARTITION OF interactions DEFAULT;
CREATE TABLE interaction_segments_other PARTITION OF interaction_segments DEFAULT;
CREATE TABLE interaction_trail_other PARTITION OF interaction_trail DEFAULT;
"""

# A month whose rows have already gone into the default partition cannot be split off any more, and stays there.
_FUNCTIONS = """
CREATE FUNCTION uuid7_floor(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT rpad(lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0'), 32, '0')\\:\\:uuid
$$;
CREATE FUNCTION make_interaction_partitions(first date, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    month timestamptz;
    name text;
BEGIN
    FOR parent IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relname LIKE 'interaction%'
            AND pg_table_is_visible(oid) ORDER BY relname LOOP
        FOR n IN 0..months - 1 LOOP
            month := date_trunc('month', first\\:\\:timestamp) AT TIME ZONE 'UTC' + make_interval(months => n);
            name := parent || to_char(month AT TIME ZONE 'UTC', '"_"YYYYMM');
            IF to_regclass(name) IS NULL THEN
                BEGIN
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                        uuid7_floor(month), uuid7_floor((month AT TIME ZONE 'UTC' + interval '1 month')
                            AT TIME ZONE 'UTC'));
                EXCEPTION WHEN check_violation THEN
                    RAISE NOTICE 'rows of % are in the default partition', name;
                END;
            END IF;
        END LOOP;
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_FUNCTIONS)
    # Core makes further ones each time it starts.
    op.execute("SELECT make_interaction_partitions(current_date, 3)")
    for table in ("interactions", "interaction_segments", "interaction_trail"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE interaction_trail, interaction_segments, interactions")
    op.execute("DROP FUNCTION make_interaction_partitions(date, integer)")
    op.execute("DROP FUNCTION uuid7_floor(timestamptz)")
