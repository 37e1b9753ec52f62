"""Tables of who may speak SIP to us, who is shut out for a time, and what calls may cost."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE sip_bans (
    address inet PRIMARY KEY CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END),
    tenant_id uuid NOT NULL REFERENCES tenants,
    reason text NOT NULL CHECK (reason IN ('scanner', 'probing', 'guessing', 'malformed', 'flooding', 'manual')),
    note text NOT NULL DEFAULT '',
    since timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at >= since),
    strikes integer NOT NULL DEFAULT 1 CHECK (strikes > 0),
    hits bigint NOT NULL DEFAULT 0 CHECK (hits >= 0)
);
COMMENT ON TABLE sip_bans IS 'addresses that get no answer for a time, and those whose time is over but not forgotten';
COMMENT ON COLUMN sip_bans.strikes IS 'how often it was banned of late; each time is for longer';
COMMENT ON COLUMN sip_bans.hits IS 'messages dropped unread';
CREATE INDEX sip_bans_order ON sip_bans (tenant_id, since DESC, address);

CREATE TABLE sip_access_rules (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    network cidr NOT NULL,
    action text NOT NULL CHECK (action IN ('allow', 'deny')),
    note text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, network)
);
COMMENT ON TABLE sip_access_rules IS 'networks that may or may not speak SIP to us; the narrowest one counts';
COMMENT ON COLUMN sip_access_rules.action IS 'allow also keeps from being banned';

CREATE TABLE toll_rules (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 100 CHECK (position BETWEEN 1 AND 10000),
    active boolean NOT NULL DEFAULT true,
    action text NOT NULL CHECK (action IN ('allow', 'deny', 'limit')),
    seats text[] NOT NULL DEFAULT '{}',
    trunks uuid[] NOT NULL DEFAULT '{}',
    classes text[] NOT NULL DEFAULT '{}',
    countries text[] NOT NULL DEFAULT '{}',
    prefixes text[] NOT NULL DEFAULT '{}',
    weekdays smallint[] NOT NULL DEFAULT '{}',
    from_time time,
    to_time time,
    counted text NOT NULL DEFAULT 'seat' CHECK (counted IN ('seat', 'trunk', 'all')),
    max_concurrent integer CHECK (max_concurrent >= 0),
    max_per_minute integer CHECK (max_per_minute >= 0),
    max_minutes_day integer CHECK (max_minutes_day >= 0),
    max_spend_day_micro bigint CHECK (max_spend_day_micro >= 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((from_time IS NULL) = (to_time IS NULL)),
    CHECK (action = 'limit'
        OR num_nonnulls(max_concurrent, max_per_minute, max_minutes_day, max_spend_day_micro) = 0)
);
COMMENT ON TABLE toll_rules IS 'which numbers outside may be called, and how much of it; empty lists mean all';
COMMENT ON COLUMN toll_rules.position IS 'the first allowing or denying one that fits decides; limits all count';
COMMENT ON COLUMN toll_rules.seats IS 'who calls: numbers of users';
COMMENT ON COLUMN toll_rules.trunks IS 'by which trunk the call came';
COMMENT ON COLUMN toll_rules.prefixes IS 'of the number in E.164 without its plus';
COMMENT ON COLUMN toll_rules.weekdays IS '1 Monday to 7 Sunday';
COMMENT ON COLUMN toll_rules.from_time IS 'local time; after to_time: over midnight';
COMMENT ON COLUMN toll_rules.counted IS 'what a limit counts: each seat or trunk by itself, or everybody together';
COMMENT ON COLUMN toll_rules.max_spend_day_micro IS 'millionths of the currency''s unit';
CREATE INDEX toll_rules_order ON toll_rules (tenant_id, position, id);

CREATE TABLE toll_usage (
    tenant_id uuid NOT NULL REFERENCES tenants,
    day date NOT NULL,
    rule_id uuid NOT NULL REFERENCES toll_rules ON DELETE CASCADE,
    subject text NOT NULL,
    calls integer NOT NULL DEFAULT 0,
    seconds bigint NOT NULL DEFAULT 0,
    spend_micro bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (rule_id, day, subject)
);
COMMENT ON TABLE toll_usage IS 'what each limit has counted on a day, so that a restart does not begin anew';
COMMENT ON COLUMN toll_usage.subject IS 'user or trunk; empty for everybody together';
CREATE INDEX toll_usage_day ON toll_usage (day);
"""

_NAMES = ("toll_usage", "toll_rules", "sip_access_rules", "sip_bans")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _NAMES:
        tenant_policy(table)


def downgrade() -> None:
    for table in _NAMES:
        op.execute(f"DROP TABLE {table}")
