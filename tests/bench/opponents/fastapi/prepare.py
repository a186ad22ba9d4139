"""Makes and fills the table before there are workers."""

import asyncio

from database import ON_POSTGRES, postgres_engine, prepare, sqlite_engine


async def prepare_postgres():
    async with postgres_engine().execution_options(isolation_level="READ COMMITTED").begin() as connection:
        await connection.run_sync(prepare)


if ON_POSTGRES:
    asyncio.run(prepare_postgres())
else:
    with sqlite_engine().execution_options(isolation_level="SERIALIZABLE").begin() as connection:
        prepare(connection)
