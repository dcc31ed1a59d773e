from celery import shared_task

from followups.services import alerts, importing
from followups.services.calls import queue
from followups.services.cohorts import membership
from followups.services.feed import retention
from followups.services.planning import upkeep


@shared_task
def fill_queue() -> int:
    return queue.fill_queue()


@shared_task
def plan_rounds() -> int:
    return membership.plan_rounds()


@shared_task
def follow_plans() -> int:
    return upkeep.follow_plans()


@shared_task
def find_left_out() -> int:
    return upkeep.find_left_out()


@shared_task
def close_windows() -> int:
    return queue.close_windows()


@shared_task
def work_on_imports() -> int:
    return importing.work_on_imports()


@shared_task
def forget_old_imports() -> int:
    return importing.forget_old_imports()


@shared_task
def forget_old_messages() -> int:
    return retention.forget_old_messages()


@shared_task
def watch_alerts() -> int:
    return alerts.watch_alerts()
