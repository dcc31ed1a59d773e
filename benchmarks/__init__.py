"""Measurements and simulations: `python -m benchmarks.<name>`, each says what it needs.

They work in a database of their own beside DATABASE_URL's, dropped at the end.
"""

import os

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "service_center.settings")
    os.environ.setdefault(
        "SECRET_KEY", "of-a-benchmark-and-so-no-secret-0123456789abcdef"
    )
    os.environ.setdefault("ALLOWED_HOSTS", "localhost")
    django.setup()
