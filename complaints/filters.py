"""What lists can be narrowed down to; the pages and the API share it."""

import re
import unicodedata
from typing import Any

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.forms import DateInput
from django.forms.widgets import SearchInput
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from complaints.models import (
    Case,
    Category,
    Channel,
    Handover,
    Kind,
    RectificationTask,
    Status,
    Subject,
    TaskStatus,
    Tier,
)
from complaints.models.cases import CaseQuerySet
from complaints.models.tasks import TaskQuerySet
from complaints.permissions import CENTRE
from hospital.forms import TypeAheadSelect
from hospital.models import Department, Role, User
from hospital.text import clean_text, normalise_phone

NUMBER = re.compile(r"(?:C-?)?(\d{4})-(\d{1,6})", re.IGNORECASE)
TRACKING_CODE = re.compile(r"(?:[2-9A-Z]{4}-?){2}[2-9A-Z]{4}", re.IGNORECASE)
PHONE = re.compile(r"\d{4}|\+?\d{7,15}")


def find_quoted(cases: CaseQuerySet, text: str) -> CaseQuerySet | None:
    """The cases that a quoted number, tracking code or telephone number means.

    None when the text is no such quote but words.
    """
    quote = clean_text(unicodedata.normalize("NFKC", text))
    if number := NUMBER.fullmatch(quote):
        year, count = number.groups()
        return cases.filter(number=f"C-{year}-{int(count):06d}")
    if _is_phone(quote):
        return cases.with_phone(normalise_phone(quote))
    if TRACKING_CODE.fullmatch(quote):
        code = quote.replace("-", "").upper()
        return cases.filter(tracking_code="-".join((code[:4], code[4:8], code[8:])))
    return None


def _is_phone(text: str) -> bool:
    return PHONE.fullmatch(normalise_phone(text)) is not None


@extend_schema_field(OpenApiTypes.STR)
class CodeFilter(django_filters.ModelChoiceFilter):
    """A record named by its code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("to_field_name", "code")
        super().__init__(**options)


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="search", label=_("Number, code, phone or words"), max_length=100
    )
    status = django_filters.ChoiceFilter(choices=Status.choices, label=_("Status"))
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_("Channel"))
    tier = django_filters.TypedChoiceFilter(
        choices=Tier.choices, coerce=int, label=_("Tier")
    )
    department = CodeFilter(
        queryset=Department.objects.all(),
        method="about_department",
        label=_("Department"),
    )
    category = CodeFilter(
        queryset=Category.objects.all(),
        method="about_category",
        label=_("Category"),
    )
    owner = CodeFilter(
        queryset=User.objects.all(),
        to_field_name="employee_number",
        label=_("Owner"),
    )
    received_from = django_filters.DateFilter(
        field_name="received_at", lookup_expr="date__gte", label=_("Received from")
    )
    received_to = django_filters.DateFilter(
        field_name="received_at", lookup_expr="date__lte", label=_("Received to")
    )
    overdue = django_filters.BooleanFilter(method="over_time", label=_("Over time"))

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def open_lookup(self) -> None:
        """Let a quote find every case that the desk may look up.

        Only the text that the form accepted counts: it is the one searched for. Text
        that it refused narrows nothing, so it must not open anything either.
        """
        self.form.is_valid()
        text = self.form.cleaned_data.get("q", "")
        is_quote = find_quoted(Case.objects.all(), text) is not None
        self.queryset = Case.objects.visible_to(self.request.user, lookup=is_quote)

    def search(self, cases: CaseQuerySet, name: str, text: str) -> CaseQuerySet:
        """A number, a code, a telephone number or its last four digits, or words.

        Only who may know the person finds the case by telephone or by name.
        """
        knows_people = self.request.user.has_role(*CENTRE, Role.LEADERSHIP)
        quoted = find_quoted(cases, text)
        if quoted is not None and (knows_people or not _is_phone(text)):
            return quoted
        words = clean_text(text)
        found = Q(narrative__icontains=words)
        if knows_people:
            found |= Q(contact__name__icontains=words)
        return cases.filter(found)

    def about_department(
        self, cases: CaseQuerySet, name: str, department: Department
    ) -> CaseQuerySet:
        about = Subject.objects.filter(case=OuterRef("pk"), department=department)
        return cases.filter(Exists(about))

    def about_category(
        self, cases: CaseQuerySet, name: str, category: Category
    ) -> CaseQuerySet:
        about = Subject.objects.filter(
            Q(category=category) | Q(category__parent=category), case=OuterRef("pk")
        )
        return cases.filter(Exists(about))

    def over_time(self, cases: CaseQuerySet, name: str, over: bool) -> CaseQuerySet:
        overdue = cases.overdue()
        return overdue if over else cases.exclude(pk__in=overdue.values("pk"))


class Scope(models.TextChoices):
    """The heaps of cases that people work through."""

    OPEN = "open", _("Open")
    MINE = "mine", _("Mine")
    OVERDUE = "overdue", _("Over time")
    MAJOR = "major", _("Tier 3")
    HANDED = "handed", _("Handed to me")
    ALL = "all", _("All")


class CaseListFilter(CaseFilter):
    """The filters of the page: the heaps besides, and how the fields look."""

    scope = django_filters.ChoiceFilter(
        choices=Scope.choices, method="in_scope", label=_("Heap")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "status", "channel", "department"):
            self.filters[name].extra["empty_label"] = _("Any")
        self.filters["department"].extra["widget"] = TypeAheadSelect
        fields = self.form.fields
        words = {"autocomplete": "off", "placeholder": str(fields["q"].label)}
        fields["q"].widget = SearchInput(words)
        fields["tier"].choices = [("", _("Any")), *Tier.choices]
        for name in ("received_from", "received_to"):
            fields[name].widget = DateInput({"type": "date"}, format="%Y-%m-%d")

    def in_scope(
        self, cases: CaseQuerySet, name: str, scope: str
    ) -> models.QuerySet[Case]:
        user = self.request.user
        if scope == Scope.ALL:
            return cases
        if scope == Scope.OVERDUE:
            return cases.overdue()
        if scope == Scope.HANDED:
            offered = Handover.objects.filter(
                case=OuterRef("pk"), offered_to=user, answered_at=None
            )
            return cases.filter(Exists(offered))
        narrower = {Scope.MINE: Q(owner=user), Scope.MAJOR: Q(tier=Tier.MAJOR)}
        return cases.open().filter(narrower.get(Scope(scope), Q()))


class TaskFilter(django_filters.FilterSet):
    case = django_filters.CharFilter(
        field_name="case__number", label=_("Number of the case"), max_length=20
    )
    status = django_filters.ChoiceFilter(choices=TaskStatus.choices, label=_("Status"))
    department = CodeFilter(
        queryset=Department.objects.all(),
        label=_("Department"),
    )
    overdue = django_filters.BooleanFilter(method="over_time", label=_("Over time"))

    class Meta:
        model = RectificationTask
        fields: tuple[str, ...] = ()

    def over_time(self, tasks: TaskQuerySet, name: str, over: bool) -> TaskQuerySet:
        overdue = tasks.overdue()
        return overdue if over else tasks.exclude(pk__in=overdue.values("pk"))
