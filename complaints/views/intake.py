from django.http import Http404, HttpRequest, HttpResponse


def intake(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def preview(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def known_person(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def category_options(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
