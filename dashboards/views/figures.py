from django.http import Http404, HttpRequest, HttpResponse


def figures(request: HttpRequest) -> HttpResponse:
    raise Http404


def figure_cases(request: HttpRequest, measure: str) -> HttpResponse:
    raise Http404
