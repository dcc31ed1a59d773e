"""Who reads which case; whoever is named in one never does."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from complaints import services
from complaints.models import AccessLog, Case, Category, RectificationTask
from hospital import clock
from hospital.exceptions import RuleViolation
from hospital.models import Department, Role, User
from notifications.models import Notification
from tests.factories import UserFactory

NewCase = Callable[..., Case]
ROLES = (
    "front_desk",
    "night_desk",
    "agent",
    "supervisor",
    "leader",
    "quality_admin",
    "it_admin",
    "head",
    "staff",
    "outsider",
)
# Who sees a case that front_desk received about `department`, by how far it has come.
SEEN_BY = {
    "received": {"front_desk", "supervisor", "head"},
    "with a task": {"front_desk", "supervisor", "head", "staff"},
    "raised to tier 3": {"front_desk", "supervisor", "leader", "head"},
    "offered to the agent": {"front_desk", "supervisor", "agent", "head"},
    "closed": {"front_desk", "supervisor", "head"},
}


@pytest.fixture
def night_desk(db: None) -> User:
    return UserFactory(name="夜班", roles=[Role.FRONT_DESK])


@pytest.fixture
def cases(
    new_case: NewCase,
    department: Department,
    front_desk: User,
    supervisor: User,
    agent: User,
    head: User,
) -> dict[str, Case]:
    """One case for each row of the table."""
    cases = {name: new_case() for name in SEEN_BY if name != "closed"}
    services.open_task(
        cases["with a task"], actor=front_desk, department=department, demand="查"
    )
    services.set_tier(
        cases["raised to tier 3"], actor=supervisor, tier=3, reason="媒体关注"
    )
    services.offer_handover(
        cases["offered to the agent"], actor=front_desk, to=agent, reason="下班"
    )
    solved = services.SolvedOnTheSpot("当场解决", score=5)
    return cases | {"closed": new_case(solved=solved)}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_cases_and_counts_no_others(
    cases: dict[str, Case], role: str, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    expected = {name for name, people in SEEN_BY.items() if role in people}
    visible = Case.objects.visible_to(person)
    numbers = set(visible.values_list("number", flat=True))
    assert {name for name, case in cases.items() if case.number in numbers} == expected
    assert visible.count() == len(expected)


def test_the_desk_looks_up_any_case_others_do_not(
    cases: dict[str, Case], night_desk: User, agent: User
) -> None:
    found = [
        Case.objects.visible_to(person, lookup=True).count()
        for person in (night_desk, agent)
    ]
    assert found == [5, 1]


def test_leadership_counts_all_and_reads_the_major_ones(
    cases: dict[str, Case], leader: User, head: User
) -> None:
    assert Case.objects.countable_by(leader).count() == 5
    assert Case.objects.countable_by(head).count() == 5
    assert Case.objects.visible_to(leader).get() == cases["raised to tier 3"]


def test_whoever_has_left_sees_nothing(
    cases: dict[str, Case], supervisor: User
) -> None:
    supervisor.is_active = False
    assert Case.objects.visible_to(supervisor).count() == 0


@pytest.fixture
def naming(
    new_case: NewCase, category: Category, department: Department
) -> Callable[..., Case]:
    """Register a case that names the person."""

    def register(person: User, actor: User | None = None) -> Case:
        line = services.SubjectLine(category, department, person)
        return new_case(subjects=[line], actor=actor)

    return register


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"front_desk"}))
def test_whoever_is_named_neither_sees_finds_nor_counts_the_case(
    naming: Callable[..., Case], role: str, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    naming(person)
    counts = [
        Case.objects.visible_to(person).count(),
        Case.objects.visible_to(person, lookup=True).count(),
        Case.objects.countable_by(person).count(),
    ]
    assert counts == [0, 0, 0]


def test_whoever_is_named_cannot_write_through_a_service(
    naming: Callable[..., Case], supervisor: User
) -> None:
    case = naming(supervisor)
    for act in (services.accept_case, services.close_case):
        with pytest.raises(PermissionDenied):
            act(case, actor=supervisor)
    with pytest.raises(PermissionDenied):
        services.reveal_contact(case, actor=supervisor, reason="想知道是谁")


def test_a_task_of_another_department_is_out_of_reach(
    task: RectificationTask, outsider: User
) -> None:
    assert RectificationTask.objects.visible_to(outsider).count() == 0
    with pytest.raises(PermissionDenied):
        services.acknowledge_task(task, actor=outsider)


def test_whoever_is_named_does_not_register_the_case(
    naming: Callable[..., Case], front_desk: User
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        naming(front_desk)
    assert refusal.value.field == "subjects"


def test_a_case_is_not_handed_to_whoever_it_names(
    naming: Callable[..., Case], front_desk: User, agent: User
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        services.offer_handover(
            naming(agent), actor=front_desk, to=agent, reason="下班"
        )
    assert refusal.value.field == "to"


def test_a_named_supervisor_is_not_told_that_the_tier_was_raised(
    naming: Callable[..., Case], supervisor: User, leader: User, front_desk: User
) -> None:
    services.set_tier(naming(supervisor), actor=front_desk, tier=3, reason="严重")
    told = Notification.objects.values_list("recipient", "topic")
    assert list(told) == [(leader.pk, "tier_raised")]


@pytest.fixture
def chain(department: Department, head: User, staff: User, leader: User) -> list[User]:
    """Head, deputy and supervising leader of the department."""
    department.deputy, department.supervising_leader = staff, leader
    department.save()
    return [head, staff, leader]


def open_task(case: Case, department: Department, actor: User) -> RectificationTask:
    return services.open_task(case, actor=actor, department=department, demand="查")


@pytest.mark.parametrize("named", [0, 1, 2])
def test_the_task_goes_past_the_named_to_the_next_in_the_chain(
    chain: list[User],
    new_case: NewCase,
    category: Category,
    department: Department,
    front_desk: User,
    named: int,
) -> None:
    lines = [services.SubjectLine(category, department, p) for p in chain[:named]]
    case = new_case(subjects=lines or [services.SubjectLine(category, department)])
    task = open_task(case, department, front_desk)
    assert task.holder == chain[named]
    told = Notification.objects.filter(topic="task_assigned")
    assert [n.recipient for n in told] == [chain[named]]


def test_when_the_whole_chain_is_named_a_sentence_says_what_to_do(
    chain: list[User],
    new_case: NewCase,
    category: Category,
    department: Department,
    front_desk: User,
) -> None:
    case = new_case(
        subjects=[services.SubjectLine(category, department, p) for p in chain]
    )
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        open_task(case, department, front_desk)
    assert str(refusal.value) == (
        "Nobody in Cardiology may take this task: name a deputy first."
    )
    assert (refusal.value.field, case.tasks.count()) == ("department", 0)


def test_whoever_is_on_leave_is_passed_over_unless_everybody_is(
    chain: list[User], new_case: NewCase, department: Department, front_desk: User
) -> None:
    away = {"leave_from": date(2025, 6, 1), "leave_until": date(2025, 6, 30)}
    holders = []
    with clock.at(datetime.fromisoformat("2025-06-09T10:00+08:00")):
        for person in chain:
            User.objects.filter(pk=person.pk).update(**away)
            fresh = Department.objects.with_people().get(pk=department.pk)
            holders.append(open_task(new_case(), fresh, front_desk).holder)
    assert holders == [chain[1], chain[2], chain[0]]


def test_whoever_is_named_is_not_made_responsible(
    naming: Callable[..., Case],
    head: User,
    staff: User,
    department: Department,
    front_desk: User,
) -> None:
    task = open_task(naming(staff), department, front_desk)
    with pytest.raises(RuleViolation) as refusal:
        services.plan_task(task, actor=head, responsible=staff, measure="培训")
    assert refusal.value.field == "responsible"
    assert RectificationTask.objects.visible_to(staff).count() == 0


def test_revealing_writes_the_reason_first(case: Case, agent: User) -> None:
    own = Case.objects.get(pk=case.pk)
    with pytest.raises(RuleViolation):
        services.reveal_contact(own, actor=own.owner, reason=" ")
    assert AccessLog.objects.count() == 0
    with pytest.raises(PermissionDenied):
        services.reveal_contact(own, actor=agent, reason="好奇")
    services.reveal_contact(own, actor=own.owner, reason="需要回电")
    entry = AccessLog.objects.get()
    assert (entry.user, entry.act, entry.reason) == (own.owner, "reveal", "需要回电")


def test_a_department_reveals_only_what_was_released(
    task: RectificationTask, head: User, front_desk: User
) -> None:
    with pytest.raises(PermissionDenied):
        services.reveal_contact(task.case, actor=head, reason="联系患者")
    services.release_contact(task, actor=front_desk)
    contact = services.reveal_contact(task.case, actor=head, reason="联系患者")
    assert contact.phone == "13812345678"
    assert AccessLog.objects.get().user == head


@pytest.mark.parametrize(
    ("state", "acts"), [("plain", []), ("major", ["view"]), ("naming", ["view"])]
)
def test_every_view_of_a_sensitive_case_is_logged(
    case: Case,
    naming: Callable[..., Case],
    staff: User,
    supervisor: User,
    state: str,
    acts: list[str],
) -> None:
    if state == "naming":
        case = naming(staff)
    if state == "major":
        case = services.set_tier(case, actor=supervisor, tier=3, reason="媒体关注")
    services.log_view(case, actor=supervisor)
    assert list(AccessLog.objects.values_list("act", flat=True)) == acts
