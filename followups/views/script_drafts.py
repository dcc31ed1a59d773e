"""The life of a draft: a new script, its names, begin, publish, discard."""

from functools import wraps
from typing import Any, Protocol, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import CharField, Form, HiddenInput
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from followups.forms.scripts import NamesForm, NewScriptForm
from followups.models import Script
from followups.permissions import can_write_scripts
from followups.services.scripts import drafts
from followups.services.scripts.builder import Builder
from hospital.dialogs import answer_form, sent
from hospital.exceptions import RuleViolation
from hospital.requests import SignedInRequest

PUBLISH_FORM = "followups/scripts/publish_form.html"
ask = require_http_methods(["GET", "HEAD", "POST"])


class View(Protocol):
    def __call__(
        self, request: SignedInRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse: ...


def for_writers(view: View) -> View:
    """Only for those who write scripts; 403 for the rest."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_write_scripts(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


class SeenForm(Form):
    """A confirmation of what the page showed."""

    revision = CharField(widget=HiddenInput)


@ask
@for_writers
def new_script(request: SignedInRequest) -> HttpResponse:
    form = NewScriptForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.create_script(**form.cleaned_data, actor=request.user)
        except RuleViolation as refusal:
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, _("The script has a draft: add its sections."))
            return redirect("followups:script_draft", draft.script.code)
    return answer_form(
        request,
        form,
        perform=lambda data: None,  # it is done or refused by now
        done="",
        title=_("New script"),
        submit_label=_("Create"),
        back_url=reverse("followups:scripts"),
    )


@ask
@for_writers
def rename(request: SignedInRequest, code: str) -> HttpResponse:
    script = get_object_or_404(Script, code=code)
    names = {"name_zh": script.name_zh, "name_en": script.name_en}
    return answer_form(
        request,
        NamesForm(sent(request), initial=names),
        perform=lambda data: drafts.rename_script(script, **data, actor=request.user),
        done=_("The script has its new name."),
        title=_("Names of the script"),
        submit_label=_("Save"),
        back_url=draft_url(code),
    )


@require_POST
@for_writers
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Begin a draft with the newest version, or go on with the open one."""
    script = get_object_or_404(Script, code=code)
    drafts.start_draft(script, actor=request.user)
    return redirect(draft_url(code))


@ask
@for_writers
def publish(request: SignedInRequest, code: str) -> HttpResponse:
    """What has changed, and the button that makes it the newest version."""
    script = get_object_or_404(Script, code=code)
    sheet = drafts.read_sheet(script)
    if request.method != "POST" and sheet.draft is None:
        return redirect(draft_url(code))
    return answer_form(
        request,
        SeenForm(sent(request), initial={"revision": sheet.revision()}),
        perform=lambda data: drafts.publish_draft(script, **data, actor=request.user),
        done=_("The new version is published: calls from now on ask it."),
        on_stale=lambda form: look_again(form, script),
        fragment=PUBLISH_FORM,
        title=_("Publish: {script}").format(script=script.name),
        submit_label=_("Publish"),
        back_url=script.get_absolute_url(),
        builder=Builder(sheet),
        wide=True,
    )


@ask
@for_writers
def discard(request: SignedInRequest, code: str) -> HttpResponse:
    script = get_object_or_404(Script, code=code)
    sheet = drafts.read_sheet(script)
    if request.method != "POST" and sheet.draft is None:
        return redirect(draft_url(code))
    if sheet.newest is None:
        warning = _("The script was never published: it is deleted with its draft.")
        back_url = reverse("followups:scripts")
    else:
        warning = _("All changes since the newest version are lost.")
        back_url = script.get_absolute_url()
    return answer_form(
        request,
        SeenForm(sent(request), initial={"revision": sheet.revision()}),
        perform=lambda data: drafts.discard_draft(script, **data, actor=request.user),
        done=_("The draft is discarded."),
        on_stale=lambda form: look_again(form, script),
        title=_("Discard the draft?"),
        submit_label=_("Discard"),
        warning=warning,
        danger=True,
        back_url=back_url,
    )


def draft_url(code: str) -> str:
    return reverse("followups:script_draft", args=[code])


def look_again(form: Form, script: Script) -> dict[str, Any]:
    """After somebody else's change: what the draft is now, for a second press."""
    sheet = drafts.read_sheet(script)
    fresh = cast(QueryDict, form.data).copy()
    fresh["revision"] = sheet.revision()
    form.data = fresh
    return {"builder": Builder(sheet)}
