"""What people say in the demo, and the words of those who answer."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from complaints.models import Kind

DATA = Path(__file__).resolve().parent / "data"
FILES = ("complaints.toml", "others.toml")

# What fills the gaps of a text; one choice per story, so that its texts agree.
GAPS: dict[str, Sequence[str]] = {
    "floor": (
        *("门诊一楼", "门诊二楼", "门诊三楼", "门诊四楼", "医技楼二楼"),
        *("住院楼五楼", "住院楼八楼", "住院楼十一楼", "急诊楼一楼"),
    ),
    "window": ("2号窗口", "3号窗口", "5号窗口", "6号窗口", "8号窗口"),
    "hours": ("两个小时", "两个半小时", "三个小时", "三个多小时", "近四个小时"),
    "mins": ("二十分钟", "二十五分钟", "半个小时", "四十分钟", "五十分钟"),
    "when": (
        *("周一上午", "周一上午十点左右", "周二上午", "周三上午九点", "周三下午"),
        *("周四上午", "周五下午三点", "周五上午", "周六上午", "昨天上午"),
    ),
    "bed": ("3床", "7床", "12床", "18床", "21床", "26床", "加3床"),
    "amount": ("28元", "46元", "120元", "186元", "320元", "580元", "1260元"),
    "days": ("三天", "四天", "五天", "一周", "八天", "十天"),
    "kin": ("母亲", "父亲", "老伴", "奶奶", "外公", "岳母"),
}
# Whom one brings to these departments is plain.
KIN = {"儿科": ("孩子", "女儿", "小孙子"), "妇产科": ("妻子", "女儿", "儿媳")}
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
GIVEN = (
    "国华秀英桂兰建平玉珍志明丽萍春梅海燕晓东文静永强淑芳雪峰佳慧子轩雨涵德福金凤凯琳"
)


@dataclass(frozen=True)
class Topic:
    """One kind of voice about one category, with matching words for every step."""

    category: str
    weight: int
    departments: Sequence[str]
    texts: Sequence[str]
    kind: Kind = Kind.COMPLAINT
    spot: Sequence[str] = ()
    demand: Sequence[str] = ()
    measure: Sequence[str] = ()
    result: Sequence[str] = ()
    reply: Sequence[str] = ()
    named: bool = False
    need: str = ""
    season: str = ""
    bad_month: bool = False


@dataclass(frozen=True)
class Telling:
    """A topic told once: the same floor, window and relative in all its texts."""

    topic: Topic
    department: str
    rng: Random
    gaps: dict[str, str]

    @classmethod
    def of(cls, topic: Topic, department: str, rng: Random) -> "Telling":
        gaps = {name: rng.choice(choices) for name, choices in GAPS.items()}
        gaps["kin"] = rng.choice(KIN.get(department, GAPS["kin"]))
        return cls(topic, department, rng, gaps | {"dept": department})

    @property
    def narrative(self) -> str:
        return self._fill(self.topic.texts)

    @property
    def spot(self) -> str:
        return self._fill(self.topic.spot)

    @property
    def demand(self) -> str:
        return self._fill(self.topic.demand)

    @property
    def measure(self) -> str:
        return self._fill(self.topic.measure)

    @property
    def result(self) -> str:
        return self._fill(self.topic.result)

    @property
    def reply(self) -> str:
        return self._fill(self.topic.reply)

    def _fill(self, texts: Sequence[str]) -> str:
        return self.rng.choice(texts).format_map(self.gaps)


def read_topics() -> list[Topic]:
    return [
        Topic(**entry | {"kind": Kind(entry.get("kind", Kind.COMPLAINT))})
        for name in FILES
        for entry in tomllib.loads((DATA / name).read_text(encoding="utf-8"))["topic"]
    ]


def invent_name(rng: Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))


def invent_phone(rng: Random) -> str:
    """From ranges that belong to nobody."""
    return f"{rng.choice(('1380000', '1990000'))}{rng.randrange(10000):04d}"
