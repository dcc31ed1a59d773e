"""Parts of addresses that name records."""

from django.urls.converters import IntConverter


class KeyConverter(IntConverter):
    """A key, no longer than the database can hold."""

    regex = "[0-9]{1,18}"
