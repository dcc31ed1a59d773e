"""The working calendar: a year at a glance, the hospital's own days, their file."""

from datetime import date
from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hospital import clock, services
from hospital.calendar_csv import write_text
from hospital.calendars import load_calendars
from hospital.day_notes import DayKind, why_off
from hospital.dialogs import answer_form, sent
from hospital.forms import DayForm, DaysFileForm, DaysForm
from hospital.models import CalendarDay
from hospital.permissions import can_set_calendar
from hospital.requests import SignedInRequest
from hospital.services import OwnDay
from hospital.years import (
    FIRST_YEAR,
    LAST_YEAR,
    days_of,
    legend,
    months_of,
    statutory_note,
    weekdays,
)

# What goes into a file of the year: every day that is not as its weekday says.
UNUSUAL = frozenset(DayKind) - {DayKind.WORKING, DayKind.WEEKEND, DayKind.NO_HOURS}


class View(Protocol):
    def __call__(
        self, request: SignedInRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse: ...


def for_keepers(view: View) -> View:
    """Only for those who keep the calendar; 403 for the rest."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_set_calendar(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_keepers
def show_year(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    today = clock.today()
    year = _known(year or today.year)
    calendars = load_calendars()
    days = days_of(year, calendars, today)
    months = months_of(days)
    context = {
        "year": year,
        "months": months,
        "working_days": sum(month.working_days for month in months),
        "own_days": CalendarDay.objects.filter(day__year=year),
        "weekdays": weekdays(),
        "legend": legend(),
        "is_known": calendars.knows(year),
        "previous_url": _year_url(year - 1),
        "next_url": _year_url(year + 1),
        "is_this_year": year == today.year,
    }
    return render(request, "hospital/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def set_day(request: SignedInRequest, day: date) -> HttpResponse:
    """What the hospital itself says of a day; or that it says nothing."""
    _known(day.year)
    own = CalendarDay.objects.filter(day=day).first()
    word = DayForm.Word.STATUTORY
    if own is not None:
        word = DayForm.Word.WORKS if own.works else DayForm.Word.OFF
    form = DayForm(
        sent(request), initial={"word": word, "name": own.name if own else ""}
    )

    def perform(data: dict[str, Any]) -> None:
        if data["word"] == DayForm.Word.STATUTORY:
            services.clear_day(day, actor=request.user)
            return
        works = data["word"] == DayForm.Word.WORKS
        services.set_days([OwnDay(day, works, data["name"])], actor=request.user)

    return answer_form(
        request,
        form,
        perform=perform,
        done=_("The calendar was changed. Open due times are counted anew."),
        back_url=_year_url(day.year) or reverse("hospital:calendar"),
        fragment="hospital/day_form.html",
        title=" ".join(formats.date_format(day, part) for part in ("DATE_FORMAT", "l")),
        intro=_("In the statutory calendar: {note}.").format(
            note=statutory_note(day, load_calendars())
        ),
        submit_label=_("Save"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def import_days(request: SignedInRequest) -> HttpResponse:
    """A file of days: read, shown with a verdict per row, saved as a whole."""
    if request.method == "POST" and "text" in request.POST:
        return _save_days(request)
    form = DaysFileForm(sent(request), request.FILES or None)
    context: dict[str, Any] = {"form": form, "year": clock.today().year}
    if request.method == "POST" and form.is_valid():
        context |= _preview(form)
    return render(request, "hospital/calendar_import.html", context)


@require_safe
@for_keepers
def export_year(request: SignedInRequest, year: int) -> HttpResponse:
    """Holidays, make-up days and own days of the year, as the import reads them."""
    calendars = load_calendars()
    days = [
        OwnDay(day.day, day.note.works, day.note.name)
        for day in days_of(_known(year), calendars, clock.today())
        if day.note.kind in UNUSUAL
    ]
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    response = HttpResponse(
        "\ufeff" + write_text(days), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="calendar-{year}.csv"'
    return response


def _save_days(request: SignedInRequest) -> HttpResponse:
    form = DaysForm(request.POST)
    if not form.is_valid():
        context = {
            "form": DaysFileForm(),
            "days_form": form,
            "year": clock.today().year,
        }
        return render(request, "hospital/calendar_import.html", context)
    services.set_days(form.days, actor=request.user)
    count = len(form.days)
    messages.success(
        request,
        ngettext(
            "{count} day was saved. Open due times are counted anew.",
            "{count} days were saved. Open due times are counted anew.",
            count,
        ).format(count=count),
    )
    return redirect(_year_url(form.days[0].day.year) or "hospital:calendar")


def _preview(form: DaysFileForm) -> dict[str, Any]:
    rows = form.rows
    good = [row.own for row in rows if row.own is not None]
    kept = CalendarDay.objects.filter(day__in=[own.day for own in good])
    before = {own.day: OwnDay(own.day, own.works, own.name) for own in kept}
    calendars = load_calendars()
    return {
        "rows": [
            {
                "row": row,
                "was": why_off(row.own.day, calendars.office) if row.own else None,
                "is_same": row.own is not None and before.get(row.own.day) == row.own,
            }
            for row in rows
        ],
        "wrong": len(rows) - len(good),
        "days_form": DaysForm(initial={"text": write_text(good)}),
    }


def _known(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year


def _year_url(year: int) -> str:
    """The page of the year, or nothing beyond the years there are."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ""
    return reverse("hospital:calendar_year", args=[year])
