"""Folders are fetched and checked once, beside what else the driver does."""

import threading
from concurrent.futures import wait
from pathlib import Path

import pytest

from harness.engine.intake import Intake
from harness.errors import DamagedFile, StoreRefused
from harness.records import ArtifactRef

ONE, TWO = ArtifactRef("one", "/one"), ArtifactRef("two", "/two")


@pytest.fixture
def intake():
    """An intake and what it asked for. errors: by fingerprint. go: nothing is given before it is set."""
    class Fetching:
        def __init__(self):
            self.asked, self.errors, self.go = [], {}, threading.Event()
            self.intake = Intake(self.fetch)

        def fetch(self, ref):
            assert self.go.wait(timeout=60)
            self.asked.append(ref)
            if ref.fingerprint in self.errors:
                raise self.errors[ref.fingerprint]
            return Path(ref.path)

        def finish(self):
            self.go.set()
            wait(self.intake.underway, timeout=60)

    fetching = Fetching()
    yield fetching
    fetching.go.set()
    fetching.intake.close()


def test_a_folder_is_there_when_it_was_fetched_and_is_asked_for_once(intake):
    assert not intake.intake.has([ONE, TWO])
    assert not intake.intake.has([ONE])
    assert len(intake.intake.underway) == 2 and intake.asked == []
    intake.finish()
    assert intake.intake.has([TWO, ONE]) and intake.intake.has([])
    assert intake.intake.folder(ONE) == Path("/one")
    assert sorted(ref.fingerprint for ref in intake.asked) == ["one", "two"]
    assert intake.intake.underway == intake.intake.damaged() == []


def test_what_is_damaged_is_told_once(intake):
    intake.errors["one"] = DamagedFile("is gone", file="/one/a")
    assert not intake.intake.has([ONE, TWO])
    intake.finish()
    assert not intake.intake.has([ONE, TWO])
    assert intake.intake.damaged() == [(ONE, intake.errors["one"])]
    assert intake.intake.damaged() == []
    assert intake.intake.has([TWO])


def test_another_error_is_raised_where_the_folder_is_needed(intake):
    intake.errors["one"] = StoreRefused("no")
    assert not intake.intake.has([ONE])
    intake.finish()
    assert intake.intake.damaged() == []
    with pytest.raises(StoreRefused):
        intake.intake.has([ONE])
