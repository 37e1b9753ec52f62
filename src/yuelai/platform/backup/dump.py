"""The database out and in again, by PostgreSQL's own `pg_dump` and `pg_restore`.

Logical, not a copy of the files: it works for the embedded server and an external one alike, without rights of
replication, and restores into a newer major version.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yuelai.platform.backup.archive import BLOCK
from yuelai.platform.backup.errors import BackupFailed, RestoreFailed
from yuelai.platform.postgres import binaries

# The application's role is bound by row-level security: it acts as the system for all tenants.
_AS_SYSTEM = "-c yuelai.tenant_id=*"
_TABLES = """
SELECT format('%I', c.relname) FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relpersistence = 'p' ORDER BY 1
"""


def _environment(dsn: str) -> dict[str, str]:
    """Return the environment that leads libpq's programs to the database; passwords stay off command lines."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
    found = {names[key]: str(value) for key, value in conninfo_to_dict(dsn).items() if key in names}
    return {**os.environ, **found, "PGOPTIONS": _AS_SYSTEM}


class Snapshot:
    """One instant of the database, held open so that several readers see the same."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection = psycopg.connect(dsn, options=_AS_SYSTEM)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True
        self.id = str(self._value("SELECT pg_export_snapshot()"))
        self.revision = str(self._value("SELECT version_num FROM alembic_version"))

    def _value(self, query: str) -> object:
        row = self._connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def rows(self) -> dict[str, int]:
        return count_rows(self._connection)

    def dump(self) -> Iterator[bytes]:
        """Yield the dump in PostgreSQL's own format. Raises BackupFailed."""
        command = [str(binaries() / "pg_dump"), "--format=custom", "--compress=gzip:1", f"--snapshot={self.id}"]
        command += ["--enable-row-security", "--no-owner", "--no-privileges"]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=_environment(self._dsn))  # noqa: S603
            try:
                assert process.stdout is not None
                while block := process.stdout.read(BLOCK):
                    yield block
                if process.wait() != 0:
                    said.seek(0)
                    raise BackupFailed(f"pg_dump failed: {said.read().decode(errors='replace').strip()[-1000:]}")
            finally:
                process.kill()
                process.wait()

    def close(self) -> None:
        self._connection.close()


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Return the number of rows of each table that holds some itself; partitions count on their own."""
    counts = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608 - from the catalogue
        assert row is not None
        counts[str(table)] = int(row[0])
    return counts


def need_empty(dsn: str) -> None:
    """Raise RestoreFailed for a database that holds tables already."""
    with psycopg.connect(dsn) as connection:
        if connection.execute(_TABLES).fetchall():
            raise RestoreFailed("the database holds tables already; restore into an empty one")


def load(dsn: str, content: Iterable[bytes]) -> None:
    """Fill an empty database from a dump, stopping at the first error. Raises RestoreFailed."""
    command = [str(binaries() / "pg_restore"), "--single-transaction", "--no-owner", "--no-privileges"]
    command += ["--enable-row-security", f"--dbname={_environment(dsn).get('PGDATABASE', 'yuelai')}"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        # The dump makes the schema's tables, the schema itself is there.
        connection.execute("SET client_min_messages = warning")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=_environment(dsn))  # noqa: S603
        try:
            assert process.stdin is not None
            broken = False
            for block in content:
                if not broken:
                    try:
                        process.stdin.write(block)
                    except BrokenPipeError:
                        broken = True
            try:
                process.stdin.close()
            except BrokenPipeError:
                broken = True
            if process.wait() != 0 or broken:
                said.seek(0)
                raise RestoreFailed(f"pg_restore failed: {said.read().decode(errors='replace').strip()[-1000:]}")
        finally:
            process.kill()
            process.wait()


def rows_of(dsn: str) -> dict[str, int]:
    with psycopg.connect(dsn, options=_AS_SYSTEM) as connection:
        return count_rows(connection)
