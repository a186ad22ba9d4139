"""Books over FastAPI and SQLAlchemy: statements of its Core, whose rows pydantic writes as JSON."""

from datetime import datetime, timezone
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import bindparam, delete, insert, select, update

from database import ON_POSTGRES, postgres_engine, sqlite_engine
from models import Book, BookOut, BookPatch, NewBook

BOOKS = Book.__table__
SELECT_ONE = select(BOOKS).where(BOOKS.c.id == bindparam("key"))
INSERT = insert(BOOKS).returning(*BOOKS.c)
UPDATE = update(BOOKS).where(BOOKS.c.id == bindparam("key")).returning(*BOOKS.c)
DELETE = delete(BOOKS).where(BOOKS.c.id == bindparam("key"))

app = FastAPI(openapi_url=None)
engine = postgres_engine() if ON_POSTGRES else sqlite_engine()


def outcome(result):
    """All rows, or how many were concerned."""
    return result.all() if result.returns_rows else result.rowcount


if ON_POSTGRES:

    async def execute(statement, values=None):
        async with engine.connect() as connection:
            return outcome(await connection.execute(statement, values))

else:

    async def execute(statement, values=None):
        with engine.connect() as connection:
            return outcome(connection.execute(statement, values))


class BookQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    pub_year: int | None = None
    pub_year_ge: int | None = None
    pub_year_le: int | None = None
    available: bool | None = None
    sort: str = "id"
    limit: int = 50
    offset: int = 0


def first(rows):
    if not rows:
        raise HTTPException(404)
    return rows[0]


@app.get("/books/{key}", response_model=BookOut)
async def get_book(key: int):
    return first(await execute(SELECT_ONE, {"key": key}))


@app.get("/books", response_model=list[BookOut])
async def list_books(query: Annotated[BookQuery, Query()]):
    statement = select(BOOKS)
    if query.title is not None:
        statement = statement.where(BOOKS.c.title == query.title)
    if query.pub_year is not None:
        statement = statement.where(BOOKS.c.pub_year == query.pub_year)
    if query.pub_year_ge is not None:
        statement = statement.where(BOOKS.c.pub_year >= query.pub_year_ge)
    if query.pub_year_le is not None:
        statement = statement.where(BOOKS.c.pub_year <= query.pub_year_le)
    if query.available is not None:
        statement = statement.where(BOOKS.c.available == query.available)
    for field in query.sort.split(","):
        column = BOOKS.c.get(field.removeprefix("-"))
        if column is None:
            raise HTTPException(400, f"no field {field}")
        statement = statement.order_by(column.desc() if field.startswith("-") else column)
    statement = statement.limit(min(max(query.limit, 1), 200))
    if query.offset > 0:
        statement = statement.offset(query.offset)
    return await execute(statement)


@app.post("/books", response_model=BookOut, status_code=201)
async def post_book(book: NewBook):
    values = {**book.model_dump(), "created_at": datetime.now(timezone.utc)}
    return first(await execute(INSERT, values))


@app.patch("/books/{key}", response_model=BookOut)
async def patch_book(key: int, patch: BookPatch):
    values = patch.model_dump(exclude_unset=True)
    if not values:
        return await get_book(key)
    return first(await execute(UPDATE, {**values, "key": key}))


@app.delete("/books/{key}", status_code=204)
async def delete_book(key: int):
    if await execute(DELETE, {"key": key}) == 0:
        raise HTTPException(404)
