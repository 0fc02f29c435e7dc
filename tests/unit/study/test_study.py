"""Study files: what ships loads and plans; a mistake is one line with file, line, key and cure."""

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.run import main
from harness.study.externals import external_digests
from harness.study.label_pieces import doubling_pieces
from harness.study.loading import load_study
from harness.study.plan import make_plan

ROOT = Path(__file__).resolve().parents[3]
STUDIES = sorted((ROOT / "studies").rglob("*.yaml"))
QUICK = ROOT / "studies" / "quick.yaml"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """The variables that shipped studies name."""
    (tmp_path / "texts").mkdir()
    for name in ("TEXTS", "BASE_MODEL"):
        monkeypatch.setenv(name, str(tmp_path / "texts"))
    monkeypatch.setenv("PAIRS", str(tmp_path / "pairs.jsonl"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: str(path.relative_to(ROOT / "studies")))
def test_every_shipped_study_loads_and_plans(path, environment):
    study = load_study(path)
    plan = make_plan(study, {})
    assert plan.stages[-1].kind == "report"
    made = set()
    for stage in plan.stages:
        assert set(stage.inputs.values()) <= made, f"{stage.name} stands before one of its inputs"
        made.add(stage.fingerprint)
    trained = [arm for arm in plan.arms if arm.label_budget is not None]
    with_labels = sum(policy.reward == "model" for policy in study.policies) + len(study.evaluation.best_of)
    without = len(study.policies) + len(study.evaluation.best_of) - with_labels
    assert len(trained) == (with_labels * len(study.labels.budgets) + without) * len(study.seeds)


def _write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "line_of", "expected"), [
    ("  episodes: 1536", "  episods: 2048", "episods", ["ppo.episods", "unknown key", "episodes"]),
    ("  episodes: 1536", "  episodes: many", "episodes:", ["ppo.episodes", "integer", "'many'"]),
    ("  batch_size: 64", "  batch_size: 0", "ppo:", ["ppo", "batch_size must be 1 or more, not 0"]),
    ("temperature: 0.7", "temperature: 0", "temperature", ["task.temperature", "greater than 0"]),
    ("budgets: [250, 1000, 4000]", "budgets: [250, 250]", "budgets", ["labels.budgets", "listed twice"]),
    ("genre: stories", "genre: poems", "genre", ["task.source.genre", "'stories'", "'poems'"]),
    ("source: simulated", "source: guessed", "source: guessed", ["labels.source", "no 'guessed'", "'simulated'"]),
    ("context: 96", "context: 40", "query_tokens", ["task.query_tokens: task.query_tokens 40",
                                                         "longer than base_model.context 40"]),
    ("seeds: [1, 2]", "seeds: []", "seeds", ["seeds: it is empty", "Give at least one"]),
    ("seeds: [1, 2]", "seeds: [1, -2]", "seeds", ["seeds", "0 or more, not -2"]),
    ("query_tokens: 40", "query_tokens: 5", "query_tokens", ["query_tokens_min 8 is more than task.query_tokens 5"]),
    ('end: ".", truncate_after', 'end: "", truncate_after', "response:", ["task.response", "end is empty"]),
    ("  kind: continuation\n", "", "task", ["'kind' is missing", "task.kind"]),
    ("train: 6000", "train: 60", "budgets", ["labels.budgets: labels.budgets asks for 4000", "Change one of the two"]),
    ("[zero_shot, supervised,", "[lead, supervised,", "baselines", ["evaluation.baselines: lead is a baseline for"]),
    ("  heads: 2", "  heads: 3", "base_model:", ["base_model: width 64 is not a multiple of heads 3"]),
    ("  vocabulary: 2048", "  vocabulary: 9", "vocabulary", ["base_model.vocabulary", "300, not 9", "Change"]),
    ("  vocabulary: 2048", "  vocabluary: 9", "vocabluary", ["base_model.vocabluary: unknown key", "'vocabulary'"]),
    ("batch_size: 8,", "batch_size: 0,", "fit:", ["base_model.fit: batch_size must be 1 or more, not 0"]),
    ("kind: storyworld, genre: stories", "kind: text, path: ''", "source:", ["task.source: path is empty"]),
    ('end: ".", truncate', 'text: ".", truncate', "text:", ["task.response.text: unknown key", "task.response.end"]),
    ("truncate_after: 12", "after: 12", "after: 12", ["task.response.after: ", "write task.response.truncate_after"]),
    ("coefficient: 0.15", "start: 0.15", "start: 0.15", ["ppo.kl.start: unknown key", "write ppo.kl.coefficient"]),
    ("study: quick", "study: a b", "study", ["study: 'a b' is no name for this", "Letters, digits"]),
    ("study: quick", "studdy: quick", "studdy", ["studdy", "Did you mean 'study'"]),
])
def test_a_mistake_names_file_line_key_and_cure(tmp_path, old, new, line_of, expected):
    text = QUICK.read_text(encoding="utf-8")
    assert old in text
    path = _write(tmp_path, text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_study(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    for part in expected:
        assert part in message
    if line_of is not None:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert any(f"{path}:{number}:" in message and line_of in line for number, line in enumerate(lines, 1)), message


def test_an_override_that_is_wrong_is_blamed_on_the_command_line():
    with pytest.raises(InputError, match=r"^--set: ppo.episods: unknown key. Did you mean 'episodes'"):
        load_study(QUICK, ["ppo.episods=5"])
    with pytest.raises(InputError, match=r"^--set: ppo.kl: coefficient must not be negative, not -1.0. Change one of"):
        load_study(QUICK, ["ppo.kl.coefficient=-1"])
    with pytest.raises(InputError, match=r"^--set: supervised.learning_rates.0: .*greater than 0, not -1"):
        load_study(QUICK, ["supervised.learning_rates=[-1]"])
    with pytest.raises(InputError, match=r"base_model: a null character is in no text or path"):
        load_study(QUICK, ['base_model="a\\0b"'])
    with pytest.raises(InputError, match=r"^--set: task.queries.train: labels.budgets asks for 4000 labels, .* is 60"):
        load_study(QUICK, ["task.queries.train=60"])
    with pytest.raises(InputError, match=r"^--set: task.response.text: unknown key. .* write task.response.end"):
        load_study(QUICK, ["task.response.text='.'"])
    with pytest.raises(InputError, match=r"not dotted\.key=value"):
        load_study(QUICK, ["ppo"])


@pytest.mark.parametrize("override", [
    "evaluation.people={instructions: ''}", "labels={source: human, budgets: [20], title: ''}"])
def test_what_people_read_is_not_empty(override):
    with pytest.raises(InputError, match=r"it is empty\. Write something"):
        load_study(QUICK, [override])


@pytest.mark.parametrize("key", [
    "ppo.learning_rate", "ppo.clip", "ppo.kl.target", "ppo.value_coefficient", "supervised.fit.epochs",
    "supervised.fit.weight_decay", "supervised.learning_rates.0", "task.temperature", "task.response.penalty",
    "labels.labeler.noise"])
@pytest.mark.parametrize("value", [".inf", ".nan", "inf"])
def test_every_number_is_finite(key, value):
    with pytest.raises(InputError, match=rf"^--set: {key}: .*not '?{value.strip('.')}"):
        load_study(QUICK, [f"{key}={value}"])


@pytest.mark.parametrize("override", [
    "ppo.micro_batch=0", "reward_model.micro_batch=-1", "ppo.value_coefficient=-1", "supervised.fit.weight_decay=-1",
    "supervised.fit.clip_gradient=0"])
def test_a_number_that_cannot_be_trained_with_is_refused(override):
    name, _, value = override.split(".")[-1].partition("=")
    with pytest.raises(InputError, match=rf"^--set: .*{name} must .*not {value}"):
        load_study(QUICK, [override])


def test_imported_labels_bring_their_own_queries():
    few = ["labels.budgets=[20]", "task.queries.train=10"]
    with pytest.raises(InputError, match=r"asks for 20 labels, each on a query of its own"):
        load_study(QUICK, few)
    imported = "labels={source: imported, path: labels.jsonl, budgets: [20]}"
    assert load_study(QUICK, [imported, "supervised.scorer=vader", *few]).task.queries.train == 10


def test_overrides_reach_lists_and_whole_parts():
    study = load_study(QUICK, ["seeds.1=7", "labels.budgets=[100, 200]", "supervised=null",
                               "evaluation.baselines=[zero_shot]", "base_model=gpt2"])
    assert study.seeds == (1, 7)
    assert study.labels.budgets == (100, 200)
    assert study.base_model == "gpt2"


def test_an_environment_variable_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("NOT_THERE", raising=False)
    path = _write(tmp_path, QUICK.read_text(encoding="utf-8").replace(
        "{kind: storyworld, genre: stories}", "{kind: text, path: '${NOT_THERE}'}"))
    with pytest.raises(InputError, match=r"yaml:\d+: task.source.path: the environment variable NOT_THERE is not set"):
        load_study(path)
    monkeypatch.setenv("NOT_THERE", "somewhere")
    assert load_study(path).task.source.path == "somewhere"


def test_an_environment_variable_that_is_empty_has_its_default(monkeypatch):
    path = ROOT / "studies" / "paper" / "tldr.yaml"
    for value, expected in (("", "labels/tldr/online_45k.json"), ("mine.json", "mine.json")):
        monkeypatch.setenv("LABELS", value)
        assert load_study(path, ["preset=released"]).labels.path == expected


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/somebody")
    imported = "labels={source: imported, path: ~/labels.jsonl, budgets: [20]}"
    study = load_study(QUICK, ["base_model=~/models/mine", imported, "supervised.scorer=classifier:~/stars",
                               "task.source={kind: text, path: ~/books, valid_path: ~/others}"])
    assert study.base_model == "/somebody/models/mine"
    assert study.labels.path == "/somebody/labels.jsonl"
    assert study.supervised.scorer == "classifier:/somebody/stars"
    assert (study.task.source.path, study.task.source.valid_path) == ("/somebody/books", "/somebody/others")
    with pytest.raises(InputError, match="base_model: it is empty"):
        load_study(QUICK, ["base_model=''"])


def test_broken_yaml_and_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"study.yaml:2: not valid YAML"):
        load_study(_write(tmp_path, "study: x\n  y: [1"))
    with pytest.raises(InputError, match="no such study file"):
        load_study(tmp_path / "absent.yaml")
    with pytest.raises(InputError, match=r"it is a folder, not a study file. There are: .*study.yaml"):
        load_study(tmp_path)


@pytest.mark.parametrize("value", ["!!int many", "2001-99-99", "9" * 5000, "[" * 3000 + "]" * 3000, "\0"],
                         ids=["number", "date", "long", "deep", "null"])
def test_what_yaml_cannot_read_is_one_line(tmp_path, value):
    with pytest.raises(InputError) as caught:
        load_study(_write(tmp_path, f"study: x\nseed: {value}\n"))
    assert str(caught.value).startswith(f"{tmp_path}/study.yaml: not valid YAML: ")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=r"^--set: seed: the value '.{1,60}' is not valid YAML. Close its brackets"):
        load_study(QUICK, [f"seed={value}"])


def test_an_alias_within_itself_is_one_line():
    with pytest.raises(InputError, match=r"^--set: seeds: the value '&a \[\*a\]' is not valid YAML. Close"):
        load_study(QUICK, ["seeds=&a [*a]"])


def test_label_chunks_cover_a_budget_and_are_shared_by_larger_ones():
    for budget in (2, 999, 1000, 1001, 2500, 60000):
        chunks = doubling_pieces(budget)
        assert [number for start, stop in chunks for number in range(start, stop)] == list(range(budget))
        assert doubling_pieces(10 * budget)[:len(chunks) - 1] == chunks[:-1]


def test_changing_one_budget_changes_only_what_depends_on_it():
    plan = make_plan(load_study(QUICK), {})
    other = make_plan(load_study(QUICK, ["labels.budgets=[250, 2500, 4000]"]), {})
    before = {stage.fingerprint for stage in plan.stages}
    new = [stage for stage in other.stages if stage.fingerprint not in before]
    arms = {stage.arm.label_budget for stage in new if stage.arm is not None}
    assert arms == {2500}
    assert {stage.kind for stage in new if stage.arm is None} == {"labels", "judge", "report"}


def test_the_study_name_and_title_change_no_training_stage():
    plan = make_plan(load_study(QUICK), {})
    renamed = make_plan(load_study(QUICK, ["study=another", "title=x"]), {})
    assert [stage.fingerprint for stage in plan.stages[:-1]] == [stage.fingerprint for stage in renamed.stages[:-1]]
    assert plan.report.fingerprint != renamed.report.fingerprint


def test_the_analysis_plan_is_complete_and_changing_it_judges_nothing_again():
    study = load_study(QUICK)
    plan = study.evaluation.plan
    assert plan.baselines == ("zero_shot", "supervised", "reference")
    assert plan.gatekeeping == ("zero_shot", "supervised"), "the reference is explored unless the study says else"
    only_reference = load_study(QUICK, ["evaluation.baselines=[reference]"])
    assert only_reference.evaluation.plan.gatekeeping == ("reference",)
    other = load_study(QUICK, ["evaluation.plan.margin=0.1"])
    before, after = make_plan(study, {}), make_plan(other, {})
    assert [stage.fingerprint for stage in before.stages[:-1]] == [stage.fingerprint for stage in after.stages[:-1]]
    assert before.report.fingerprint != after.report.fingerprint
    with pytest.raises(InputError, match="gatekeeping names lead, but baselines does not"):
        load_study(QUICK, ["evaluation.plan.gatekeeping=[lead]"])
    with pytest.raises(InputError, match=r"exclusions.min_gold: unknown key. Did you mean 'min_gold_accuracy'"):
        load_study(QUICK, ["evaluation.plan.exclusions.min_gold=0.5"])


def test_other_text_makes_every_stage_another():
    plan = make_plan(load_study(QUICK), {"source": "a"})
    other = make_plan(load_study(QUICK), {"source": "b"})
    assert not {stage.fingerprint for stage in plan.stages} & {stage.fingerprint for stage in other.stages}


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "text.txt").write_text("A text.", encoding="utf-8")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.chdir(tmp_path)
    assert main([str(QUICK), "--set", "task.source={kind: text, path: text.txt}"]) == 2
    assert capsys.readouterr().err == (
        "error: text.txt: cannot be read (Permission denied). Change its permissions, or give another path.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


@pytest.mark.parametrize(("old", "new", "line_of", "said"), [
    ("judge: {scorer: vader", "judge: {scorer: vadr", "judge:", "evaluation.judge.scorer: there is no scorer 'vadr'"),
    ("labeler: {scorer: vader", "labeler: {scorer: no.such:thing", "labeler:",
     "labels.labeler.scorer: there is no Python module 'no.such'"),
    ("{kind: storyworld, genre: stories}", "{kind: text, path: nowhere}", "source:",
     "task.source: nowhere: there is no such file or folder"),
])
def test_what_is_not_there_is_blamed_on_the_line_that_names_it(tmp_path, monkeypatch, capsys, old, new, line_of, said):
    path = _write(tmp_path, QUICK.read_text(encoding="utf-8").replace(old, new, 1))
    monkeypatch.chdir(tmp_path)
    assert main([str(path)]) == 2
    number = next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line_of in line)
    message = capsys.readouterr().err.strip()
    assert message.startswith(f"error: {path}:{number}: {said}")
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == [path]


def test_a_base_model_is_known_by_the_middle_of_its_weights_too(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    weights = bytearray(5 << 20)
    digests = []
    for place in (0, 1, 5 << 19):
        weights[place] += 1
        (tmp_path / "model.safetensors").write_bytes(weights)
        digests.append(external_digests(load_study(QUICK, [f"base_model={tmp_path}"]))["base_model"])
    assert len(set(digests)) == 3
