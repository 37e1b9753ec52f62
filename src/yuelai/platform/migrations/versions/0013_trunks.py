"""Tables of trunks and of the way calls leave by them."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TRUNKS = """
CREATE TABLE trunks (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'carrier' CHECK (kind IN ('carrier', 'pbx', 'gateway')),
    direction text NOT NULL DEFAULT 'both' CHECK (direction IN ('both', 'in', 'out')),
    active boolean NOT NULL DEFAULT true,
    transport text NOT NULL DEFAULT 'auto' CHECK (transport IN ('auto', 'udp', 'tcp', 'tls')),
    host text NOT NULL DEFAULT '',
    port integer CHECK (port BETWEEN 1 AND 65535),
    outbound_proxy text NOT NULL DEFAULT '',
    sources cidr[] NOT NULL DEFAULT '{}',
    certificate_name text NOT NULL DEFAULT '',
    peer_username text NOT NULL DEFAULT '',
    peer_secret bytea NOT NULL DEFAULT '',
    register boolean NOT NULL DEFAULT false,
    username text NOT NULL DEFAULT '',
    secret bytea NOT NULL DEFAULT '',
    domain text NOT NULL DEFAULT '',
    expires integer NOT NULL DEFAULT 3600 CHECK (expires BETWEEN 60 AND 86400),
    max_channels_in integer NOT NULL DEFAULT 0 CHECK (max_channels_in >= 0),
    max_channels_out integer NOT NULL DEFAULT 0 CHECK (max_channels_out >= 0),
    max_channels_total integer NOT NULL DEFAULT 0 CHECK (max_channels_total >= 0),
    max_cps integer NOT NULL DEFAULT 0 CHECK (max_cps >= 0),
    priority integer NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 100),
    weight integer NOT NULL DEFAULT 10 CHECK (weight BETWEEN 1 AND 1000),
    country text NOT NULL DEFAULT 'CN' CHECK (country ~ '^[A-Z]{2}$'),
    number_in jsonb NOT NULL DEFAULT '{}',
    number_out jsonb NOT NULL DEFAULT '{}',
    caller_policy jsonb NOT NULL DEFAULT '{}',
    codecs text[] NOT NULL DEFAULT '{}',
    srtp text NOT NULL DEFAULT 'accept' CHECK (srtp IN ('off', 'accept', 'require')),
    options_seconds integer NOT NULL DEFAULT 30 CHECK (options_seconds = 0 OR options_seconds BETWEEN 5 AND 3600),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, code),
    CHECK (host <> '' OR NOT register)
);
COMMENT ON TABLE trunks IS 'ways to and from other telephone systems: carriers, office PBXs, gateways';
COMMENT ON COLUMN trunks.host IS 'address or name calls are sent to; empty: where the peer is registered with us';
COMMENT ON COLUMN trunks.outbound_proxy IS 'HOST or HOST:PORT that requests are sent to instead of host';
COMMENT ON COLUMN trunks.sources IS 'networks from which calls are taken without digest';
COMMENT ON COLUMN trunks.certificate_name IS 'whose TLS client certificate makes a connection this trunk''s';
COMMENT ON COLUMN trunks.peer_username IS 'whom the peer authenticates as here; its password is peer_secret, sealed';
COMMENT ON COLUMN trunks.username IS 'whom we authenticate as there; the password is secret, sealed';
COMMENT ON COLUMN trunks.domain IS 'of our address of record there; host if empty';
COMMENT ON COLUMN trunks.expires IS 'seconds a registration is asked for';
COMMENT ON COLUMN trunks.max_channels_in IS 'calls at once, as max_channels_out and max_channels_total; 0: no limit';
COMMENT ON COLUMN trunks.max_cps IS 'new calls a second, both ways together; 0: no limit';
COMMENT ON COLUMN trunks.srtp IS 'keys of SRTP in descriptions: never, when they offer them, or always';
COMMENT ON COLUMN trunks.options_seconds IS 'between signs of life that we ask for; 0: none';
CREATE UNIQUE INDEX trunks_peer_username ON trunks (peer_username) WHERE peer_username <> '';
CREATE TABLE trunk_rates (
    tenant_id uuid NOT NULL,
    trunk_id uuid NOT NULL REFERENCES trunks ON DELETE CASCADE,
    prefix text COLLATE "C" NOT NULL CHECK (prefix ~ '^[0-9]{0,20}$'),
    per_minute_micro bigint NOT NULL CHECK (per_minute_micro >= 0),
    PRIMARY KEY (trunk_id, prefix)
);
COMMENT ON TABLE trunk_rates IS 'what a minute costs to numbers that begin so; the longest prefix counts';
COMMENT ON COLUMN trunk_rates.prefix IS 'of the number in E.164 without its plus';
COMMENT ON COLUMN trunk_rates.per_minute_micro IS 'millionths of the currency''s unit; no row: dearest of all';
CREATE TABLE call_routes (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    prefix text COLLATE "C" NOT NULL CHECK (prefix ~ '^[0-9]{0,20}$'),
    name text NOT NULL DEFAULT '',
    active boolean NOT NULL DEFAULT true,
    hours jsonb,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE call_routes IS 'which trunks calls to numbers that begin so leave by; the longest prefix counts';
COMMENT ON COLUMN call_routes.hours IS 'when it counts: {days: [1..7], opens: HH:MM, closes: HH:MM}; null: always';
CREATE INDEX call_routes_tenant ON call_routes (tenant_id, prefix);
CREATE TABLE call_route_trunks (
    tenant_id uuid NOT NULL,
    route_id uuid NOT NULL REFERENCES call_routes ON DELETE CASCADE,
    trunk_id uuid NOT NULL REFERENCES trunks ON DELETE CASCADE,
    priority integer NOT NULL CHECK (priority BETWEEN 1 AND 100),
    weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000),
    PRIMARY KEY (route_id, trunk_id)
);
COMMENT ON TABLE call_route_trunks IS 'the trunks of a route; a route without any means every trunk that calls out';
COMMENT ON COLUMN call_route_trunks.priority IS 'among trunks that cost the same, the lowest is tried first';
CREATE INDEX call_route_trunks_trunk ON call_route_trunks (trunk_id);
"""

_TABLES = ("trunks", "trunk_rates", "call_routes", "call_route_trunks")


def upgrade() -> None:
    op.execute(_TRUNKS)
    for table in _TABLES:
        tenant_policy(table)


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(_TABLES))}")
