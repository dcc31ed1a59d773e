"""What the timeline and the tracking page tell of clocks, promises and more time."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from complaints import services
from complaints.models import Case, Extension
from hospital import clock
from hospital.models import User
from tests.complaints.clock_world import MONDAY, moment, running, tick_at

English = Callable[[User], Client]
NewCase = Callable[..., Case]
WORDS = "我们需要请专家会诊，请您再等几天。"


@pytest.fixture
def person() -> Client:
    """A browser without an account, speaking English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with clock.at(MONDAY):
        return new_case()


def progress_of(case: Case) -> str:
    return reverse("complaints:progress", args=[case.tracking_code])


def extend(case: Case, owner: User, supervisor: User) -> Extension:
    asked = services.ask_extension(
        case,
        actor=owner,
        deadline=running(case, "feedback"),
        until=moment("2025-06-23T18:00"),
        reason="内部原因",
        words=WORDS,
    )
    return services.decide_extension(asked, actor=supervisor, granted=True)


# --- the person's own page ---------------------------------------------------------
def test_the_person_reads_that_we_wait_for_them_but_no_reason(
    case: Case, front_desk: User, person: Client
) -> None:
    with clock.at(MONDAY):
        services.pause_case(
            case, actor=front_desk, waits_for="person", reason="内部原因"
        )
        page = person.get(progress_of(case))
    assertContains(page, "We are waiting for your answer")
    assertNotContains(page, "内部原因")
    assertNotContains(page, "You hear from us by")


def test_waiting_for_somebody_outside_names_nobody(
    case: Case, front_desk: User, person: Client
) -> None:
    with clock.at(MONDAY):
        services.pause_case(
            case, actor=front_desk, waits_for="outside", reason="等市卫健委"
        )
        page = person.get(progress_of(case))
    assertContains(page, "We are waiting for something we need")
    assertNotContains(page, "等市卫健委")


def test_a_granted_extension_is_told_in_its_words_with_the_new_date(
    case: Case, front_desk: User, supervisor: User, person: Client
) -> None:
    with clock.at(MONDAY):
        before = person.get(progress_of(case))
        extend(case, front_desk, supervisor)
        page = person.get(progress_of(case))
    assertNotContains(before, "It takes longer than we said")
    assertContains(page, WORDS)
    assertContains(page, "The new date is June 23, 2025.")
    assertContains(page, "You hear from us by June 23, 2025 at the latest.")
    assertNotContains(page, "内部原因")


def test_an_open_promise_tells_the_date_only(
    case: Case, front_desk: User, person: Client
) -> None:
    with clock.at(MONDAY):
        services.make_promise(
            case, actor=front_desk, text="周五回电", due_at=moment("2025-06-13T17:00")
        )
        page = person.get(progress_of(case))
    assertContains(page, "We will get back to you by June 13, 2025.")
    assertNotContains(page, "周五回电")
    with clock.at(moment("2025-06-14T10:00")):
        assertNotContains(person.get(progress_of(case)), "We will get back to you")


def test_words_for_another_person_stay_with_them(
    case: Case, new_case: NewCase, front_desk: User, supervisor: User, person: Client
) -> None:
    with clock.at(MONDAY):
        other = new_case()
        services.merge_case(other, actor=front_desk, into=case, reason="同一件事")
        extend(case, front_desk, supervisor)
        services.pause_case(
            case, actor=front_desk, waits_for="person", reason="内部原因"
        )
        page = person.get(progress_of(other))
    assertNotContains(page, WORDS)
    assertNotContains(page, "We are waiting for your answer")
    assertContains(page, "We are waiting for something we need")


# --- the timeline -----------------------------------------------------------------
def told(client: Client, case: Case) -> list[str]:
    lines = client.get(case.get_absolute_url()).context["timeline"]
    return [f"{line.who} {line.what}" for line in lines]


def test_the_history_of_the_clock_reads_like_sentences(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    with clock.at(MONDAY):
        services.pause_case(case, actor=front_desk, waits_for="person", reason="等家属")
        services.resume_case(case, actor=front_desk)
        services.pause_case(case, actor=front_desk, waits_for="outside", reason="等函")
        services.resume_case(case, actor=front_desk)
        promise = services.make_promise(
            case, actor=front_desk, text="回电", due_at=moment("2025-06-13T17:00")
        )
        services.end_promise(promise, actor=front_desk, kept=False, note="不必了")
        asked = services.ask_extension(
            case,
            actor=front_desk,
            deadline=running(case, "feedback"),
            until=moment("2025-06-23T18:00"),
            reason="会诊",
            words=WORDS,
        )
        services.decide_extension(asked, actor=supervisor, granted=False, answer="不准")
        assert told(english(front_desk), case)[1:] == [
            "前台 stopped the clock: we wait for the person",
            "前台 let the clock run again",
            "前台 stopped the clock: we wait for somebody outside",
            "前台 let the clock run again",
            "前台 promised the person, by 2025-06-13 17:00 (前台)",
            "前台 took the promise back: 回电",
            "前台 asked for more time for “Feedback to the person”, "
            "until 2025-06-23 18:00",
            "主管 refused more time for “Feedback to the person”, "
            "until 2025-06-23 18:00",
        ]


def test_the_clock_itself_is_named_when_it_raises_the_tier(
    case: Case, front_desk: User, english: English
) -> None:
    tick_at("2025-07-30T10:00")
    raised = [line for line in told(english(front_desk), case) if "raised" in line]
    assert raised[:1] == [
        "The clock raised “Tier 1, minor” to “Tier 2, complex” because time ran out"
    ]


def test_a_hand_over_taken_back_is_told(
    case: Case, front_desk: User, agent: User, supervisor: User, english: English
) -> None:
    services.offer_handover(case, actor=front_desk, to=agent, reason="请接")
    services.withdraw_case(case, actor=front_desk, reason="不追究了")
    assert "前台 took the hand-over back" in told(english(supervisor), case)
