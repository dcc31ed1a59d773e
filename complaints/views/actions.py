from django.http import Http404, HttpRequest, HttpResponse


def reveal(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def accept(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def decline(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def handover(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def answer_handover(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def tier(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def convert(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def note(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def reply(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def satisfaction(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def close(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def merge(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def reopen(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def task(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
