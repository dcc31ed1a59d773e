"""The person who spoke follows the case with its code, and rates it once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from complaints import services
from complaints.models import Case, DeclineGround, RectificationTask, Reply, Status
from hospital import clock
from hospital.models import User

TRACK = reverse("complaints:track")
Register = Callable[..., Case]


@pytest.fixture
def person() -> Client:
    """A browser without an account, speaking English."""
    return Client(headers={"accept-language": "en"})


def progress_of(case: Case) -> str:
    return reverse("complaints:progress", args=[case.tracking_code])


def rate_of(case: Case) -> str:
    return reverse("complaints:rate", args=[case.tracking_code])


def steps(person: Client, case: Case) -> list[tuple[str, str]]:
    found = person.get(progress_of(case)).context["steps"]
    return [(str(step.words), step.state) for step in found]


@pytest.fixture
def replied(case: Case, front_desk: User) -> Case:
    services.reply_to_person(
        case, actor=front_desk, method=Reply.Method.PHONE, text="已增加分诊台"
    )
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", "")])
def test_the_code_is_read_however_it_is_typed(
    person: Client, case: Case, change: Callable[[str], str]
) -> None:
    response = person.get(TRACK, {"code": f" {change(case.tracking_code)} "})
    assertRedirects(response, progress_of(case))


def test_full_width_letters_are_read(person: Client, case: Case) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in case.tracking_code)
    assertRedirects(person.get(TRACK, {"code": wide}), progress_of(case))


def test_an_empty_code_is_asked_for(person: Client, db: None) -> None:
    assertContains(person.get(TRACK), "Follow your case")
    response = person.get(TRACK, {"code": " "})
    assertContains(response, "Enter the code from your slip.")


@pytest.mark.parametrize("code", ["2222-2222-2222", "nonsense", "x\x07", "张"])
def test_a_wrong_code_and_a_missing_case_answer_alike(
    person: Client, case: Case, code: str
) -> None:
    sentence = "No case has this code. Please compare it with your slip."
    for url in (f"{TRACK}", reverse("complaints:progress", args=[code])):
        response = person.get(url, {"code": code} if url == TRACK else {})
        assert response.status_code == 404
        assert response.context["form"].errors == {"code": [sentence]}
        assert response.templates[0].name == "complaints/public/track.html"


def test_the_page_tells_nothing_about_who_and_what(
    person: Client, case: Case, front_desk: User, task: RectificationTask
) -> None:
    response = person.get(progress_of(case))
    for secret in (case.narrative, "张建国", "13812345678", front_desk.name, "心内科"):
        assertNotContains(response, secret)
    assertNotContains(response, task.department.name_en)


def test_the_page_is_kept_by_no_cache_and_no_search_engine(
    person: Client, case: Case
) -> None:
    response = person.get(progress_of(case))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_steps_follow_the_case_to_its_end(
    person: Client, case: Case, front_desk: User
) -> None:
    words = ["Received", "Being handled", "Answered", "Closed"]
    assert steps(person, case) == list(zip(words, ["is-now", "", "", ""], strict=True))
    services.accept_case(case, actor=front_desk)
    assert steps(person, case)[1] == ("Being handled", "is-now")
    services.reply_to_person(case, actor=front_desk, method="phone", text="已解决")
    assert steps(person, case)[2] == ("Answered", "is-now")
    services.record_satisfaction(case, actor=front_desk, score=4)
    services.close_case(case, actor=front_desk)
    assert [state for __, state in steps(person, case)] == ["is-done"] * 4
    services.reopen_case(case, actor=front_desk, reason="又发生了")
    assert steps(person, case)[1] == ("Being handled", "is-now")


def test_the_day_of_the_answer_is_promised(person: Client, case: Case) -> None:
    assertContains(person.get(progress_of(case)), "You hear from us by")


def test_a_late_answer_is_owned_up_to(person: Client, case: Case) -> None:
    with clock.at(clock.now() + timedelta(days=60)):
        response = person.get(progress_of(case))
    assertContains(response, "We are sorry that it takes longer; please ring us.")


def test_an_interim_answer_says_that_more_will_come(
    person: Client, case: Case, task: RectificationTask, front_desk: User
) -> None:
    services.reply_to_person(
        case, actor=front_desk, method="phone", text="科室正在查明原因"
    )
    response = person.get(progress_of(case))
    assertContains(response, "You hear from us again when the work is done.")
    assertNotContains(response, "科室正在查明原因")


def test_the_final_answer_can_be_read_again(person: Client, replied: Case) -> None:
    assertContains(person.get(progress_of(replied)), "已增加分诊台")


def test_who_could_not_be_reached_is_asked_to_ring(
    person: Client, case: Case, front_desk: User
) -> None:
    services.reply_to_person(
        case, actor=front_desk, impossible=Reply.Impossible.UNREACHABLE
    )
    response = person.get(progress_of(case))
    assertContains(response, "We tried to reach you and could not. Please ring us.")


def test_a_declined_case_shows_its_ground(
    person: Client, case: Case, supervisor: User
) -> None:
    services.decline_case(
        case,
        actor=supervisor,
        ground=DeclineGround.IN_COURT,
        method="phone",
        text="法院已受理",
    )
    assert steps(person, case) == [("Received", "is-done"), ("Not taken up", "is-now")]
    response = person.get(progress_of(case))
    assertContains(response, "Already before a court or a mediator")
    assertContains(response, "法院已受理")


def test_a_withdrawn_case_ends_there(
    person: Client, case: Case, front_desk: User
) -> None:
    services.withdraw_case(case, actor=front_desk, reason="已和解")
    assert steps(person, case)[1] == ("Taken back by you", "is-now")
    assertNotContains(person.get(progress_of(case)), "已和解")


def test_the_code_of_a_merged_case_shows_the_one_that_goes_on(
    person: Client, new_case: Register, supervisor: User
) -> None:
    first, second, third = (new_case() for __ in range(3))
    services.merge_case(first, actor=supervisor, into=second, reason="同一件事")
    services.merge_case(second, actor=supervisor, into=third, reason="同一件事")
    services.accept_case(third, actor=supervisor)
    assert steps(person, first)[1] == ("Being handled", "is-now")
    response = person.get(progress_of(first))
    assertContains(response, first.number)
    assertNotContains(response, third.number)
    assertContains(response, "handled together with another one")


# --- the verdict --------------------------------------------------------------
def test_who_holds_the_code_of_a_merged_case_rates_nothing(
    person: Client, new_case: Register, replied: Case, front_desk: User
) -> None:
    merged = new_case()
    Case.objects.filter(pk=merged.pk).update(status=Status.MERGED, merged_into=replied)
    assertNotContains(person.get(progress_of(merged)), 'name="score"')
    response = person.post(rate_of(merged), {"score": "1"})
    assertContains(response, "handled together with another one")
    assertNotContains(response, 'role="alert"')
    assert not replied.satisfactions.exists()

    services.record_satisfaction(replied, actor=front_desk, score=4)
    assertNotContains(person.get(progress_of(merged)), "You said")


@pytest.mark.parametrize("score", ["9" * 5000, "6", "٣", "+1", ""])
def test_a_score_that_was_not_offered_is_told_and_not_kept(
    person: Client, replied: Case, score: str
) -> None:
    response = person.post(rate_of(replied), {"score": score})
    assertContains(response, 'role="alert"')
    assert not replied.satisfactions.exists()


def test_the_person_rates_once_and_is_thanked(person: Client, replied: Case) -> None:
    response = person.post(rate_of(replied), {"score": "4", "comment": "还可以"})
    assertRedirects(response, progress_of(replied))
    given = replied.satisfactions.get()
    assert (given.score, given.comment, given.recorded_by) == (4, "还可以", None)
    page = person.get(progress_of(replied))
    assertContains(page, "You said: Satisfied. Thank you.")
    assertNotContains(page, 'name="score"')


def test_a_second_verdict_is_told_that_one_is_on_record(
    person: Client, replied: Case
) -> None:
    person.post(rate_of(replied), {"score": "4"})
    response = person.post(rate_of(replied), {"score": "1"})
    assertContains(response, "The answer for this case is already on record.")
    assert replied.satisfactions.get().score == 4


@pytest.mark.parametrize("score", ["", "6", "x", "²", "-1"])
def test_a_verdict_beyond_the_five_steps_is_refused_and_the_words_kept(
    person: Client, replied: Case, score: str
) -> None:
    response = person.post(rate_of(replied), {"score": score, "comment": "等得太久"})
    assertContains(response, "Choose one of the five steps.")
    assertContains(response, "等得太久")
    assert not replied.satisfactions.exists()


def test_nothing_is_rated_before_the_answer(person: Client, case: Case) -> None:
    assertNotContains(person.get(progress_of(case)), 'name="score"')
    response = person.post(rate_of(case), {"score": "5"})
    assertContains(response, "Satisfaction is asked after the reply.")


def test_a_case_solved_on_the_spot_can_still_be_rated(
    person: Client, new_case: Register
) -> None:
    case = new_case(solved=services.SolvedOnTheSpot(how="已指路"))
    assert case.status == Status.CLOSED
    person.post(rate_of(case), {"score": "5"})
    assert case.satisfactions.get().score == 5


def test_rating_is_an_action_and_needs_a_right_code(person: Client, case: Case) -> None:
    assert person.get(rate_of(case)).status_code == 405
    assert person.post(progress_of(case)).status_code == 405
    wrong = reverse("complaints:rate", args=["2222-2222-2222"])
    assert person.post(wrong, {"score": "5"}).status_code == 404


# --- guessing -----------------------------------------------------------------
def guess(person: Client, times: int, **headers: str) -> None:
    for __ in range(times):
        person.get(TRACK, {"code": "2222-2222-2222"}, headers=headers)


def test_ten_wrong_codes_close_the_pages_for_ten_minutes(
    person: Client, case: Case
) -> None:
    guess(person, 10)
    response = person.get(progress_of(case))
    assert response.status_code == 429
    assertContains(response, "Too many codes were wrong.", status_code=429)
    assert "no-store" in response.headers["Cache-Control"]
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert person.get(progress_of(case)).status_code == 200


def test_nine_wrong_codes_and_any_number_of_right_ones_are_borne(
    person: Client, case: Case
) -> None:
    guess(person, 9)
    for __ in range(5):
        assert person.get(progress_of(case)).status_code == 200


def test_a_made_up_forwarded_address_does_not_help_the_guesser(
    person: Client, case: Case
) -> None:
    for number in range(10):
        guess(person, 1, **{"x-forwarded-for": f"10.0.0.{number}"})
    assert person.get(progress_of(case)).status_code == 429


def test_somebody_elsewhere_is_not_closed_out(person: Client, case: Case) -> None:
    guess(person, 10)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get(progress_of(case)).status_code == 200
