"""Books: a serializer of all fields, and the view set of the framework."""

from django.db import models
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from books.models import Book

FIELDS = [field.name for field in Book._meta.get_fields()]


class Text(serializers.CharField):
    """A text, and nothing that could be made one."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class BookSerializer(serializers.ModelSerializer):
    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.CharField: Text}

    class Meta:
        model = Book
        fields = FIELDS
        read_only_fields = ["id", "created_at"]
        extra_kwargs = {"available": {"required": True}}


class Filters(BaseFilterBackend):
    """The conditions and the order that the URL asks for."""

    LOOKUPS = {
        "title": "title",
        "pub_year": "pub_year",
        "pub_year_ge": "pub_year__gte",
        "pub_year_le": "pub_year__lte",
        "available": "available",
    }

    def filter_queryset(self, request, queryset, view):
        conditions = {}
        for name, value in request.query_params.items():
            if name in self.LOOKUPS:
                field = Book._meta.get_field(self.LOOKUPS[name].split("__")[0])
                try:
                    conditions[self.LOOKUPS[name]] = field.to_python(value)
                except Exception as error:
                    raise ValidationError(f"{name} is no such value") from error
            elif name not in ("sort", "limit"):
                raise ValidationError(f"no filter {name}")
        order = request.query_params.get("sort", "id").split(",")
        for field in order:
            if field.removeprefix("-") not in FIELDS:
                raise ValidationError(f"no field {field}")
        return queryset.filter(**conditions).order_by(*order)


class Page(BasePagination):
    """As many as are asked for; all rows are never counted."""

    def paginate_queryset(self, queryset, request, view=None):
        limit = request.query_params.get("limit", "50")
        if not limit.isdecimal():
            raise ValidationError("limit is no number")
        return list(queryset[: min(max(int(limit), 1), 200)])

    def get_paginated_response(self, data):
        return Response(data)


class BookViewSet(viewsets.ModelViewSet):
    queryset = Book.objects.all()
    serializer_class = BookSerializer
    pagination_class = Page
    lookup_value_regex = "[0-9]{1,15}"

    def filter_queryset(self, queryset):
        if self.detail:
            return queryset
        return Filters().filter_queryset(self.request, queryset, self)

    def perform_update(self, serializer):
        """Writes what is changed and no more."""
        changed = list(serializer.validated_data)
        book = serializer.instance
        for name in changed:
            setattr(book, name, serializer.validated_data[name])
        if changed:
            book.save(update_fields=changed, force_update=True)
