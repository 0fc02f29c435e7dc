"""Studies that cannot run, or not whole: one line, and what could run did."""

import pytest

from tests.e2e.runs import TINY, results, run_study


def test_a_dry_run_trains_nothing(tmp_path):
    process = run_study(tmp_path, "--dry-run")
    assert process.returncode == 0
    assert "ppo rl/80/2" in process.stdout
    assert "640" not in process.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_knows_what_a_base_model_cannot_read(tmp_path):
    process = run_study(tmp_path, "--dry-run", settings={"base_model": "gpt2-large", "task.query_tokens": 5000})
    assert process.returncode == 2
    assert "longer than the 1024 tokens of context that gpt2-large has. Set task.query_tokens to 1000 or less." in (
        process.stderr)


def test_a_loss_that_is_not_finite_stops_its_stage_and_the_other_arms_go_on(tmp_path):
    process = run_study(tmp_path, settings={**TINY, "ppo.learning_rate": "1.0e18", "labels.budgets": "[40]"})
    assert process.returncode == 1
    assert "is not finite at step" in process.stdout
    assert "checkpoint" in process.stdout
    assert process.stdout.count("FAILED ppo rl/40/") == 4, "both seeds were tried; each is said twice"
    assert "Traceback" not in process.stdout + process.stderr


def test_where_an_arm_fails_the_others_get_their_report_and_it_names_what_it_lacks(tmp_path):
    settings = {**TINY, "supervised.learning_rates": "[1.0e18]", "labels.budgets": "[40]", "seeds": "[1]"}
    process = run_study(tmp_path, settings=settings)
    assert process.returncode == 1
    assert "FAILED supervised" in process.stdout
    found = results(tmp_path)
    assert {row["baseline"] for row in found["win_rates"]} == {"zero_shot", "reference"}
    assert [row["arm"] for row in found["left_out"]] == ["supervised"]
    assert "is not finite at step" in found["left_out"][0]["why"]
    page = (tmp_path / "mlruns" / "reports" / "tiny" / "report.html").read_text(encoding="utf-8")
    assert "Left out, because its training failed: supervised" in page


@pytest.mark.parametrize(("settings", "extra", "expected"), [
    ({"ppo.episods": 3}, [], ["--set: ppo.episods: unknown key"]),
    ({"ppo.batch_size": "many"}, [], ["--set: ppo.batch_size"]),
    ({"task.query_tokens": 90}, [], ["longer than base_model.context"]),
    ({"base_model": "/nowhere/at/all"}, [], ["there is no folder /nowhere/at/all"]),
    ({"task.source": "{kind: text, path: /nowhere/texts}"}, [], ["/nowhere/texts"]),
    ({"task.source": "{kind: text, path: %s}" % ("x" * 300)}, [], ["xxx: cannot be read (File name too long)"]),
    ({"base_model": "x" * 300}, [], ["xxx: cannot be read (File name too long)"]),
    ({"labels.labeler.scorer": "no_such_scorer"}, [], ["no_such_scorer", "vader"]),
    ({"labels.labeler.scorer": "no.such.module:function"}, [], ["no.such.module"]),
    ({}, ["--tracking-uri", "runs"], ["--tracking-uri: 'runs' is not an MLflow tracking URI"]),
    ({}, ["--output", __file__], ["--output: ", "test_refused_studies.py is a file"]),
    ({"labels.budgets": "[500]"}, [], ["task.queries.train is 400"]),
], ids=lambda value: next(iter(value), "") if isinstance(value, dict) else "")
def test_bad_input_is_one_line_and_nothing_is_written(tmp_path, settings, extra, expected):
    _is_refused(run_study(tmp_path, *extra, settings={**TINY, **settings}), tmp_path, 2, expected)


@pytest.mark.parametrize("extra", [[], ["--dry-run"]])
@pytest.mark.parametrize(("rows", "expected"), [
    ("[]", ["budget of 40 is larger than the 0 labels"]),
    ("{broken", ["labels.json:1: not a JSON file"]),
])
def test_labels_that_cannot_be_used_are_refused_before_a_model_is_made(tmp_path, tmp_path_factory, rows, expected,
                                                                           extra):
    path = tmp_path_factory.mktemp("given") / "labels.json"
    path.write_text(rows)
    settings = {**TINY, "labels": f"{{source: imported, path: {path}, format: token_ids, budgets: [40]}}",
                "supervised.scorer": "vader"}
    del settings["labels.budgets"]
    _is_refused(run_study(tmp_path, *extra, settings=settings), tmp_path, 2, expected)


def test_a_server_that_does_not_answer_is_one_line_with_an_exit_code_of_its_own(tmp_path):
    process = run_study(tmp_path, "--tracking-uri", "http://127.0.0.1:9", settings=TINY)
    _is_refused(process, tmp_path, 5, ["no MLflow server answers at http://127.0.0.1:9"])


def _is_refused(process, tmp_path, code, expected):
    assert process.returncode == code, process.stdout + process.stderr
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    for part in expected:
        assert part in lines[0]
    assert list(tmp_path.iterdir()) == []
