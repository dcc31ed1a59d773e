from django.http import Http404, HttpRequest, HttpResponse


def acknowledge(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def plan(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def submit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def refuse(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def decide(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def verify(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def send_back(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def cancel(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def release(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
