"""Major cases reach the leadership at once; nobody judges their own work."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from complaints import services
from complaints.models import Case, CaseEvent, Category, Kind, RectificationTask
from complaints.permissions import can_see_contact
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Role, User
from notifications.models import Notification, Topic


def test_a_case_that_comes_in_as_major_is_told_to_the_leadership(
    new_case: Callable[..., Case], category: Category, leader: User, supervisor: User
) -> None:
    category.suggested_tier = 3
    category.save(update_fields=["suggested_tier"])
    new_case()
    told = Notification.objects.filter(topic=Topic.TIER_RAISED)
    assert set(told.values_list("recipient", flat=True)) == {leader.pk, supervisor.pk}


def test_a_minor_case_is_told_to_nobody(case: Case, leader: User) -> None:
    assert not Notification.objects.exists()


def test_a_leader_who_holds_a_task_of_a_minor_case_does_not_learn_who_spoke(
    task: RectificationTask, leader: User
) -> None:
    RectificationTask.objects.update(holder=leader)
    assert Case.objects.visible_to(leader).get() == task.case
    assert not can_see_contact(leader, task.case)
    assert not task.case.events.for_reader(leader).filter(verb="accepted").exists()


def test_a_deputy_of_the_centre_does_not_verify_the_department_they_lead(
    task: RectificationTask, head: User
) -> None:
    head.roles = [Role.DEPARTMENT_HEAD, Role.SUPERVISOR]
    head.save(update_fields=["roles"])
    RectificationTask.objects.update(holder=task.opened_by)
    services.acknowledge_task(task, actor=head)
    services.submit_task(task, actor=head, result="已整改")
    with pytest.raises(PermissionDenied):
        services.verify_task(task, actor=head)


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        (Kind.COMPLAINT, Kind.ENQUIRY, True),
        (Kind.COMPLAINT, Kind.HELP, True),
        (Kind.COMPLAINT, Kind.PRAISE, False),
        (Kind.COMPLAINT, Kind.SUGGESTION, False),
        (Kind.ENQUIRY, Kind.COMPLAINT, True),
        (Kind.PRAISE, Kind.COMPLAINT, True),
        (Kind.PRAISE, Kind.ENQUIRY, False),
    ],
)
def test_a_complaint_is_not_converted_out_of_the_figures(
    new_case: Callable[..., Case], front_desk: User, old: Kind, new: Kind, allowed: bool
) -> None:
    case = new_case(kind=old)
    if allowed:
        converted = services.convert_kind(
            case, actor=front_desk, kind=new, reason="沟通后确认"
        )
        assert converted.kind == new
        return
    with pytest.raises(RuleViolation) as refusal:
        services.convert_kind(case, actor=front_desk, kind=new, reason="沟通后确认")
    assert refusal.value.field == "kind"


def test_the_contact_is_not_released_once_the_task_has_ended(
    task: RectificationTask, front_desk: User
) -> None:
    services.cancel_task(task, actor=front_desk, reason="不需要")
    with pytest.raises(RuleViolation):
        services.release_contact(task, actor=front_desk)


def test_a_reply_after_reopening_is_not_dated_before_it(
    case: Case, front_desk: User
) -> None:
    before = clock.now()
    services.withdraw_case(case, actor=front_desk, reason="本人撤回")
    with clock.at(before + timedelta(days=2)):
        services.reopen_case(case, actor=front_desk, reason="又来电")
        with pytest.raises(RuleViolation) as refusal:
            services.reply_to_person(
                case, actor=front_desk, method="phone", text="已说明", at=before
            )
    assert refusal.value.field == "at"


def test_the_service_itself_refuses_an_age_old_receipt_and_a_number_of_letters(
    new_case: Callable[..., Case],
) -> None:
    with pytest.raises(RuleViolation) as old:
        new_case(received_at=clock.now() - timedelta(days=1000))
    with pytest.raises(RuleViolation) as odd:
        new_case(contact=services.ContactDetails("张三", "abc你好"))
    assert (old.value.field, odd.value.field) == ("received_at", "phone")


def test_a_third_level_of_categories_is_refused(category: Category) -> None:
    child = Category(code="X", name_zh="三级", name_en="Third", parent=category)
    with pytest.raises(ValidationError, match="two levels"):
        child.clean()
    heading = category.parent
    assert heading is not None
    heading.parent = Category.objects.create(code="Y", name_zh="别", name_en="Other")
    with pytest.raises(ValidationError, match="two levels"):
        heading.clean()


def test_history_cannot_be_truncated(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL complaints.let_truncate = 'off'")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE complaints_caseevent CASCADE")
    assert CaseEvent.objects.filter(case=case).exists()
