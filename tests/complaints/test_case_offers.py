"""Which actions the page of a case offers, and which of them first."""

from collections.abc import Callable

from django.test import Client

from complaints import services
from complaints.models import (
    Case,
    RectificationTask,
)
from hospital.models import User

English = Callable[[User], Client]
NewCase = Callable[..., Case]
HTMX = {"HX-Request": "true"}
COMPOSER = HTMX | {"HX-Target": "composer"}


def offered(client: Client, case: Case) -> list[str]:
    """The actions the page offers, the primary one first."""
    context = client.get(case.get_absolute_url()).context
    return [button.name for button in (*context["work"], *context["menu_actions"])]


def replied(case: Case, actor: User) -> Case:
    services.reply_to_person(case, actor=actor, method="phone", text="已说明")
    case.refresh_from_db()
    return case


def test_the_page_offers_each_role_what_it_may_do_with_a_new_case(
    case: Case,
    front_desk: User,
    supervisor: User,
    agent: User,
    head: User,
    english: English,
) -> None:
    work = ["accept", "open_task", "reply"]
    clocks = ["promise", "pause", "extension"]
    menu = ["handover", "tier", "convert", *clocks, "merge", "withdraw"]
    assert offered(english(front_desk), case) == work + menu
    assert offered(english(supervisor), case) == [*work, *menu, "decline"]
    assert offered(english(head), case) == []
    services.offer_handover(case, actor=front_desk, to=agent, reason="请接")
    assert offered(english(agent), case) == []


def test_the_next_sensible_action_comes_first_until_the_case_is_closed(
    case: Case, task: RectificationTask, front_desk: User, head: User, english: English
) -> None:
    client = english(front_desk)

    def primary() -> list[str]:
        context = client.get(case.get_absolute_url()).context
        return [button.name for button in context["work"] if button.is_primary]

    steps = [primary()]
    services.cancel_task(task, actor=front_desk, reason="不必了")
    steps.append(primary())
    replied(case, front_desk)
    steps.append(primary())
    services.record_satisfaction(case, actor=front_desk, score=5)
    steps.append(primary())
    services.close_case(case, actor=front_desk)
    steps.append(primary())
    services.reopen_case(case, actor=front_desk, reason="又来了")
    steps.append(primary())
    assert steps == [[], ["reply"], ["satisfaction"], ["close"], [], ["accept"]]


def test_a_complaint_is_first_given_to_a_department_and_an_enquiry_answered(
    new_case: NewCase, front_desk: User, english: English
) -> None:
    client = english(front_desk)
    for kind, first in (("complaint", "open_task"), ("enquiry", "reply")):
        case = services.accept_case(new_case(kind=kind), actor=front_desk)
        assert offered(client, case)[0] == first


def test_a_closed_case_offers_to_reopen_it(
    case: Case, front_desk: User, english: English
) -> None:
    services.withdraw_case(case, actor=front_desk, reason="已解决")
    assert offered(english(front_desk), case) == ["reopen"]
