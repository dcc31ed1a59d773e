"""Tags and filters of the page shell; docs/style-guide.md shows how to use them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hospital import clock
from hospital.models import Role

register = template.Library()

SOON = timedelta(days=1)
# Translators: a date format, see the filter "date" of Django.
EXACT_FORMAT = gettext_lazy("D Y-m-d H:i")

# Status word → tone (colour) and icon. One word means the same on every page.
STATUS_LOOKS = {
    # cases
    "received": ("blue", "inbox"),
    "accepted": ("blue", "user-check"),
    "in_progress": ("blue", "player-play"),
    "replied": ("teal", "message-circle"),
    "closed": ("green", "circle-check"),
    "declined": ("grey", "ban"),
    "withdrawn": ("grey", "arrow-back-up"),
    "merged": ("grey", "git-merge"),
    "reopened": ("amber", "repeat"),
    # tasks
    "assigned": ("amber", "hand-stop"),
    "acknowledged": ("blue", "user-check"),
    "submitted": ("teal", "send"),
    "returned": ("amber", "arrow-back-up"),
    "verified": ("green", "circle-check"),
    "refused": ("red", "x"),
    "cancelled": ("grey", "ban"),
    # hand-overs, deliveries and the like
    "open": ("blue", "point"),
    "pending": ("amber", "hourglass"),
    "done": ("green", "check"),
    "sent": ("green", "check"),
    "failed": ("red", "alert-triangle"),
}
TIER_LOOKS = {
    1: ("grey", gettext_lazy("Tier 1, minor")),
    2: ("amber", gettext_lazy("Tier 2, complex")),
    3: ("red", gettext_lazy("Tier 3, major")),
}
SHORT_TIERS = {
    1: gettext_lazy("Tier 1"),
    2: gettext_lazy("Tier 2"),
    3: gettext_lazy("Tier 3"),
}
TOAST_LOOKS = {
    "success": ("green", "circle-check"),
    "error": ("red", "alert-circle"),
    "warning": ("amber", "alert-triangle"),
}


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """An icon of the sprite; silent unless a label says it in words."""
    href = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" width="20" height="20" role="img" aria-label="{}">'
            '<use href="{}"></use></svg>',
            extra,
            label,
            href,
        )
    return format_html(
        '<svg class="icon {}" width="20" height="20" aria-hidden="true">'
        '<use href="{}"></use></svg>',
        extra,
        href,
    )


@register.inclusion_tag("components/_badge.html")
def badge(text: str, tone: str = "grey", icon: str = "", title: str = "") -> dict:
    """A word on a tint: grey, blue, teal, green, amber or red."""
    return {"text": text, "tone": tone, "icon": icon, "title": title}


@register.inclusion_tag("components/_badge.html")
def status_badge(record: Any) -> dict:
    """The status of a case or task (anything with status and its display)."""
    tone, name = STATUS_LOOKS.get(record.status, ("grey", "point"))
    return {"text": record.get_status_display(), "tone": tone, "icon": name}


@register.inclusion_tag("components/_badge.html")
def tier_badge(tier: int | None, short: bool = False) -> dict:
    """Tier 1, 2 or 3; without one, that it is not set yet."""
    tone, label = TIER_LOOKS.get(tier or 0, ("grey", _("No tier yet")))
    if short and tier in SHORT_TIERS:
        text = SHORT_TIERS[tier]
        return {"text": text, "tone": tone, "icon": "flag", "title": label}
    return {"text": label, "tone": tone, "icon": "flag"}


@register.filter
def exact(moment: datetime | None) -> str:
    """The exact local time, as shown on hover and in exports."""
    if moment is None:
        return "—"
    return formats.date_format(timezone.localtime(moment), str(EXACT_FORMAT))


def say_span(span: timedelta) -> str:
    """A length of time as people say it, rounded down to its largest unit."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


register.filter("span", say_span)


@register.inclusion_tag("components/_time_left.html")
def time_left(
    due_at: datetime | None,
    done_at: datetime | None = None,
    paused: bool = False,
) -> dict:
    """How long until the due time or since it; how it ended once it is done."""
    if due_at is None:
        return {"tone": "grey", "icon": "clock", "text": "—"}
    shown = {"moment": due_at, "exact": exact(due_at)}
    if done_at is not None:
        return shown | _say_done(due_at, done_at)
    if paused:
        return shown | {"tone": "grey", "icon": "player-pause", "text": _("paused")}
    left = due_at - clock.now()
    if left < timedelta(0):
        text = _("%(span)s over") % {"span": say_span(-left)}
        return shown | {"tone": "red", "icon": "alert-triangle", "text": text}
    text = _("in %(span)s") % {"span": say_span(left)}
    if left < SOON:
        return shown | {"tone": "amber", "icon": "clock-exclamation", "text": text}
    return shown | {"tone": "green", "icon": "clock", "text": text}


def _say_done(due_at: datetime, done_at: datetime) -> dict[str, str]:
    if done_at <= due_at:
        return {"tone": "green", "icon": "check", "text": _("on time")}
    text = _("%(span)s late") % {"span": say_span(done_at - due_at)}
    return {"tone": "red", "icon": "alert-circle", "text": text}


@register.inclusion_tag("components/_ago.html")
def ago(moment: datetime | None) -> dict:
    """How long ago, as people say it; the date beyond a month."""
    if moment is None:
        return {"text": "—"}
    span = clock.now() - moment
    if span < timedelta(minutes=1):
        text = _("just now")
    elif span < timedelta(days=31):
        text = _("%(span)s ago") % {"span": say_span(span)}
    else:
        text = formats.date_format(timezone.localtime(moment), "Y-m-d")
    return {"moment": moment, "exact": exact(moment), "text": text}


@register.inclusion_tag("components/_avatar.html")
def avatar(person: Any, size: str = "") -> dict:
    """A round sign with the person's initials; size "sm" or "lg"."""
    name = str(getattr(person, "name", "") or person or "")
    # A Chinese given name is the last two signs; a Latin name gives two letters.
    letters = (
        "".join(part[0] for part in name.split()[:2]).upper()
        if name.isascii()
        else name[-2:]
    )
    hue = sum(ord(sign) for sign in name) % 6
    return {"name": name, "letters": letters or "?", "hue": hue, "size": size}


@register.filter
def role_labels(roles: Iterable[str]) -> list[str]:
    """The words for a list of roles."""
    return [str(Role(role).label) for role in roles]


@register.filter
def toast_look(level: str) -> dict[str, str]:
    """Colour and icon of a message by its level (the first of its tags)."""
    tone, name = TOAST_LOOKS.get(level, ("blue", "info-circle"))
    return {"tone": tone, "icon": name}


@register.inclusion_tag("components/_field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    letters: str = "",
    pills: bool = False,
    next: str = "",
    **attrs: str,
) -> dict:
    """A form field with its label, help and errors; see docs/style-guide.md."""
    kind = _kind_of(bound.field.widget)
    context = {
        "bound": bound,
        "label": label or bound.label,
        "help_text": hint or bound.help_text,
        "help_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
        "required": bound.field.required,
        "is_hidden": bound.is_hidden,
        "kind": kind,
        "pills": pills,
        "next": next,
    }
    if kind in {"radios", "checks"}:
        return context | {"options": _options(bound, letters)}
    return context | {"control": _control(bound, bool(context["help_text"]), attrs)}


def _control(bound: BoundField, has_help: bool, attrs: dict[str, str]) -> SafeString:
    """The control itself, joined to its help and errors for screen readers."""
    widget = bound.field.widget
    given: dict[str, str | bool] = {
        key.replace("_", "-"): value for key, value in attrs.items()
    }
    given["class"] = _control_class(widget, attrs.get("class", ""), bool(bound.errors))
    if isinstance(widget, widgets.Textarea) and widget.attrs.get("rows") == "10":
        given.setdefault("rows", "4")  # ten is Django's default, not our choice
    described = [f"{bound.auto_id}_helptext"] if has_help else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    if described:
        given["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=given)


def _kind_of(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, widgets.RadioSelect):
        return "radios"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    return "control"


def _control_class(widget: widgets.Widget, extra: str, invalid: bool) -> str:
    if isinstance(widget, widgets.CheckboxInput):
        name = "form-check-input"
    elif isinstance(widget, widgets.Select):
        name = "form-select"
    else:
        name = "form-control"
    parts = [widget.attrs.get("class", ""), name, extra]
    if invalid:
        parts.append("is-invalid")
    return " ".join(part for part in parts if part)


def _options(bound: BoundField, letters: str) -> list[dict[str, Any]]:
    """The options of a radio or check group; letters name their quick keys in turn."""
    options = [option for option in bound.subwidgets if option.data["value"] != ""]
    padded = letters.ljust(len(options))
    return [
        {"data": option.data, "letter": letter.strip().lower()}
        for option, letter in zip(options, padded, strict=False)
    ]
