"""The button "Why?" of a due time: the sum in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case, Channel, Deadline, DeadlinePolicy, Source
from hospital import clock
from hospital.models import CalendarDay, Department, User
from tests.complaints.clock_world import MONDAY, moment, running

English = Callable[[User], Client]
NewCase = Callable[..., Case]
HTMX = {"HX-Request": "true"}


def why(deadline: Deadline) -> str:
    return reverse(
        "complaints:explain_deadline", args=[deadline.case.number, deadline.pk]
    )


def explained(client: Client, deadline: Deadline) -> Any:
    response = client.get(why(deadline), headers=HTMX)
    assert response.status_code == 200
    return response.context


def days(context: Any) -> list[str]:
    return [f"{row.days}: {row.note}: {row.counts}" for row in context["days"]]


def parts(context: Any) -> list[str]:
    return [f"{row.words}: {row.time} {row.days}" for row in context["parts"]]


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with clock.at(MONDAY):
        return new_case()


def test_the_sum_of_five_working_days_in_words(
    case: Case, front_desk: User, english: English
) -> None:
    with clock.at(MONDAY):
        context = explained(english(front_desk), running(case, "feedback"))
    assert context["rule"] == [
        "5 working days after receipt",
        "the hospital's office hours",
        "NHC Order No. 3 (2019), article 29",
    ]
    assert parts(context) == [
        "Working time that counts: 46 h on 6 days",
        "Nights and breaks: 82 h on 6 days",
        "Weekends: 48 h on 2 days",
    ]
    assert context["whole"] == "176 h"
    assert days(context) == [
        "Mon 2025-06-09: Working day: the day it starts does not count",
        "Tue 2025-06-10 – Fri 2025-06-13: Working day: working days 1 to 4",
        "Sat 2025-06-14 – Sun 2025-06-15: Weekend: does not count",
        "Mon 2025-06-16: Working day: working day 5",
    ]


def test_holidays_and_make_up_days_are_named(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    with clock.at(moment("2025-09-27T09:00")):
        case = new_case()
        told = days(explained(english(front_desk), running(case, "feedback")))
    assert told[0].startswith("Sat 2025-09-27: Weekend")
    assert any(
        line.startswith("Wed 2025-10-01") and "Statutory holiday" in line
        for line in told
    )
    assert "Sun 2025-09-28: Make-up working day: working day 1" in told


def test_the_hospitals_own_day_off_is_told_by_its_name(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    CalendarDay.objects.create(
        day=moment("2025-06-10T00:00").date(), works=False, name="院庆"
    )
    with clock.at(MONDAY):
        case = new_case()
        told = days(explained(english(front_desk), running(case, "feedback")))
    assert told[1] == "Tue 2025-06-10: 院庆: does not count"


def test_rounded_parts_still_add_up(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    start = MONDAY + timedelta(seconds=29, microseconds=7)
    with clock.at(start):
        case = new_case()
        context = explained(english(front_desk), running(case, "feedback"))
    assert [row.time for row in context["parts"]] == ["46 h", "82 h", "48 h"]
    assert context["whole"] == "176 h"


def test_pauses_extensions_and_earlier_due_times_stand_below(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    with clock.at(moment("2025-06-10T09:00")):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等家属")
        text = english(front_desk).get(why(running(case, "feedback"))).content.decode()
        assert "The clock stands still since Tue 2025-06-10 09:00." in text
    with clock.at(moment("2025-06-11T09:00")):
        services.resume_case(case, actor=front_desk)
        asked = services.ask_extension(
            case,
            actor=front_desk,
            deadline=running(case, "feedback"),
            until=moment("2025-06-25T18:00"),
            reason="会诊",
            words="请您再等几天",
        )
        services.decide_extension(asked, actor=supervisor, granted=True)
        context = explained(english(front_desk), running(case, "feedback"))
        page = english(front_desk).get(why(running(case, "feedback")))
    assert "Paused, not counted: 8 h on 2 days" in parts(context)
    assert [old["why"] for old in context["earlier"]] == [
        "paused, 8 h given back",
        "more time was granted",
    ]
    assert days(context)[1:3] == [
        "Tue 2025-06-10: Working day: working day 1; 7 h paused",
        "Wed 2025-06-11: Working day: working day 2; 1 h paused",
    ]
    text = page.content.decode()
    assert "The person who spoke · 等家属 · 前台" in text
    assert "asked by 前台, granted by 主管" in text


def test_a_department_reads_its_own_clock_and_no_reason(
    case: Case, front_desk: User, head: User, department: Department, english: English
) -> None:
    with clock.at(MONDAY):
        task = services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
        services.pause_task(
            task, actor=front_desk, waits_for="outside", reason="等配件"
        )
        own = task.deadlines.get(clock="rectify")
        text = english(head).get(why(own)).content.decode()
        page = english(head).get(case.get_absolute_url()).content.decode()
        assert english(head).get(why(running(case, "feedback"))).status_code == 404
    assert "after the task was opened" in text
    assert "Cardiology" in text
    assert "等配件" not in text
    assert [why(own) in page, why(running(case, "feedback")) in page] == [True, False]


def test_strangers_and_other_cases_find_nothing(
    case: Case, new_case: NewCase, front_desk: User, outsider: User, english: English
) -> None:
    deadline = running(case, "feedback")
    other = new_case()
    wrong = reverse("complaints:explain_deadline", args=[other.number, deadline.pk])
    assert english(outsider).get(why(deadline)).status_code == 404
    assert english(front_desk).get(wrong).status_code == 404
    assert english(front_desk).post(why(deadline)).status_code == 405


def test_leadership_reads_the_clocks_of_a_major_case(
    case: Case, supervisor: User, leader: User, english: English
) -> None:
    services.set_tier(case, actor=supervisor, tier=3, reason="重大")
    context = explained(english(leader), running(case, "feedback"))
    assert context["reads_reasons"] is True


def test_an_order_of_12345_and_a_promise_name_what_they_rest_on(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    with clock.at(MONDAY):
        case = new_case(
            channel=Channel.HOTLINE,
            source=Source.HOTLINE,
            external_due_at=moment("2025-06-12T12:00"),
        )
        services.make_promise(
            case, actor=front_desk, text="回电", due_at=moment("2025-06-10T10:00")
        )
        client = english(front_desk)
        ordered = explained(client, running(case, "feedback"))
        promised = explained(client, running(case, "promise"))
    assert ordered["rule"] == ["Due time of the 12345 work order"]
    assert promised["rule"] == ["As it was promised to the person"]


def test_hours_by_the_clock_count_day_and_night(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    DeadlinePolicy.objects.create(
        clock="feedback", amount=72, unit="hours", basis="院内规定"
    )
    with clock.at(MONDAY):
        case = new_case()
        context = explained(english(front_desk), running(case, "feedback"))
    assert context["rule"] == ["72 hours by the clock after receipt", "院内规定"]
    assert parts(context) == ["Time that counts, day and night: 72 h on 4 days"]
    assert days(context) == [
        "Mon 2025-06-09: Counts day and night: 14 h",
        "Tue 2025-06-10: Counts day and night: 24 h",
        "Wed 2025-06-11: Counts day and night: 24 h",
        "Thu 2025-06-12: Counts day and night: 10 h",
    ]


def test_a_reopened_case_and_a_task_that_came_back_start_anew(
    case: Case, front_desk: User, head: User, department: Department, english: English
) -> None:
    with clock.at(MONDAY):
        services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
        services.record_satisfaction(case, actor=front_desk, score=5)
        services.close_case(case, actor=front_desk)
    with clock.at(MONDAY + timedelta(days=1)):
        services.reopen_case(case, actor=front_desk, reason="又来了")
        again = explained(english(front_desk), running(case, "feedback"))
        services.accept_case(case, actor=front_desk)
        task = services.open_task(
            case, actor=front_desk, department=department, demand="请整改"
        )
    with clock.at(MONDAY + timedelta(days=2)):
        services.refuse_task(task, actor=head, reason="不是我科")
        services.decide_refused_task(
            task, actor=front_desk, department=department, reason="就是"
        )
        back = explained(
            english(front_desk), task.deadlines.running().get(clock="rectify")
        )
    assert again["rule"][0] == "5 working days after the case was reopened"
    assert back["rule"][0].endswith("after the work went to the department")


def test_a_long_list_of_days_is_folded(
    case: Case, front_desk: User, english: English
) -> None:
    with clock.at(MONDAY):
        services.make_promise(
            case, actor=front_desk, text="复查", due_at=moment("2025-07-31T10:00")
        )
        client = english(front_desk)
        short = explained(client, running(case, "feedback"))["folds_days"]
        long = explained(client, running(case, "promise"))["folds_days"]
        page = client.get(why(running(case, "promise"))).content.decode()
    assert [short, long] == [False, True]
    assert "css/cases.css" in page
