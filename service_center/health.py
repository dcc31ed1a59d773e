"""For load balancers and `make run`: is the process up, and can it serve?"""

import os
from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

BROKER_TIMEOUT_SECONDS = 2


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 names the part that fails, and never why: the reason may be a secret."""
    parts = {name: check() for name, check in CHECKS.items()}
    failing = [name for name, is_well in parts.items() if not is_well]
    return JsonResponse(
        {"status": "failing" if failing else "ok", "failing": failing},
        status=503 if failing else 200,
    )


def is_database_reachable() -> bool:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


class _Schema:
    """Remembers that the schema was complete: a running process cannot lose that."""

    is_complete = False


def is_migrated() -> bool:
    if _Schema.is_complete:
        return True
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        targets = executor.loader.graph.leaf_nodes()
        _Schema.is_complete = not executor.migration_plan(targets)
    except Error:
        return False
    return _Schema.is_complete


def is_broker_reachable() -> bool:
    if not settings.REDIS_URL:
        messages = settings.BROKER_DIR / "messages"
        return messages.is_dir() and os.access(messages, os.W_OK)
    try:
        with redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=BROKER_TIMEOUT_SECONDS,
            socket_timeout=BROKER_TIMEOUT_SECONDS,
        ) as broker:
            return bool(broker.ping())
    except redis.RedisError:
        return False


CHECKS: dict[str, Callable[[], bool]] = {
    "database": is_database_reachable,
    "migrations": is_migrated,
    "broker": is_broker_reachable,
}
