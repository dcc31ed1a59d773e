"""What a draft changes, in words: shown before it is published."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followups.script_content import Content, Question, Text

ASPECTS: tuple[tuple[Any, Callable[[Question], Any]], ...] = (
    (gettext_lazy("kind"), lambda q: q.kind),
    (gettext_lazy("short name"), lambda q: q.short),
    (
        gettext_lazy("answers"),
        lambda q: [(o.value, o.text) for o in q.options],
    ),
    (
        gettext_lazy("scores"),
        lambda q: {o.value: o.score for o in q.options if o.score is not None},
    ),
    (
        gettext_lazy("red flags"),
        lambda q: (
            {o.value for o in q.options if o.is_red},
            q.limits.red_from,
            q.limits.red_below,
        ),
    ),
    (
        gettext_lazy("unit and limits"),
        lambda q: (q.unit, q.limits.least, q.limits.most),
    ),
    (
        gettext_lazy("teaching text"),
        lambda q: (q.teaching, {o.value: o.teaching for o in q.options if o.teaching}),
    ),
    (gettext_lazy("branch"), lambda q: q.show_if),
    (gettext_lazy("whether it must be answered"), lambda q: q.is_required),
)


@dataclass(frozen=True)
class Change:
    """`tone` and `icon` as for badges; `before` the words until now, if replaced."""

    label: str
    tone: str
    icon: str
    words: str
    before: str = ""


def list_changes(before: Content, after: Content) -> list[Change]:
    """Sections and questions that are added, removed, reworded, changed or moved."""
    return [*_of_sections(before, after), *_of_questions(before, after)]


def _of_sections(before: Content, after: Content) -> Iterator[Change]:
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    for key, section in new.items():
        if key not in old:
            yield _added(_("Section: {title}").format(title=section.title))
        elif section.title != old[key].title:
            yield _reworded(section.title, old[key].title)
    for key, section in old.items():
        if key not in new:
            yield _removed(_("Section: {title}").format(title=section.title))
    if _order(old, new) != _order(new, old):
        words = _("The sections stand in another order.")
        yield Change(_("Moved"), "blue", "switch-horizontal", words)


def _of_questions(before: Content, after: Content) -> Iterator[Change]:
    old = {question.key: question for question in before.questions}
    new = {question.key: question for question in after.questions}
    for key, question in new.items():
        if key not in old:
            yield _added(str(question.text))
            continue
        if question.text != old[key].text:
            yield _reworded(question.text, old[key].text)
        other = [str(label) for label, of in ASPECTS if of(question) != of(old[key])]
        if other:
            words = _("“{question}”: {aspects}").format(
                question=question.text, aspects=" · ".join(other)
            )
            yield Change(_("Changed"), "blue", "pencil", words)
    for key, question in old.items():
        if key not in new:
            yield _removed(str(question.text))
    yield from _moved(before, after)


def _moved(before: Content, after: Content) -> Iterator[Change]:
    old, new = _homes(before), _homes(after)
    strays = [key for key in new if key in old and new[key] != old[key]]
    questions = {question.key: question for question in after.questions}
    for key in strays:
        words = _("“{question}” stands in another section.")
        words = words.format(question=questions[key].text)
        yield Change(_("Moved"), "blue", "switch-horizontal", words)
    stayed = [key for key in old if key not in strays]
    if [k for k in stayed if k in new] != [k for k in new if k in old and k in stayed]:
        words = _("The questions stand in another order.")
        yield Change(_("Moved"), "blue", "switch-horizontal", words)


def _homes(content: Content) -> dict[str, str]:
    return {
        q.key: section.key for section in content.sections for q in section.questions
    }


def _order(of: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [key for key in of if key in other]


def _added(words: str) -> Change:
    return Change(_("Added"), "green", "plus", words)


def _removed(words: str) -> Change:
    return Change(_("Removed"), "red", "minus", words)


def _reworded(after: Text, before: Text) -> Change:
    """In the reader's language, or in the other one if only that has changed."""
    words, former = str(after), str(before)
    if words == former:
        is_chinese = after.zh != before.zh
        words, former = (after.zh, before.zh) if is_chinese else (after.en, before.en)
    return Change(_("Reworded"), "amber", "quote", words, former)
