"""How every action on a case or a task is answered; see hospital/dialogs.py."""

from hospital.dialogs import (
    FRAGMENT,
    PAGE,
    add_refusal,
    answer_form,
    answer_press,
    next_page,
    sent,
)

__all__ = [
    "FRAGMENT",
    "PAGE",
    "add_refusal",
    "answer_form",
    "answer_press",
    "next_page",
    "sent",
]
