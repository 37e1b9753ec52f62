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
    class text NOT NULL DEFAULT 'normal',
    manager_person_id uuid REFERENCES people ON DELETE SET NULL,
    address text,
    warnings text[] NOT NULL DEFAULT '{}',
    since date NOT NULL DEFAULT current_date,
    custom jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, no)
);
CREATE INDEX customers_manager ON customers (manager_person_id) WHERE manager_person_id IS NOT NULL;
CREATE TABLE customer_identities (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    value text COLLATE "C" NOT NULL,
    reversed text COLLATE "C" NOT NULL GENERATED ALWAYS AS (reverse(value)) STORED,
    raw text NOT NULL,
    role text NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'agent', 'former')),
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, kind, value, customer_id)
);
COMMENT ON COLUMN customer_identities.value IS 'normalised: phones in E.164, mail addresses in lower case';
COMMENT ON COLUMN customer_identities.raw IS 'as it was given';
COMMENT ON COLUMN customer_identities.role IS 'agent: acts for the customer; former: was theirs once';
CREATE INDEX customer_identities_customer ON customer_identities (customer_id);
CREATE INDEX customer_identities_reversed ON customer_identities (tenant_id, kind, reversed);
CREATE TABLE customer_name_parts (
    tenant_id uuid NOT NULL,
    part text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    PRIMARY KEY (tenant_id, part, customer_id)
);
COMMENT ON TABLE customer_name_parts IS 'every ending of a name (王小芳, 小芳, 芳): any part is found as a prefix';
CREATE INDEX customer_name_parts_customer ON customer_name_parts (customer_id);
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    no text NOT NULL,
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

_TENANTS_OWN = ("customers", "customer_identities", "customer_name_parts", "accounts", "products", "bills", "orders")


def upgrade() -> None:
    op.execute(_TABLES)
    for table in _TENANTS_OWN:
        tenant_policy(table)


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(_TENANTS_OWN))}")
    op.execute("DROP SEQUENCE customer_numbers")
