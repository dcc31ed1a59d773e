"""The Celery application; the schedule is in settings.CELERY_BEAT_SCHEDULE."""

import os

from celery import Celery

from service_center import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "service_center.settings")

broker.register()
app = Celery("service_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
