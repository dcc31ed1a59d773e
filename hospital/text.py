"""Reading what people type: full-width digits, stray control characters, pinyin."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")
_NOT_DIALLED = re.compile(r"[\s\-–—()（）.]+")


def clean_text(value: str) -> str:
    """The text without control and direction characters; line ends become \\n."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def normalise_phone(value: str) -> str:
    """Half-width digits without separators or the prefix +86; other signs stay."""
    digits = _NOT_DIALLED.sub("", unicodedata.normalize("NFKC", value))
    digits = clean_text(digits)
    for prefix in ("+86", "0086"):
        if digits.startswith(prefix):
            return digits[len(prefix) :]
    return digits


def initials(value: str) -> str:
    """First letters as people type them to find a name: 心内科 → xnk."""
    letters = lazy_pinyin(
        value,
        style=Style.FIRST_LETTER,
        errors=list,  # type: ignore[arg-type]  # may return a list, says its manual
    )
    return "".join(part[0] for part in letters if part[:1].isalnum()).lower()


def mask_name(name: str) -> str:
    """张建国 → 张*, Mary → M*."""
    return f"{name[0]}*" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; short numbers keep only the last two digits."""
    if len(phone) >= 7:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if phone else ""
