"""What the tags of the page shell draw."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from hospital import clock

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def draw(source: str, **context: Any) -> str:
    with translation.override("en"), clock.at(NOON):
        return Template("{% load shell %}" + source).render(Context(context)).strip()


class Voice(forms.Form):
    kind = forms.ChoiceField(
        choices=[("c", "Complaint"), ("h", "Help")], widget=forms.RadioSelect
    )
    words = forms.CharField(widget=forms.Textarea, help_text="In their own words.")
    phone = forms.CharField(required=False)
    channel = forms.ChoiceField(choices=[("", "-"), ("p", "Phone")])
    wards = forms.MultipleChoiceField(
        choices=[("1", "One")], widget=forms.CheckboxSelectMultiple, required=False
    )
    solved = forms.BooleanField(required=False)
    number = forms.CharField(widget=forms.HiddenInput, required=False)


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "phone" %}')
    assert 'role="img" aria-label="Sealed"' in draw('{% icon "lock" label="Sealed" %}')


@pytest.mark.parametrize(
    ("hours", "tone", "words"),
    [
        (-50, "red", "2 days over"),
        (-0.5, "red", "30 min over"),
        (3, "amber", "in 3 h"),
        (30, "green", "in 30 h"),
        (72, "green", "in 3 days"),
    ],
)
def test_the_time_left_is_said_in_words(hours: float, tone: str, words: str) -> None:
    drawn = draw("{% time_left due %}", due=NOON + timedelta(hours=hours))
    assert f"tone-{tone}" in drawn
    assert f"</svg>{words}</time>" in drawn


def test_the_exact_time_shows_on_hover() -> None:
    drawn = draw("{% time_left due %}", due=NOON + timedelta(hours=6))
    assert 'title="Mon 2026-11-23 18:00"' in drawn


def test_a_finished_time_says_how_it_ended() -> None:
    late = NOON + timedelta(hours=2)
    assert "</svg>on time</time>" in draw("{% time_left a b %}", a=late, b=NOON)
    assert "</svg>2 h late</time>" in draw("{% time_left a b %}", a=NOON, b=late)


def test_a_paused_and_a_missing_time_are_grey() -> None:
    assert "tone-grey" in draw("{% time_left due paused=True %}", due=NOON)
    assert ">—</span>" in draw("{% time_left due %}", due=None)


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=40), "2026-10-14"),
    ],
)
def test_ago_is_said_in_words(back: timedelta, words: str) -> None:
    assert f">{words}</time>" in draw("{% ago moment %}", moment=NOON - back)


def test_no_moment_is_a_dash() -> None:
    assert ">—</span>" in draw("{% ago moment %}", moment=None)
    assert draw("{{ moment|exact }}", moment=None) == "—"


def test_a_status_has_one_look_and_its_own_word() -> None:
    record = SimpleNamespace(status="closed", get_status_display=lambda: "Closed")
    drawn = draw("{% status_badge record %}", record=record)
    assert 'class="tag tag-green"' in drawn
    assert drawn.endswith("Closed</span>")


def test_an_unknown_status_is_grey() -> None:
    record = SimpleNamespace(status="odd", get_status_display=lambda: "Odd")
    assert 'class="tag tag-grey"' in draw("{% status_badge record %}", record=record)


def test_tiers_are_named() -> None:
    assert "Tier 3, major" in draw("{% tier_badge 3 %}")
    assert draw("{% tier_badge 2 short=True %}").endswith("Tier 2</span>")
    assert "No tier yet" in draw("{% tier_badge none short=True %}", none=None)


@pytest.mark.parametrize(
    ("name", "letters"), [("王小芳", "小芳"), ("Anna Reed", "AR"), ("", "?")]
)
def test_an_avatar_shows_initials(name: str, letters: str) -> None:
    assert draw("{% avatar name %}", name=name).endswith(f">{letters}</span>")


def test_roles_are_put_into_words() -> None:
    drawn = draw('{{ roles|role_labels|join:", " }}', roles=["front_desk", "it_admin"])
    assert drawn == "Front desk, IT administrator"


def test_a_field_joins_help_and_error_to_its_control() -> None:
    drawn = draw("{% field form.words %}", form=Voice({}))
    assert 'aria-describedby="id_words_helptext id_words_error"' in drawn
    assert 'id="id_words_error"' in drawn
    assert 'rows="4"' in drawn
    assert "is-invalid" in drawn


def test_an_optional_field_says_so_and_takes_attributes() -> None:
    drawn = draw(
        '{% field form.phone inputmode="tel" data_key="alt+p" %}', form=Voice()
    )
    assert ">optional</span>" in drawn
    assert 'inputmode="tel"' in drawn
    assert 'data-key="alt+p"' in drawn
    assert "aria-describedby" not in drawn


def test_selects_boxes_and_hidden_fields_have_their_own_shapes() -> None:
    assert 'class="form-select"' in draw("{% field form.channel %}", form=Voice())
    assert 'class="form-check-input"' in draw("{% field form.solved %}", form=Voice())
    assert 'type="hidden"' in draw("{% field form.number %}", form=Voice())


def test_radios_carry_quick_letters_and_lead_on() -> None:
    drawn = draw(
        '{% field form.kind pills=True letters="CH" next="#id_words" %}', form=Voice()
    )
    assert 'data-letter="c"' in drawn
    assert 'data-letter="h"' in drawn
    assert 'data-next="#id_words"' in drawn


def test_check_groups_take_no_single_letter_keys() -> None:
    drawn = draw("{% field form.wards %}", form=Voice())
    assert "data-quick-radio" not in drawn
    assert 'type="checkbox"' in drawn
