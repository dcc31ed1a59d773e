from collections.abc import Mapping

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a person is told; the sentence never carries a patient's words or name."""

    HANDOVER_OFFERED = "handover_offered", _("{number} is handed to you: please answer")
    HANDOVER_ACCEPTED = "handover_accepted", _("{person} has taken over {number}")
    HANDOVER_REFUSED = "handover_refused", _("{person} did not take over {number}")
    TIER_RAISED = "tier_raised", _("{number} was raised to tier {tier}")
    TASK_ASSIGNED = "task_assigned", _("New task for {department}: {number}")
    TASK_NAMED = "task_named", _("You are responsible for a task of {number}")
    TASK_SUBMITTED = "task_submitted", _("{department} has finished its task: {number}")
    TASK_RETURNED = "task_returned", _("A task of {number} came back: more to do")
    TASK_REFUSED = "task_refused", _("{department} refused its task: {number}")
    TASK_VERIFIED = "task_verified", _("The centre verified your task: {number}")
    TASK_CANCELLED = "task_cancelled", _("A task of {number} was cancelled")
    CASE_REOPENED = "case_reopened", _("{number} was reopened")
    CASE_RATED = "case_rated", _("{number} was rated by the person who spoke")
    EXTENSION_ASKED = "extension_asked", _("{person} asks for more time: {number}")
    EXTENSION_GRANTED = "extension_granted", _("More time was granted for {number}")
    EXTENSION_REFUSED = "extension_refused", _("More time was refused for {number}")
    CLOCK_SOON = "clock_soon", _("{number}: {clock} is due soon")
    CLOCK_OVER = "clock_over", _("{number}: {clock} is over time")
    CLOCK_STEPS = "clock_steps", _("{count} clocks need you")
    DAILY_DIGEST = "daily_digest", _("Your day: {count} things are due")
    PROMISE_SOON = "promise_soon", _("{number}: a promise is due soon")
    PROMISE_OVER = "promise_over", _("{number}: a promise was not kept in time")
    CLINICAL_ALERT = (
        "clinical_alert",
        _("Red flag on a follow-up call: {department} must answer by {time}"),
    )
    CLINICAL_ALERT_LATE = (
        "clinical_alert_late",
        _("Nobody has answered a red flag: {department} was to answer by {time}"),
    )
    CALL_CHECKED = "call_checked", _("One of your calls was checked: read the score")


class TopicGroup(models.TextChoices):
    """What people choose by: nobody wants to decide about twenty sentences."""

    HANDOVERS = "handovers", _("Hand-overs")
    CASES = "cases", _("News of cases")
    TASKS = "tasks", _("Rectification tasks")
    CLOCKS = "clocks", _("Warnings of time limits")
    EXTENSIONS = "extensions", _("More time: asked, granted, refused")
    PROMISES = "promises", _("Promises")
    ALERTS = "alerts", _("Clinical alerts")
    CHECKS = "checks", _("Quality checks of own calls")
    DIGEST = "digest", _("Overview of the day")


_GROUPS = {
    TopicGroup.HANDOVERS: (
        Topic.HANDOVER_OFFERED,
        Topic.HANDOVER_ACCEPTED,
        Topic.HANDOVER_REFUSED,
    ),
    TopicGroup.CASES: (Topic.TIER_RAISED, Topic.CASE_REOPENED, Topic.CASE_RATED),
    TopicGroup.TASKS: (
        Topic.TASK_ASSIGNED,
        Topic.TASK_NAMED,
        Topic.TASK_SUBMITTED,
        Topic.TASK_RETURNED,
        Topic.TASK_REFUSED,
        Topic.TASK_VERIFIED,
        Topic.TASK_CANCELLED,
    ),
    TopicGroup.CLOCKS: (Topic.CLOCK_SOON, Topic.CLOCK_OVER, Topic.CLOCK_STEPS),
    TopicGroup.EXTENSIONS: (
        Topic.EXTENSION_ASKED,
        Topic.EXTENSION_GRANTED,
        Topic.EXTENSION_REFUSED,
    ),
    TopicGroup.PROMISES: (Topic.PROMISE_SOON, Topic.PROMISE_OVER),
    TopicGroup.ALERTS: (Topic.CLINICAL_ALERT, Topic.CLINICAL_ALERT_LATE),
    TopicGroup.CHECKS: (Topic.CALL_CHECKED,),
    TopicGroup.DIGEST: (Topic.DAILY_DIGEST,),
}
GROUP_OF = {topic: group for group, topics in _GROUPS.items() for topic in topics}


def say(topic: str, params: Mapping[str, str | dict[str, str]]) -> str:
    """The sentence of a topic in the reader's language."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    words = {
        name: value[language] if isinstance(value, dict) else value
        for name, value in params.items()
    }
    return _phrase(Topic(topic), words.get("count", "")).format_map(words)


def _phrase(topic: Topic, count: str) -> str:
    if topic == Topic.CLOCK_STEPS and count == "1":
        return gettext("One clock needs you")
    if topic == Topic.DAILY_DIGEST and count == "1":
        return gettext("Your day: one thing is due")
    return str(topic.label)
