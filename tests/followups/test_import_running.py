"""A list of stays is brought in: once, again, corrected, by those who may."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from followups.models import FeedEvent, FollowUp, Import, Patient, Stay
from followups.services import importing
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, User
from tests.complaints.clock_world import moment
from tests.followups.stay_files import (
    LI,
    ZHANG,
    bring_in,
    check,
    csv_file,
    everything,
    verdicts,
)

NOW = moment("2026-03-10T09:00")


@pytest.fixture(autouse=True)
def a_morning(department: Department, other_department: Department) -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_a_list_becomes_patients_and_stays(
    supervisor: User, department: Department
) -> None:
    upload = bring_in(csv_file(ZHANG, LI), supervisor)
    assert (upload.state, upload.percent) == (Import.State.DONE, 100)
    zhang = Patient.objects.get(number="0012345")
    assert (zhang.name, zhang.sex, zhang.born_on, zhang.phone) == (
        "张建国",
        "male",
        date(1956, 3, 2),
        "13812345678",
    )
    stay = zhang.stays.get()
    assert (stay.visit_number, stay.department, stay.disposition, stay.diagnosis) == (
        "1",
        department,
        "home",
        "心力衰竭",
    )
    assert stay.admitted_at == moment("2026-02-20T00:00")
    assert stay.discharged_at == moment("2026-03-04T12:00")
    assert Stay.objects.get(visit_number="2").discharged_at == moment(
        "2026-03-05T09:30"
    )


def test_the_dry_run_touches_nothing(supervisor: User) -> None:
    upload = check(csv_file(ZHANG, LI), supervisor)
    assert upload.state == Import.State.CHECKED
    assert verdicts(upload) == [(2, "new", []), (3, "new", [])]
    assert (upload.counts["new"], upload.rows_to_take) == (2, 2)
    assert everything() == [[], [], [], []]


def test_the_same_file_twice_changes_nothing(supervisor: User) -> None:
    bring_in(csv_file(ZHANG, LI), supervisor)
    before = everything()
    upload = check(csv_file(ZHANG, LI), supervisor)
    assert verdicts(upload) == [(2, "same", []), (3, "same", [])]
    with pytest.raises(RuleViolation, match="nothing to take over"):
        importing.start_run(upload, actor=supervisor)
    assert everything() == before


def test_a_corrected_row_changes_its_stay(supervisor: User) -> None:
    bring_in(csv_file(ZHANG, LI), supervisor)
    with clock.at(moment("2026-03-10T11:00")):
        upload = bring_in(csv_file(ZHANG, LI.replace("股骨", "髋部")), supervisor)
    assert verdicts(upload) == [(2, "same", []), (3, "changed", [])]
    assert Stay.objects.get(patient__number="0012346").diagnosis == "髋部骨折"
    with clock.at(moment("2026-03-10T12:00")):
        back = bring_in(csv_file(ZHANG, LI), supervisor)
    assert verdicts(back) == [(2, "same", []), (3, "changed", [])]
    assert Stay.objects.get(patient__number="0012346").diagnosis == "股骨骨折"
    assert FeedEvent.objects.count() == 4


def test_a_death_in_the_list_is_no_follow_up(supervisor: User) -> None:
    bring_in(csv_file(ZHANG[:-1] + "5"), supervisor)
    assert Patient.objects.get().is_deceased
    assert FollowUp.objects.count() == 0


def test_only_keepers_bring_stays_in(
    front_desk: User, supervisor: User, agent: User
) -> None:
    for person in (front_desk, agent):
        with pytest.raises(PermissionDenied):
            importing.accept_upload(csv_file(ZHANG), actor=person)
    upload = check(csv_file(ZHANG), supervisor)
    with pytest.raises(PermissionDenied):
        importing.start_run(upload, actor=front_desk)
