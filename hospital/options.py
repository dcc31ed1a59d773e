"""Answers to a type-ahead: the few likeliest options for what was typed."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.http import HttpRequest, JsonResponse

from hospital.text import clean_text

M = TypeVar("M", bound=Model)
MOST_OPTIONS = 20
# Full-width letters and digits, as a Chinese keyboard may leave them.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def read_query(request: HttpRequest) -> str:
    return clean_text(request.GET.get("q", "")[:100].translate(_HALF_WIDTH))


def best_first(queryset: QuerySet[M], typed: str, *fields: str) -> QuerySet[M]:
    """Whole matches of a field first, then beginnings, then the rest in its order."""
    if not typed:
        return queryset
    whole, begun = Q(), Q()
    for field in fields:
        whole |= Q(**{f"{field}__iexact": typed})
        begun |= Q(**{f"{field}__istartswith": typed})
    rank = Case(When(whole, then=Value(0)), When(begun, then=Value(1)), default=2)
    return queryset.order_by(rank, *(queryset.model._meta.ordering or ()))


def answer_options(
    queryset: QuerySet[M], describe: Callable[[M], dict[str, Any]]
) -> JsonResponse:
    """The contract of static/js/combobox.js: id, text and hint of each option."""
    results = [describe(record) for record in queryset[:MOST_OPTIONS]]
    return JsonResponse({"results": results})
