from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hospital.leave import stand_in_for, stand_ins
from hospital.models import Department, User
from tests.factories import UserFactory

DAY = date(2026, 3, 2)
AWAY = {"leave_from": DAY, "leave_until": DAY}


def test_whoever_is_there_is_asked_for_without_a_query(
    head: User, django_assert_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    person = User.objects.get(pk=head.pk)
    with django_assert_num_queries(0):
        assert stand_in_for(person, DAY) == person


def test_the_deputy_stands_in_during_the_leave_and_not_after_it(db: None) -> None:
    deputy = UserFactory()
    person = UserFactory(deputy=deputy, **AWAY)
    assert stand_in_for(person, DAY) == deputy
    assert stand_in_for(person, date(2026, 3, 3)) == person


def test_a_deputy_on_leave_has_a_deputy_too_for_three_hops(db: None) -> None:
    fourth = UserFactory()
    third = UserFactory(deputy=fourth)
    second = UserFactory(deputy=third, **AWAY)
    first = UserFactory(deputy=second, **AWAY)
    person = UserFactory(deputy=first, **AWAY)
    assert stand_in_for(person, DAY) == third
    third.leave_from = third.leave_until = DAY
    third.save()
    assert stand_in_for(User.objects.get(pk=person.pk), DAY) == person


def test_somebody_who_left_the_hospital_does_not_stand_in(db: None) -> None:
    deputys_deputy = UserFactory()
    gone = UserFactory(deputy=deputys_deputy, is_active=False)
    assert stand_in_for(UserFactory(deputy=gone, **AWAY), DAY) == deputys_deputy


def test_two_on_leave_who_stand_in_for_each_other_do_not_go_round_for_ever(
    db: None,
) -> None:
    one = UserFactory(**AWAY)
    other = UserFactory(deputy=one, **AWAY)
    one.deputy = other
    one.save()
    assert stand_in_for(one, DAY) == one


def test_a_head_is_followed_by_the_deputy_of_the_department_then_by_its_leader(
    head: User, department: Department, staff: User, leader: User
) -> None:
    head.leave_from = head.leave_until = DAY
    department.deputy, department.supervising_leader = staff, leader
    department.save()
    assert list(stand_ins(head, DAY)) == [staff, leader]
    staff.is_active = False
    staff.save()
    assert stand_in_for(head, DAY) == leader


def test_the_persons_own_deputy_comes_before_that_of_the_department(
    head: User, department: Department, staff: User, front_desk: User
) -> None:
    department.deputy = staff
    department.save()
    head.deputy, head.leave_from, head.leave_until = front_desk, DAY, DAY
    assert list(stand_ins(head, DAY)) == [front_desk, staff]


def test_a_head_with_nobody_else_remains_the_one_to_ask(head: User) -> None:
    head.leave_from = head.leave_until = DAY
    assert stand_in_for(head, DAY) == head


def test_nobody_is_their_own_deputy(head: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=head.pk).update(deputy=head.pk)
