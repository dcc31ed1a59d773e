from django.http import Http404, HttpRequest, HttpResponse


def inbox(request: HttpRequest) -> HttpResponse:
    raise Http404


def bell(request: HttpRequest) -> HttpResponse:
    raise Http404


def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


def mark_all_read(request: HttpRequest) -> HttpResponse:
    raise Http404
