"""What people write: cleaned, neither empty where words are due nor over-long."""

from django.utils.translation import gettext as _

from hospital.exceptions import RuleViolation
from hospital.text import clean_text

SHORT, LONG = 500, 20_000  # characters


def require_reason(text: str, *, field: str = "reason", limit: int = LONG) -> str:
    """The cleaned reason; RuleViolation when nothing, or too much, was said."""
    text = fit_text(text, field=field, limit=limit)
    if not text:
        raise RuleViolation(_("Say why in a few words."), field=field)
    return text


def fit_text(text: str, *, field: str, limit: int) -> str:
    """The cleaned text; RuleViolation when it is longer than its place."""
    text = clean_text(text)
    if len(text) > limit:
        raise RuleViolation(
            _("Shorten the text to {limit} characters; it has {length}.").format(
                limit=limit, length=len(text)
            ),
            field=field,
        )
    return text
