"""What a service answers when it will not do what it was asked."""

from typing import Any


class RuleViolation(Exception):
    """A rule of the house forbids it now. The message is for the person who asked.

    `field` names the input the sentence belongs beside, if there is one.
    """

    code = "rule"

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class StaleRecord(RuleViolation):
    """Somebody else changed the record since the person read it."""

    code = "stale"
