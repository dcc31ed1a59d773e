"""What tests of the time limits share: rules, steps, and the due times they give."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse

from complaints.models import Case, Clock, DeadlinePolicy, EscalationStep, Tier

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE = reverse("complaints:policies")
RULE = {"runs": "on", "amount": "7", "unit": "working_days", "hours": "office"}


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def policy(which: str = Clock.FEEDBACK, **changes: Any) -> DeadlinePolicy:
    usual: dict[str, Any] = {"tier": Tier.MINOR, "amount": 7}
    return DeadlinePolicy(clock=which, **(usual | changes))


def step(action: str, **moment: int) -> EscalationStep:
    return EscalationStep(
        clock=Clock.FEEDBACK, tier=Tier.MINOR, action=action, **moment
    )


def due_times(case: Case, which: str = Clock.FEEDBACK) -> list[tuple[str, str]]:
    """Each due time the clock ever had, with its state."""
    rows = case.deadlines.filter(clock=which).order_by("pk")
    return [
        (f"{row.due_at.astimezone(SHANGHAI):%m-%d %H:%M}", row.state) for row in rows
    ]


def rule_url(
    which: str = Clock.FEEDBACK, tier: int = 1, name: str = "edit_rule"
) -> str:
    return reverse(f"complaints:{name}", args=[which, tier])


def saved(client: Client, url: str, data: dict[str, str]) -> str:
    """What the page says after the form was accepted."""
    response = client.post(url, data, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    return str(response.text)


def errors(response: Any) -> dict[str, list[str]]:
    form = response.context["form"]
    return {name: list(sentences) for name, sentences in form.errors.items()}
