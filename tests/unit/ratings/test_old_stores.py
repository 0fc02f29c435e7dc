"""A rating store that version 0.1 wrote is opened, verified, unblinded and reported, with the numbers it gave then.

`data/store_0_1.sql` is such a store: a closed study of three raters, of whom one is left out by the rule of gold items;
its other two rules are off. `data/report_0_1.json` is the report that version 0.1 made of it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from harness.digests import canonical_json
from harness.raters import main
from harness.ratings.store import RatingStore, open_store
from harness.results.people import study_report
from harness.statistics.plan import AnalysisPlan
from harness.statistics.raters import ExclusionRules

DATA = Path(__file__).parent / "data"
THEN = json.loads((DATA / "report_0_1.json").read_text(encoding="utf-8"))


@pytest.fixture
def store(tmp_path: Path) -> RatingStore:
    path = tmp_path / "ratings.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript((DATA / "store_0_1.sql").read_text(encoding="utf-8"))
    return open_store(f"sqlite:///{path}")


def rounded(value: Any) -> Any:
    """Numbers to twelve digits: a library's last bit may differ between machines."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def test_the_sealed_protocol_of_an_old_store_is_read_and_its_seal_holds(store: RatingStore) -> None:
    study = store.study(store.study_id("earlier"))
    assert study.protocol.plan == AnalysisPlan(
        margin=0.1, confidence=0.9, baselines=("zero_shot",), gatekeeping=("zero_shot",),
        exclusions=ExclusionRules(min_gold_accuracy=0.6, min_repeat_consistency=0, min_median_seconds=0, min_checks=2))
    assert (study.seal, study.protocol.check_every, study.protocol.responses) == (THEN["seal"], 3, ("abc", "def"))
    assert store.verify(study.id).problems == ()


def test_what_was_sealed_by_an_old_version_cannot_be_changed_unseen(store: RatingStore) -> None:
    study = store.study_id("earlier")
    with store.database.writing() as connection:
        connection.execute(text("UPDATE studies SET protocol = replace(protocol, '0.1,', '0.2,')"))
    assert store.verify(study).problems == ("plan, items or key are not what was sealed",)


def test_the_report_of_an_old_study_has_the_numbers_that_it_had_then(store: RatingStore) -> None:
    study = store.study_id("earlier")
    now = json.loads(study_report(store, study))
    assert store.study(study).state == "unblinded"
    figures = ("win_rate", "ci_low", "ci_high", "win_rate_without_ties", "win_rate_majority", "p_value",
               "p_value_holm", "n_judgments", "n_items", "n_raters", "wins", "ties", "losses")
    for table in ("win_rates", "comparisons"):
        assert [[rounded(row[name]) for name in figures] for row in now[table]] == [
            [rounded(row[name]) for name in figures] for row in THEN[table]]
    assert [each["rater"] for each in now["excluded"]] == [each["rater"] for each in THEN["excluded"]] == ["rater 3"]
    assert [row["gold_accuracy"] for row in now["quality"]] == [row["gold_accuracy"] for row in THEN["quality"]]
    assert (now["n_judgments"], now["chain_head"]) == (THEN["n_judgments"], THEN["chain_head"])
    assert rounded(now["position"]) == rounded(THEN["position"])


def test_a_report_that_an_old_version_filed_is_verified_number_for_number(
        store: RatingStore, capsys: pytest.CaptureFixture[str]) -> None:
    study = store.study_id("earlier")
    store.unblind(study)
    store.file_report(study, canonical_json(THEN))
    assert main(["--url", store.database.url.render_as_string(), "verify"]) == 0
    assert "its report is reproduced number for number" in capsys.readouterr().out
