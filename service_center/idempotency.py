"""`Idempotency-Key` on API writes: a repeated request is answered, not redone."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from hospital import clock
from hospital.models import User
from service_center.models import IdempotentRequest
from service_center.problems import API_PREFIX, problem_response

METHODS = {"POST", "PUT", "PATCH"}
KEY_MAX_LENGTH = 255
KEPT_FOR = timedelta(hours=24)
# A process killed halfway leaves its row unanswered; later the key may be used again.
ABANDONED_AFTER = timedelta(minutes=5)
# Answers that say "not now" or "not you": the same request may succeed later.
NOT_KEPT = {401, 408, 425, 429}
KEPT_HEADERS = ("Content-Type", "Location", "Content-Language", "ETag")


class IdempotencyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or not is_covered(request):
            return self.get_response(request)
        if len(key) > KEY_MAX_LENGTH:
            return problem_response(
                400, _("The Idempotency-Key is longer than 255 characters.")
            )
        user = find_user(request)
        if user is None:  # the view will answer that nobody is signed in
            return self.get_response(request)
        return self._answer_once(request, user, key)

    def _answer_once(self, request: HttpRequest, user: User, key: str) -> HttpResponse:
        fingerprint = fingerprint_request(request)
        row, is_new = claim_key(user, key, fingerprint)
        if not is_new:
            return answer_repeated(row, fingerprint)
        try:
            response = self.get_response(request)
        except BaseException:
            row.delete()
            raise
        keep_answer(row, response)
        return response


def is_covered(request: HttpRequest) -> bool:
    return request.method in METHODS and request.path.startswith(API_PREFIX)


def find_user(request: HttpRequest) -> User | None:
    """Who asks, in the two ways the API knows; an expired token finds nobody."""
    try:
        found = TokenAuthentication().authenticate(request)  # type: ignore[arg-type]  # it reads only headers
    except AuthenticationFailed:
        return None
    if found:
        return found[0]
    return request.user if request.user.is_authenticated else None


def fingerprint_request(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    digest.update(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        # Its bytes hold a random boundary, and may be too large to keep in memory.
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name, file.size)).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def claim_key(user: User, key: str, fingerprint: str) -> tuple[IdempotentRequest, bool]:
    """The row of the key and whether it is ours; the constraint decides between two."""
    now = clock.now()
    owned = IdempotentRequest.objects.filter(user=user, key=key)
    owned.filter(created_at__lt=now - KEPT_FOR).delete()
    owned.filter(status=None, created_at__lt=now - ABANDONED_AFTER).delete()
    try:
        with transaction.atomic():
            row = IdempotentRequest.objects.create(
                user=user, key=key, fingerprint=fingerprint, created_at=now
            )
    except IntegrityError:
        found = owned.first()
        # Gone again: its first request failed a moment ago, so ours is the first now.
        return (found, False) if found else claim_key(user, key, fingerprint)
    return row, True


def answer_repeated(row: IdempotentRequest, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        return problem_response(
            422,
            _("This Idempotency-Key was used for another request."),
            code="idempotency_key_reused",
        )
    if row.is_in_progress:
        response: HttpResponse = problem_response(
            409,
            _("The first request with this Idempotency-Key is still being handled."),
            code="idempotency_in_progress",
        )
        response["Retry-After"] = "1"
        return response
    response = HttpResponse(bytes(row.body), status=row.status)
    del response["Content-Type"]
    for name, value in row.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def keep_answer(row: IdempotentRequest, response: HttpResponse) -> None:
    is_passing = response.status_code >= 500 or response.status_code in NOT_KEPT
    if response.streaming or is_passing or is_secret(response):
        row.delete()
        return
    row.status = response.status_code
    row.body = response.content
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.save(update_fields=["status", "body", "headers"])


def is_secret(response: HttpResponse) -> bool:
    """Whether the view says that its answer must be kept nowhere."""
    return "no-store" in response.headers.get("Cache-Control", "")


def forget_old_requests() -> int:
    count, _by_model = IdempotentRequest.objects.filter(
        created_at__lt=clock.now() - KEPT_FOR
    ).delete()
    return count
