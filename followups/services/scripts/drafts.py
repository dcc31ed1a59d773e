"""Writing scripts: a draft beside the published versions, changed part by part.

Every writer locks the row of the script first. A form carries the revision of what it
showed; when somebody else changed that meanwhile, the second is told and nothing is
overwritten unread.
"""

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from followups.models import Script, ScriptVersion, TouchPoint
from followups.permissions import can_write_scripts
from followups.script_content import Raw, read_content
from followups.services.scripts import outline
from followups.services.scripts.keys import find_known_words
from followups.services.scripts.outline import Part, PartKind
from hospital import clock
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.models import User
from hospital.text import initials

RESERVED = {"new"}  # an address of its own
CODE_LENGTH = 40

T = TypeVar("T")


@dataclass(frozen=True)
class Sheet:
    """What is written on now: the draft, or what a new draft would begin with."""

    draft: ScriptVersion | None
    newest: ScriptVersion | None

    @property
    def content(self) -> Raw:
        version = self.draft or self.newest
        content = version.content if version else {}
        return content if content.get("sections") else outline.empty_content()

    def revision(self, part: Part | None = None) -> str:
        """What a form shows: which draft, and its words; all of it without a part."""
        shown: Any = outline.find_part(self.content, part) if part else self.content
        if part and part.kind == PartKind.SECTION and shown:
            shown = shown["title"]
        words = json.dumps(shown, sort_keys=True)
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        return f"{self.draft.pk if self.draft else 0}-{digest}"


def read_sheet(script: Script) -> Sheet:
    versions = list(script.versions.order_by("-number"))
    drafts = [each for each in versions if each.published_at is None]
    published = [each for each in versions if each.published_at is not None]
    return Sheet(next(iter(drafts), None), next(iter(published), None))


@transaction.atomic
def create_script(
    *, name_zh: str, name_en: str, code: str = "", actor: User
) -> ScriptVersion:
    """A new script with an empty draft; the code is made from the name if not given."""
    _require_writer(actor)
    if code in RESERVED:
        raise RuleViolation(_("This code is taken."), field="code")
    script, is_new = Script.objects.get_or_create(
        code=code or _make_code(name_zh, name_en),
        defaults={"name_zh": name_zh, "name_en": name_en},
    )
    if not is_new:
        raise RuleViolation(_("This code is taken."), field="code")
    return start_draft(script, actor=actor)


def rename_script(script: Script, *, name_zh: str, name_en: str, actor: User) -> None:
    _require_writer(actor)
    Script.objects.filter(pk=script.pk).update(name_zh=name_zh, name_en=name_en)


@transaction.atomic
def start_draft(script: Script, *, actor: User) -> ScriptVersion:
    """The open draft, else a new one that begins with the newest version."""
    _require_writer(actor)
    _lock(script)
    sheet = read_sheet(script)
    return sheet.draft or _begin(script, sheet)


@transaction.atomic
def save_draft(
    script: Script,
    edit: Callable[[Raw], T],
    *,
    actor: User,
    part: Part | None = None,
    revision: str | None = None,
) -> T:
    """Change the draft by `edit`.

    With a revision, raises StaleRecord when the part (all of it without one) is no
    longer as the form showed it. Who sends the form again, having seen that the draft
    is gone, begins a new one.
    """
    _require_writer(actor)
    _lock(script)
    sheet = read_sheet(script)
    if revision is None and sheet.draft is None:
        raise _no_draft()
    if revision is not None and revision != sheet.revision(part):
        raise _stale(sheet, part)
    draft = sheet.draft or _begin(script, sheet)
    content = deepcopy(sheet.content)
    result = edit(content)
    draft.content = content
    draft.save(update_fields=["content"])
    return result


def add_section(script: Script, title: Raw, *, actor: User) -> Part:
    titles, __ = find_known_words()
    return save_draft(
        script, lambda raw: outline.add_section(raw, title, titles), actor=actor
    )


def add_question(script: Script, section: str, raw: Raw, *, actor: User) -> Part:
    __, wordings = find_known_words()
    return save_draft(
        script,
        lambda content: outline.add_question(content, section, raw, wordings),
        actor=actor,
    )


@transaction.atomic
def discard_draft(script: Script, *, actor: User, revision: str) -> None:
    """Drop the draft; a script that was never published goes with it."""
    _require_writer(actor)
    _lock(script)
    sheet = read_sheet(script)
    if sheet.draft is None:
        raise _no_draft()
    if revision != sheet.revision():
        raise _stale(sheet, None)
    if sheet.newest is None and TouchPoint.objects.filter(script=script).exists():
        raise RuleViolation(_("A follow-up plan uses this script."))
    sheet.draft.delete()
    if sheet.newest is None:
        script.delete()


@transaction.atomic
def publish_draft(script: Script, *, actor: User, revision: str) -> ScriptVersion:
    """Make the draft the newest version; calls from now on ask it.

    Raises ContentError with every fault.
    """
    _require_writer(actor)
    _lock(script)
    sheet = read_sheet(script)
    draft = sheet.draft
    if draft is None:
        raise _no_draft()
    if revision != sheet.revision():
        raise _stale(sheet, None)
    read_content(draft.content)
    if sheet.newest is not None and sheet.newest.content == draft.content:
        raise RuleViolation(_("Nothing has changed since the newest version."))
    if sheet.newest is not None and sheet.newest.number > draft.number:
        # A shipped version came while the draft was written.
        draft.number = sheet.newest.number + 1
    draft.published_at = clock.now()
    draft.save(update_fields=["number", "published_at"])
    return draft


def _require_writer(actor: User) -> None:
    if not can_write_scripts(actor):
        raise PermissionDenied


def _lock(script: Script) -> None:
    locked = Script.objects.select_for_update(no_key=True).filter(pk=script.pk)
    if not locked.exists():
        raise StaleRecord(_("Somebody else deleted this script meanwhile."))


def _begin(script: Script, sheet: Sheet) -> ScriptVersion:
    last = script.versions.aggregate(last=Max("number"))["last"] or 0
    return ScriptVersion.objects.create(
        script=script, number=last + 1, content=sheet.content
    )


def _make_code(name_zh: str, name_en: str) -> str:
    stem = slugify(name_en) or slugify(initials(name_zh)) or "script"
    stem = stem[: CODE_LENGTH - 4].strip("-_") or "script"
    taken = RESERVED | set(
        Script.objects.filter(code__startswith=stem).values_list("code", flat=True)
    )
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _no_draft() -> StaleRecord:
    return StaleRecord(_("The draft was published or discarded meanwhile."))


def _stale(sheet: Sheet, part: Part | None) -> StaleRecord:
    """What happened meanwhile; the form is shown again with what was typed."""
    if sheet.draft is None:
        return StaleRecord(
            _(
                "The draft was published or discarded meanwhile. What you typed is "
                "kept here; save again to begin a new draft with it."
            )
        )
    if part is None:
        words = _("Somebody else changed the draft meanwhile: look at it again.")
        return StaleRecord(words)
    if outline.find_part(sheet.content, part) is None:
        return StaleRecord(
            _(
                "Somebody else deleted this meanwhile. What you typed is kept here; "
                "save again to bring it back."
            )
        )
    return StaleRecord(
        _(
            "Somebody else changed this meanwhile. What you typed is kept here; save "
            "again to replace their words."
        )
    )
