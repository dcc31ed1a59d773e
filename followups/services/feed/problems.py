"""What can be wrong with a message, in words for both ends of the line."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Problem(models.TextChoices):
    """Kept as `code:where`, so that everybody reads it in their own language."""

    NO_HEADER = "no_header", _("It does not begin with an MSH segment.")
    UNKNOWN_CHARSET = (
        "unknown_charset",
        _("MSH-18 names an encoding that is not read here: {where}."),
    )
    NOT_DECODED = "not_decoded", _("Its characters are not in the encoding {where}.")
    BAD_SEPARATORS = "bad_separators", _("MSH-1 and MSH-2 do not name separators.")
    TOO_LARGE = "too_large", _("It is larger than {where}; it was not kept.")
    BAD_CONTROL_ID = (
        "bad_control_id",
        _("MSH-3, MSH-4 or MSH-10 is longer than anybody may write."),
    )
    BROKEN_SEGMENT = "broken_segment", _("A line does not begin a segment: {where}.")
    TOO_MANY_SEGMENTS = "too_many_segments", _("It has too many segments.")
    TWO_MESSAGES = "two_messages", _("There are two messages in one frame.")
    MISSING = "missing", _("{where} is missing.")
    UNREADABLE = "unreadable", _("{where} cannot be read.")
    TOO_LONG = "too_long", _("{where} is too long.")
    IN_FUTURE = "in_future", _("{where} lies in the future.")
    SELF_MERGE = "self_merge", _("PID-3 and MRG-1 name the same record.")
    BUG = "bug", _("It could not be processed here ({where}); tell the operator.")


# Not acceptable whatever is in it (AR); the others were kept, but not understood (AE).
REFUSED = frozenset(
    {
        Problem.NO_HEADER,
        Problem.UNKNOWN_CHARSET,
        Problem.NOT_DECODED,
        Problem.BAD_SEPARATORS,
        Problem.TOO_LARGE,
        Problem.BAD_CONTROL_ID,
    }
)
# Table 0357 of the standard.
CODES = {
    Problem.NO_HEADER: ("100", "Segment sequence error"),
    Problem.BROKEN_SEGMENT: ("100", "Segment sequence error"),
    Problem.TWO_MESSAGES: ("100", "Segment sequence error"),
    Problem.MISSING: ("101", "Required field missing"),
    Problem.UNREADABLE: ("102", "Data type error"),
    Problem.IN_FUTURE: ("102", "Data type error"),
    Problem.TOO_LONG: ("102", "Data type error"),
}
OTHERWISE = ("207", "Application internal error")


class NotUnderstood(Exception):
    """The message cannot be taken over; `where` names the field or the value."""

    def __init__(self, problem: Problem, where: str = "") -> None:
        super().__init__(f"{problem.value}:{where}")
        self.problem = problem
        self.where = where

    @classmethod
    def of(cls, kept: str) -> Self:
        """As it was kept."""
        code, __, where = kept.partition(":")
        return cls(Problem(code), where)

    @property
    def is_refused(self) -> bool:
        return self.problem in REFUSED

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        words: str | Promise = self.problem.label
        return str(words).replace("{where}", self.where)

    @property
    def english(self) -> str:
        """For the sender, in signs of every encoding."""
        with translation.override("en"):
            return self.sentence

    @property
    def code(self) -> tuple[str, str]:
        return CODES.get(self.problem, OTHERWISE)
