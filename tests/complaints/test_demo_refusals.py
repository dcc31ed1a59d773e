"""When the demo hospital is not loaded, or has to be loaded again."""

import multiprocessing
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from complaints.demo.hospital import clear_unfinished
from complaints.demo.scenes import SCENES
from complaints.demo.voices import Spoken
from complaints.demo.world import Life, World
from complaints.models import Case, CaseCounter, Category
from hospital.models import Campus, User


def load_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def demo_mode(settings: Settings) -> None:
    settings.DEMO_MODE = True


def test_outside_demo_mode_it_refuses(db: None, settings: Settings) -> None:
    settings.DEMO_MODE = False
    for arguments in ([], ["--accounts"]):
        with pytest.raises(CommandError, match="demo mode only"):
            load_demo(*arguments)
    assert not Campus.objects.exists()


def test_it_is_never_loaded_over_other_people(front_desk: User) -> None:
    with pytest.raises(CommandError, match="already has people in it"):
        load_demo("--voices=0")
    assert list(User.objects.all()) == [front_desk]


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_load_is_cleared_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("complaints.demo.loader._live", fail)
        with pytest.raises(KeyboardInterrupt):
            load_demo("--one-process", "--voices=0")
    assert User.objects.exists()
    clear_unfinished()
    assert not User.objects.exists()
    assert not Category.objects.exists()
    clear_unfinished()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
class TestYearsSideBySide:
    @pytest.fixture(autouse=True)
    def only_a_few_voices(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("complaints.demo.loader.plan_scenes", lambda world: None)

    def test_each_year_counts_from_one(self) -> None:
        load_demo(f"--voices={SCENES + 8}")
        counted = sum(CaseCounter.objects.values_list("last", flat=True))
        assert CaseCounter.objects.count() >= 2
        assert counted == Case.objects.count()
        assert 6 <= counted <= 8

    def test_a_year_that_fails_fails_the_load(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail_elsewhere(world: World, spoken: Spoken) -> Life:
            if multiprocessing.parent_process() is not None:
                raise SystemExit(1)
            yield spoken.entered_at

        monkeypatch.setattr("complaints.demo.loader.ordinary_life", fail_elsewhere)
        with pytest.raises(CommandError, match="A year could not be loaded"):
            load_demo(f"--voices={SCENES + 8}")
        assert not User.objects.exclude(email="").exists()
