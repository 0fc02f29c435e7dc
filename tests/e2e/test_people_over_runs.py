"""People judge several runs of each label budget at one KL: the same figures everywhere, about another run.

From the sealed plan through items and judgments to the export, the app's Results, the report and the terminal.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
from collections import Counter

from app_visitor import OWNER_SECRET, Visitor, words

from dashboards import identity
from harness.ratings.assignment import NoAssignment
from harness.ratings.export import export_rows, to_csv
from harness.ratings.store import open_store
from harness.results.file import people_of_text
from harness.results.people import study_report
from tests.e2e.runs import TINY, results, run_study

RUNS, ITEMS, OVERLAP = 3, 12, 2
SETTINGS = {**TINY, "labels.budgets": "[16, 32]", "seeds": "[1, 2, 3]", "ppo.episodes": 96, "ppo.batch_size": 32,
            "evaluation.baselines": "[zero_shot]", "evaluation.plan.compare_at": "{kl: 0.05}",
            # Long enough that most responses of an untaught model end: the others are shown to nobody.
            "task.response.tokens": 48, "base_model.tokens": 100_000, "task.queries.test": 64,
            "evaluation.people": f"{{items: {ITEMS}, overlap: {OVERLAP}, gold: 2, repeats: 0, training: 0, "
                                 f"qualification: 0}}"}


def judge_everything(store, study):
    """Raters who prefer the longer text; each meets a query once."""
    met = {}
    for handle in ("amber", "birch", "cedar"):
        rater = store.add_rater(handle)
        store.consent(study, rater)
        while not isinstance(held := store.next_assignment(study, rater), NoAssignment):
            shown = store.show(rater, held)
            met.setdefault(handle, []).append(shown.query_text)
            left, right = (len(text) for text in shown.texts)
            store.vote(rater, held, revision=0, choice="tie" if left == right else "left" if left > right else "right")
    return met


def test_what_people_say_is_about_another_run_and_the_same_everywhere(tmp_path, monkeypatch):
    seconds = itertools.count(1_900_000_000, 10)
    first = run_study(tmp_path, settings=SETTINGS)
    assert first.returncode == 3, first.stdout + first.stderr
    url = f"sqlite:///{tmp_path}/mlruns/ratings.db"
    store = open_store(url, clock=lambda: float(next(seconds)))
    (study,) = store.studies()
    assert study.protocol.plan.compared_at == 0.05
    assert study.protocol.once_a_query

    met = judge_everything(store, study.id)
    assert all(len(set(queries)) == len(queries) for queries in met.values()), "no rater met a query twice"
    store.close(study.id)
    filed = people_of_text(study_report(store, study.id), study=study.name)
    exported = list(csv.DictReader(io.StringIO(to_csv(export_rows(store, study.id)))))
    _every_run_was_judged(exported)

    last = run_study(tmp_path, settings=SETTINGS)
    assert last.returncode == 0, last.stdout + last.stderr
    document = results(tmp_path)
    rates = [row for row in document["win_rates"] if row["judge"] == "human"]
    (verdict,) = [row for row in document["equivalence"] if row["judge"] == "human"]
    assert [(row["arm"], row["scope"], row["n_runs"], row["n_judgments"]) for row in rates] == 2 * [
        ("rl", "procedure", RUNS, ITEMS * OVERLAP)]
    assert (verdict["n_runs"], verdict["budget_a"], verdict["budget_b"]) == (RUNS, 32, 16)
    assert verdict["win_rate"] == filed.equivalence[0].test.win_rate

    app = _results_page(tmp_path, monkeypatch, url)
    report = _plain((tmp_path / "mlruns/reports/tiny/report.html").read_text(encoding="utf-8"))
    (said,) = [line for line in words(app).splitlines() if "16 labels were" in line]
    assert said.rstrip(".") in report
    assert f"Each of {3 * RUNS} pairs of runs apart" in report
    assert "at a KL of 0.05 nats" in words(app)
    table = next(frame.value for frame in app.dataframe if "The smaller was" in frame.value.columns)
    assert table["The smaller was"].tolist() == [verdict["finding"]]
    assert table["About"].tolist() == ["another run"]
    assert table["Runs of each"].tolist() == [RUNS]
    terminal = " ".join(last.stdout.split())
    for row in rates:
        assert f"{100 * row['ci_low']:.1f} – {100 * row['ci_high']:.1f}" in terminal
        assert f"{100 * row['ci_low']:.1f} to {100 * row['ci_high']:.1f}%" in report
    shown = next(frame.value for frame in app.dataframe if "Without ties" in frame.value.columns)
    assert [round(value, 9) for value in shown["Low"]] == [round(100 * row["ci_low"], 9) for row in rates]


def _every_run_was_judged(exported):
    """As often as every other, at the KL of the plan, in each of the three comparisons."""
    assert len(exported) == 3 * ITEMS * OVERLAP
    counts = Counter((frozenset((row["left_arm"], row["right_arm"])), row["run"]) for row in exported)
    assert {pair for pair, _ in counts} == {frozenset(pair) for pair in (
        ("rl/16", "zero_shot"), ("rl/32", "zero_shot"), ("rl/32", "rl/16"))}
    assert len(counts) == 3 * RUNS
    assert set(counts.values()) == {ITEMS * OVERLAP // RUNS}
    assert not any("_end" in json.dumps(row) for row in exported)


def _results_page(folder, monkeypatch, url):
    monkeypatch.setenv("HARNESS_RATINGS_URL", url)
    monkeypatch.setenv("HARNESS_OWNER_SECRET", OWNER_SECRET)
    monkeypatch.chdir(folder)
    identity.store.cache_clear()
    cookies = {identity.OWNER_COOKIE: identity.store().owner_sign_in(OWNER_SECRET)}
    monkeypatch.setattr(identity, "cookie", cookies.get)
    return Visitor(cookies).open("results")


def _plain(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))
