"""What the rooms' migrations share."""

from __future__ import annotations

from alembic import op


def tenant_policy(table: str) -> None:
    """Put row-level security on a table with a `tenant_id`, the owner included (the application owns its tables).

    Rows of the transaction's tenant (`yuelai.tenant_id`) can be seen and written; `'*'` is system work. Without the
    setting nothing is visible.
    """
    ours = "current_setting('yuelai.tenant_id', true) IN ('*', tenant_id::text)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({ours}) WITH CHECK ({ours})")
