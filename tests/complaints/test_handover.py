"""A case has one owner and at most one open offer; an ended case offers nothing."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from complaints import services
from complaints.models import Case, Handover
from hospital.models import User


@pytest.fixture
def offer(case: Case, front_desk: User, agent: User) -> Handover:
    return services.offer_handover(case, actor=front_desk, to=agent, reason="换班")


def test_a_new_offer_takes_the_old_one_back(
    offer: Handover, case: Case, front_desk: User, agent: User, supervisor: User
) -> None:
    second = services.offer_handover(
        case, actor=front_desk, to=supervisor, reason="他已离岗"
    )
    assert case.handovers.get(answered_at=None) == second
    with pytest.raises(PermissionDenied):
        services.answer_handover(offer, actor=agent, accepted=True)


@pytest.mark.parametrize("ending", ["withdraw", "decline", "merge"])
def test_a_case_that_ends_takes_its_offer_back(
    offer: Handover,
    new_case: Callable[..., Case],
    supervisor: User,
    agent: User,
    ending: str,
) -> None:
    case = offer.case
    if ending == "withdraw":
        services.withdraw_case(case, actor=supervisor, reason="本人撤回")
    elif ending == "decline":
        services.decline_case(
            case, actor=supervisor, ground="in_court", method="phone", text="已告知"
        )
    else:
        services.merge_case(case, actor=supervisor, into=new_case(), reason="同一件事")
    assert not case.handovers.filter(answered_at=None).exists()
    with pytest.raises(PermissionDenied):
        services.answer_handover(offer, actor=agent, accepted=True)
    case.refresh_from_db()
    assert case.owner != agent


def test_after_reopening_the_case_can_be_offered_again(
    offer: Handover, front_desk: User, agent: User
) -> None:
    services.withdraw_case(offer.case, actor=front_desk, reason="本人撤回")
    services.reopen_case(offer.case, actor=front_desk, reason="又来电")
    again = services.offer_handover(
        offer.case, actor=front_desk, to=agent, reason="请跟进"
    )
    services.answer_handover(again, actor=agent, accepted=True)
    offer.case.refresh_from_db()
    assert offer.case.owner == agent
