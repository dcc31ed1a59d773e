"""The questions of one talk, put together from the scripts of what is due."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import QuerySet

from followups.models import FollowUp, Mode, Patient, ScriptVersion, State
from followups.script_content import (
    NO,
    YES,
    Option,
    Question,
    QuestionKind,
    Text,
    read_content,
    read_number,
)
from hospital import clock

PREFIX = "q_"
VERSIONS_FIELD = "script_versions"
MOST_VERSIONS = 10
LETTERS = {YES: "y", NO: "n"}


@dataclass(frozen=True)
class AskedOption:
    option: Option
    letter: str
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """A question as it stands on the page; `key` is unique in the questionnaire."""

    key: str
    question: Question
    version: ScriptVersion
    value: str = ""
    error: str = ""
    is_shown: bool = True

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"

    @property
    def branches_on(self) -> str:
        """The conditions of the branch, for the script of the page; else empty."""
        branch = self.question.show_if
        return json.dumps({k: list(v) for k, v in branch.items()}) if branch else ""

    @property
    def can_be_red(self) -> bool:
        limits = self.question.limits
        by_number = (limits.red_from, limits.red_below) != (None, None)
        return by_number or any(each.is_red for each in self.question.options)

    @property
    def is_red(self) -> bool:
        """Whether what was typed so far is a red flag."""
        option = self.question.option(self.value)
        if option is not None:
            return option.is_red
        number = read_number(self.value)
        return number is not None and self.question.limits.is_red(number)

    @property
    def options(self) -> list[AskedOption]:
        is_yes_no = self.question.kind == QuestionKind.YES_NO
        return [
            AskedOption(
                option,
                LETTERS[option.value] if is_yes_no else "abcdefghijkl"[number],
                option.value == self.value,
            )
            for number, option in enumerate(self.question.options)
        ]


@dataclass(frozen=True)
class AskedSection:
    title: Text
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Questionnaire:
    """Sections of all scripts that are due, each question once.

    `version` is the script of the most urgent contact.
    """

    versions: tuple[ScriptVersion, ...]
    sections: tuple[AskedSection, ...] = field(default=())

    @property
    def version(self) -> ScriptVersion:
        return self.versions[0]

    @property
    def asked(self) -> Iterator[Asked]:
        for section in self.sections:
            yield from section.asked

    @cached_property
    def versions_value(self) -> str:
        """For the hidden field: the page is judged by what it showed."""
        return ",".join(str(version.pk) for version in self.versions)


def find_questionnaire(patient: Patient) -> Questionnaire | None:
    """What to ask on the patient's call now; None when nothing due has a script."""
    due = FollowUp.objects.filter(
        patient__in=[patient, *patient.merged_from.all()],
        state=State.OPEN,
        mode=Mode.CALL,
        opens_at__lte=clock.now(),
    )
    return questionnaire_for(due)


def questionnaire_for(due: QuerySet[FollowUp]) -> Questionnaire | None:
    """What these contacts ask together, the most urgent one's script first."""
    scripted = due.filter(point__script__isnull=False)
    ordered = scripted.order_by("-priority", "closes_at", "pk")
    scripts = dict.fromkeys(ordered.values_list("point__script", flat=True))
    current = ScriptVersion.objects.current().filter(script__in=scripts)
    by_script = {version.script_id: version for version in current}
    versions = [by_script[key] for key in scripts if key in by_script]
    return build_questionnaire(versions) if versions else None


def find_sent_questionnaire(sent: Mapping[str, str]) -> Questionnaire | None:
    """The questionnaire a page showed, by its hidden field; None when it had none."""
    keys = [key for key in sent.get(VERSIONS_FIELD, "").split(",") if key.isdecimal()]
    wanted = [int(key) for key in keys[:MOST_VERSIONS] if len(key) < 19]
    published = ScriptVersion.objects.published().select_related("script")
    found = published.in_bulk(wanted)
    versions = [found[key] for key in dict.fromkeys(wanted) if key in found]
    return build_questionnaire(versions) if versions else None


def build_questionnaire(versions: Sequence[ScriptVersion]) -> Questionnaire:
    """The versions as one: sections of the same key are joined, and questions too.

    Two different questions that share a key are both asked.
    """
    known: dict[str, Question] = {}
    titles: dict[str, Text] = {}
    asked: dict[str, list[Asked]] = {}
    for version in versions:
        names: dict[str, str] = {}
        for section in read_content(version.content).sections:
            titles.setdefault(section.key, section.title)
            for question in section.questions:
                key = _name_of(question, version, known)
                names[question.key] = key
                if key in known:
                    continue
                known[key] = question
                branch = {names[k]: v for k, v in question.show_if.items()}
                own = replace(question, show_if=branch)
                asked.setdefault(section.key, []).append(Asked(key, own, version))
    sections = tuple(AskedSection(titles[k], tuple(v)) for k, v in asked.items())
    return fill_in(Questionnaire(tuple(versions), sections), {})


def fill_in(
    questionnaire: Questionnaire,
    sent: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Questionnaire:
    """The questionnaire with what was typed (fields `q_…`) and what is wrong in it."""
    wrong = errors or {}
    reached = find_reached(questionnaire, sent)
    sections = tuple(
        AskedSection(
            section.title,
            tuple(
                replace(
                    asked,
                    value=sent.get(asked.name, ""),
                    error=wrong.get(asked.name, ""),
                    is_shown=asked.key in reached,
                )
                for asked in section.asked
            ),
        )
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)


def find_reached(questionnaire: Questionnaire, sent: Mapping[str, str]) -> set[str]:
    """The keys of the questions that the answers lead to.

    In a questionnaire of several scripts a branch may stand before its question.
    """
    everything = list(questionnaire.asked)
    given = {asked.key: sent.get(asked.name, "").strip() for asked in everything}
    reached: set[str] = set()
    while found := {
        asked.key
        for asked in everything
        if asked.key not in reached
        and all(
            key in reached and given[key] in values
            for key, values in asked.question.show_if.items()
        )
    }:
        reached |= found
    return reached


def _name_of(
    question: Question, version: ScriptVersion, known: Mapping[str, Question]
) -> str:
    first = known.get(question.key)
    if first is None or first.is_like(question):
        return question.key
    return f"{version.script.code}_{question.key}".replace("-", "_")
