"""The accounts the sign-in page offers in the demonstration."""

from complaints.demo.hospital import PASSWORD, SHOWN
from hospital.models import Role, User


def list_accounts() -> list[dict[str, str]]:
    """One click each; the template asks for them only in demo mode."""
    people = {
        user.employee_number: user
        for user in User.objects.active().filter(employee_number__in=SHOWN)
    }
    return [
        {
            "username": number,
            "password": PASSWORD,
            "name": people[number].name,
            "role": " · ".join(str(Role(role).label) for role in people[number].roles),
        }
        for number in SHOWN
        if number in people
    ]
