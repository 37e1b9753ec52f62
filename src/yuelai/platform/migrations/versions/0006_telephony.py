"""Tables of telephony."""

from __future__ import annotations

from alembic import op

from yuelai.platform.migrations.helpers import tenant_policy

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE open_dialogs (
    leg_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    confirmed_at timestamptz NOT NULL,
    call_id text NOT NULL,
    local text NOT NULL,
    remote text NOT NULL,
    local_cseq bigint NOT NULL,
    remote_cseq bigint,
    route_set text[] NOT NULL,
    target text NOT NULL,
    hop text NOT NULL,
    "symmetric" boolean NOT NULL,
    party_user text NOT NULL,
    party_instance text NOT NULL,
    role text NOT NULL CHECK (role IN ('caller', 'called')),
    origin text NOT NULL,
    media text NOT NULL,
    peer uuid
);
COMMENT ON TABLE open_dialogs IS 'SIP dialogs that stand (RFC 3261 §12); a row lives as long as its dialog';
COMMENT ON COLUMN open_dialogs.role IS 'caller when the INVITE was ours';
COMMENT ON COLUMN open_dialogs.origin IS 'o= of the description we sent last; a new offer counts on from its version';
COMMENT ON COLUMN open_dialogs.media IS 'what the leg is called in the media engine';
COMMENT ON COLUMN open_dialogs.peer IS 'the leg it was connected with';
COMMENT ON COLUMN open_dialogs.hop IS 'how it is reached, e.g. udp, host and port, or the flow of a web socket';

CREATE TABLE registrations (
    registration_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    bound_at timestamptz NOT NULL,
    kept_until timestamptz NOT NULL,
    seconds integer NOT NULL,
    sip_user text NOT NULL,
    contact text NOT NULL,
    source text NOT NULL,
    hop text NOT NULL,
    "symmetric" boolean NOT NULL,
    instance text NOT NULL,
    call_id text NOT NULL,
    cseq bigint NOT NULL,
    priority double precision NOT NULL DEFAULT 1,
    path text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE registrations IS 'Telephones that are registered (RFC 3261 §10), for a core that was restarted';
COMMENT ON COLUMN registrations.kept_until IS 'beyond it the row counts no more; written seldom, hence generous';
COMMENT ON COLUMN registrations.priority IS 'q value of the contact, 0 to 1';
COMMENT ON COLUMN registrations.path IS 'proxies on the way to it (RFC 3327)';
COMMENT ON COLUMN registrations.seconds IS 'granted to the telephone; a restored row counts that long at most';
"""


def upgrade() -> None:
    op.execute(_TABLES)
    for table in ("open_dialogs", "registrations"):
        tenant_policy(table)


def downgrade() -> None:
    op.execute("DROP TABLE registrations; DROP TABLE open_dialogs")
