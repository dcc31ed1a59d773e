"""The words a case is described with, and which state may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("case status", "Received")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("In progress")
    REPLIED = "replied", _("Replied")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")
    REOPENED = "reopened", _("Reopened")


TRANSITIONS: dict[Status, set[Status]] = {
    Status.RECEIVED: {
        Status.ACCEPTED,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.MERGED,
    },
    Status.ACCEPTED: {
        Status.IN_PROGRESS,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.MERGED,
    },
    Status.IN_PROGRESS: {
        Status.REPLIED,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.MERGED,
    },
    Status.REPLIED: {Status.CLOSED, Status.IN_PROGRESS, Status.WITHDRAWN},
    Status.CLOSED: {Status.REOPENED},
    Status.DECLINED: {Status.REOPENED},
    Status.WITHDRAWN: {Status.REOPENED},
    Status.MERGED: set(),
    Status.REOPENED: {Status.IN_PROGRESS, Status.WITHDRAWN},
}

ENDED = (Status.CLOSED, Status.DECLINED, Status.WITHDRAWN, Status.MERGED)


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    HELP = "help", _("Help")
    ENQUIRY = "enquiry", _("Enquiry")
    SUGGESTION = "suggestion", _("Suggestion")
    PRAISE = "praise", _("Praise")


class Source(models.TextChoices):
    PATIENT = "patient", _("Patient")
    STAFF = "staff", _("Staff")
    PATROL = "patrol", _("Patrol")
    SURVEY = "survey", _("Survey")
    FOLLOW_UP = "follow_up", _("Follow-up")
    HOTLINE = "hotline", _("Hotline 12345")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    WALK_IN = "walk_in", _("Walk-in")
    WEB = "web", _("Web")
    WECHAT = "wechat", _("WeChat")
    QR_CODE = "qr_code", _("QR code")
    OPINION_BOX = "opinion_box", _("Opinion box")
    LETTER = "letter", _("Letter")
    ROVING_STATION = "roving_station", _("Roving station")
    HOTLINE = "hotline", _("Hotline 12345")
    FOLLOW_UP_CALL = "follow_up_call", _("Follow-up call")
    SURVEY = "survey", _("Survey")
    SOCIAL_MEDIA = "social_media", _("Social media")


class Tier(models.IntegerChoices):
    MINOR = 1, _("Tier 1, minor")
    COMPLEX = 2, _("Tier 2, complex")
    MAJOR = 3, _("Tier 3, major")


class DeclineGround(models.TextChoices):
    """When a complaint need not be handled; the person must be told why.

    Source: NHC Order No. 3 (2019), article 33, as hospital rules quote it; the
    hospital checks the wording against the Order.
    """

    IN_COURT = "in_court", _("Already before a court or a mediator")
    DECIDED = "decided", _("Already decided by the health or petition authority")
    NO_FACTS = "no_facts", _("No definite person, department or fact is named")
    POLICE = "police", _("Already a public-order or criminal case")
    OUT_OF_REMIT = "out_of_remit", _("Outside the remit of this hospital")


# A complaint may turn out to be a question or a call for help, and back; whatever was
# taken for something milder may turn out to be a complaint.
CONVERSIONS: dict[Kind, set[Kind]] = {
    Kind.COMPLAINT: {Kind.HELP, Kind.ENQUIRY},
    Kind.HELP: {Kind.COMPLAINT, Kind.ENQUIRY},
    Kind.ENQUIRY: {Kind.COMPLAINT, Kind.HELP},
    Kind.SUGGESTION: {Kind.COMPLAINT},
    Kind.PRAISE: {Kind.COMPLAINT},
}


class Clock(models.TextChoices):
    """What is waited for on a case or a task."""

    ACKNOWLEDGE = "acknowledge", _("Accept the case")
    FIRST_CONTACT = "first_contact", _("First contact with the person")
    FEEDBACK = "feedback", _("Feedback to the person")
    RESOLVE = "resolve", _("Close the case")
    TASK_ACKNOWLEDGE = (
        "task_acknowledge",
        pgettext_lazy("clock", "Acknowledge the task"),
    )
    RECTIFY = "rectify", _("Rectify")
    PROMISE = "promise", _("Keep the promise")


CASE_CLOCKS = (Clock.ACKNOWLEDGE, Clock.FIRST_CONTACT, Clock.FEEDBACK, Clock.RESOLVE)
TASK_CLOCKS = (Clock.TASK_ACKNOWLEDGE, Clock.RECTIFY)


class Unit(models.TextChoices):
    """What a policy's amount counts."""

    WORKING_DAYS = "working_days", _("working days")
    WORKING_HOURS = "working_hours", pgettext_lazy("unit", "working hours")
    HOURS = "hours", _("hours by the clock")


class Hours(models.TextChoices):
    """Whose working hours a clock counts."""

    OFFICE = "office", _("the hospital's office hours")
    DEPARTMENT = "department", _("the department's own hours")
    ALWAYS = "always", _("day and night")
