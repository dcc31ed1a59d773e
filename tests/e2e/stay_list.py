"""A list of stays as a hospital's system exports it: GB18030, a line of sums below."""

from datetime import datetime, timedelta

from playwright.sync_api import FilePayload

STAYS = 200
DIED, MOVED = 2, 3  # of them
HEADINGS = (
    *(
        "病案号",
        "住院次数",
        "姓名",
        "性别",
        "出生日期",
        "联系电话",
        "联系人",
        "联系人电话",
    ),
    *("出院科室", "病区", "床号", "主管医生", "入院日期", "出院日期", "主要诊断编码"),
    *("主要诊断", "离院方式", "手术"),
)
FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN_NAMES = (
    "建国",
    "秀英",
    "志强",
    "丽华",
    "桂兰",
    "海燕",
    "文博",
    "雨桐",
    "德胜",
    "淑珍",
)
ILLNESSES = (
    ("I63.9", "脑梗死"),
    ("G40.9", "癫痫"),
    ("G20", "帕金森病"),
    ("I61.9", "脑出血"),
)
DISPOSITIONS = ["5"] * DIED + ["2"] * MOVED


def write_stay_list(left_at: datetime) -> FilePayload:
    """Two hundred people who left neurology at about that time."""
    lines = [",".join(HEADINGS)]
    lines += [",".join(_row(number, left_at)) for number in range(STAYS)]
    lines.append(f"合计,,{STAYS}" + "," * (len(HEADINGS) - 3))
    text = "\r\n".join(lines) + "\r\n"
    return {
        "name": "神经内科出院患者.csv",
        "mimeType": "text/csv",
        "buffer": text.encode("gb18030"),
    }


def _row(number: int, left_at: datetime) -> tuple[str, ...]:
    left = left_at - timedelta(minutes=number)
    came = left - timedelta(days=4 + number % 9)
    code, illness = ILLNESSES[number % len(ILLNESSES)]
    ended = DISPOSITIONS[number] if number < len(DISPOSITIONS) else "1"
    name = FAMILY_NAMES[number % 20] + GIVEN_NAMES[number // 20]
    return (
        *(f"00{31000 + number}", str(number % 3 + 1), name, "男女"[number % 2]),
        *(f"{1938 + number % 50}/{number % 12 + 1}/{number % 28 + 1}",),
        *(f"199001{number:05d}", f"{name[0]}家属", f"199002{number:05d}"),
        *("神经内科", f"{number % 2 + 1}病区", f"{number % 40 + 1}床", "王医生"),
        *(f"{came:%Y/%-m/%-d}", f"{left:%Y/%-m/%-d %H:%M}", code, illness, ended, "否"),
    )
