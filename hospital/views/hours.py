"""The working hours: of the hospital and of each department."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from hospital import clock, services
from hospital.calendars import AROUND_THE_CLOCK, Calendars, Week, load_calendars
from hospital.dialogs import answer_form, sent
from hospital.forms import HoursForm
from hospital.hours import describe_week, length_of
from hospital.models import Department
from hospital.requests import SignedInRequest
from hospital.views.calendar import for_keepers
from hospital.working_time import NOTHING, WorkingCalendar, add_working_time

EXAMPLE = timedelta(hours=8)


@dataclass(frozen=True)
class WeekShown:
    """A week in words, and what it amounts to."""

    lines: list[str]
    hours: float
    is_always: bool


@require_safe
@for_keepers
def list_hours(request: SignedInRequest) -> HttpResponse:
    calendars = load_calendars()
    departments = Department.objects.active().select_related("campus")
    own, usual = [], []
    for department in departments:
        if department.pk in calendars.departments:
            week = calendars.of(department.pk).week
            own.append((department, show_week(week)))
        else:
            usual.append(department)
    context = {"office": show_week(calendars.office.week), "own": own, "usual": usual}
    return render(request, "hospital/working_hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def set_office_hours(request: SignedInRequest) -> HttpResponse:
    return _answer(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def set_department_hours(request: SignedInRequest, key: int) -> HttpResponse:
    return _answer(request, _find(key))


@require_POST
@for_keepers
def preview_hours(request: SignedInRequest, key: int | None = None) -> HttpResponse:
    """What the hours as typed would mean."""
    department = None if key is None else _find(key)
    calendars = load_calendars()
    form = _build_form(request, department, calendars)
    if not form.is_valid():
        return HttpResponse()  # what is wrong is told when the form is sent
    context = _foresee(form, department, calendars)
    return render(request, "hospital/_hours_preview.html", context)


def show_week(week: Week) -> WeekShown:
    hours = sum(map(length_of, week), NOTHING) / timedelta(hours=1)
    return WeekShown(describe_week(week), hours, week == AROUND_THE_CLOCK)


def _answer(request: SignedInRequest, department: Department | None) -> HttpResponse:
    calendars = load_calendars()
    form = _build_form(request, department, calendars)
    key = [] if department is None else [department.pk]

    def perform(data: dict[str, Any]) -> None:
        services.set_week(department, form.week, actor=request.user)

    return answer_form(
        request,
        form,
        perform=perform,
        done=_("The working hours were saved. Open due times are counted anew."),
        back_url=reverse("hospital:working_hours"),
        fragment="hospital/hours_form.html",
        title=_("Working hours: {name}").format(
            name=_("The hospital") if department is None else department.name
        ),
        submit_label=_("Save"),
        preview_url=reverse("hospital:preview_hours", args=key),
    )


def _build_form(
    request: SignedInRequest, department: Department | None, calendars: Calendars
) -> HoursForm:
    usual = calendars.office.week
    is_office = department is None
    week: Week | None = usual
    if department is not None:
        own = calendars.departments.get(department.pk)
        week = own.week if own else None
    return HoursForm(sent(request), week=week, usual=usual, is_office=is_office)


def _foresee(
    form: HoursForm, department: Department | None, calendars: Calendars
) -> dict[str, Any]:
    week = form.week if any(form.week) else calendars.office.week
    calendar = replace(calendars.office, week=week)
    if department is not None and week == AROUND_THE_CLOCK:
        calendar = WorkingCalendar.around_the_clock(zone=calendars.office.zone)
    now = clock.now()
    due_at = add_working_time(now, EXAMPLE, calendar)
    return {"week": show_week(week), "due_at": due_at, "example": EXAMPLE}


def _find(key: int) -> Department:
    department: Department = get_object_or_404(Department.objects.active(), pk=key)
    return department
