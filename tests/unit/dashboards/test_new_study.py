"""The owner's page New study through Streamlit's AppTest: from a finished execution to a published study.

It is dashboards.owner.new_study.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import app_visitor
import pytest
from app_visitor import Visitor, press, words
from result_records import results_of

from harness.engine.exported_runs import finished_studies
from harness.ratings.store import RatingStore
from harness.records import ArmKey
from harness.results.file import write_results
from harness.results.training_records import RunRow
from harness.statistics.convergence import Convergence
from harness.statistics.plan import EqualKL

store, visit = app_visitor.store, app_visitor.visit


def finished_execution(root: Path, name: str, *, arms: tuple[str, ...] = ("rl",), source: str | None = None) -> None:
    """An execution's exported responses, as the report writes them."""
    folder = root / "mlruns" / "reports" / name
    folder.mkdir(parents=True)
    rows = [{"query_id": f"q{i}", "query_text": f"query {i}", "arm": each, "label_budget": budget,
             "seed": budget and 1, "source": source,
             "text": f"the {each} went down to the old sea number {i} again."}
            for each, budget in (*((arm, 500) for arm in arms), ("zero_shot", None)) for i in range(12)]
    (folder / "samples.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


def test_the_owner_makes_a_study_from_a_finished_execution(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    visitor = visit(owner=True)
    app = visitor.open("own", section="New study")
    assert "Leak scan" in words(app)
    press(app, "Rehearse")
    assert "Simulated raters, not people" in words(app)
    press(app, "Publish the study")
    assert [each.name for each in store.studies()] == ["story-people"]
    app.number_input(key="overlap").set_value(2)
    app.run()
    press(app, "Publish the study")
    assert "there is a study named 'story-people' already" in words(app)


def runs_of_budgets(root: Path, name: str, *, seeds: tuple[int, ...], queries: int) -> None:
    """An execution with two label budgets, so many runs of each, and the same policies at the end of training."""
    folder = root / "mlruns" / "reports" / name
    folder.mkdir(parents=True)
    arms = [(f"rl{end}", budget, seed) for end in ("", "_end") for budget in (500, 5000) for seed in seeds]
    rows = [{"query_id": f"q{i}", "query_text": f"query {i}", "arm": arm, "label_budget": budget, "seed": seed,
             "text": f"the {arm} of {budget} and {seed} went down to the old sea number {i} again."}
            for arm, budget, seed in (*arms, ("zero_shot", None, None)) for i in range(queries)]
    (folder / "samples.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


def test_the_owner_chooses_ways_of_training_and_the_draft_draws_their_runs(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    runs_of_budgets(tmp_path, "story", seeds=(1, 2, 3, 4), queries=12)
    app = visit(owner=True).open("own", section="New study")
    assert app.multiselect(key="arms_story").value == [ArmKey("rl", 500), ArmKey("rl", 5000)], "not at the end"
    app.number_input(key="per_comparison").set_value(6)
    app.number_input(key="gold").set_value(0)
    app.number_input(key="rehearsal_raters").set_value(6)
    app.run()
    assert "3 comparisons, each with 6 items, which are spread over its runs: 1 to 2 for each pair" in words(app)
    assert "12 queries for 18 items" in words(app)
    assert "at least 6 raters" in words(app)
    press(app, "Rehearse")
    told = next(frame.value for frame in app.dataframe if "About" in frame.value.columns)
    assert told["About"].tolist() == ["another run"] * 3
    assert [tuple(row) for row in told[["Arm", "Against"]].to_numpy()] == [
        ("rl 500", "zero-shot"), ("rl 5,000", "zero-shot"), ("rl 5,000", "rl 500")]
    press(app, "Publish the study")
    (study,) = store.studies()
    assert study.protocol.plan.baselines == ("zero_shot",)
    assert store.coverage(study.id).fewest_raters == 6


def test_the_plan_s_kl_and_runs_that_cannot_be_compared_go_into_the_protocol(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    runs_of_budgets(tmp_path, "story", seeds=(1, 2), queries=40)
    found = results_of()
    planned = replace(found.analysis_plan.planned, compare_at=EqualKL(kl=6.0))
    rest = Convergence(kl=6.0, kl_off_target=0.0, coefficient_moved=0.1, converged=True)
    ended = tuple(RunRow(ArmKey("rl", budget, seed), rest, kl) for budget, kl in ((500, 6.1), (5000, 4.0))
                  for seed in (1, 2))
    write_results(tmp_path / "mlruns" / "reports" / "story", replace(
        found, runs=ended, analysis_plan=replace(found.analysis_plan, planned=planned)))
    app = visit(owner=True).open("own", section="New study")
    assert "at a KL of 6 nats" in words(app)
    app.number_input(key="per_comparison").set_value(4)
    app.run()
    press(app, "Publish the study")
    (study,) = store.studies()
    assert study.protocol.plan.compared_at == 6.0
    assert study.protocol.not_comparable == {"rl/5000": "2 of 2 runs with 5,000 labels did not come to a KL of 6 nats"}


def test_the_best_of_n_samples_is_no_trained_policy(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story", arms=("rl", "best_of_4"))
    app = visit(owner=True).open("own", section="New study")
    assert app.multiselect(key="arms_story").value == [ArmKey("rl", 500)]
    assert app.multiselect(key="baselines_story").value == [ArmKey("best_of_4", 500), ArmKey("zero_shot")]


def test_another_execution_begins_with_its_own_arms_name_and_questions(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    finished_execution(tmp_path, "summary", arms=("supervised_rl",), source="A long report.")
    app = visit(owner=True).open("own", section="New study")
    press(app, "Rehearse")
    assert "Of 120 items a comparison, one has only 12" in words(app)
    picker = app.selectbox(key="execution")
    picker.set_value(next(each for each in finished_studies()[0] if each.name == "summary"))
    app.run()
    assert "Simulated raters, not people" not in words(app), "that was a rehearsal of the other"
    press(app, "Publish the study")
    (study,) = store.studies()
    assert (study.name, study.protocol.ask_copied) == ("summary-people", True)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("results.json", b'{"responses": {"rl', "results.json: not a JSON record"),
    ("results.json", b'{"study": "story"}', "these results are of harness 0.1"),
    ("execution.json", b"\xff\xfe", "execution.json: not a JSON record"),
    ("samples.jsonl", b"\xff\xfe", "samples.jsonl: it is not text in UTF-8")])
def test_an_execution_that_cannot_be_read_says_why(
        visit: Callable[..., Visitor], tmp_path: Path, name: str, content: bytes, said: str) -> None:
    finished_execution(tmp_path, "story")
    (tmp_path / "mlruns" / "reports" / "story" / name).write_bytes(content)
    assert said in words(visit(owner=True).open("own", section="New study"))


def test_a_damaged_execution_leaves_the_others_open(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    for name in ("broken", "story"):
        finished_execution(tmp_path, name)
    (tmp_path / "mlruns" / "reports" / "broken" / "results.json").write_bytes(b"{")
    app = visit(owner=True).open("own", section="New study")
    assert "broken/results.json: not a JSON record" in words(app)
    assert app.selectbox(key="execution").options == ["story"]


def test_nothing_is_published_where_mlflow_has_lost_the_execution(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    (tmp_path / "mlruns" / "reports" / "story" / "execution.json").write_text(
        json.dumps({"execution": "gone", "tracking_uri": f"sqlite:///{tmp_path / 'mlflow.db'}"}))
    app = visit(owner=True).open("own", section="New study")
    press(app, "Publish the study")
    assert "MLflow does not take seals/story-people" in words(app)
    assert store.studies() == []


@pytest.mark.parametrize(("key", "written", "said"), [
    ("name_story", "", "name: a study needs a name"), ("name_story", "a\u202eb", "name: 'a\\u202eb' has invisible"),
    ("title", " ", "title: a study needs a title"), ("text", " ", "instructions: raters read them")])
def test_what_raters_or_commands_could_not_read_is_refused_before_publishing(
        visit: Callable[..., Visitor], tmp_path: Path, key: str, written: str, said: str) -> None:
    finished_execution(tmp_path, "story")
    app = visit(owner=True).open("own", section="New study")
    (app.text_area if key == "text" else app.text_input)(key=key).set_value(written)
    app.run()
    assert said in words(app)
    assert "Publish the study" not in words(app)
