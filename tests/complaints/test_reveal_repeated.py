"""Who spoke is never kept to be told again: each look leaves its own trace."""

from django.test import Client
from rest_framework.authtoken.models import Token

from complaints.models import AccessLog, Case
from hospital.models import User
from service_center.models import IdempotentRequest


def test_a_repeated_look_is_written_down_again_and_no_answer_is_kept(
    case: Case, front_desk: User
) -> None:
    key = Token.objects.create(user=front_desk).key
    headers = {"Authorization": f"Token {key}", "Idempotency-Key": "look"}
    for _ in range(2):
        answer = Client().post(
            f"/api/v1/cases/{case.number}/reveal/",
            {"reason": "需要回电"},
            content_type="application/json",
            headers=headers,
        )
        assert answer.json()["phone"] == "13812345678"
        assert answer["Cache-Control"] == "no-store"
        assert "Idempotency-Replayed" not in answer
    looks = AccessLog.objects.filter(case=case, act=AccessLog.Act.REVEAL)
    assert looks.count() == 2
    assert not IdempotentRequest.objects.exists()
