"""What a supervisor heard when listening to some of the demo's calls again."""

from datetime import timedelta
from math import ceil
from random import Random

from django.utils import timezone

from followups.models import QualityCheck
from followups.score_card import CARD, MOST_POINTS
from followups.services.supervision.quality import check_call, draw_sample
from hospital import clock
from hospital.models import Role, User

DAYS = 14
EACH = 3  # calls of every agent
WAITING = 1 / 4  # of them, that nobody has listened to yet
POINTS = (2, 2, 2, 2, 1, 1, 0, None)
COMMENTS = (
    "语气亲切，宣教到位，可作示范。",
    "核对身份时漏问出生日期，请注意。",
    "患者追问用药，能及时转主管医生答复，处理得当。",
    "语速偏快，老年患者请放慢。",
    "",
)


def check_some_calls(rng: Random) -> None:
    """Score most of a sample of the last two weeks, at the end of yesterday."""
    today = clock.today()
    supervisor = User.objects.active().with_role(Role.SUPERVISOR).first()
    if supervisor is None:
        return
    yesterday = today - timedelta(days=1)
    first = today - timedelta(days=DAYS)
    draw_sample(actor=supervisor, first=first, last=yesterday, each=EACH)
    checks = list(QualityCheck.objects.exclude(attempt__agent=supervisor))
    evening = timezone.localtime(clock.now()) - timedelta(days=1)
    with clock.at(evening.replace(hour=17, minute=30)):
        for check in checks[ceil(WAITING * len(checks)) :]:
            points = {each.key: rng.choice(POINTS) for each in CARD}
            points["listening"] = MOST_POINTS
            check_call(
                check, actor=supervisor, points=points, comment=rng.choice(COMMENTS)
            )
