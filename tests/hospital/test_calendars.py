from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from hospital import services
from hospital.calendars import (
    AROUND_THE_CLOCK,
    USUAL_WEEK,
    build_calendars,
    current_token,
    load_calendars,
    recent_calendars,
)
from hospital.models import (
    CalendarDay,
    Department,
    TimeRules,
    User,
    Weekday,
    WorkingHours,
)
from hospital.working_time import Slot
from tests.races import overlap

MORNING = Slot(time(8), time(12))
MORNINGS = ((MORNING,),) * 5 + ((),) * 2
OWN_DAY = services.OwnDay(date(2026, 3, 4), works=False, name="院庆")
Count = Callable[..., AbstractContextManager[Any]]


def test_the_hospital_begins_with_office_hours_and_a_lunch_break(db: None) -> None:
    calendars = load_calendars()
    assert calendars.office.week == USUAL_WEEK
    assert calendars.works(date(2026, 3, 4))
    assert not calendars.works(date(2026, 3, 7))


def test_a_department_keeps_the_office_hours_until_it_has_its_own(
    department: Department, other_department: Department, supervisor: User
) -> None:
    assert load_calendars().of(department.pk) == load_calendars().office
    services.set_week(department, MORNINGS, actor=supervisor)
    calendars = load_calendars()
    assert calendars.of(department.pk).week == MORNINGS
    assert calendars.of(other_department.pk) == calendars.office
    assert calendars.of(None) == calendars.office


def test_the_hospitals_own_days_are_in_every_calendar_but_not_around_the_clock(
    department: Department, other_department: Department, quality_admin: User
) -> None:
    services.set_week(department, MORNINGS, actor=None)
    services.set_week(other_department, AROUND_THE_CLOCK, actor=None)
    services.set_days([OWN_DAY], actor=quality_admin)
    calendars = load_calendars()
    assert not calendars.works(OWN_DAY.day)
    assert calendars.day_name(OWN_DAY.day) == "院庆"
    assert calendars.day_name(date(2026, 3, 5)) == ""
    assert not calendars.of(department.pk).works(OWN_DAY.day)
    assert calendars.of(other_department.pk).works(OWN_DAY.day)
    assert calendars.always.works(OWN_DAY.day)
    services.clear_day(OWN_DAY.day, actor=quality_admin)
    assert load_calendars().works(OWN_DAY.day)


def test_a_day_written_twice_keeps_the_later_word(db: None) -> None:
    services.set_days([OWN_DAY], actor=None)
    services.set_days([services.OwnDay(OWN_DAY.day, works=True)], actor=None)
    assert list(CalendarDay.objects.values_list("day", "works", "name")) == [
        (OWN_DAY.day, True, "")
    ]


def test_without_any_rows_the_usual_hours_count(db: None) -> None:
    WorkingHours.objects.all().delete()
    assert load_calendars().office.week == USUAL_WEEK
    services.ensure_office_hours()
    services.ensure_office_hours()
    assert WorkingHours.objects.filter(department=None).count() == 10


@pytest.mark.parametrize(
    ("rows", "slots"),
    [
        ([(8, 12), (11, 14)], [(8, 14)]),
        ([(8, 18), (9, 10)], [(8, 18)]),
        ([(8, 12), (12, 14)], [(8, 12), (12, 14)]),
        ([(8, 12), (11, 0)], [(8, 0)]),
        ([(18, 0), (20, 21)], [(18, 0)]),
    ],
)
def test_rows_that_overlap_count_no_minute_twice(
    rows: list[tuple[int, int]], slots: list[tuple[int, int]]
) -> None:
    hours = [(None, 0, time(start), time(end)) for start, end in rows]
    assert build_calendars([], hours).office.week[0] == tuple(
        Slot(time(start), time(end)) for start, end in slots
    )


def test_the_calendars_follow_the_time_zone_of_the_settings(
    db: None, settings: pytest.FixtureRequest
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]  # any setting
    services.set_days([OWN_DAY], actor=None)
    calendars = load_calendars()
    assert str(calendars.office.zone) == str(calendars.always.zone) == "Europe/Berlin"


def test_calendars_cost_one_query_and_none_with_the_token_at_hand(
    db: None, django_assert_num_queries: Count
) -> None:
    load_calendars(token=uuid4())
    with django_assert_num_queries(3):
        first = load_calendars()
    with django_assert_num_queries(1):
        assert load_calendars() is first
    token = current_token()
    with django_assert_num_queries(0):
        assert load_calendars(token) is first


def test_a_line_that_may_lag_asks_once_a_minute(
    db: None, django_assert_num_queries: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_calendars()
    with django_assert_num_queries(0):
        recent_calendars()
    monkeypatch.setattr("hospital.calendars.LAG", -1)
    with django_assert_num_queries(1):
        recent_calendars()


def test_what_is_rolled_back_is_forgotten(db: None) -> None:
    with transaction.atomic():
        services.set_days([OWN_DAY], actor=None)
        assert not load_calendars().works(OWN_DAY.day)
        transaction.set_rollback(True)
    assert load_calendars().works(OWN_DAY.day)


WRITES: dict[str, Callable[[], object]] = {
    "day inserted": lambda: CalendarDay.objects.create(
        day=date(2026, 5, 5), works=True
    ),
    "days inserted at once": lambda: CalendarDay.objects.bulk_create(
        [CalendarDay(day=date(2026, 6, n), works=True) for n in (1, 2)]
    ),
    "day updated": lambda: CalendarDay.objects.update(works=True),
    "day deleted": lambda: CalendarDay.objects.all().delete(),
    "days emptied": lambda: _run("TRUNCATE hospital_calendarday"),
    "hours inserted": lambda: WorkingHours.objects.create(
        weekday=Weekday.SUNDAY, start=time(8), end=time(12)
    ),
    "hours updated": lambda: WorkingHours.objects.update(end=time(0)),
    "hours deleted": lambda: WorkingHours.objects.all().delete(),
    "hours emptied": lambda: _run("TRUNCATE hospital_workinghours"),
    "a department's hours lost with it": lambda: _run(
        "TRUNCATE hospital_department CASCADE"
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_kind_of_write_renews_the_token(
    db: None, write: Callable[[], object]
) -> None:
    services.set_days([OWN_DAY], actor=None)
    before = current_token()
    write()
    assert current_token() != before
    assert TimeRules.objects.count() == 1


def test_other_writes_leave_the_token_alone(department: Department) -> None:
    before = current_token()
    department.name_en = "Cardiology I"
    department.save()
    assert current_token() == before


def test_the_token_is_made_anew_when_somebody_emptied_its_table(db: None) -> None:
    TimeRules.objects.all().delete()
    token = current_token()
    assert isinstance(token, UUID)
    assert current_token() == token
    TimeRules.objects.all().delete()
    services.set_days([OWN_DAY], actor=None)
    assert current_token() == TimeRules.objects.get().token


@pytest.mark.django_db(transaction=True)
def test_the_token_outlives_the_emptying_of_every_table() -> None:
    _run("TRUNCATE hospital_timerules, hospital_workinghours, hospital_calendarday")
    assert TimeRules.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_save_hours_at_once_do_not_mix_them() -> None:
    services.ensure_office_hours()
    afternoons = ((Slot(time(14), time(18)),),) * 5 + ((),) * 2
    overlap(
        lambda: services.set_week(None, MORNINGS, actor=None),
        lambda: services.set_week(None, afternoons, actor=None),
    )
    assert load_calendars().office.week == afternoons


def test_a_notice_written_down_here_makes_a_year_known(db: None) -> None:
    assert load_calendars().knows(2026)
    assert not load_calendars().knows(2061)
    worked = services.OwnDay(date(2061, 1, 8), works=True)
    services.set_days([worked], actor=None)
    assert not load_calendars().knows(2061)
    services.set_days([services.OwnDay(date(2061, 1, 4), works=False)], actor=None)
    assert load_calendars().knows(2061)
    assert not load_calendars().knows(2062)


def test_others_do_not_move_every_due_time(
    head: User, leader: User, front_desk: User, department: Department
) -> None:
    before = current_token()
    for person in (head, leader, front_desk):
        with pytest.raises(PermissionDenied):
            services.set_days([OWN_DAY], actor=person)
        with pytest.raises(PermissionDenied):
            services.clear_day(OWN_DAY.day, actor=person)
        with pytest.raises(PermissionDenied):
            services.set_week(department, MORNINGS, actor=person)
    assert current_token() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekday": 0, "start": time(12), "end": time(8)},
        {"weekday": 7, "start": time(8), "end": time(12)},
        {"weekday": 0, "start": time(8), "end": time(9)},
    ],
    ids=["backwards", "an eighth day", "twice from the same hour"],
)
def test_the_database_refuses_hours_that_cannot_be(
    db: None, wrong: dict[str, object]
) -> None:
    services.ensure_office_hours()
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingHours.objects.create(**wrong)


def test_records_of_time_name_themselves(db: None) -> None:
    hours = WorkingHours(weekday=Weekday.MONDAY, start=time(8), end=time(12))
    assert str(hours).endswith("08:00–12:00")
    assert str(CalendarDay(day=date(2026, 3, 4))) == "2026-03-04"
    assert str(TimeRules.objects.get()) == str(current_token())


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
