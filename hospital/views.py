from django.http import Http404, HttpRequest, HttpResponse


def department_options(request: HttpRequest) -> HttpResponse:
    raise Http404


def person_options(request: HttpRequest) -> HttpResponse:
    raise Http404
