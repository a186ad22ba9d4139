"""The table that all workers find, and how each of them connects.

SQLite is asked on the worker's own thread: a call to another thread, or to an asynchronous driver, which is one, costs
more than the statement. PostgreSQL is asked asynchronously. Every statement commits by itself.
"""

import os
from datetime import datetime, timezone

from sqlalchemy import create_engine, event, func, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from models import Base, Book, books_index

DATABASE = os.environ["BOOKS_DATABASE"]
ON_POSTGRES = DATABASE.startswith("postgres")


def sqlite_engine():
    """One connection, whose write waits for that of another worker instead of failing."""
    arguments = {"timeout": 60, "cached_statements": 256, "check_same_thread": False}
    engine = create_engine(
        f"sqlite:///{DATABASE}",
        poolclass=StaticPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        connect_args=arguments,
    )

    @event.listens_for(engine, "connect")
    def settings(connection, _):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA mmap_size = 268435456")
        connection.execute("PRAGMA temp_store = MEMORY")

    return engine


def postgres_engine():
    return create_async_engine(
        "postgresql+asyncpg://" + DATABASE.split("://", 1)[1],
        pool_size=16,
        max_overflow=0,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
    )


def prepare(connection):
    """Makes the table where there is none, and fills it where it is empty."""
    index = books_index(connection.dialect.name)
    Base.metadata.create_all(connection)
    index.create(connection, checkfirst=True)
    rows = int(os.environ.get("BOOKS_ROWS", "0"))
    if rows and connection.scalar(select(func.count()).select_from(Book)) == 0:
        if ON_POSTGRES:
            connection.execute(text("TRUNCATE books RESTART IDENTITY"))
        now = datetime.now(timezone.utc)
        for first in range(1, rows + 1, 1000):
            connection.execute(insert(Book), [row(i, now) for i in range(first, min(first + 1000, rows + 1))])


def row(i, now):
    return {
        "title": f"Title {i}",
        "subtitle": f"Subtitle {i}" if i % 3 else None,
        "pub_year": 1900 + i % 125,
        "pages": 100 + i % 900 if i % 5 else None,
        "price": (i % 10000) / 100,
        "available": i % 2 == 0,
        "created_at": now,
    }
