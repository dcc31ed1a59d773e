"""Parts of addresses that name records."""

from datetime import date

from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """A key, no longer than the database can hold."""

    regex = "[0-9]{1,18}"


class YearConverter(IntConverter):
    regex = "[0-9]{4}"


class DayConverter:
    """A day such as 2026-10-01."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
