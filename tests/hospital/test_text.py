"""What people type: full-width digits, stray characters, pinyin; and what is masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.text import (
    clean_text,
    initials,
    mask_name,
    mask_phone,
    normalise_phone,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  候诊\r\n太久\r ", "候诊\n太久"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("护士\u202e好\u200b\ufeff", "护士好"),
        ("表情 😀 与\t制表", "表情 😀 与\t制表"),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_control_and_direction_characters_are_dropped(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("（0898）6622–1234", "089866221234"),
        ("6622.1234", "66221234"),
        ("转 801", "转801"),
        ("+1 555 0100", "+15550100"),
        ("", ""),
    ],
)
def test_a_phone_is_kept_as_it_is_dialled(typed: str, phone: str) -> None:
    assert normalise_phone(typed) == phone


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("心内科", "xnk"),
        ("ICU", "icu"),
        ("急诊科（东院）", "jzkdy"),
        ("5号楼", "5hl"),
        ("", ""),
    ],
)
def test_names_are_found_by_their_pinyin_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张建国", "张*"), ("欧阳修", "欧*"), ("Mary", "M*"), ("李", "李*"), ("", "")],
)
def test_of_a_name_the_first_letter_is_shown(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("6622123", "662****2123"),
        ("120", "****20"),
        ("", ""),
    ],
)
def test_of_a_phone_the_ends_are_shown(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text("0123456789", min_size=8, max_size=15))
def test_a_masked_phone_never_shows_the_whole_number(phone: str) -> None:
    assert phone not in mask_phone(phone)
