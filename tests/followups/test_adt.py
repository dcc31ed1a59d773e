"""What a message tells becomes facts about a patient and a stay."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from followups.models import FeedKind, FollowUp, Patient, RawMessage, Stay
from followups.services.feed import hl7
from followups.services.feed.adt import DISPOSITIONS, read_adt
from followups.services.feed.adt_fields import read_day, read_moment
from followups.services.feed.facts import Told
from followups.services.feed.inbox import receive
from followups.services.feed.problems import NotUnderstood
from hospital import clock
from hospital.models import Department
from tests.complaints.clock_world import moment
from tests.followups.hl7_world import Fields, adt, field_of
from tests.followups.world import make_plan

NOW = moment("2026-03-10T10:00")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


def told(event: str = "A03", **changes: Any) -> Told:
    found = read_adt(hl7.read(adt(event, **changes).encode()))
    assert len(found) == 1
    return found[0]


def facts(event: str = "A03", **changes: Any) -> dict[str, Any]:
    return told(event, **changes).facts


def refused(event: str = "A03", **changes: Any) -> str:
    with pytest.raises(NotUnderstood) as trouble:
        read_adt(hl7.read(adt(event, **changes).encode()))
    return trouble.value.english


def local(text: str) -> str:
    return moment(text).isoformat()


def test_a_discharge_tells_all_of_a_stay(department: Department) -> None:
    found = told()
    assert (found.kind, found.patient, found.visit) == ("A03", "0012345", "V-1")
    assert (found.key, found.source) == ("hl7:HIS|第一医院:M1", "hl7:HIS|第一医院")
    assert found.recorded_at == moment("2026-03-10T09:40")
    assert found.facts == {
        "name": "张建国",
        "sex": "male",
        "born_on": "1956-03-01",
        "phone": "13812345678",
        "language": "zh",
        "deceased": False,
        "relative": "张小华",
        "relative_phone": "13900001111",
        "department_id": department.pk,
        "ward": "XNK 305 12",
        "doctor": "王医生",
        "diagnosis_code": "I50.900",
        "diagnosis": "心力衰竭",
        "was_emergency": True,
        "disposition": "home",
        "admitted_at": local("2026-03-01T10:15"),
        "discharged_at": local("2026-03-10T09:30"),
    }


def test_an_admission_begins_when_pv1_44_says_else_evn_6_else_evn_2_else_msh_7() -> (
    None
):
    at: dict[str, Any] = {"PV1": {44: "202603011015"}, "EVN": {6: "202603011020"}}
    assert facts("A01", **at)["admitted_at"] == local("2026-03-01T10:15")
    at["PV1"] = {44: '""'}
    assert facts("A01", **at)["admitted_at"] == local("2026-03-01T10:20")
    assert facts("A01")["admitted_at"] == local("2026-03-10T09:40")
    sent_only = told("A01", EVN={2: ""}, MSH={6: "20260310080000"})
    assert sent_only.facts["admitted_at"] == local("2026-03-10T08:00")
    assert sent_only.recorded_at == moment("2026-03-10T08:00")


def test_a_discharge_without_its_time_was_when_the_event_was() -> None:
    occurred = facts(PV1={45: ""}, EVN={6: "20260309180000"})
    assert occurred["discharged_at"] == local("2026-03-09T18:00")
    assert facts(PV1={45: ""})["discharged_at"] == local("2026-03-10T09:40")
    assert "admitted_at" not in facts(PV1={44: ""})


def test_a_cancelled_discharge_says_nothing_of_its_end() -> None:
    found = facts("A13", PV1={36: "2", 45: "20260310093000"})
    assert {"disposition", "discharged_at", "admitted_at"} & found.keys() == set()
    assert facts("A11").keys() & {"admitted_at"} == set()
    assert facts("A12", PV1={3: "GK^1^2"})["ward"] == "GK 1 2"


def test_a_planned_discharge_in_an_update_is_left_out() -> None:
    assert "discharged_at" not in facts("A08", PV1={45: "20260320"})
    assert facts("A08")["discharged_at"] == local("2026-03-10T09:30")


def test_an_update_without_a_visit_is_about_the_patient() -> None:
    found = told("A08", leave_out="PV1", PID={13: "13900009999"})
    assert (found.visit, found.facts["phone"]) == ("", "13900009999")
    assert "department_id" not in found.facts
    died = told("A08", PV1={19: "", 36: "20"})
    assert died.facts["deceased"] is True


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"PV1": {19: "V-9"}}, "V-9"),
        ({"PV1": {19: "", 50: "ALT-1^^^X"}}, "ALT-1"),
        ({"PV1": {19: '""'}, "PID": {18: "ACC-1"}}, "ACC-1"),
    ],
)
def test_the_visit_number_has_fall_backs(changes: dict[str, Any], number: str) -> None:
    assert told(**changes).visit == number


@pytest.mark.parametrize(
    ("ids", "number"),
    [
        ("150102195603010011^^^^NI~0012345^^^^MR", "0012345"),
        ("X1^^^^PI~0012345^^^^MR", "0012345"),
        ("A1~P1^^^^PI", "P1"),
        ("^^^^MR~0099", "0099"),
        ("007", "007"),
    ],
)
def test_the_record_number_is_found_among_several(ids: str, number: str) -> None:
    assert told(PID={3: ids}).patient == number


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张^建国", "张建国"),
        ("ZHANG^JIANGUO^^^^^L^A~张^建国^^^^^L^I", "张建国"),
        ("Smith^John^Q", "John Q Smith"),
        ("", None),
        ("名" * 90, "名" * 60),
    ],
)
def test_a_name_is_written_as_people_write_it(written: str, name: str | None) -> None:
    assert facts(PID={5: written}).get("name") == name


@pytest.mark.parametrize(
    ("fields", "own", "relatives"),
    [
        ({13: "138-1234-5678"}, "13812345678", None),
        ({13: "^PRN^PH^^86^0471^1234567"}, "04711234567", None),
        ({13: "^PRN^PH^^^^^^^^^13812345678"}, "13812345678", None),
        ({13: "13812345678(本人)/13900002222(家属)"}, "13812345678", "13900002222"),
        ({13: "13812345678、13900002222"}, "13812345678", "13900002222"),
        ({13: "家属13900002222"}, None, "13900002222"),
        ({13: "", 14: "04717654321"}, "04717654321", None),
        ({13: "a@b.cn^NET^Internet~13812345678"}, "13812345678", None),
        ({13: "无"}, None, None),
        ({13: ""}, None, None),
    ],
)
def test_telephone_numbers_are_found(
    fields: Fields, own: str | None, relatives: str | None
) -> None:
    found = facts(PID=fields, leave_out="NK1")
    assert (found.get("phone"), found.get("relative_phone")) == (own, relatives)


def test_the_relative_with_a_number_is_the_one_to_ring() -> None:
    more = "NK1|2|李四|SPO||(家属)13900003333"
    found = facts(NK1={5: ""}, more=more)
    assert (found["relative"], found["relative_phone"]) == ("李四", "13900003333")
    assert facts(NK1={5: ""}, more="NK1|2|李四")["relative"] == "张小华"


@pytest.mark.parametrize(
    ("fields", "deceased"),
    [
        ({30: "Y"}, True),
        ({29: "20260310", 30: ""}, True),
        ({29: "20260310", 30: "N"}, True),
        ({30: "N"}, False),
        ({30: '""'}, None),
        ({30: ""}, None),
    ],
)
def test_a_death_is_read(fields: Fields, deceased: bool | None) -> None:
    assert facts(PID=fields).get("deceased") is deceased


@pytest.mark.parametrize(
    ("code", "disposition"),
    [
        *DISPOSITIONS.items(),
        ("05", "deceased"),
        ("死亡", "deceased"),
        ("非医嘱离院", "against_advice"),
        ("77", "other"),
        ("", None),
    ],
)
def test_how_a_stay_ended(code: str, disposition: str | None) -> None:
    assert facts(PV1={36: code}).get("disposition") == disposition


@pytest.mark.parametrize(
    "place", [{3: "xnk"}, {3: "W1", 10: "XNK"}, {3: "W1&心内科^1"}, {3: "心内科"}]
)
def test_a_department_is_found_by_code_or_name(
    department: Department, place: Fields
) -> None:
    assert facts(PV1={10: "", **place})["department_id"] == department.pk


def test_the_name_of_an_unknown_ward_is_kept(department: Department) -> None:
    found = facts(PV1={3: "ICU9^1^2", 10: "nowhere"})
    assert (found.get("department_id"), found["ward"]) == (None, "ICU9 1 2")
    assert "department_id" not in facts(PV1={3: "", 10: ""})


def test_the_surest_diagnosis_counts() -> None:
    more = "DG1|2||A01^X||20260301|F|||||||||2\rDG1|3||B02||20260301|F|||||||||1"
    found = facts(DG1={6: "A"}, more=more)
    assert found["diagnosis_code"] == "B02"
    bare = facts(DG1={4: "另写的诊断", 6: "?"})
    assert bare["diagnosis"] == "另写的诊断"
    assert "diagnosis" not in facts(leave_out="DG1")


def test_surgery_emergency_and_language_are_told_only_if_known() -> None:
    assert facts(more="PR1|1||36.1||20260302|I")["had_surgery"] is True
    assert "had_surgery" not in facts(more="PR1|1||88.7||20260302|D")
    assert facts(PV1={4: "R"})["was_emergency"] is False
    assert "was_emergency" not in facts(PV1={4: ""})
    assert facts(PID={15: "yue"})["language"] == "yue"
    assert facts(PID={15: "x^蒙古语"})["language"] == "mn"
    assert "language" not in facts(PID={15: "tlh"})


def test_merges_point_the_record_away_to_the_one_that_stays() -> None:
    found = told("A40")
    assert found.kind == FeedKind.MERGE
    assert (found.patient, found.merged_from) == ("0012345", "0099999")
    assert (found.visit, found.facts["name"]) == ("", "张建国")


def test_several_merges_in_one_message_have_keys_of_their_own() -> None:
    more = "PID|2||P2\rMRG|P3"
    found = read_adt(hl7.read(adt("A40", more=more).encode()))
    pairs = [(each.patient, each.merged_from) for each in found]
    assert pairs == [("0012345", "0099999"), ("P2", "P3")]
    assert [each.key for each in found] == [
        "hl7:HIS|第一医院:M1",
        "hl7:HIS|第一医院:M1:2",
    ]


@pytest.mark.parametrize("kind", ["ADT^A05^ADT_A05", "ORU^R01", "ACK", "ADT^A31"])
def test_other_messages_are_not_for_us(kind: str) -> None:
    assert read_adt(hl7.read(adt(MSH={8: kind}).encode())) == []


def test_the_event_may_stand_in_evn_1() -> None:
    assert told(MSH={8: "ADT"}, EVN={1: "A03"}).kind == "A03"


@pytest.mark.parametrize(
    ("event", "changes", "sentence"),
    [
        ("A03", {"MSH": {8: ""}}, "MSH-9 is missing."),
        ("A03", {"leave_out": "PID"}, "PID-3 is missing."),
        ("A03", {"PID": {3: ""}}, "PID-3 is missing."),
        ("A03", {"PID": {3: '""'}}, "PID-3 is missing."),
        ("A03", {"PID": {3: "9" * 41}}, "PID-3 is too long."),
        ("A03", {"PID": {3: "\x07"}}, "PID-3 is missing."),
        ("A03", {"leave_out": "PV1"}, "PV1-19 is missing."),
        ("A13", {"PV1": {19: ""}}, "PV1-19 is missing."),
        ("A03", {"PV1": {19: "9" * 41}}, "PV1-19 is too long."),
        ("A03", {"leave_out": "EVN", "MSH": {6: ""}}, "EVN-2 is missing."),
        ("A03", {"EVN": {2: "yesterday"}}, "EVN-2 cannot be read."),
        ("A03", {"PV1": {45: "20261301"}}, "PV1-45 cannot be read."),
        ("A03", {"PV1": {45: "00010101"}}, "PV1-45 cannot be read."),
        ("A03", {"PV1": {45: "20260320"}}, "PV1-45 lies in the future."),
        ("A01", {"PV1": {44: "9999123123"}}, "PV1-44 cannot be read."),
        ("A03", {"EVN": {2: "99991231235959"}}, "EVN-2 lies in the future."),
        ("A40", {"leave_out": "MRG"}, "MRG-1 is missing."),
        ("A40", {"MRG": {1: ""}}, "MRG-1 is missing."),
        ("A40", {"leave_out": "PID MRG"}, "PID-3 is missing."),
        ("A40", {"MRG": {1: "0012345"}}, "PID-3 and MRG-1 name the same record."),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    event: str, changes: dict[str, Any], sentence: str
) -> None:
    assert refused(event, **changes) == sentence


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20260310", "2026-03-10T00:00:00+08:00"),
        ("202603100930", "2026-03-10T09:30:00+08:00"),
        ("20260310093015.1234", "2026-03-10T09:30:15+08:00"),
        ("20260310093000+0000", "2026-03-10T09:30:00+00:00"),
        ("20260310093000-0330", "2026-03-10T09:30:00-03:30"),
        ("2026-03-10T09:30:00Z", "2026-03-10T09:30:00+00:00"),
        ("2026/03/10 09:30", "2026-03-10T09:30:00+08:00"),
        ("2026", None),
        ("20260230", None),
        ("20260310240000", None),
        ("20260310093000+9900", None),
        ("18991231", None),
        ("tomorrow", None),
    ],
)
def test_moments_are_read_in_the_hospitals_zone(written: str, read: str | None) -> None:
    found = read_moment(written)
    assert (found and found.isoformat()) == read
    if read and "+08" in read:
        assert found == datetime.fromisoformat(read)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("19560301", "1956-03-01"),
        ("1956-03-01", "1956-03-01"),
        ("19560301000000", "1956-03-01"),
        ("1956", ""),
        ("19561301", ""),
        ("18001231", ""),
    ],
)
def test_birthdays_are_whole_dates_or_nothing(written: str, read: str) -> None:
    assert read_day(written) == read


def test_a_stay_is_followed_up_and_a_cancelled_discharge_stops_it(
    department: Department,
) -> None:
    make_plan()
    receive(adt("A01", control="1", sent="20260301102000").encode())
    receive(adt("A03", control="2").encode())
    stay = Stay.objects.get()
    assert (stay.department, stay.patient.phone) == (department, "13812345678")
    assert list(FollowUp.objects.values_list("state", flat=True)) == ["open"]
    receive(adt("A13", control="3", sent="20260310094500").encode())
    assert list(FollowUp.objects.values_list("stop_reason", flat=True)) == [
        "not_discharged"
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"PID": {30: "Y"}}, "deceased"),
        ({"PV1": {36: "5"}}, "deceased"),
        ({"PV1": {36: "2"}}, "transferred"),
    ],
)
def test_nobody_calls_the_dead_and_the_transferred(
    changes: dict[str, Any], reason: str
) -> None:
    make_plan()
    receive(adt(control="1").encode())
    receive(adt("A08", control="2", sent="20260310095000", **changes).encode())
    rows = FollowUp.objects.values_list("state", "stop_reason")
    assert list(rows) == [("stopped", reason)]


def test_a_merge_leads_the_stays_to_the_record_that_stays() -> None:
    receive(adt(control="1", PID={3: "0099999"}).encode())
    answer = receive(adt("A40", control="2").encode())
    assert field_of(answer, "MSA", 1) == "AA"
    away = Patient.objects.get(number="0099999")
    assert away.merged_into == Patient.objects.get(number="0012345")
    assert RawMessage.objects.filter(state="done").count() == 2
