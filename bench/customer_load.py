"""Fills an empty database with customers by COPY in two processes; makes indexes afterwards; tells how far it is.

As superuser, because COPY does not work through row-level security, and with triggers off: what they would keep
(names that are found) is loaded as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice

import customer_rows
import psycopg

PIECE = 50_000
"""Customers that are made and copied at once: some 30 MB."""

NAMES = 50_000
WORKERS = 2
TABLES = tuple(customer_rows.COLUMNS)
# Building an index sorts in memory what fits; the server's own setting is for hundreds of connections.
_FOR_BUILDING = "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2"


def fill(superuser_dsn: str, count: int) -> dict[str, float]:
    """Fill the database; return the seconds of each step. Blocking."""
    seconds: dict[str, float] = {}
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        _less_often(
            connection, "max_wal_size = '8GB'", "work_mem = '512MB'", "checkpoint_timeout = '30min'", "autovacuum = off"
        )
        indexes = _take_indexes(connection)
        with ProcessPoolExecutor(WORKERS) as pool:
            seconds["COPY of customers"] = _step(
                "customers", count,
                (pool.submit(_copy_piece, superuser_dsn, at, min(at + PIECE, count)) for at in range(0, count, PIECE)),
            )  # fmt: skip
            began = time.monotonic()
            known = connection.execute("SELECT count(*) FROM (SELECT DISTINCT name FROM customers)").fetchone()
            names = known[0] if known else 0
            seconds["distinct names"] = time.monotonic() - began
            seconds["COPY of names"] = _step(
                "distinct names", names,
                (pool.submit(_copy_names, superuser_dsn, some) for some in _distinct_names(superuser_dsn)),
            )  # fmt: skip
        seconds["indexes"] = _make_indexes(connection, indexes)
        began = time.monotonic()
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(f"VACUUM (ANALYZE, PARALLEL 0) {', '.join(TABLES)}")
        seconds["VACUUM ANALYZE"] = time.monotonic() - began
        print(f"  vacuumed and analysed in {seconds['VACUUM ANALYZE']:.0f} s", flush=True)
        connection.execute("SELECT setval('customer_numbers', %s)", [count + 1])
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")
    return seconds


def _less_often(connection: psycopg.Connection, *settings: str) -> None:
    for setting in settings:
        connection.execute(f"ALTER SYSTEM SET {setting}".encode())
    connection.execute("SELECT pg_reload_conf()")


def _step(what: str, total: int, work: Iterator[Future[tuple[int, int]]]) -> float:
    """Go through the work, a few pieces ahead, and tell how far it is; return the seconds it took."""
    began, done, rows = time.monotonic(), 0, 0
    told = began
    running = set(islice(work, WORKERS + 1))
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            done, rows = done + future.result()[0], rows + future.result()[1]
        running |= set(islice(work, len(finished)))
        now = time.monotonic()
        if now - told > 5 or not running:
            told, rate = now, done / (now - began)
            left = (total - done) / rate
            print(
                f"  {done:>12,} of {total:,} {what} · {rows:,} rows · {rows / (now - began):,.0f} rows/s"
                f" · {now - began:.0f} s, {left:.0f} s left",
                flush=True,
            )
    return time.monotonic() - began


def _copy_piece(dsn: str, start: int, stop: int) -> tuple[int, int]:
    rows = 0
    with _copying(dsn) as connection:
        for table, count, lines in customer_rows.piece(start, stop):
            _copy(connection, table, lines)
            rows += count
    return stop - start, rows


def _copy_names(dsn: str, names: list[str]) -> tuple[int, int]:
    count, lines = customer_rows.name_terms(names)
    with _copying(dsn) as connection:
        _copy(connection, "customer_name_terms", lines)
    return len(names), count


def _copying(dsn: str) -> psycopg.Connection:
    connection = psycopg.connect(dsn)
    connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    return connection


def _copy(connection: psycopg.Connection, table: str, lines: bytes) -> None:
    columns = ", ".join(customer_rows.COLUMNS[table])
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
        copy.write(lines)


def _distinct_names(dsn: str) -> Iterator[list[str]]:
    with psycopg.connect(dsn) as connection, connection.cursor("names") as cursor:
        cursor.itersize = NAMES
        cursor.execute("SELECT DISTINCT name FROM customers")
        while rows := cursor.fetchmany(NAMES):
            yield [row[0] for row in rows]


def _take_indexes(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Drop what would be kept row by row, save the keys that others refer to; return how to make it again."""
    again: list[tuple[str, str]] = []
    rows = connection.execute(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
               pg_get_constraintdef(c.oid)
        FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
        WHERE i.indrelid = ANY(%s::regclass[])
          AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f')
        ORDER BY 1, 2
        """,
        [list(TABLES)],
    ).fetchall()
    for table, index, definition, constraint, meaning in rows:
        if constraint is None:
            connection.execute(f"DROP INDEX {index}".encode())
            again.append((index, definition))
        else:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}".encode())
            again.append((constraint, f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {meaning}"))
    return again


def _make_indexes(connection: psycopg.Connection, indexes: Sequence[tuple[str, str]]) -> float:
    began = time.monotonic()
    connection.execute(_FOR_BUILDING)
    for place, (name, statement) in enumerate(indexes, 1):
        start = time.monotonic()
        connection.execute(statement.encode())
        size = connection.execute("SELECT pg_size_pretty(pg_relation_size(%s::regclass))", [name]).fetchone()
        took = time.monotonic() - start
        print(f"  index {place} of {len(indexes)}: {name}, {size[0] if size else '?'} in {took:.0f} s", flush=True)
    return time.monotonic() - began


def sizes(superuser_dsn: str) -> list[tuple[str, int, int]]:
    """Return table, rows (estimated) and bytes with indexes, the largest first."""
    with psycopg.connect(superuser_dsn) as connection:
        return connection.execute(
            "SELECT relname, reltuples::bigint, pg_total_relation_size(oid) FROM pg_class WHERE relname = ANY(%s) "
            "ORDER BY 3 DESC",
            [list(TABLES)],
        ).fetchall()
