from celery import shared_task

from notifications import services


@shared_task
def send_due_deliveries() -> int:
    return services.send_due_deliveries()
