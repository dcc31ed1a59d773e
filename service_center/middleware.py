"""Which language a page speaks, and what is refused before any view sees it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from service_center.problems import API_PREFIX


class UserLocaleMiddleware:
    """The person's own choice, else this browser's choice, else its settings.

    The person is only asked for where signing in is required, so public pages and
    health checks never touch the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        self._speak(request, translation.get_language_from_request(request))
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> None:
        if not getattr(view, "login_required", True):
            return
        if request.user.is_authenticated and request.user.language:
            self._speak(request, request.user.language)

    @staticmethod
    def _speak(request: HttpRequest, language: str) -> None:
        translation.activate(language)
        request.LANGUAGE_CODE = language


class BadInputMiddleware:
    """Refuses a NUL in the address, and bodies of the API beyond the limit of forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # REST framework reads JSON from the stream, past Django's own limit.
        if request.path.startswith(API_PREFIX) and is_too_big(request):
            raise RequestDataTooBig
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """PostgreSQL knows no such letter, so nothing can be asked for with it."""
        query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        if "\0" in request.path or b"\0" in query:
            raise BadRequest


def is_too_big(request: HttpRequest) -> bool:
    """Files are measured one by one, so a body with files may be longer."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    length = request.headers.get("Content-Length", "")
    if limit is None or request.content_type == "multipart/form-data":
        return False
    return length.isdecimal() and int(length[:18]) > limit
