"""A study's people's results and `harness analyze` of its exported judgments say the same, in the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import analyze
from harness.ratings.blinding import Pair, build_items
from harness.ratings.export import export_rows, to_csv
from harness.ratings.protocol import StudyProtocol
from harness.ratings.rehearsal import Rehearsed, rehearse
from harness.records import ArmKey, Contrast
from harness.results.people import study_document
from tests.e2e.command_files import json_of

LARGE, SMALL, BASELINE = "rl/40/1", "rl/10/1", "zero_shot"
MET = ((LARGE, BASELINE), (SMALL, BASELINE), (LARGE, SMALL))
TURNED = {"p_a_not_better": "p_a_not_worse", "p_a_not_worse": "p_a_not_better"}
OF_A = ("win_rate", "lower_bound", "upper_bound", "verdict")
"""Figures that read from arm_a's side and have no counterpart under the other name."""


def _pairs(first: str, second: str, count: int) -> Iterator[Pair]:
    for i in range(count):
        yield Pair(f"{first} {second} {i}", f"query {i}", None, _contrast(first, second),
                   f"{first} says {i} in some words", f"{second} says {i} in other words")


def _contrast(first: str, second: str) -> Contrast:
    return Contrast(ArmKey.parse(first), ArmKey.parse(second))


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """A study of three arms, each compared with each other, judged, closed and unblinded."""
    items = build_items([pair for met in MET for pair in _pairs(*met, 20)], seed=6, overlap=3)
    return rehearse(StudyProtocol(name="exported", title="t", instructions="i", seed=6), items, raters=9, seed=6,
                    win_rates={_contrast(*MET[0]): 0.75}, folder=tmp_path_factory.mktemp("rehearsal"))


@pytest.fixture(scope="module")
def document(rehearsed: Rehearsed) -> dict[str, Any]:
    """People's results as they are filed; results.json takes them over as they are."""
    found: dict[str, Any] = json.loads(study_document(rehearsed.store, rehearsed.study.id))
    return found


@pytest.fixture
def ratings(rehearsed: Rehearsed, tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_text(to_csv(export_rows(rehearsed.store, rehearsed.study.id)), encoding="utf-8", newline="")
    return path


def _by_pair(rows: list[dict[str, Any]]) -> dict[frozenset[str], dict[str, Any]]:
    """By the two arms; an exported one is a way of training, and its seed is the run."""
    return {frozenset(name.removesuffix("/1") for name in (row["arm_a"], row["arm_b"])): row for row in rows}


def _pair(*arms: str) -> frozenset[str]:
    return frozenset(arm.removesuffix("/1") for arm in arms)


@pytest.mark.parametrize(("options", "turned"), [(["--baseline", "rl/10"], False), ([], True)])
def test_both_directions_of_equivalence_have_one_name_and_one_number_everywhere(
        document: dict[str, Any], ratings: Path, capsys: pytest.CaptureFixture[str], options: list[str],
        turned: bool) -> None:
    """Without a baseline `analyze` takes the pair of budgets from the other side: then the directions change places."""
    analysed = _by_pair(json_of(analyze, capsys, ratings, *options)["comparisons"])[_pair(LARGE, SMALL)]
    ours = _by_pair(document["comparisons"])[_pair(LARGE, SMALL)]
    assert (analysed["arm_a"], ours["arm_a"]) == ("rl/10" if turned else "rl/40", LARGE)
    # One run: nothing is decided about another, and what is compared is about these policies.
    assert analysed["equivalence"]["verdict"] == "not decided"
    analysed = analysed["these_runs"]
    assert set(analysed["equivalence"]) == set(ours["equivalence"])
    expected = {name: value for name, value in ours["equivalence"].items() if not (turned and name in OF_A)}
    found = {name: analysed["equivalence"][TURNED.get(name, name) if turned else name] for name in expected}
    assert found == pytest.approx(expected)
    assert None not in [value for name, value in expected.items() if name != "why_undefined"]


def test_the_row_of_budgets_says_of_these_runs_what_the_comparison_of_its_arms_says(document: dict[str, Any]) -> None:
    (row,) = document["equivalence"]
    assert (row["arm_a"], row["budget_a"], row["arm_b"], row["budget_b"]) == ("rl", 40, "rl", 10)
    compared = _by_pair(document["comparisons"])[_pair(LARGE, SMALL)]["equivalence"]
    assert {name: row["these_runs"][name] for name in compared} == pytest.approx(compared)
    assert (row["finding"], row["n_runs"]) == ("not decided", 1)


def test_win_rates_have_the_same_names_and_numbers(
        document: dict[str, Any], ratings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    analysed = json_of(analyze, capsys, ratings, "--baseline", BASELINE, "--resamples", 0)
    for row in document["comparisons"]:
        if row["arm_b"] == BASELINE:
            theirs = _by_pair(analysed["comparisons"])[_pair(row["arm_a"], row["arm_b"])]
            shared = set(row) - {"fragility", "nobody_excluded", "equivalence"}
            assert shared == set(theirs) - {"equivalence", "scope", "n_runs", "these_runs"}
            assert (theirs["scope"], theirs["n_runs"]) == ("these policies", 1)
            shared -= {"arm_a", "arm_b"}
            assert {name: theirs[name] for name in shared} == {
                name: pytest.approx(row[name]) if isinstance(row[name], float) else row[name] for name in shared}
    for part, name in (("agreement", "raw"), ("agreement", "n_items"), ("position", "left_rate"),
                       ("position", "p_value")):
        assert analysed[part][name] == pytest.approx(document[part][name])
