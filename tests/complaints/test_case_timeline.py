"""The history of a case in words."""

from collections.abc import Callable

from django.test import Client

from complaints import services
from complaints.models import Case, Kind
from hospital.models import User

NewCase = Callable[..., Case]


def told(client: Client, case: Case) -> list[str]:
    """What the timeline says, line by line, as the browser reads it."""
    lines = client.get(case.get_absolute_url()).context["timeline"]
    return [f"{line.who} {line.what}" for line in lines]


def test_the_history_reads_like_sentences(
    case: Case,
    front_desk: User,
    supervisor: User,
    english: Callable[[User], Client],
) -> None:
    services.accept_case(case, actor=front_desk)
    services.set_tier(case, actor=front_desk, tier=2, reason="复杂")
    services.convert_kind(case, actor=front_desk, kind=Kind.HELP, reason="求助")
    services.offer_handover(case, actor=front_desk, to=supervisor, reason="请接")
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    services.rate_case(case, score=1)
    assert told(english(front_desk), case) == [
        "前台 registered the case (Complaint, Phone)",
        "前台 accepted the case",
        "前台 changed “Tier 1, minor” to “Tier 2, complex”",
        "前台 turned “Complaint” into “Help”",
        "前台 offered the case to 主管",
        "前台 started work on the case",
        "前台 replied to the person (Phone)",
        "The person answered: Very dissatisfied",
    ]


def test_what_could_not_be_done_is_told_with_its_reason(
    new_case: NewCase,
    front_desk: User,
    supervisor: User,
    english: Callable[[User], Client],
) -> None:
    case, other = new_case(), new_case()
    services.reply_to_person(case, actor=front_desk, impossible="refused")
    services.record_satisfaction(case, actor=front_desk, not_asked="unsuitable")
    services.decline_case(
        other, actor=supervisor, ground="in_court", method="phone", text="已在诉讼中"
    )
    client = english(supervisor)
    assert told(client, case)[-2:] == [
        "前台 could not reply: The person does not want an answer",
        "前台 did not ask for satisfaction: Asking would hurt the person",
    ]
    declined = "主管 declined the case: Already before a court or a mediator"
    assert told(client, other)[-1] == declined


def test_the_centre_records_the_answer_and_replies_while_work_goes_on(
    new_case: NewCase,
    front_desk: User,
    head: User,
    english: Callable[[User], Client],
) -> None:
    case = new_case(contact=None)
    department = case.subjects.get().department
    services.open_task(case, actor=front_desk, department=department, demand="整改")
    services.reply_to_person(case, actor=front_desk, method="wechat", text="在处理")
    client = english(front_desk)
    assert told(client, case)[-1] == "前台 gave an interim reply (WeChat)"
    services.cancel_task(case.tasks.get(), actor=front_desk, reason="不必了")
    form = client.get(f"{case.get_absolute_url()}reply/").context["form"]
    assert form["impossible"].initial == "anonymous"
    services.reply_to_person(case, actor=front_desk, method="phone", text="已说明")
    form = client.get(f"{case.get_absolute_url()}satisfaction/").context["form"]
    assert form["not_asked"].initial == "anonymous"
    services.record_satisfaction(case, actor=front_desk, score=3)
    recorded = "recorded the person's answer: Neither satisfied nor dissatisfied"
    assert told(client, case)[-1] == f"前台 {recorded}"
