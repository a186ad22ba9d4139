"""A book in its table, as it comes in, and as it goes out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, DateTime, Double, Index, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    title: Mapped[str]
    subtitle: Mapped[str | None]
    pub_year: Mapped[int]
    pages: Mapped[int | None]
    price: Mapped[float] = mapped_column(Double)
    available: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def books_index(dialect):
    """What serves the list; on SQLite the row's id is in every index."""
    columns = [Book.pub_year] if dialect == "sqlite" else [Book.pub_year, Book.id]
    return Index("books_pub_year", *columns)


class NewBook(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(max_length=100)]
    subtitle: Annotated[str, Field(max_length=200)] | None = None
    pub_year: Annotated[int, Field(ge=1450)]
    pages: int | None = None
    price: float
    available: bool


class BookPatch(BaseModel):
    """What is left out stays; only two fields may become null."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(max_length=100)] = ""
    subtitle: Annotated[str, Field(max_length=200)] | None = None
    pub_year: Annotated[int, Field(ge=1450)] = 1450
    pages: int | None = None
    price: float = 0.0
    available: bool = False


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    subtitle: str | None
    pub_year: int
    pages: int | None
    price: float
    available: bool
    created_at: datetime
