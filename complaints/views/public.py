from django.http import Http404, HttpRequest, HttpResponse


def track(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def progress(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def rate(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def qr_code(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
