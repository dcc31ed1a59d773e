from celery import shared_task
from django.core.management import call_command

from hospital import contacts
from service_center import idempotency


@shared_task
def clear_expired_sessions() -> None:
    call_command("clearsessions")


@shared_task
def forget_old_contacts() -> int:
    return contacts.forget_old_contacts()


@shared_task
def forget_old_requests() -> int:
    return idempotency.forget_old_requests()
