"""Lists of members: choose, see every row's verdict, take in.

Nothing is kept in between: the page carries the rows that may be taken in, signed.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from followups.forms.cohorts import MemberListForm
from followups.models import Cohort, Verdict
from followups.services.cohorts.lists import Judged, Line, judge, read_list, take_in
from followups.services.cohorts.membership import require_manager
from followups.views.cohorts import load_cohort
from hospital.dialogs import add_refusal, sent
from hospital.exceptions import RuleViolation
from hospital.requests import SignedInRequest

# So many rows of each verdict are shown; of those in error all that fit a page.
MOST_SHOWN = {Verdict.ERROR: 1_000, Verdict.SAME: 200, Verdict.NEW: 200}
LOOKS = {
    Verdict.ERROR: ("red", "alert-circle"),
    Verdict.NEW: ("green", "plus"),
    Verdict.SAME: ("grey", "check"),
}
OLDEST = 12 * 3600  # seconds


@dataclass(frozen=True)
class Group:
    """The rows of one verdict, as many as a page can show."""

    verdict: Verdict
    tone: str
    icon: str
    rows: list[Judged]
    count: int

    @property
    def shown_tone(self) -> str:
        return self.tone if self.count else ""

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose a list; sent, what would become of every row. Nothing is stored."""
    cohort = load_cohort(request.user, code)
    require_manager(request.user)
    form = MemberListForm(sent(request), request.FILES or None)
    context: dict[str, Any] = {"cohort": cohort, "form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            judged = judge(cohort, read_list(file, file.size or 0))
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            context |= _verdicts(request, cohort, judged) | {"name": file.name}
    return render(request, "followups/cohorts/members_list.html", context)


@require_POST
def take_list_in(request: SignedInRequest, code: str) -> HttpResponse:
    cohort = load_cohort(request.user, code)
    require_manager(request.user)
    lines = _unpack(request, cohort)
    if lines is None:
        messages.error(request, _("The list is too old. Choose the file again."))
        return redirect("followups:member_list", code)
    count = sum(each.is_new for each in take_in(cohort, lines, actor=request.user))
    said = ngettext(
        "%(count)d member was taken in; the rounds are being planned.",
        "%(count)d members were taken in; their rounds are being planned.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect(cohort)


def _verdicts(
    request: SignedInRequest, cohort: Cohort, judged: list[Judged]
) -> dict[str, Any]:
    groups = []
    for verdict, (tone, icon) in LOOKS.items():
        found = [each for each in judged if each.verdict == verdict]
        shown = found[: MOST_SHOWN[verdict]]
        groups.append(Group(verdict, tone, icon, shown, len(found)))
    new = [each.line for each in judged if each.is_new]
    return {
        "groups": groups,
        "new_count": len(new),
        "packed": _pack(request, cohort, new),
    }


def _pack(request: SignedInRequest, cohort: Cohort, lines: list[Line]) -> str:
    rows = [asdict(line) | {"joined_on": line.joined_on.isoformat()} for line in lines]
    for row in rows:
        del row["reasons"]
    return signing.dumps(rows, salt=_salt(request, cohort), compress=True)


def _unpack(request: SignedInRequest, cohort: Cohort) -> list[Line] | None:
    """The rows the page carried; None when it was not this person's, or is too old."""
    try:
        rows = signing.loads(
            request.POST.get("rows", ""), salt=_salt(request, cohort), max_age=OLDEST
        )
    except signing.BadSignature:
        return None
    return [
        Line(**row | {"joined_on": date.fromisoformat(row["joined_on"])})
        for row in rows
    ]


def _salt(request: SignedInRequest, cohort: Cohort) -> str:
    return f"members:{cohort.pk}:{request.user.pk}"
