"""The words of coded cells: sex, 离院方式, yes and no."""

import re

from followups.models import Disposition, Sex

SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male", "1", "先生"), Sex.MALE),
    **dict.fromkeys(("女", "女性", "f", "female", "2", "女士"), Sex.FEMALE),
    **dict.fromkeys(("未知", "不详", "u", "unknown", "0", "9", "未说明"), Sex.UNKNOWN),
}
# The order of 离院方式 on the front page of the record.
DISPOSITION_CODES = {
    "1": Disposition.HOME,
    "2": Disposition.TRANSFER,
    "3": Disposition.COMMUNITY,
    "4": Disposition.AGAINST_ADVICE,
    "5": Disposition.DECEASED,
    "9": Disposition.OTHER,
}
# The first that the words hold decides: “非医嘱离院” holds “医嘱离院” too.
DISPOSITION_WORDS = (
    (Disposition.DECEASED, ("死亡", "死", "deceased", "died", "expired", "death")),
    (
        Disposition.AGAINST_ADVICE,
        ("非医嘱", "自动出院", "自动离院", "要求出院", "放弃", "against"),
    ),
    (Disposition.COMMUNITY, ("社区", "乡镇", "卫生院", "community")),
    (Disposition.TRANSFER, ("转院", "转上级", "转外院", "转医院", "transfer")),
    (
        Disposition.HOME,
        ("医嘱", "回家", "正常出院", "治愈", "好转", "康复出院", "home"),
    ),
    (Disposition.OTHER, ("其他", "其它", "other")),
)
YES = {"是", "有", "y", "yes", "true", "t", "1", "√", "✓"}
NO = {"否", "无", "没有", "未", "n", "no", "false", "f", "0", "-", "—", "/", "×"}
NONE_AT_ALL = ("无", "未行", "未手术", "没有")
EMERGENCY = {"急诊": True, "emergency": True, "急": True}
NOT_EMERGENCY = (
    "门诊",
    "转入",
    "其他",
    "其它",
    "平诊",
    "择期",
    "elective",
    "outpatient",
)
_CODE = re.compile(r"^([1-59])(?:[\s.、:：\-—_]|$)")


def read_sex(text: str) -> Sex | None:
    word = text.lower()
    return SEXES.get(word) or SEXES.get(re.sub(r"^\d[\s.、:\-]*", "", word))


def read_disposition(text: str) -> Disposition | None:
    """By its code, with or without words behind it, else by the words."""
    word = text.lower()
    for disposition, names in DISPOSITION_WORDS:
        if any(name in word for name in names):
            return disposition
    code = _CODE.match(word)
    return DISPOSITION_CODES[code[1]] if code else None


def read_yes(text: str) -> bool | None:
    word = text.lower()
    return True if word in YES else False if word in NO else None


def read_surgery(text: str) -> bool:
    """Yes or no; the name of an operation means yes."""
    said = read_yes(text)
    return not text.startswith(NONE_AT_ALL) if said is None else said


def read_emergency(text: str) -> bool | None:
    """Yes or no, or 入院途径: 1 急诊 2 门诊 3 其他医疗机构转入 9 其他."""
    word = text.lower()
    if "非急诊" in word or any(name in word for name in NOT_EMERGENCY):
        return False
    if any(name in word for name in EMERGENCY):
        return True
    if word in ("2", "3", "9"):
        return False
    return read_yes(word)
