from django.core.validators import MinValueValidator
from django.db import connection, models


class Book(models.Model):
    title = models.CharField(max_length=100)
    subtitle = models.CharField(max_length=200, null=True, blank=True)
    pub_year = models.IntegerField(validators=[MinValueValidator(1450)])
    pages = models.IntegerField(null=True, blank=True)
    price = models.FloatField()
    available = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "books"
        # On SQLite the row's id is in every index.
        indexes = [models.Index(fields=["pub_year"] if connection.vendor == "sqlite" else ["pub_year", "id"], name="books_pub_year")]
