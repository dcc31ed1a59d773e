"""What can be done on the page of a case: who may, when, and how it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from complaints import services
from complaints.models import (
    Case,
    Handover,
    RectificationTask,
    Reply,
    Satisfaction,
    Status,
)
from complaints.services import SubjectLine
from hospital import clock
from hospital.models import Department, Role, User
from tests.factories import UserFactory

English = Callable[[User], Client]
NewCase = Callable[..., Case]
HTMX = {"HX-Request": "true"}
COMPOSER = HTMX | {"HX-Target": "composer"}

FORMS: dict[str, dict[str, Any]] = {
    "decline": {"ground": "in_court", "method": "phone", "text": "已在诉讼中"},
    "handover": {"reason": "请接手"},
    "tier": {"tier": 3, "reason": "伤害严重"},
    "convert": {"kind": "enquiry", "reason": "只是询问"},
    "note": {"text": "约好明天回电"},
    "reply": {"method": "phone", "text": "已说明并致歉"},
    "withdraw": {"reason": "已解决"},
    "open_task": {"demand": "请整改"},
}


def url(name: str, case: Case, *more: int) -> str:
    return reverse(f"complaints:{name}", args=[case.number, *more])


def filled(name: str, agent: User, department: Department) -> dict[str, Any]:
    """What one types into the form of the action."""
    chosen: dict[str, dict[str, Any]] = {
        "handover": {"to": agent.pk},
        "open_task": {"department": department.pk},
    }
    return FORMS[name] | chosen.get(name, {})


def replied(case: Case, actor: User) -> Case:
    services.reply_to_person(case, actor=actor, method="phone", text="已说明")
    case.refresh_from_db()
    return case


# --- every action ----------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_an_action_is_done_by_its_form_and_leads_back_to_the_case(
    name: str,
    case: Case,
    supervisor: User,
    agent: User,
    head: User,
    department: Department,
    english: English,
) -> None:
    client = english(supervisor)
    form = client.get(url(name, case), headers=HTMX)
    assert "<html" not in form.content.decode()
    typed = filled(name, agent, department) | {"revision": case.revision}
    response = client.post(url(name, case), typed)
    assertRedirects(response, case.get_absolute_url(), fetch_redirect_response=False)
    latest = case.events.latest("seq")
    assert (latest.actor, case.events.count() > 1) == (supervisor, True)


@pytest.mark.parametrize("name", [*FORMS, "satisfaction", "close", "merge", "reopen"])
def test_an_action_is_forbidden_to_whom_it_is_no_business_and_hidden_from_strangers(
    name: str, case: Case, head: User, outsider: User, english: English
) -> None:
    for method in ("get", "post"):
        answers = [
            getattr(english(who), method)(url(name, case)).status_code
            for who in (head, outsider)
        ]
        assert answers == [403, 404]


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_is_answered_beside_its_fields(
    name: str, case: Case, supervisor: User, english: English
) -> None:
    response = english(supervisor).post(url(name, case), headers=HTMX)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert case.events.count() == 1


def test_accepting_takes_one_press_and_only_a_press(
    case: Case, front_desk: User, head: User, english: English
) -> None:
    client = english(front_desk)
    assert client.get(url("accept", case)).status_code == 405
    assert english(head).post(url("accept", case)).status_code == 403
    client.post(url("accept", case))
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    again = client.post(url("accept", case), follow=True).content.decode()
    assert "it cannot become “Accepted”" in again


def test_a_handover_is_taken_with_one_press_or_refused_with_a_reason(
    case: Case, front_desk: User, supervisor: User, agent: User, english: English
) -> None:
    offer = services.offer_handover(case, actor=front_desk, to=agent, reason="请接")
    client = english(agent)
    assert (
        "前台 offers you this case."
        in client.get(case.get_absolute_url()).content.decode()
    )
    assert "Offered to 回访员" in (
        english(front_desk).get(case.get_absolute_url()).content.decode()
    )
    answer = url("answer_handover", case, offer.pk)
    assert english(supervisor).post(answer, {"answer": "不"}).status_code == 403
    assert "field-error" in client.post(answer, headers=HTMX).content.decode()
    client.post(answer, {"answer": "我也请假"})
    second = services.offer_handover(case, actor=front_desk, to=agent, reason="再请")
    client.post(url("answer_handover", case, second.pk), {"accepted": "on"})
    case.refresh_from_db()
    answers = Handover.objects.values_list("accepted", "answer")
    assert (list(answers), case.owner) == ([(False, "我也请假"), (True, "")], agent)


def test_colleagues_on_leave_are_told_and_the_named_person_is_not_offered(
    new_case: NewCase,
    front_desk: User,
    supervisor: User,
    department: Department,
    category: Any,
    english: English,
) -> None:
    today = clock.today()
    named = UserFactory(name="被投诉者", roles=[Role.CALLBACK_AGENT])
    UserFactory(
        name="休假者",
        roles=[Role.FRONT_DESK],
        leave_from=today,
        leave_until=today,
    )
    case = new_case(subjects=[SubjectLine(category, department, named)])
    form = english(front_desk).get(url("handover", case)).context["form"]
    assert [label for __, label in form.fields["to"].choices][1:] == [
        "主管",
        "休假者 (on leave)",
    ]


def test_only_a_supervisor_is_offered_a_lower_tier(
    case: Case, front_desk: User, supervisor: User, english: English
) -> None:
    services.set_tier(case, actor=front_desk, tier=2, reason="复杂")
    tiers = [
        [tier for tier, __ in page.context["form"].fields["tier"].choices]
        for page in (
            english(who).get(url("tier", case)) for who in (front_desk, supervisor)
        )
    ]
    assert tiers == [[3], [1, 3]]


def test_satisfaction_is_an_answer_or_why_it_was_not_asked(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    asked, spared = replied(new_case(), front_desk), replied(new_case(), front_desk)
    empty = client.post(url("satisfaction", asked), headers=HTMX).content.decode()
    assert "or why they were not asked" in empty
    client.post(url("satisfaction", asked), {"score": 4, "comment": "还可以"})
    client.post(url("satisfaction", spared), {"not_asked": "refused"})
    kept = Satisfaction.objects.values_list("case", "score", "not_asked", "comment")
    assert list(kept) == [
        (asked.pk, 4, "", "还可以"),
        (spared.pk, None, "refused", ""),
    ]


def test_nobody_could_be_told_is_a_reply_too(
    case: Case, front_desk: User, english: English
) -> None:
    english(front_desk).post(url("reply", case), {"impossible": "unreachable"})
    assert Reply.objects.get().impossible == "unreachable"


def test_a_reply_while_tasks_are_open_is_announced_as_an_interim_one(
    case: Case, task: RectificationTask, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    assert "interim reply" in client.get(url("reply", case)).content.decode()
    client.post(url("reply", case), FORMS["reply"])
    assert Reply.objects.get().is_final is False


def test_closing_shows_what_is_missing_and_takes_one_press_when_nothing_is(
    case: Case, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    replied(case, front_desk)
    sentence = "The person&#x27;s satisfaction was neither asked nor explained."
    form = client.get(url("close", case), headers=HTMX).content.decode()
    assert (sentence in form, 'type="submit"' in form) == (True, False)
    refused = client.post(url("close", case), headers=HTMX).content.decode()
    assert sentence in refused
    services.record_satisfaction(case, actor=front_desk, score=5)
    assert "Nothing is missing." in client.get(url("close", case)).content.decode()
    case.refresh_from_db()
    client.post(url("close", case), {"revision": case.revision})
    case.refresh_from_db()
    assert case.status == Status.CLOSED


def test_merging_offers_the_persons_other_cases_and_knows_every_wrong_number(
    new_case: NewCase, front_desk: User, supervisor: User, english: English
) -> None:
    case, other, theirs = new_case(), new_case(), new_case(actor=supervisor)
    nobody = new_case(contact=None)
    client = english(front_desk)
    page = client.get(url("merge", case))
    candidates = [found.number for found in page.context["form"].candidates()]
    assert set(candidates) == {other.number, theirs.number}
    assert client.get(url("merge", nobody)).context["form"].candidates() == []

    def send(number: str) -> str:
        typed = {"into": number, "reason": "同一件事"}
        return client.post(url("merge", case), typed, headers=HTMX).content.decode()

    assert "There is no case with this number." in send("C-1999-000001")
    assert "ask a supervisor" in send(theirs.number)
    assert "Choose another case that is still open." in send(case.number)
    send(f" {other.number.lower()} ")
    case.refresh_from_db()
    assert (case.status, case.merged_into) == (Status.MERGED, other)


def test_reopening_is_for_whoever_of_the_centre_meets_the_person_again(
    case: Case, front_desk: User, english: English
) -> None:
    services.withdraw_case(case, actor=front_desk, reason="已解决")
    colleague = UserFactory(roles=[Role.FRONT_DESK])
    english(colleague).post(url("reopen", case), {"reason": "没有解决"})
    case.refresh_from_db()
    assert case.status == Status.REOPENED


def test_a_task_is_suggested_to_the_departments_of_the_case(
    case: Case,
    front_desk: User,
    head: User,
    department: Department,
    other_department: Department,
    english: English,
) -> None:
    form = english(front_desk).get(url("open_task", case)).context["form"]
    groups = [group[1] for group in form.fields["department"].widget.choices[1:]]
    first, others = [[pk for pk, __ in group] for group in groups]
    assert (first, others) == ([department.pk], [other_department.pk])
    assert form["department"].initial == department.pk
    assert 'data-keys="xnk"' in str(form["department"])
