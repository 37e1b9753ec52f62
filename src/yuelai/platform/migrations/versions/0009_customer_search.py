"""Tables of finding customers (docs/adr/0006-finding-customers.md)."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Row-level security lets only leakproof operators use an index: `=`, `<`, `>=` on text are, LIKE is not. Hence names
# are found as ranges of a plain b-tree.
_NAMES = """
CREATE TABLE customer_name_terms (
    tenant_id uuid NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
    term text COLLATE "C" NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, kind, term, name)
);
COMMENT ON TABLE customer_name_terms IS 'what each distinct name of a tenant''s customers is found by';
COMMENT ON COLUMN customer_name_terms.kind IS '0 the name, 1 an ending of it, 2 pinyin initials, 3 pinyin';
COMMENT ON COLUMN customer_name_terms.name IS 'as in customers.name';
CREATE INDEX customer_name_terms_name ON customer_name_terms (tenant_id, name);
CREATE INDEX customers_name ON customers (tenant_id, name, id);
"""

# A name is personal data: it goes with the last customer who has it. Both functions run as whoever changes customers,
# so row-level security binds them too.
_FORGETTING = """
CREATE FUNCTION customers_forget_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM customer_name_terms t WHERE t.tenant_id = OLD.tenant_id AND t.name = OLD.name
        AND NOT EXISTS (SELECT FROM customers c WHERE c.tenant_id = OLD.tenant_id AND c.name = OLD.name);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_name AFTER UPDATE OF name ON customers
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION customers_forget_name();
CREATE FUNCTION customers_forget_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM customer_name_terms t USING (SELECT DISTINCT tenant_id, name FROM gone) g
        WHERE t.tenant_id = g.tenant_id AND t.name = g.name
        AND NOT EXISTS (SELECT FROM customers c WHERE c.tenant_id = g.tenant_id AND c.name = g.name);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_names AFTER DELETE ON customers
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION customers_forget_names();
"""

# The list without a text, newest first; who is ordinary and a person is found among everybody soon enough.
_LISTS = """
CREATE INDEX customers_newest ON customers (tenant_id, id);
CREATE INDEX customers_class ON customers (tenant_id, class, id) WHERE class <> 'normal';
CREATE INDEX customers_companies ON customers (tenant_id, id) WHERE kind = 'company';
"""

# Any part of an address needs trigrams, whose operator LIKE is not leakproof. A condition of the policy itself may use
# an index all the same, so the text looked for stands in the policy, as a setting that only the function below gives
# a value, until it returns. Everywhere else the setting is empty and the policy lets every address pass.
_ADDRESSES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION address_key(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(translate($1, '０１２３４５６７８９－　 -–—', '0123456789'));
COMMENT ON FUNCTION address_key IS 'an address as it is compared: without spaces and hyphens';
CREATE INDEX customer_addresses_key ON customer_addresses USING gin (address_key(text) gin_trgm_ops);
CREATE POLICY looked_for ON customer_addresses AS RESTRICTIVE FOR SELECT USING (
    address_key(text) LIKE coalesce(nullif(current_setting('yuelai.address', true), ''), '%'));
CREATE FUNCTION customers_at_address(tenant uuid, pattern text, before uuid, most integer)
RETURNS TABLE (customer_id uuid, address text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('yuelai.address', pattern, true);
    RETURN QUERY EXECUTE
        'SELECT a.customer_id, a.text FROM customer_addresses a WHERE a.tenant_id = $1 AND a.customer_id < $2 LIMIT $3'
        USING tenant, before, most;
    PERFORM set_config('yuelai.address', '', true);
END $$;
COMMENT ON FUNCTION customers_at_address IS 'at most that many whose address_key is LIKE the pattern, in no order';
"""


def upgrade() -> None:
    for statements in (_NAMES, _FORGETTING, _LISTS, _ADDRESSES):
        op.execute(statements)
    tenant_policy("customer_name_terms")


def downgrade() -> None:
    op.execute("""
        DROP FUNCTION customers_at_address;
        DROP POLICY looked_for ON customer_addresses;
        DROP INDEX customer_addresses_key;
        DROP FUNCTION address_key;
        DROP EXTENSION pg_trgm;
        DROP INDEX customers_newest, customers_class, customers_companies, customers_name;
        DROP TRIGGER forget_name ON customers;
        DROP TRIGGER forget_names ON customers;
        DROP FUNCTION customers_forget_name, customers_forget_names;
        DROP TABLE customer_name_terms;
    """)
