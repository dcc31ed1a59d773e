"""A bare Django application that hands out the next call: what the product is held to.

No middleware, no session, no rights: the agent stands in the address. The same SELECT
... FOR UPDATE SKIP LOCKED and UPDATE, an empty answer. Once through the ORM, and once
with SQL that is written down, which is as fast as Django can be. Served by
`gunicorn benchmarks.bare:application`.
"""

from datetime import datetime

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from followups.models import QueuedCall
from followups.services.calls.claiming import CLAIM

SELECT = """
SELECT patient_id, department_id, language, priority, reasons, ready_at, closes_at,
    is_timed, needs_number, use_relative, attempts, assigned_to_id, claimed_by_id,
    claimed_until, draft
FROM followups_queuedcall
WHERE NOT needs_number AND ready_at <= %(now)s
    AND (claimed_until IS NULL OR claimed_until <= %(now)s)
    AND (assigned_to_id IS NULL OR assigned_to_id = %(agent)s)
ORDER BY priority DESC, closes_at, patient_id
LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED
"""
UPDATE = """
UPDATE followups_queuedcall
SET claimed_by_id = %s, claimed_until = %s, draft = '{}'
WHERE patient_id = %s
"""


def take_by_sql(request: HttpRequest, agent: int) -> HttpResponse:
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SELECT, {"now": now, "agent": agent})
        row = cursor.fetchone()
        if row is not None:
            cursor.execute(UPDATE, [agent, now + CLAIM, row[0]])
    return HttpResponse(status=204 if row else 404)


def take_by_orm(request: HttpRequest, agent: int) -> HttpResponse:
    now = timezone.now()
    with transaction.atomic():
        row = _first(agent, now)
        if row is not None:
            row.claimed_by_id, row.claimed_until = agent, now + CLAIM
            row.save(update_fields=["claimed_by", "claimed_until", "draft"])
    return HttpResponse(status=204 if row else 404)


def _first(agent: int, now: datetime) -> QueuedCall | None:
    ready = QueuedCall.objects.ready(now).filter(
        Q(assigned_to=None) | Q(assigned_to=agent)
    )
    ordered = ready.order_by("-priority", "closes_at", "patient")
    return ordered.select_for_update(skip_locked=True, no_key=True).first()


urlpatterns = [
    path("sql/<int:agent>/", take_by_sql),
    path("orm/<int:agent>/", take_by_orm),
]
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = WSGIHandler()
