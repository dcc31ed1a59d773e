"""The builder: the outline of a draft, the form of one part, and a preview."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from followups.forms.scripts import QuestionForm, SectionForm
from followups.models import Script
from followups.script_content import find_names, name_of
from followups.services.scripts import drafts, outline
from followups.services.scripts.builder import Builder, answers_before
from followups.services.scripts.outline import DOWN, UP, Part, PartKind, find_part
from followups.views.script_drafts import (
    SeenForm,
    ask,
    draft_url,
    for_writers,
    look_again,
)
from hospital.dialogs import add_refusal, answer_form, sent
from hospital.exceptions import RuleViolation, StaleRecord
from hospital.requests import SignedInRequest

PAGE = "followups/scripts/builder.html"
ACTS: dict[str, Callable[[outline.Raw, Part], Part]] = {
    "up": lambda content, part: outline.move_part(content, part, UP),
    "down": lambda content, part: outline.move_part(content, part, DOWN),
    "copy": outline.copy_part,
}


@require_safe
@for_writers
def draft(request: SignedInRequest, code: str) -> HttpResponse:
    """The outline with nothing chosen."""
    script = get_object_or_404(Script, code=code)
    sheet = drafts.read_sheet(script)
    if sheet.draft is None:
        return redirect(script)
    return render(request, PAGE, {"script": script, "builder": Builder(sheet)})


@ask
@for_writers
def add_section(request: SignedInRequest, code: str) -> HttpResponse:
    script = get_object_or_404(Script, code=code)
    form = SectionForm(sent(request))
    return _answer_part(
        request,
        script,
        form,
        lambda: drafts.add_section(script, form.title, actor=request.user),
        title=_("New section"),
    )


@ask
@for_writers
def add_question(request: SignedInRequest, code: str, section: str) -> HttpResponse:
    """A question at the end of a section."""
    script = get_object_or_404(Script, code=code)
    content = drafts.read_sheet(script).content
    place = Part(PartKind.SECTION, section)
    holder = find_part(content, place)
    if holder is None and request.method != "POST":
        messages.info(request, _("This is no longer in the draft."))
        return redirect(draft_url(code))
    form = _question_form(request, content, place)
    return _answer_part(
        request,
        script,
        form,
        lambda: drafts.add_question(script, section, form.as_raw(), actor=request.user),
        title=_("New question"),
        holder=name_of(holder) if holder else "",
    )


@ask
@for_writers
def part(request: SignedInRequest, code: str, kind: str, key: str) -> HttpResponse:
    """One section or question of the draft; saved words show at once in the preview."""
    script = get_object_or_404(Script, code=code)
    chosen = _part(kind, key)
    content = drafts.read_sheet(script).content
    raw = find_part(content, chosen)
    if raw is None and request.method != "POST":
        messages.info(request, _("This is no longer in the draft."))
        return redirect(draft_url(code))
    form: Form
    if chosen.kind == PartKind.SECTION:
        form = section_form = SectionForm(
            sent(request), initial=SectionForm.initial_of(raw)
        )

        def change(content: outline.Raw) -> Part:
            return outline.put_section(content, key, section_form.title)
    else:
        form = question_form = _question_form(request, content, chosen)

        def change(content: outline.Raw) -> Part:
            return outline.put_question(content, key, question_form.as_raw())

    return _answer_part(
        request,
        script,
        form,
        lambda: drafts.save_draft(
            script,
            change,
            actor=request.user,
            part=chosen,
            revision=request.POST.get("revision", ""),
        ),
        chosen=chosen,
        title=_("Section") if chosen.kind == PartKind.SECTION else _("Question"),
    )


@require_POST
@for_writers
def act(
    request: SignedInRequest, code: str, kind: str, key: str, verb: str
) -> HttpResponse:
    """Move or copy a part."""
    script = get_object_or_404(Script, code=code)
    chosen = _part(kind, key)
    if verb not in ACTS:
        raise Http404
    try:
        chosen = drafts.save_draft(
            script, lambda content: ACTS[verb](content, chosen), actor=request.user
        )
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect(draft_url(code))
    return redirect(part_url(code, chosen))


@ask
@for_writers
def delete(request: SignedInRequest, code: str, kind: str, key: str) -> HttpResponse:
    script = get_object_or_404(Script, code=code)
    chosen = _part(kind, key)
    sheet = drafts.read_sheet(script)
    raw = find_part(sheet.content, chosen)
    if raw is None and request.method != "POST":
        messages.info(request, _("This is no longer in the draft."))
        return redirect(draft_url(code))
    is_section = chosen.kind == PartKind.SECTION
    form = SeenForm(sent(request), initial={"revision": sheet.revision()})
    return answer_form(
        request,
        form,
        perform=lambda data: drafts.save_draft(
            script,
            lambda content: outline.delete_part(content, chosen),
            actor=request.user,
            **data,
        ),
        done=_("Deleted."),
        on_stale=lambda form: look_again(form, script),
        fragment="followups/scripts/delete_form.html",
        title=_("Delete the section?") if is_section else _("Delete the question?"),
        name=name_of(raw) if raw else "",
        count=len(raw["questions"]) if raw and is_section else 0,
        needed_by=[name_of(each) for each in outline.needed_by(sheet.content, chosen)],
        submit_label=_("Delete"),
        danger=True,
        back_url=draft_url(code),
    )


def part_url(code: str, chosen: Part) -> str:
    args = [code, chosen.kind.value, chosen.key]
    return reverse("followups:script_part", args=args)


def _part(kind: str, key: str) -> Part:
    if kind not in list(PartKind):
        raise Http404
    return Part(PartKind(kind), key)


def _question_form(
    request: SignedInRequest, content: outline.Raw, place: Part
) -> QuestionForm:
    """The form of the question, or of a new one at the end of the section."""
    return QuestionForm(
        sent(request),
        raw=None if place.kind == PartKind.SECTION else find_part(content, place),
        branches=answers_before(content, place),
        names=find_names(content),
    )


def _answer_part(
    request: SignedInRequest,
    script: Script,
    form: Form,
    save: Callable[[], Part],
    *,
    chosen: Part | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form beside outline and preview, or save it and lead to the part."""
    theirs = None
    revision = request.POST.get("revision")
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except StaleRecord as refusal:
            add_refusal(form, refusal)
            sheet = drafts.read_sheet(script)
            revision = sheet.revision(chosen)
            theirs = find_part(sheet.content, chosen) if chosen else None
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect(_next_url(request, script, saved))
    sheet = drafts.read_sheet(script)
    if request.method != "POST" and sheet.draft is None:
        return redirect(script)
    context |= {
        "script": script,
        "builder": Builder(sheet, chosen),
        "form": form,
        "chosen": chosen,
        # An ordinary mistake does not renew it: nothing is replaced unread.
        "revision": sheet.revision(chosen) if revision is None else revision,
        "theirs": theirs and (theirs.get("text") or theirs["title"]),
    }
    return render(request, PAGE, context)


def _next_url(request: SignedInRequest, script: Script, saved: Part) -> str:
    """The part that was saved, or a new question behind it."""
    content = drafts.read_sheet(script).content
    holder = outline.find_section_of(content, saved)
    if "again" in request.POST and holder is not None:
        return reverse("followups:add_question", args=[script.code, holder["key"]])
    return part_url(script.code, saved)
