"""A red flag reaches the ward at once, and those above it when nobody answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from followups.models import Attempt, ClinicalAlert, FollowUp, State
from followups.services.alerts import (
    acknowledge_alert,
    close_alert,
    raise_by_hand,
    watch_alerts,
)
from followups.services.calls.outcomes import record_attempt
from followups.services.calls.queue import claim_next_call, fill_queue
from followups.tasks import watch_alerts as watch_task
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, Role, User
from notifications.models import Notification, Topic
from tests.factories import UserFactory
from tests.followups.script_world import answers, make_script, reached
from tests.followups.world import NOW, discharge, make_plan, patient
from tests.races import race

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def a_morning(db: None) -> Iterator[None]:
    with clock.at(NOW):
        make_plan()
        yield


def red_call(agent: User, department: Department | None, number: str = "1") -> Attempt:
    """A patient of the ward tells the agent of chest pain."""
    discharge(number, department=department)
    fill_queue()
    row = claim_next_call(agent)
    assert row is not None
    given = answers(make_script(), chest_pain="yes")
    return record_attempt(row.patient, agent=agent, result=reached(given))


def take(agent: User, department: Department) -> None:
    discharge("1", department=department)
    fill_queue()
    assert claim_next_call(agent) is not None


def told(topic: Topic) -> set[User]:
    return {each.recipient for each in Notification.objects.filter(topic=topic)}


def test_a_red_answer_alerts_the_ward_in_words(
    agent: User, head: User, department: Department
) -> None:
    attempt = red_call(agent, department)
    alert = ClinicalAlert.objects.get()
    assert (alert.attempt, alert.department) == (attempt, department)
    assert alert.flags == [{"zh": "胸痛：有", "en": "Chest pain: Yes"}]
    with translation.override("zh-hans"):
        assert alert.flag_words == ["胸痛：有"]
    with translation.override("en"):
        assert alert.flag_words == ["Chest pain: Yes"]
    assert alert.due_at == NOW + HALF_AN_HOUR
    assert FollowUp.objects.get().state == State.DONE


def test_a_clean_call_alerts_nobody(agent: User, department: Department) -> None:
    take(agent, department)
    given = answers(make_script())
    record_attempt(patient("1"), agent=agent, result=reached(given))
    assert ClinicalAlert.objects.count() == 0


def test_head_deputy_and_staff_on_duty_are_told_at_once_and_urgently(
    agent: User,
    head: User,
    staff: User,
    outsider: User,
    supervisor: User,
    department: Department,
) -> None:
    deputy = UserFactory(roles=[Role.DEPARTMENT_HEAD])
    department.deputy = deputy
    department.save()
    today = clock.today()
    UserFactory(
        roles=[Role.DEPARTMENT_STAFF],
        departments=[department],
        leave_from=today,
        leave_until=today,
    )
    red_call(agent, department)
    assert told(Topic.CLINICAL_ALERT) == {head, deputy, staff}
    assert all(each.urgent for each in Notification.objects.all())


def test_who_stands_in_for_a_head_on_leave_is_told_and_may_answer(
    agent: User, head: User, department: Department
) -> None:
    other = UserFactory(roles=[Role.DEPARTMENT_HEAD])
    head.leave_from = head.leave_until = clock.today()
    head.deputy = other
    head.save()
    red_call(agent, department)
    assert told(Topic.CLINICAL_ALERT) == {other}
    alert = acknowledge_alert(ClinicalAlert.objects.get(), actor=other)
    assert alert.acknowledged_by == other


def test_the_sentence_names_the_ward_and_the_time_and_no_patient(
    agent: User, head: User, department: Department
) -> None:
    red_call(agent, department)
    with translation.override("en"):
        sentence = Notification.objects.get().sentence
    assert sentence == ("Red flag on a follow-up call: Cardiology must answer by 10:00")


def test_without_a_known_ward_the_supervisors_are_told(
    agent: User, supervisor: User
) -> None:
    red_call(agent, None)
    assert told(Topic.CLINICAL_ALERT) == {supervisor}
    with translation.override("en"):
        sentence = Notification.objects.get().sentence
    assert "a ward that is not known must answer" in sentence
    with clock.at(NOW + HALF_AN_HOUR):
        assert watch_alerts() == 1
    assert told(Topic.CLINICAL_ALERT_LATE) == {supervisor}


def test_a_call_raises_one_alert_at_most(agent: User, department: Department) -> None:
    attempt = red_call(agent, department)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicalAlert.objects.create(
            patient=attempt.patient, attempt=attempt, raised_by=agent, due_at=NOW
        )


def test_an_alert_in_time_tells_nobody_higher_up(
    agent: User, head: User, supervisor: User, department: Department
) -> None:
    red_call(agent, department)
    with clock.at(NOW + timedelta(minutes=29)):
        assert watch_alerts() == 0
        acknowledge_alert(ClinicalAlert.objects.get(), actor=head)
    with clock.at(NOW + HALF_AN_HOUR):
        assert watch_alerts() == 0
    assert told(Topic.CLINICAL_ALERT_LATE) == set()


def test_an_alert_nobody_answers_is_told_higher_up_once(
    agent: User,
    head: User,
    supervisor: User,
    leader: User,
    staff: User,
    department: Department,
) -> None:
    department.supervising_leader = leader
    department.save()
    red_call(agent, department)
    with clock.at(NOW + HALF_AN_HOUR):
        assert watch_task() == 1
        assert watch_task() == 0
    late = Notification.objects.filter(topic=Topic.CLINICAL_ALERT_LATE)
    assert {each.recipient for each in late} == {head, supervisor, leader}
    assert late.count() == 3
    assert ClinicalAlert.objects.get().told_late_at == NOW + HALF_AN_HOUR


@pytest.mark.django_db(transaction=True)
def test_two_watchers_tell_a_late_alert_once(
    agent: User, head: User, department: Department
) -> None:
    red_call(agent, department)

    def watch() -> int:
        with clock.at(NOW + HALF_AN_HOUR):
            return watch_alerts()

    assert sorted(race(watch, watch)) == [0, 1]
    assert Notification.objects.filter(topic=Topic.CLINICAL_ALERT_LATE).count() == 1


def test_who_acknowledges_first_stays_on_record(
    agent: User, head: User, staff: User, department: Department
) -> None:
    red_call(agent, department)
    alert = ClinicalAlert.objects.get()
    acknowledge_alert(alert, actor=staff)
    with clock.at(NOW + timedelta(minutes=5)):
        alert = acknowledge_alert(alert, actor=head)
    assert (alert.acknowledged_by, alert.acknowledged_at) == (staff, NOW)


def test_an_alert_is_closed_with_what_was_done(
    agent: User, head: User, department: Department
) -> None:
    red_call(agent, department)
    alert = close_alert(
        ClinicalAlert.objects.get(), actor=head, done=" 已嘱患者来院，安排心电图。"
    )
    assert alert.done == "已嘱患者来院，安排心电图。"
    assert (alert.closed_by, alert.acknowledged_by) == (head, head)
    assert str(alert) == f"{alert.patient_id} 2026-03-10 01:30"
    with pytest.raises(RuleViolation):
        close_alert(alert, actor=head, done="再次")


def test_closing_leaves_on_record_who_answered(
    agent: User, head: User, staff: User, department: Department
) -> None:
    red_call(agent, department)
    alert = acknowledge_alert(ClinicalAlert.objects.get(), actor=staff)
    alert = close_alert(alert, actor=head, done="已处理")
    assert (alert.acknowledged_by, alert.closed_by) == (staff, head)


@pytest.mark.parametrize("done", ["", "  ", "字" * 5001])
def test_an_alert_is_not_closed_without_a_word_or_with_too_many(
    agent: User, head: User, department: Department, done: str
) -> None:
    red_call(agent, department)
    with pytest.raises(RuleViolation) as refusal:
        close_alert(ClinicalAlert.objects.get(), actor=head, done=done)
    assert refusal.value.field == "done"


def test_other_wards_and_the_agent_cannot_answer(
    agent: User, outsider: User, department: Department
) -> None:
    red_call(agent, department)
    alert = ClinicalAlert.objects.get()
    for person in (agent, outsider):
        with pytest.raises(PermissionDenied):
            acknowledge_alert(alert, actor=person)
        with pytest.raises(PermissionDenied):
            close_alert(alert, actor=person, done="done")


def test_a_supervisor_cannot_answer_the_alert_they_raised(
    supervisor: User, department: Department
) -> None:
    red_call(supervisor, department)
    with pytest.raises(PermissionDenied):
        acknowledge_alert(ClinicalAlert.objects.get(), actor=supervisor)


def test_the_gate_lets_through_the_ward_supervisors_and_who_raised_it(
    agent: User,
    head: User,
    staff: User,
    supervisor: User,
    outsider: User,
    leader: User,
    front_desk: User,
    department: Department,
) -> None:
    red_call(agent, department)
    people = (agent, head, staff, supervisor, outsider, leader, front_desk)
    seeing = [
        person for person in people if ClinicalAlert.objects.visible_to(person).exists()
    ]
    assert seeing == [agent, head, staff, supervisor]
    head.is_active = False
    assert not ClinicalAlert.objects.visible_to(head).exists()


def test_the_agent_hands_over_by_hand_during_the_call(
    agent: User, head: User, department: Department
) -> None:
    take(agent, department)
    alert = raise_by_hand(patient("1"), agent=agent, note="患者说不出话")
    assert (alert.department, alert.note, alert.flags) == (
        department,
        "患者说不出话",
        [],
    )
    assert told(Topic.CLINICAL_ALERT) == {head}


def test_pressing_twice_is_one_alert_with_both_notes(
    agent: User, head: User, department: Department
) -> None:
    take(agent, department)
    first = raise_by_hand(patient("1"), agent=agent, note="胸痛")
    again = raise_by_hand(patient("1"), agent=agent, note="出汗")
    same = raise_by_hand(patient("1"), agent=agent, note="出汗")
    assert first == again == same
    assert same.note == "胸痛\n出汗"
    assert Notification.objects.count() == 1


def test_red_answers_join_the_alert_raised_on_the_same_call(
    agent: User, head: User, department: Department
) -> None:
    take(agent, department)
    alert = raise_by_hand(patient("1"), agent=agent, note="胸痛")
    given = answers(make_script(), chest_pain="yes")
    attempt = record_attempt(patient("1"), agent=agent, result=reached(given))
    alert.refresh_from_db()
    assert (alert.attempt, len(alert.flags)) == (attempt, 1)
    assert ClinicalAlert.objects.count() == 1


def test_red_answers_after_the_ward_has_answered_are_told_anew(
    agent: User, head: User, department: Department
) -> None:
    take(agent, department)
    first = raise_by_hand(patient("1"), agent=agent, note="头晕")
    acknowledge_alert(first, actor=head)
    given = answers(make_script(), chest_pain="yes")
    record_attempt(patient("1"), agent=agent, result=reached(given))
    assert ClinicalAlert.objects.count() == 2
    assert Notification.objects.filter(recipient=head).count() == 2


def test_the_agent_who_has_just_hung_up_may_still_hand_over(
    agent: User, head: User, department: Department
) -> None:
    take(agent, department)
    record_attempt(patient("1"), agent=agent, result=reached(None))
    alert = raise_by_hand(patient("1"), agent=agent, note="又打回来说胸痛")
    assert alert.department == department


@pytest.mark.parametrize("note", ["", "字" * 5001])
def test_an_alert_by_hand_says_what_is_the_matter(
    agent: User, department: Department, note: str
) -> None:
    take(agent, department)
    with pytest.raises(RuleViolation) as refusal:
        raise_by_hand(patient("1"), agent=agent, note=note)
    assert refusal.value.field == "note"


def test_who_does_not_have_the_person_on_the_telephone_raises_no_alert(
    agent: User, front_desk: User, department: Department
) -> None:
    take(agent, department)
    other = UserFactory(roles=[Role.CALLBACK_AGENT])
    for person in (other, front_desk):
        with pytest.raises(PermissionDenied):
            raise_by_hand(patient("1"), agent=person, note="胸痛")


def test_a_supervisor_may_raise_an_alert_for_anybody(
    supervisor: User, head: User, department: Department
) -> None:
    discharge("1")
    alert = raise_by_hand(patient("1"), agent=supervisor, note="家属来电")
    assert alert.department is None


def test_the_database_refuses_a_closed_alert_without_who_and_what(
    agent: User, head: User, department: Department
) -> None:
    red_call(agent, department)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicalAlert.objects.update(closed_at=NOW)
