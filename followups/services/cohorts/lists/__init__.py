"""Members of cohorts by hand and from lists: read, judged, taken in."""

from followups.services.cohorts.lists.judging import Judged, judge
from followups.services.cohorts.lists.reading import Line, read_list
from followups.services.cohorts.lists.taking import add_member, take_in

__all__ = ["Judged", "Line", "add_member", "judge", "read_list", "take_in"]
