"""What `--dry-run` says of the stages and of what they cost."""

import re

import pytest

from harness.engine.dry_run import print_plan
from harness.errors import InputError, MissingInput
from harness.shipped import STUDIES
from harness.study.estimate import count_labels
from harness.study.loading import load_study
from harness.study.plan import make_plan

SMALL = ["seeds=[1]", "labels.budgets=[100,1000]"]


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def _shown(capsys, *overrides, **options) -> tuple[object, str]:
    plan = make_plan(load_study(STUDIES / "quick.yaml", [*SMALL, *overrides]), {})
    print_plan(plan, None, **options)
    return plan, capsys.readouterr().out


def test_every_stage_stands_in_a_row_with_its_fingerprint(capsys) -> None:
    plan, shown = _shown(capsys)
    assert f"quick: {len(plan.stages)} stages" in shown
    for stage in plan.stages:
        assert re.search(rf"{re.escape(stage.name)}\s.*{stage.fingerprint[:12]}.*to run", shown), stage.name


def test_the_costs_add_up(capsys) -> None:
    plan, shown = _shown(capsys)
    episodes = len([stage for stage in plan.stages if stage.kind == "ppo"]) * plan.study.ppo.episodes
    assert f"{len(plan.stages)} stages to run: {count_labels(plan.stages):,} labels, {episodes:,} episodes" in shown


def test_the_parts_of_the_memory_are_named_with_its_peak(capsys) -> None:
    _, shown = _shown(capsys)
    (peak, parts), = re.findall(r"holds ([\d.]+) MiB at most \(MiB: (.*)\)", shown)
    sizes = [float(part.rpartition(" ")[2]) for part in parts.split(", ")]
    # Each is rounded to one digit.
    assert float(peak) == pytest.approx(sum(sizes), abs=0.05 * (len(sizes) + 1))


def test_what_is_not_there_yet_is_named(capsys) -> None:
    _, shown = _shown(capsys, absent=[MissingInput("there is no such file", file="texts.txt")])
    assert "Not there yet: texts.txt: there is no such file" in shown


def test_a_model_that_cannot_read_a_query_is_said_before_anything_is_shown(capsys) -> None:
    with pytest.raises(InputError, match=r"longer than the 1024 tokens of context that gpt2-large has"):
        _shown(capsys, "base_model=gpt2-large", "task.query_tokens=5000")
    assert capsys.readouterr().out == ""


def test_a_label_file_that_cannot_be_used_is_said_before_anything_is_shown(capsys, tmp_path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("{broken")
    labels = f"labels={{source: imported, path: {path}, budgets: [2]}}"
    with pytest.raises(InputError, match=r"labels.jsonl:1: not a line of JSON"):
        _shown(capsys, labels, "supervised.scorer=vader")
    assert capsys.readouterr().out == ""
    missing = MissingInput("there is no label file", key="labels.path")
    assert "Not there yet: labels.path" in _shown(capsys, labels, "supervised.scorer=vader", absent=[missing])[1]
