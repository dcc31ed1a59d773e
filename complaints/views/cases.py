from django.http import Http404, HttpRequest, HttpResponse


def case_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def case_detail(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def slip(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
