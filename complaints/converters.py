"""Parts of addresses that name cases."""

from django.urls.converters import StringConverter


class CaseNumberConverter(StringConverter):
    """A case number; whatever looks otherwise names no case."""

    regex = "C-[0-9]{4}-[0-9]{6,10}"
