from celery import shared_task

from complaints.services import digests, escalation, rule_changes
from notifications.services import beat


@shared_task
def tick() -> int:
    beat("tick")
    return escalation.tick().taken


@shared_task
def apply_rule_changes() -> int:
    return rule_changes.apply_rule_changes()


@shared_task
def send_daily_digests() -> int:
    return digests.send_daily_digests()
