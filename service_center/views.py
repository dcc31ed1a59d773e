"""Pages of the shell itself: language, API documentation, errors."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults
from django.views.decorators.http import require_POST
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.throttling import ScopedRateThrottle

from service_center.problems import API_PREFIX, problem_response

A_YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language for the person, and for this browser."""
    response = HttpResponseRedirect(_safe_next(request))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _safe_next(request: HttpRequest) -> str:
    """Where the person came from, if that is one of our own pages."""
    for target in (request.POST.get("next"), request.headers.get("Referer")):
        if target and url_has_allowed_host_and_scheme(
            target, {request.get_host()}, require_https=request.is_secure()
        ):
            return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


class ApiDocsView(SpectacularSwaggerSplitView):
    """Swagger UI without inline script or style, for our content security policy."""

    url_name = "api-schema"
    template_name = "service_center/api_docs.html"


class TokenView(ObtainAuthToken):
    """An API token for an employee number and password, at a limited pace."""

    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    is_too_big = isinstance(exception, RequestDataTooBig)
    status = 413 if is_too_big else 400
    if request.path.startswith(API_PREFIX):
        return problem_response(status)
    return render(request, "400.html", {"is_too_big": is_too_big}, status=status)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return problem_response(404)
    return defaults.page_not_found(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return problem_response(403)
    return defaults.permission_denied(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith(API_PREFIX):
        return problem_response(500)
    return defaults.server_error(request)
