"""Who speaks, about what, through which channel, and when it is written down."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from complaints.demo.calendar import is_bad_month
from complaints.demo.stories import Telling, Topic, invent_name, invent_phone
from complaints.demo.world import World
from complaints.models import Case, Channel, Contact, Kind, Reply, Source
from complaints.services import (
    ContactDetails,
    SolvedOnTheSpot,
    SubjectLine,
    Voice,
    register_case,
)
from hospital.models import Department, User

KINDS = {"complaint": 35, "help": 20, "enquiry": 22, "suggestion": 10, "praise": 13}
CHANNELS = {
    "phone": 38,
    "walk_in": 27,
    "wechat": 10,
    "qr_code": 7,
    "web": 4,
    "hotline": 4,
    "opinion_box": 3,
    "letter": 2,
    "follow_up_call": 2,
    "roving_station": 2,
    "social_media": 1,
}
SOURCES = {
    "hotline": Source.HOTLINE,
    "follow_up_call": Source.FOLLOW_UP,
    "roving_station": Source.PATROL,
}
# Channels on which somebody of the centre is there to solve it at once.
PRESENT = ("phone", "walk_in", "roving_station", "follow_up_call")
ON_THE_SPOT = {"complaint": 0.35, "help": 0.8, "enquiry": 1.0, "praise": 0.9}
ANONYMOUS = {"opinion_box": 0.6, "letter": 0.3, "qr_code": 0.2, "social_media": 0.4}
DESK = ("1001", "1002", "1003", "1005", "1013")
AGENTS = ("1011", "1012", "1013")
METHODS = {
    "walk_in": Reply.Method.IN_PERSON,
    "roving_station": Reply.Method.IN_PERSON,
    "wechat": Reply.Method.WECHAT,
    "web": Reply.Method.TRACKING,
    "qr_code": Reply.Method.TRACKING,
    "hotline": Reply.Method.HOTLINE,
    "letter": Reply.Method.LETTER,
}


@dataclass(frozen=True)
class Spoken:
    """One voice of the demo before the centre has heard it."""

    telling: Telling
    department: Department
    channel: Channel
    received_at: datetime
    entered_at: datetime
    receiver: User
    contact: ContactDetails | None
    solved: bool = False
    named: User | None = None
    also: tuple[Department, ...] = ()
    order_number: str = ""
    order_due_at: datetime | None = None

    @property
    def topic(self) -> Topic:
        return self.telling.topic

    @property
    def method(self) -> Reply.Method:
        return METHODS.get(self.channel, Reply.Method.PHONE)


def invent(world: World, received_at: datetime) -> Spoken:
    """A plausible voice received at that moment."""
    rng = world.rng
    kind = Kind(rng.choices(list(KINDS), list(KINDS.values()))[0])
    topic = _pick_topic(world, kind, received_at)
    department = world.departments[rng.choice(topic.departments)]
    channel = _pick_channel(world, received_at)
    solved = (
        bool(topic.spot)
        and channel in PRESENT
        and world.chance(ON_THE_SPOT.get(kind, 0))
    )
    return Spoken(
        telling=Telling.of(topic, department.name_zh, rng),
        department=department,
        channel=channel,
        received_at=received_at,
        entered_at=_entered_at(world, channel, received_at),
        receiver=_receiver(world, channel, department),
        contact=_speaker(world, channel, topic),
        solved=solved,
        named=_named(world, topic, department),
        also=_also(world, kind, department),
    )


def invent_about(
    world: World, category: str, department: str, received_at: datetime, **fixed: object
) -> Spoken:
    """A voice about a given category and department, the rest as given or invented."""
    topics = [
        topic
        for topics in world.topics.values()
        for topic in topics
        if topic.category == category and topic.kind == fixed.get("kind", topic.kind)
    ]
    topic = topics[0]
    place = world.departments[department]
    spoken = Spoken(
        telling=Telling.of(topic, place.name_zh, world.rng),
        department=place,
        channel=Channel.PHONE,
        received_at=received_at,
        entered_at=received_at,
        receiver=world.people["1001"],
        contact=_speaker(world, Channel.PHONE, topic),
    )
    fixed.pop("kind", None)
    return replace(spoken, **fixed)  # type: ignore[arg-type]  # fields of Spoken


def register(world: World, spoken: Spoken) -> Case:
    """The receiver writes the voice down."""
    narrative = spoken.telling.narrative
    if spoken.named is not None:
        narrative += f"（反映人点名{spoken.named.name}）"
    category = world.categories[spoken.topic.category]
    subjects = [SubjectLine(category, spoken.department, spoken.named)]
    subjects += [SubjectLine(category, department) for department in spoken.also]
    voice = Voice(
        kind=spoken.topic.kind,
        channel=spoken.channel,
        source=SOURCES.get(spoken.channel, Source.PATIENT),
        narrative=narrative,
        subjects=subjects,
        contact=spoken.contact,
        received_at=spoken.received_at,
        solved=_solution(world, spoken) if spoken.solved else None,
        external_number=spoken.order_number,
        external_due_at=spoken.order_due_at,
    )
    return register_case(voice, actor=spoken.receiver)


def pick_score(world: World, *, late: bool = False) -> int:
    """How satisfied people are: better in recent months, worse when it took long."""
    better = max(0, 18 - world.months_ago) * 1.2
    weights = [4, 5, 10, 42, 38 + better]
    if late:
        weights = [14, 16, 22, 34, 14]
    return world.rng.choices(range(1, 6), weights)[0]


def _pick_topic(world: World, kind: Kind, moment: datetime) -> Topic:
    topics = world.topics[kind]
    extreme = moment.month in (1, 7, 8, 12)
    weights = []
    for topic in topics:
        weight = float(topic.weight)
        if topic.bad_month:
            weight *= 12 if is_bad_month(moment, world.now) else 0.4
        if topic.season:
            weight *= 2.2 if extreme else 0.4
        weights.append(weight)
    return world.rng.choices(topics, weights)[0]


def _pick_channel(world: World, moment: datetime) -> Channel:
    channel = Channel(world.rng.choices(list(CHANNELS), list(CHANNELS.values()))[0])
    at_night = not 7 <= timezone.localtime(moment).hour < 19
    if at_night and channel in (Channel.WALK_IN, Channel.ROVING_STATION):
        return Channel.PHONE
    return channel


def _entered_at(world: World, channel: Channel, received_at: datetime) -> datetime:
    """Boxes are emptied and letters opened days later; the rest is typed at once."""
    if channel == Channel.OPINION_BOX:
        wait = timedelta(hours=world.rng.randint(20, 110))
    elif channel == Channel.LETTER:
        wait = timedelta(hours=world.rng.randint(6, 40))
    elif channel in PRESENT:
        wait = timedelta(minutes=world.rng.randint(0, 6))
    else:
        wait = timedelta(minutes=world.rng.randint(5, 240))
    return received_at + wait


def _receiver(world: World, channel: Channel, department: Department) -> User:
    if channel == Channel.FOLLOW_UP_CALL:
        return world.colleague(*AGENTS)
    if department.campus.code == "binjiang":
        return world.people["1004"]
    return world.colleague(*DESK)


def _speaker(world: World, channel: Channel, topic: Topic) -> ContactDetails | None:
    rng = world.rng
    if world.chance(ANONYMOUS.get(channel, 0.02)):
        return None
    relations = ("patient", "relative", "relative", "companion", "agent")
    need = (
        topic.need
        or rng.choices(("none", "elderly", "minor", "disability"), (84, 11, 3, 2))[0]
    )
    return ContactDetails(
        name=invent_name(rng) if world.chance(0.93) else "",
        phone=invent_phone(rng),
        relation=Contact.Relation(rng.choices(relations, (50, 20, 20, 6, 4))[0]),
        special_need=Contact.Need(need),
    )


def _named(world: World, topic: Topic, department: Department) -> User | None:
    if not topic.named or not world.chance(0.12):
        return None
    members = world.members.get(department.pk, [])
    return world.rng.choice(members) if members else None


def _also(world: World, kind: Kind, department: Department) -> tuple[Department, ...]:
    """Some complaints concern a second department."""
    if kind != Kind.COMPLAINT or not world.chance(0.08):
        return ()
    other = world.departments[world.rng.choice(("MZB", "HLB", "ZWK", "XXK", "SFC"))]
    return () if other == department else (other,)


def _solution(world: World, spoken: Spoken) -> SolvedOnTheSpot:
    return SolvedOnTheSpot(
        how=spoken.telling.spot,
        method=spoken.method,
        score=max(3, pick_score(world)) if world.chance(0.6) else None,
    )
