"""Finding pages by name: the menu of the person who asks."""

from typing import Any

from django import template
from django.template import Context

from hospital.text import initials

register = template.Library()


@register.simple_tag(takes_context=True)
def find_pages(context: Context, text: str) -> list[Any]:
    """The entries of the menu whose words hold the text, or whose initials begin so."""
    text = text.strip().lower()
    return [
        item
        for item in context["menu"]
        if text in str(item.label).lower() or initials(str(item.label)).startswith(text)
    ]
