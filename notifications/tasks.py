from celery import shared_task

from notifications import services


@shared_task
def send_due_deliveries(channel: str | None = None) -> int:
    services.beat("deliveries")
    return services.send_due_deliveries(channel)
