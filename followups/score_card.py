"""The score card of a call: what is listened for, and how the points add up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from followups.script_content import Text

MOST_POINTS = 2


@dataclass(frozen=True)
class Criterion:
    key: str
    title: Text
    hint: Text


CARD = (
    Criterion(
        "identity",
        Text("身份核对", "Who is speaking"),
        Text(
            "报明医院和姓名，核对接听人是患者本人或家属后才谈病情",
            "Gave name and hospital, and spoke of the illness only to the right person",
        ),
    ),
    Criterion(
        "purpose",
        Text("说明来意", "What the call is for"),
        Text(
            "说明回访目的，询问现在是否方便",
            "Said what the call is for and asked whether now is convenient",
        ),
    ),
    Criterion(
        "script",
        Text("按话术询问", "The script"),
        Text(
            "该问的都问到，用语通俗，不诱导回答",
            "Asked all that has to be asked, in plain words, without leading",
        ),
    ),
    Criterion(
        "listening",
        Text("倾听与态度", "Listening"),
        Text(
            "耐心听完，不打断，不与患者争辩",
            "Let the person finish, did not interrupt and did not argue",
        ),
    ),
    Criterion(
        "competence",
        Text("不越权答复", "No guessing"),
        Text(
            "不臆测病情，不给出超出职责的医疗意见，需要时安排专业人员答复",
            "Gave no medical opinion beyond their competence; arranged an answer",
        ),
    ),
    Criterion(
        "red_flags",
        Text("危险信号处置", "Red flags"),
        Text(
            "识别危险信号，立即转交临床，必要时提示拨打120",
            "Recognised warning signs and handed over at once; named 120 where needed",
        ),
    ),
    Criterion(
        "record",
        Text("记录完整准确", "The record"),
        Text(
            "结果、答案和备注与通话一致；意见和投诉已登记",
            "Outcome, answers and note say what was said; complaints are registered",
        ),
    ),
    Criterion(
        "closing",
        Text("结束用语", "The end of the call"),
        Text(
            "小结要点，说明后续安排，致谢并道别",
            "Summed up, said what happens next, thanked and took leave",
        ),
    ),
)


def percent_of(points: Mapping[str, int | None]) -> int | None:
    """Points out of those that were possible; None when no criterion applies."""
    given = [each for each in points.values() if each is not None]
    if not given:
        return None
    possible = MOST_POINTS * len(given)
    return (200 * sum(given) + possible) // (2 * possible)
