"""Messages as a hospital's integration engine sends them."""

from collections.abc import Mapping

from followups.services.feed import hl7

START, END = b"\x0b", b"\x1c\x0d"
Fields = Mapping[int, str]

PID = {
    1: "1",
    3: "0012345^^^HIS^MR",
    5: "张建国",
    7: "19560301",
    8: "M",
    11: "^^呼和浩特",
    13: "13812345678^PRN^PH",
    15: "zh",
    30: "N",
}
NK1 = {1: "1", 2: "张小华", 3: "DAU", 5: "13900001111"}
PV1 = {
    1: "1",
    2: "I",
    3: "XNK^305^12",
    4: "E",
    7: "0071^王^医生",
    10: "XNK",
    19: "V-1",
}
LEFT = {36: "1", 44: "20260301101500", 45: "20260310093000"}
DG1 = {1: "1", 3: "I50.900^心力衰竭^ICD-10", 5: "20260301", 6: "F", 15: "1"}
MRG = {1: "0099999^^^HIS^MR"}
STRUCTURES = {"A08": "A01", "A11": "A09", "A12": "A09", "A13": "A01", "A40": "A39"}


def segment(name: str, fields: Fields) -> str:
    most = max(fields, default=0)
    return "|".join([name, *(fields.get(n, "") for n in range(1, most + 1))])


def adt(
    event: str = "A03",
    *,
    control: str = "M1",
    sent: str = "20260310094000",
    charset: str = "UNICODE UTF-8",
    leave_out: str = "",
    more: str = "",
    **changed: Fields,
) -> str:
    """A message. Keywords name segments and the fields that are otherwise in them."""
    msh = {
        2: "HIS",
        3: "第一医院",
        4: "PSC",
        5: "呼叫中心",
        6: sent,
        8: f"ADT^{event}^ADT_{STRUCTURES.get(event, event)}",
        9: control,
        10: "P",
        11: "2.5",
        17: charset,
    }
    known: dict[str, Fields] = {
        "EVN": {2: sent},
        "PID": PID,
        "NK1": NK1,
        "PV1": PV1 | (LEFT if event in ("A03", "A08") else {}),
        "DG1": DG1,
        "MRG": MRG,
    }
    order = "EVN PID MRG" if event == "A40" else "EVN PID NK1 PV1 DG1"
    lines = [segment("MSH", {1: "^~\\&"} | msh | dict(changed.get("MSH", {})))]
    lines += [
        segment(name, {**known[name], **changed.get(name, {})})
        for name in order.split()
        if name not in leave_out.split()
    ]
    return "\r".join([*lines, *([more] if more else [])]) + "\r"


def field_of(answer: bytes, name: str, number: int, codec: str = "utf-8") -> str:
    """A field of an answer."""
    return hl7.parse(answer.decode(codec), codec).first(name).raw(number)


def framed(message: str, codec: str = "utf-8") -> bytes:
    return START + message.encode(codec) + END
