"""Tables of customers."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Texts that are searched by prefix have collation C, so that `>=` and `<` find them through a plain b-tree. LIKE
# would not do: it is not leakproof, hence row-level security keeps it from using any index.
_TABLES = """
CREATE SEQUENCE customer_numbers;
CREATE TABLE customers (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    no text COLLATE "C" NOT NULL DEFAULT 'C' || lpad(nextval('customer_numbers')::text, 9, '0'),
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'company')),
    gender text CHECK (gender IN ('female', 'male')),
    birth_year smallint CHECK (birth_year BETWEEN 1850 AND 2200),
    class text COLLATE "C" NOT NULL DEFAULT 'normal',
    manager_person_id uuid REFERENCES people ON DELETE SET NULL,
    site_id uuid REFERENCES sites ON DELETE SET NULL,
    warnings text[] NOT NULL DEFAULT '{}',
    since date NOT NULL DEFAULT current_date,
    custom jsonb NOT NULL DEFAULT '{}',
    id_number_sealed bytea,
    id_number_index bytea,
    version integer NOT NULL DEFAULT 1,
    merged_into uuid REFERENCES customers CHECK (merged_into <> id),
    held_at timestamptz,
    held_by uuid,
    hold_reason text,
    erased_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, no),
    CHECK ((id_number_sealed IS NULL) = (id_number_index IS NULL)),
    CHECK ((held_at IS NULL) = (hold_reason IS NULL))
);
COMMENT ON COLUMN customers.class IS 'a code of customer_classes, or one of the built-in normal, silver, gold, vip';
COMMENT ON COLUMN customers.custom IS 'by code of customer_fields';
COMMENT ON COLUMN customers.id_number_sealed IS 'AES-GCM under the key of the tenant (customer_keys)';
COMMENT ON COLUMN customers.id_number_index IS 'keyed HMAC of the number, for equality only';
COMMENT ON COLUMN customers.merged_into IS 'whose record this is now: a live one, however many merges lie between';
COMMENT ON COLUMN customers.hold_reason IS 'why it must not be erased (legal hold)';
COMMENT ON COLUMN customers.erased_at IS 'a tombstone: personal data is gone, ids and figures stay';
CREATE INDEX customers_manager ON customers (manager_person_id) WHERE manager_person_id IS NOT NULL;
CREATE INDEX customers_site ON customers (site_id) WHERE site_id IS NOT NULL;
CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customers_id_number ON customers (tenant_id, id_number_index) WHERE id_number_index IS NOT NULL;
CREATE TABLE customer_identities (
    id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('phone', 'email', 'web', 'wechat', 'account', 'other')),
    value text COLLATE "C" NOT NULL,
    reversed text COLLATE "C" NOT NULL GENERATED ALWAYS AS (reverse(value)) STORED,
    raw text NOT NULL,
    role text NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'agent', 'former')),
    label text,
    verified_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, kind, value, customer_id)
);
COMMENT ON COLUMN customer_identities.value IS 'normalised: phones in E.164, mail addresses in lower case';
COMMENT ON COLUMN customer_identities.raw IS 'as it was given';
COMMENT ON COLUMN customer_identities.role IS 'agent: acts for the customer; former: was theirs once';
CREATE INDEX customer_identities_customer ON customer_identities (customer_id);
CREATE INDEX customer_identities_reversed ON customer_identities (tenant_id, kind, reversed);
CREATE TABLE customer_addresses (
    id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    kind text NOT NULL DEFAULT 'home' CHECK (kind IN ('home', 'work', 'install', 'bill')),
    region text NOT NULL DEFAULT '',
    text text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN customer_addresses.region IS 'province, city and district, as far as the text has them';
COMMENT ON COLUMN customer_addresses.text IS 'the whole address, region included';
CREATE INDEX customer_addresses_customer ON customer_addresses (customer_id);
CREATE TABLE customer_relations (
    id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    other_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    kind text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (customer_id, other_id, kind),
    CHECK (customer_id <> other_id)
);
COMMENT ON COLUMN customer_relations.kind IS 'what the other one is to the customer, e.g. parent';
CREATE INDEX customer_relations_other ON customer_relations (other_id);
CREATE TABLE customer_consents (
    id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    channel text NOT NULL,
    purpose text NOT NULL,
    allowed boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL,
    UNIQUE (customer_id, channel, purpose)
);
COMMENT ON TABLE customer_consents IS 'what customers said last about being contacted; not allowed is do-not-contact';
CREATE TABLE customer_classes (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    rank smallint NOT NULL,
    color text NOT NULL,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE customer_classes IS 'beside the built-in ones, or in their place';
CREATE TABLE customer_fields (
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    type text NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice', 'bool')),
    choices jsonb NOT NULL DEFAULT '[]',
    required boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, code)
);
COMMENT ON COLUMN customer_fields.choices IS 'what a field of type choice may hold: texts';
COMMENT ON COLUMN customer_fields.removed_at IS 'no longer shown; the values are kept for when it comes back';
CREATE TABLE customer_tags (
    tenant_id uuid NOT NULL REFERENCES tenants,
    tag text COLLATE "C" NOT NULL,
    color text NOT NULL DEFAULT 'default',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, tag)
);
CREATE TABLE customer_tagged (
    tenant_id uuid NOT NULL,
    tag text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, tag, customer_id),
    FOREIGN KEY (tenant_id, tag) REFERENCES customer_tags
);
CREATE INDEX customer_tagged_customer ON customer_tagged (customer_id);
CREATE TABLE customer_changes (
    id uuid NOT NULL DEFAULT uuidv7() PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    person_id uuid,
    action text NOT NULL,
    changes jsonb NOT NULL DEFAULT '[]'
);
COMMENT ON COLUMN customer_changes.changes IS '[{"field", "old", "new"}]; personal values only masked';
CREATE INDEX customer_changes_customer ON customer_changes (customer_id, id);
CREATE TABLE customer_merges (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    keep_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    drop_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    person_id uuid,
    taken jsonb NOT NULL DEFAULT '{}',
    split_at timestamptz,
    split_by uuid,
    CHECK (keep_id <> drop_id)
);
COMMENT ON TABLE customer_merges IS 'edges of the trees whose roots customers.merged_into names';
COMMENT ON COLUMN customer_merges.taken IS 'what the kept one took from the dropped: {field: {"before", "taken"}}';
CREATE UNIQUE INDEX customer_merges_standing ON customer_merges (drop_id) WHERE split_at IS NULL;
CREATE INDEX customer_merges_keep ON customer_merges (keep_id);
CREATE INDEX customer_merges_tenant ON customer_merges (tenant_id, id);
CREATE TABLE customer_keys (
    tenant_id uuid NOT NULL REFERENCES tenants,
    purpose text NOT NULL CHECK (purpose IN ('seal', 'index')),
    wrapped_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, purpose)
);
COMMENT ON COLUMN customer_keys.wrapped_key IS 'sealed under the master key (platform.secrets)';
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    no text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    balance_minor bigint NOT NULL DEFAULT 0,
    currency char(3) NOT NULL DEFAULT 'CNY',
    status text NOT NULL DEFAULT 'active',
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, no)
);
CREATE INDEX accounts_customer ON accounts (customer_id);
CREATE TABLE products (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    account_id uuid REFERENCES accounts ON DELETE SET NULL,
    code text NOT NULL,
    name text NOT NULL,
    number text,
    status text NOT NULL DEFAULT 'active',
    price_minor bigint NOT NULL DEFAULT 0,
    currency char(3) NOT NULL DEFAULT 'CNY',
    since date NOT NULL
);
CREATE INDEX products_customer ON products (customer_id);
CREATE INDEX products_account ON products (account_id);
CREATE TABLE bills (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    total_minor bigint NOT NULL,
    currency char(3) NOT NULL DEFAULT 'CNY',
    due_on date NOT NULL,
    paid_on date,
    lines jsonb NOT NULL DEFAULT '[]',
    UNIQUE (account_id, month)
);
COMMENT ON COLUMN bills.lines IS '[{"label", "amount_minor"}]; they add up to total_minor';
CREATE INDEX bills_customer ON bills (customer_id, month);
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    no text NOT NULL,
    subject text NOT NULL,
    status text NOT NULL,
    ordered_at timestamptz NOT NULL,
    UNIQUE (tenant_id, no)
);
CREATE INDEX orders_customer ON orders (customer_id, ordered_at);
"""

_TENANTS_OWN = (
    "customers",
    "customer_identities",
    "customer_addresses",
    "customer_relations",
    "customer_consents",
    "customer_classes",
    "customer_fields",
    "customer_tags",
    "customer_tagged",
    "customer_changes",
    "customer_merges",
    "customer_keys",
    "accounts",
    "products",
    "bills",
    "orders",
)


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _TENANTS_OWN:
        tenant_policy(table)


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(_TENANTS_OWN))}")
    op.execute("DROP SEQUENCE customer_numbers")
