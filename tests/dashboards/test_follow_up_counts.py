"""What the figures of follow-ups count: every stay once, in one group."""

from datetime import timedelta
from typing import Any

from dashboards.follow_ups.counting import count_calls, count_stays
from dashboards.follow_ups.definitions import MEASURES
from dashboards.follow_ups.scope import FollowUpScope
from dashboards.measures import Month
from dashboards.measures.figures import Figure
from followups.models import Anchor, FollowUp, Mode, Outcome, State, TouchPoint
from followups.services.calls.queue import close_windows
from hospital import clock
from hospital.models import User
from tests.complaints.clock_world import moment
from tests.dashboards.follow_up_world import call, die
from tests.followups.script_world import answers
from tests.followups.world import NOW, discharge, patient

MARCH = Month(2026, 3)


def said(figures: Any) -> dict[str, tuple[str, str]]:
    """What each figure shows, by its key."""
    shown: list[Figure] = list(figures)
    return {each.measure.key: (each.text, each.counts) for each in shown}


def fate(number: str, user: User) -> str:
    stays = FollowUpScope(user).rows(MEASURES["discharged"], MARCH)
    word: str = stays.get(patient=patient(number)).fate
    return word


def test_the_month_is_counted_by_stay(march: None, supervisor: User) -> None:
    figures = count_stays(FollowUpScope(supervisor), MARCH).figures
    rates = {key: value for key, value in figures.items() if key != "discharged"}
    assert figures["discharged"].count.base == 12
    assert said(rates.values()) == {
        "ratio": ("25.0%", "3 of 12"),
        "eligible-ratio": ("33.3%", "3 of 9"),
        "attempted": ("66.7%", "6 of 9"),
        "reached": ("50.0%", "3 of 6"),
        "effective": ("66.7%", "2 of 3"),
    }


def test_excluded_unreachable_and_refused_are_counted_apart(
    march: None, supervisor: User
) -> None:
    stays = count_stays(FollowUpScope(supervisor), MARCH)
    assert {
        group.figure.measure.key: {
            figure.measure.base[0]: figure.count.base  # type: ignore[attr-defined]  # a FollowUpMeasure
            for figure in group.reasons
        }
        or group.figure.count.base
        for group in stays.groups
    } == {
        "not-reached": {"tried_busy": 1, "tried_wrong_number": 1},
        "refused": 1,
        "excluded": {"deceased": 1, "transferred": 1, "do_not_call": 1},
        "untried": {"waiting": 1, "missed": 1, "unplanned": 1},
    }
    without = sum(group.figure.count.base for group in stays.groups)
    assert without + stays.figures["ratio"].count.hits == 12


def test_departments_are_compared_and_stays_without_one_are_not_lost(
    march: None, supervisor: User
) -> None:
    lines = count_stays(FollowUpScope(supervisor), MARCH).departments
    assert {
        line.group.code: [  # type: ignore[union-attr]  # departments have codes
            (figure.count.base, figure.count.hits) for figure in line.figures
        ]
        for line in lines
    } == {
        "XNK": [(10, 0), (10, 2), (7, 2), (7, 4), (4, 2), (2, 1)],
        "GK": [(1, 0), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)],
        "-": [(1, 0), (1, 0), (1, 0), (1, 1), (1, 0), (0, 0)],
    }


def test_calls_are_counted_by_agent_and_by_part_of_the_day(
    march: None, supervisor: User, agent: User
) -> None:
    calls = count_calls(FollowUpScope(supervisor), MARCH)
    assert {
        line.group.name: said(line.figures)["calls-reached"]
        for line in [*calls.agents, *calls.day_parts]
    } == {
        agent.name: ("33.3%", "2 of 6"),
        supervisor.name: ("100.0%", "1 of 1"),
        "Morning": ("50.0%", "3 of 6"),
        "Afternoon": ("0.0%", "0 of 1"),
    }


def test_the_last_twelve_months_are_shown_by_month_of_discharge(
    march: None, supervisor: User
) -> None:
    figure = count_stays(FollowUpScope(supervisor), MARCH).figures["ratio"]
    counts = [(each.count.hits, each.count.base) for each in figure.by_month]
    assert counts == [(0, 0)] * 10 + [(0, 1), (3, 12)]
    assert [each.text for each in figure.by_month][-3:] == ["—", "0.0%", "25.0%"]


def test_several_follow_ups_of_a_stay_count_once(
    calm: None, supervisor: User, agent: User
) -> None:
    discharge("1")
    call("1", agent, Outcome.REACHED_PATIENT)
    assert FollowUp.objects.filter(state=State.DONE).count() == 2
    figures = count_stays(FollowUpScope(supervisor), MARCH).figures
    assert said([figures["ratio"]]) == {"ratio": ("100.0%", "1 of 1")}


def test_two_stays_of_one_person_are_two(calm: None, supervisor: User) -> None:
    discharge("1", at=NOW - timedelta(days=8), visit="1")
    discharge("1", at=NOW - timedelta(days=2), visit="2")
    figures = count_stays(FollowUpScope(supervisor), MARCH).figures
    assert figures["discharged"].count.base == 2


def test_a_visit_during_the_stay_is_no_follow_up_and_one_after_it_is(
    calm: None, supervisor: User
) -> None:
    discharge("1")
    FollowUp.objects.update(state=State.DONE, ended_at=NOW, mode=Mode.BEDSIDE)
    assert fate("1", supervisor) == "effective"
    TouchPoint.objects.update(anchor=Anchor.ADMISSION)
    assert fate("1", supervisor) == "unplanned"


def test_an_early_answer_counts_although_a_later_contact_gave_none(
    calm: None, supervisor: User, agent: User
) -> None:
    version = TouchPoint.objects.first().script.versions.get()  # type: ignore[union-attr]  # plan_calls gave one
    discharge("1", at=NOW - timedelta(hours=30))
    call("1", agent, Outcome.REACHED_PATIENT, answers(version))
    with clock.at(NOW + timedelta(days=1)):
        call("1", agent, Outcome.REACHED_PROXY)
        assert FollowUp.objects.filter(state=State.DONE).count() == 2
        assert fate("1", supervisor) == "effective"


def test_a_stay_that_was_tried_stays_tried_when_its_next_contact_is_to_come(
    calm: None, supervisor: User, agent: User
) -> None:
    discharge("1", at=NOW - timedelta(hours=30))
    call("1", agent, Outcome.BUSY)
    with clock.at(NOW + timedelta(days=1)):
        assert fate("1", supervisor) == "tried_busy"


def test_who_refuses_on_the_telephone_is_not_excluded_afterwards(
    calm: None, supervisor: User, agent: User
) -> None:
    discharge("1", at=NOW - timedelta(hours=30))
    call("1", agent, Outcome.DECLINED)
    die("1")
    assert sorted(FollowUp.objects.values_list("state", flat=True)) == [
        "declined",
        "stopped",
    ]
    assert fate("1", supervisor) == "refused"


def test_a_record_merged_into_one_of_a_dead_person_is_excluded(
    calm: None, supervisor: User
) -> None:
    discharge("1", at=moment("2026-03-01T00:10"))
    discharge("2", at=moment("2026-03-01T00:10"))
    assert fate("1", supervisor) == "unplanned"
    kept, merged = patient("2"), patient("1")
    kept.is_deceased, merged.merged_into = True, kept
    kept.save()
    merged.save()
    assert fate("1", supervisor) == "deceased"


def test_a_plan_that_fits_no_more_does_not_exclude(
    calm: None, supervisor: User
) -> None:
    discharge("1")
    FollowUp.objects.update(
        state=State.STOPPED, stop_reason="not_planned", ended_at=NOW
    )
    assert fate("1", supervisor) == "unplanned"


def test_a_head_sees_rates_of_five_and_more(march: None, head: User) -> None:
    figures = count_stays(FollowUpScope(head), MARCH).figures
    assert said([figures["ratio"], figures["reached"]]) == {
        "ratio": ("20.0%", "2 of 10"),
        "reached": ("—", "fewer than 5"),
    }


def test_older_months_are_counted_without_looking_into_their_calls(
    march: None, supervisor: User
) -> None:
    with clock.at(moment("2026-05-15T12:00")):
        close_windows()
        figures = count_stays(FollowUpScope(supervisor), Month(2026, 5)).figures
    rates = ("ratio", "eligible-ratio", "attempted", "reached")
    assert {key: figures[key].by_month[-3].counts for key in rates} == {
        "ratio": "3 of 12",
        "eligible-ratio": "3 of 9",
        "attempted": "6 of 9",
        "reached": "3 of 6",
    }
    assert len(figures["effective"].history) == 2
