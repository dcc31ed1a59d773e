"""A short script, the answers to it, and a call on which it is asked."""

from typing import Any

from followups.models import Outcome, Plan, Script, ScriptVersion
from followups.services.calls.outcomes import CallResult
from followups.services.scripts.answers import Answers, read_answers
from followups.services.scripts.publishing import publish_version
from followups.services.scripts.questionnaires import build_questionnaire
from hospital import clock


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def yes_no(key: str, zh: str, en: str, *, red: str = "", **more: Any) -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {"value": "yes", "text": text("有", "Yes")},
        {"value": "no", "text": text("没有", "No")},
    ]
    for option in options:
        if option["value"] == red:
            option["flag"] = "red"
    question = {"key": key, "kind": "yes_no", "text": text(zh, en), "options": options}
    return question | more


CHEST_PAIN = yes_no(
    "chest_pain",
    "您有没有胸痛？",
    "Do you have chest pain?",
    red="yes",
    required=True,
    short=text("胸痛", "Chest pain"),
)
FEVER = yes_no("fever", "您有没有发热？", "Have you had a fever?", required=True)
TEMPERATURE = {
    "key": "temperature",
    "kind": "number",
    "text": text("最高多少度？", "How high?"),
    "short": text("体温", "Temperature"),
    "unit": text("℃", "℃"),
    "least": 34,
    "most": 43,
    "red_from": 38.5,
    "required": True,
    "show_if": {"fever": ["yes"]},
}
PAIN = {
    "key": "pain",
    "kind": "choice",
    "text": text("疼得厉害吗？", "How bad is the pain?"),
    "options": [
        {"value": "none", "text": text("不疼", "None"), "score": 0},
        {"value": "slight", "text": text("轻微", "Slight"), "score": 1},
        {"value": "severe", "text": text("剧烈", "Severe"), "score": 3, "flag": "red"},
    ],
}
WISH = {"key": "wish", "kind": "text", "text": text("还有什么要说？", "Anything else?")}
FAREWELL = {
    "key": "farewell",
    "kind": "information",
    "text": text("祝您早日康复！", "Get well soon."),
}
QUESTIONS = [CHEST_PAIN, FEVER, TEMPERATURE, PAIN, WISH, FAREWELL]


def content(*questions: dict[str, Any], key: str = "health") -> dict[str, Any]:
    title = text("健康", "Health")
    asked = list(questions or QUESTIONS)
    return {"sections": [{"key": key, "title": title, "questions": asked}]}


def make_script(
    *questions: dict[str, Any], code: str = "short", key: str = "health"
) -> ScriptVersion:
    """A script with one published version."""
    names = {"name_zh": f"脚本{code}", "name_en": f"Script {code}"}
    script = Script.objects.get_or_create(code=code, defaults=names)[0]
    return publish_version(script, content(*questions, key=key))


def ask_in(plan: Plan, version: ScriptVersion, *, priority: int = 0) -> None:
    """The plan's contacts use the script."""
    for plan_version in plan.versions.all():
        plan_version.points.update(script=version.script, priority=priority)


def answers(version: ScriptVersion, **given: str) -> Answers:
    """What was answered; a clean call unless said otherwise."""
    clean = {"chest_pain": "no", "fever": "no"}
    sent = {f"q_{key}": value for key, value in (clean | given).items()}
    return read_answers(build_questionnaire([version]), sent)


def reached(given: Answers | None) -> CallResult:
    return CallResult(Outcome.REACHED_PATIENT, started_at=clock.now(), answers=given)
