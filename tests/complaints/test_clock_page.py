"""Clocks on the page of a case: paused, promised, extended, and explained."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from complaints import services
from complaints.models import Case, Extension, Promise, RectificationTask
from hospital import clock
from hospital.models import User
from tests.complaints.clock_world import MONDAY, due, moment

English = Callable[[User], Client]
NewCase = Callable[..., Case]
HTMX = {"HX-Request": "true"}


def url(name: str, case: Case, *more: int) -> str:
    return reverse(f"complaints:{name}", args=[case.number, *more])


def page(client: Client, case: Case) -> str:
    response = client.get(case.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def toasts(client: Client, case: Case) -> list[str]:
    shown = client.get(case.get_absolute_url()).context["messages"]
    return [str(message) for message in shown]


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with clock.at(MONDAY):
        return new_case()


# --- the clock stands still --------------------------------------------------------
def test_a_paused_clock_says_since_when_by_whom_and_why(
    case: Case, front_desk: User, head: User, english: English
) -> None:
    with clock.at(moment("2025-06-10T09:00")):
        answer = english(front_desk).post(
            url("pause", case), {"waits_for": "person", "reason": "等家属寄来病历"}
        )
        assert answer.headers["Location"] == case.get_absolute_url()
    with clock.at(moment("2025-06-10T11:00")):
        text = page(english(front_desk), case)
        assert "The clock stands still: we wait for the person." in text
        assert "等家属寄来病历" in text
        assert "(前台), 2 h of working time so far" in text
        told = page(english(head), case)
    assert "等家属寄来病历" not in told
    assert "stands still since Tue 2025-06-10 09:00" in told


def test_letting_the_clock_run_says_what_was_given_back(
    case: Case, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    with clock.at(moment("2025-06-10T09:00")):
        services.pause_case(
            case, actor=front_desk, waits_for="outside", reason="等市卫健委答复"
        )
    with clock.at(moment("2025-06-11T10:00")):
        client.post(url("resume", case))
        assert toasts(client, case) == [
            "The clock runs again; 9 h of working time was given back."
        ]
        client.post(url("resume", case))
        assert toasts(client, case) == ["The clock is running already."]
        text = page(client, case)
    assert "9 h of working time given back" in text
    assert "paused, 9 h given back" in text


def test_a_pause_needs_a_reason_and_the_right_person(
    case: Case, front_desk: User, head: User, agent: User, english: English
) -> None:
    answer = english(front_desk).post(
        url("pause", case), {"waits_for": "person", "reason": " "}
    )
    assert list(answer.context["form"].errors) == ["reason"]
    assert english(head).get(url("pause", case)).status_code == 403
    assert english(agent).get(url("pause", case)).status_code == 404
    assert english(front_desk).get(url("resume", case)).status_code == 405


# --- promises -----------------------------------------------------------------------
def test_a_promise_is_made_with_a_quick_choice_in_the_composer(
    case: Case, front_desk: User, english: English
) -> None:
    composer = HTMX | {"HX-Target": "composer"}
    client = english(front_desk)
    with clock.at(MONDAY):
        form = client.get(url("promise", case), headers=composer).context["form"]
        assert form["when"].field.widget.choices == [
            ("2025-06-09T17:00", "Today 17:00"),
            ("2025-06-10T10:00", "Tomorrow 10:00"),
            ("2025-06-13T17:00", "Friday 17:00"),
            ("other", "Another time"),
        ]
        client.post(
            url("promise", case),
            {
                "text": "周五回电",
                "when": "2025-06-13T17:00",
                "owner": front_desk.pk,
            },
            headers=composer,
        )
        text = page(client, case)
    promise = Promise.objects.get()
    assert (promise.text, promise.due_at, promise.owner) == (
        "周五回电",
        moment("2025-06-13T17:00"),
        front_desk,
    )
    assert "promised the person, by 2025-06-13 17:00 (前台)" in text
    assert url("end_promise", case, promise.pk) in text


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"when": "other", "due_at": ""}, ["due_at"]),
        ({"when": "other", "due_at": "soon"}, ["due_at"]),
        ({"when": "2025-06-31T10:00"}, ["when"]),
        ({"when": "2025-06-30T10:00Z"}, ["when"]),
        ({"when": "x"}, ["when"]),
        ({}, ["when"]),
        ({"when": "2025-06-09T09:00"}, ["due_at"]),
        ({"when": "other", "due_at": "2035-06-10T09:00"}, ["due_at"]),
    ],
)
def test_a_promise_needs_a_time_that_can_be_kept(
    sent: dict[str, str],
    wrong: list[str],
    case: Case,
    front_desk: User,
    english: English,
) -> None:
    with clock.at(MONDAY):
        answer = english(front_desk).post(
            url("promise", case), {"text": "回电", "owner": front_desk.pk} | sent
        )
    assert list(answer.context["form"].errors) == wrong
    assert Promise.objects.count() == 0


def test_late_on_friday_only_tomorrow_is_quick(
    case: Case, front_desk: User, english: English
) -> None:
    with clock.at(moment("2025-06-13T18:00")):
        form = english(front_desk).get(url("promise", case)).context["form"]
        assert form["when"].field.widget.choices == [
            ("2025-06-14T10:00", "Tomorrow 10:00"),
            ("other", "Another time"),
        ]


def test_promises_are_the_centres_own_and_fold_when_ended(
    case: Case, task: RectificationTask, front_desk: User, head: User, english: English
) -> None:
    with clock.at(MONDAY):
        promise = services.make_promise(
            case,
            actor=front_desk,
            text="周五回电",
            due_at=moment("2025-06-13T17:00"),
        )
        assert "周五回电" not in page(english(head), case)
        services.end_promise(promise, actor=front_desk, kept=True)
        text = page(english(front_desk), case)
    assert "1 ended promise" in text
    assert "kept in time" in text
    assert url("end_promise", case, promise.pk) not in text
    assert "kept the promise: 周五回电" in text


# --- more time ----------------------------------------------------------------------
def ask(client: Client, case: Case, **changes: str) -> None:
    form = client.get(url("extension", case)).context["form"]
    client.post(
        url("extension", case),
        {
            "deadline": form.fields["deadline"].initial,
            "until": "2025-06-23T18:00",
            "reason": "等专家会诊",
            "words": "请您再等几天",
        }
        | changes,
    )


def test_more_time_is_asked_for_and_granted_with_one_press(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    owner, boss = english(front_desk), english(supervisor)
    with clock.at(MONDAY):
        form = owner.get(url("extension", case)).context["form"]
        assert form.fields["until"].initial == moment("2025-06-23T18:00")
        assert "thank you for your patience" in form.fields["words"].initial
        ask(owner, case)
        asked = Extension.objects.get()
        decide = url("decide_extension", case, asked.pk)
        assert "等专家会诊" in page(owner, case)
        assert decide not in page(owner, case)
        assert decide in page(boss, case)
        boss.post(decide, {"granted": "on"})
        text = page(boss, case)
    assert due(case, "feedback") == ["(06-16 18:00)", "06-23 18:00"]
    assert "more time granted until Mon 2025-06-23 18:00" in text
    assert "until Mon 2025-06-09 10:00: more time was granted" in text
    assert "granted more time for “Feedback to the person”" in text


def test_refusing_more_time_asks_why(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    with clock.at(MONDAY):
        ask(english(front_desk), case)
        asked = Extension.objects.get()
        decide = url("decide_extension", case, asked.pk)
        assert english(front_desk).get(decide).status_code == 403
        boss = english(supervisor)
        answer = boss.post(decide, {"answer": ""})
        assert list(answer.context["form"].errors) == ["answer"]
        boss.post(decide, {"answer": "请按时答复"})
        text = page(boss, case)
    asked.refresh_from_db()
    assert (asked.granted, asked.answer) == (False, "请按时答复")
    assert "refused more time for “Feedback to the person”" in text
    assert due(case, "feedback") == ["06-16 18:00"]


def test_asking_for_what_is_no_more_time_is_told_at_the_field(
    case: Case, front_desk: User, english: English
) -> None:
    with clock.at(MONDAY):
        form = english(front_desk).get(url("extension", case)).context["form"]
        answer = english(front_desk).post(
            url("extension", case),
            {
                "deadline": form.fields["deadline"].initial,
                "until": "2036-06-23T18:00",
                "reason": "等专家会诊",
                "words": "请您再等几天",
            },
        )
    assert answer.context["form"].errors == {
        "until": ["This is more than a year ahead; check the year."]
    }


def test_without_a_running_clock_there_is_nothing_to_extend(
    case: Case, front_desk: User, english: English
) -> None:
    services.withdraw_case(case, actor=front_desk, reason="不追究了")
    form = english(front_desk).get(url("extension", case)).context["form"]
    assert [form.fields["deadline"].initial, form.fields["until"].initial] == [
        None,
        None,
    ]
    assert "no longer waited for" in page(english(front_desk), case)


def test_the_earlier_due_time_says_what_holds_since(
    case: Case, front_desk: User, english: English
) -> None:
    with clock.at(MONDAY + timedelta(minutes=20)):
        services.set_tier(case, actor=front_desk, tier=3, reason="重大")
        text = page(english(front_desk), case)
    assert "since then 3 working days" in text
