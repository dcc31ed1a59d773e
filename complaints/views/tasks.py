from django.http import Http404, HttpRequest, HttpResponse


def task_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def task_detail(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def evidence(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
