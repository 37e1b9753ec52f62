"""Alembic's environment. The runner hands over an open connection, so that no alembic.ini and no DSN lie about."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=None, transaction_per_migration=False)
with context.begin_transaction():
    # Migrations that move rows are system work: they see every tenant.
    connection.exec_driver_sql("SELECT set_config('yuelai.tenant_id', '*', true)")
    context.run_migrations()
