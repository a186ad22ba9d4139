"""Makes the table where there is none and fills it where it is empty, before there are workers."""

import os

import django
from django.utils import timezone

django.setup()

from django.db import connection  # noqa: E402

from books.models import Book  # noqa: E402


def book(i, now):
    return Book(
        id=i,
        title=f"Title {i}",
        subtitle=f"Subtitle {i}" if i % 3 else None,
        pub_year=1900 + i % 125,
        pages=100 + i % 900 if i % 5 else None,
        price=(i % 10000) / 100,
        available=i % 2 == 0,
        created_at=now,
    )


if "books" not in connection.introspection.table_names():
    with connection.schema_editor() as editor:
        editor.create_model(Book)

rows = int(os.environ.get("BOOKS_ROWS", "0"))
if rows and not Book.objects.exists():
    now = timezone.now()
    Book.objects.bulk_create((book(i, now) for i in range(1, rows + 1)), batch_size=1000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('books', 'id'), max(id)) FROM books")
