"""What a view behind the sign-in knows of its request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from hospital.models import User


class SignedInRequest(HttpRequest):
    """A request of a page that needs signing in: there is always a person."""

    user: User
    htmx: HtmxDetails
