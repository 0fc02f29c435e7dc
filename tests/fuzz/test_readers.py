"""Any file is read, or refused in one line that names it: a few inputs for each target, and what must be checked.

`python -m tests.fuzz` tries many more.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from tests.fuzz.__main__ import SHARES
from tests.fuzz.checking import Target, check, warm_up
from tests.fuzz.targets import TARGETS

_SLOW = {"analyze": 6, "analyze, JSONL": 6, "raters restore": 8, "study": 25, "study --dry-run": 10, "study --set": 20,
         "model, config.json": 10, "model, tokenizer.json": 30}
_INPUTS = 60


@pytest.mark.parametrize("name", TARGETS)
def test_any_file_is_read_or_refused_in_one_line(name, tmp_path_factory):
    target, folder = TARGETS[name], tmp_path_factory.mktemp("fuzz")
    warm_up(target, folder)

    @settings(max_examples=_SLOW.get(name, _INPUTS), deadline=None, derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.sampled_from(target.seeds()))
    def tried(rng, content):
        for _ in range(rng.choice([1, 1, 2])):
            content = target.mutate(content, rng)
        check(target, content, folder)

    tried()


@pytest.mark.parametrize("name", TARGETS)
def test_sound_files_are_read(name, tmp_path):
    warm_up(TARGETS[name], tmp_path)
    assert all(check(TARGETS[name], content, tmp_path) for content in TARGETS[name].seeds())


def test_every_target_has_its_share_of_a_million_inputs():
    assert set(SHARES) == set(TARGETS)


def _reader(read):
    return Target(name="r", file="r.txt", seeds=lambda: (b"",), mutate=lambda content, rng: content, read=read)


def _refused(said):
    def read(path):
        raise InputError(said)

    return _reader(read)


def _hanging(path):
    while True:
        pass


@pytest.mark.parametrize(("target", "problem"), [
    (_refused("no file"), "names no file"), (_refused("r.txt: " + "x" * 1000 + "y" * 3000), None),
    (_reader(lambda path: (path.parent / "other").write_text("x")), "changed .*other"),
    (_reader(lambda path: Path("/tmp/elsewhere").write_text("x")), "may not: open '/tmp/elsewhere'"),  # noqa: S108
    (_reader(lambda path: os.system("true")), "may not: os.system"),  # noqa: S605
    (_reader(_hanging), "longer than 0.1 s"), (_reader(lambda path: 1 / 0), "division by zero")])
def test_the_check_finds_what_it_looks_for(target, problem, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.fuzz.checking.SECONDS", 0.1)
    if problem is None:
        assert not check(target, b"", tmp_path)
        return
    with pytest.raises(BaseException, match=problem):
        check(target, b"", tmp_path)
