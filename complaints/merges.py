"""Which other case of a merge may be named to whom."""

from complaints.models import Case, CaseEvent, Verb
from hospital.models import User

# Where the history of a case keeps the other one.
OTHER_CASE = ("from", "merged_into")


def find_other(reference: int | str | None, reader: User) -> Case | None:
    """The other case, by its key or number, if the reader may look it up."""
    if reference is None:
        return None
    field = "pk" if isinstance(reference, int) else "number"
    reachable = Case.objects.visible_to(reader, lookup=True)
    return reachable.filter(**{field: reference}).first()


def name_other(event: CaseEvent, key: str, reader: User) -> str:
    """The number of the other case that the event keeps; empty if not to be told."""
    other = find_other(event.new.get(key), reader)
    return other.number if other else ""


def tell_changes(event: CaseEvent, reader: User) -> dict[str, object]:
    """What the event says is new, as far as the reader may know it."""
    new: dict[str, object] = event.new
    if event.verb != Verb.MERGED:
        return new
    told = {key: name_other(event, key, reader) for key in OTHER_CASE if key in new}
    return new | {key: number or None for key, number in told.items()}
