"""Tables of calendars and dispositions."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE calendars (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    timezone text NOT NULL DEFAULT 'Asia/Shanghai',
    weekly jsonb NOT NULL,
    country text NOT NULL DEFAULT '' CHECK (country IN ('', 'CN')),
    holiday_spans jsonb NOT NULL DEFAULT '[]',
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id)
);
COMMENT ON COLUMN calendars.weekly IS 'for each day from Monday the spans that are open: [["08:30", "12:00"], …]';
COMMENT ON COLUMN calendars.country IS 'whose public holidays are kept; empty: nobody''s';
COMMENT ON COLUMN calendars.holiday_spans IS 'hours on those; none: closed';
CREATE TABLE calendar_days (
    tenant_id uuid NOT NULL,
    calendar_id uuid NOT NULL,
    date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('closed', 'hours', 'weekday')),
    spans jsonb NOT NULL DEFAULT '[]',
    weekday smallint CHECK (weekday BETWEEN 0 AND 6),
    name text NOT NULL DEFAULT '',
    name_en text NOT NULL DEFAULT '',
    PRIMARY KEY (calendar_id, date),
    CHECK ((kind = 'weekday') = (weekday IS NOT NULL)),
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE calendar_days IS 'days of the tenant''s own; each counts before public holidays and the week';
COMMENT ON COLUMN calendar_days.weekday IS 'whose hours the day has, 0 is Monday';
ALTER TABLE queues ADD CONSTRAINT queues_calendar
    FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id);
CREATE INDEX queues_calendar_id ON queues (calendar_id) WHERE calendar_id IS NOT NULL;
CREATE TABLE dispositions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    parent_id uuid,
    position integer NOT NULL DEFAULT 0,
    needs_note boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES dispositions (tenant_id, id)
);
COMMENT ON TABLE dispositions IS 'what a contact can have been about; interactions keep the code';
COMMENT ON COLUMN dispositions.parent_id IS 'one without a parent itself: the tree has two levels';
CREATE INDEX dispositions_parent ON dispositions (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE disposition_queues (
    tenant_id uuid NOT NULL,
    disposition_id uuid NOT NULL,
    queue_id uuid NOT NULL,
    PRIMARY KEY (disposition_id, queue_id),
    FOREIGN KEY (tenant_id, disposition_id) REFERENCES dispositions (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, queue_id) REFERENCES queues (tenant_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE disposition_queues IS 'where it can be chosen; one that is not named here: everywhere';
CREATE INDEX disposition_queues_queue ON disposition_queues (queue_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("calendars", "calendar_days", "dispositions", "disposition_queues"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE disposition_queues, dispositions")
    op.execute("DROP INDEX queues_calendar_id")
    op.execute("ALTER TABLE queues DROP CONSTRAINT queues_calendar")
    op.execute("DROP TABLE calendar_days, calendars")
