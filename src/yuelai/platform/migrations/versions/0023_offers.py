"""Tables of offers: what may be offered to whom, and what was offered in which contact with what result."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE offers (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    text text NOT NULL,
    text_en text NOT NULL DEFAULT '',
    priority integer NOT NULL DEFAULT 100,
    active boolean NOT NULL DEFAULT true,
    channels text[] NOT NULL DEFAULT '{}',
    rule jsonb NOT NULL,
    again_days integer NOT NULL DEFAULT 30 CHECK (again_days BETWEEN 0 AND 3650),
    refused_days integer NOT NULL DEFAULT 90 CHECK (refused_days BETWEEN 0 AND 3650),
    most integer CHECK (most BETWEEN 1 AND 100),
    business text,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    UNIQUE (tenant_id, code)
);
COMMENT ON TABLE offers IS 'what may be offered; `knowledge.offers.conditions` says what a rule holds';
COMMENT ON COLUMN offers.priority IS 'of several that fit the highest is offered';
COMMENT ON COLUMN offers.channels IS 'in which it may be offered; none: in all';
COMMENT ON COLUMN offers.again_days IS 'days after it was shown in which the customer is not offered it again';
COMMENT ON COLUMN offers.refused_days IS 'the same after the customer refused it';
COMMENT ON COLUMN offers.most IS 'how often one customer is offered it at all; null: without end';
COMMENT ON COLUMN offers.business IS 'the kind of business that is opened when it is accepted';

CREATE TABLE offer_showings (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    offer_id uuid NOT NULL REFERENCES offers ON DELETE CASCADE,
    interaction_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    person_id uuid NOT NULL,
    shown_at timestamptz NOT NULL,
    result text CHECK (result IN ('accepted', 'refused', 'later', 'not_offered')),
    reason text NOT NULL DEFAULT '',
    result_at timestamptz,
    UNIQUE (interaction_id)
);
COMMENT ON TABLE offer_showings IS 'at most one in a contact';
COMMENT ON COLUMN offer_showings.person_id IS 'the agent who saw it first';
COMMENT ON COLUMN offer_showings.reason IS 'code of why it was refused or not offered';
CREATE INDEX offer_showings_customer ON offer_showings (customer_id, shown_at);
CREATE INDEX offer_showings_offer ON offer_showings (offer_id, shown_at);

CREATE TABLE settled_contacts (
    interaction_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    person_id uuid NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE settled_contacts IS 'contacts of which an agent said that what they were about is settled';
"""

_LOCKED = ("offers", "offer_showings", "settled_contacts")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _LOCKED:
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE settled_contacts, offer_showings, offers")
