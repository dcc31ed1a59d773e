from celery import shared_task

from followups.services import alerts, cohorts, importing, plan_upkeep, queue, retention


@shared_task
def fill_queue() -> int:
    return queue.fill_queue()


@shared_task
def plan_rounds() -> int:
    return cohorts.plan_rounds()


@shared_task
def follow_plans() -> int:
    return plan_upkeep.follow_plans()


@shared_task
def find_left_out() -> int:
    return plan_upkeep.find_left_out()


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
