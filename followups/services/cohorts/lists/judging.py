"""What would become of every line, before anything is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from followups.models import Cohort, CohortMember, Patient, Verdict
from followups.services.cohorts.lists.reading import Line
from followups.services.cohorts.membership import find_present
from followups.services.importing.reasons import Reason


@dataclass(frozen=True)
class Judged:
    """A line with its verdict, and the person it means if known."""

    line: Line
    verdict: Verdict
    reasons: tuple[Reason, ...]
    patient: Patient | None = None

    @property
    def is_new(self) -> bool:
        return self.verdict == Verdict.NEW


def judge(cohort: Cohort, lines: Sequence[Line]) -> list[Judged]:
    """Each line, as things stand now; nothing is changed."""
    numbers = {line.number for line in lines if not line.has_errors}
    known = Patient.objects.filter(number__in=numbers).select_related("merged_into")
    patients = {patient.number: patient.merged_into or patient for patient in known}
    present = find_present(cohort, {patient.pk for patient in patients.values()})
    return list(_judge_all(lines, patients, present))


def _judge_all(
    lines: Sequence[Line],
    patients: dict[str, Patient],
    present: dict[int, CohortMember],
) -> Iterator[Judged]:
    seen: dict[int | str, int] = {}
    for line in lines:
        if line.has_errors:
            yield Judged(line, Verdict.ERROR, line.reasons)
            continue
        patient = patients.get(line.number)
        who = patient.pk if patient else line.number
        first = seen.setdefault(who, line.row)
        member = present.get(patient.pk) if patient else None
        if first != line.row:
            reason = Reason("same_person", {"line": first})
            yield Judged(line, Verdict.SAME, (reason,), patient)
        elif member is not None:
            reason = Reason("member_already", {"day": f"{member.joined_on:%Y-%m-%d}"})
            yield Judged(line, Verdict.SAME, (reason,), patient)
        else:
            reasons = (*line.reasons, *_against(line, patient))
            has_errors = any(reason.is_error for reason in reasons)
            verdict = Verdict.ERROR if has_errors else Verdict.NEW
            yield Judged(line, verdict, reasons, patient)


def _against(line: Line, patient: Patient | None) -> Iterator[Reason]:
    name = patient.name if patient else ""
    if patient and patient.is_deceased:
        yield Reason("patient_died")
    elif not name and not line.name:
        yield Reason("unknown_patient")
    elif name and line.name and name != line.name:
        yield Reason("other_name")
    phones = [line.phone, line.relative_phone]
    if patient:
        phones += [patient.phone, patient.relative_phone]
    if not any(phones):
        yield Reason("no_phone")
