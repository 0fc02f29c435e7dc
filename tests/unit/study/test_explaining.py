"""A mistake in a study file is one line with file, line, key and cure."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def _write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "line_of", "expected"), [
    ("  episodes: 5120", "  episods: 2048", "episods", ["ppo.episods", "unknown key", "episodes"]),
    ("  episodes: 5120", "  episodes: many", "episodes:", ["ppo.episodes: a whole number is needed here, not 'many'"]),
    ("  batch_size: 32", "  batch_size: 0", "batch_size: 0", ["ppo.batch_size: must be 1 or more, not 0. Change"]),
    ("temperature: 0.7", "temperature: 0", "temperature", ["task.temperature", "0.001, not 0"]),
    ("budgets: [16, 1000, 4000]", "budgets: [250, 250]", "budgets", ["labels.budgets", "listed twice"]),
    ("genre: stories", "genre: poems", "genre", ["task.source.genre", "'stories'", "'poems'"]),
    ("source: simulated", "source: guessed", "source: guessed", ["labels.source", "no 'guessed'", "'simulated'"]),
    ("context: 96", "context: 24", "query_tokens", ["task.query_tokens: task.query_tokens 24",
                                                         "longer than base_model.context 24"]),
    ("seeds: [1, 2, 3, 4]", "seeds: []", "seeds", ["seeds: it is empty", "Give at least one"]),
    ("[zero_shot, supervised, reference]", "[]", "baselines", ["evaluation.baselines: it is empty", "at least one"]),
    ("seeds: [1, 2, 3, 4]", "seeds: [1, -2]", "seeds", ["seeds", "0 or more, not -2"]),
    ("query_tokens: 24", "query_tokens: 5", "query_tokens", ["query_tokens_min 8 is more than task.query_tokens 5"]),
    ('end: ".", truncate_after', 'end: "", truncate_after', "response:", ["task.response.end: is empty"]),
    ("  kind: continuation\n", "", "task", ["'kind' is missing", "task.kind"]),
    ("train: 6000", "train: 60", "budgets", ["labels.budgets: labels.budgets asks for 4000", "Change one of the two"]),
    ("[zero_shot, supervised,", "[lead, supervised,", "baselines", ["evaluation.baselines: lead is a baseline for"]),
    ("  heads: 2", "  heads: 3", "base_model:", ["base_model: width 64 is not a multiple of heads 3"]),
    ("  vocabulary: 2048", "  vocabulary: 9", "vocabulary", ["base_model.vocabulary", "300, not 9", "Change"]),
    ("  vocabulary: 2048", "  vocabluary: 9", "vocabluary", ["base_model.vocabluary: unknown key", "'vocabulary'"]),
    ("batch_size: 8,", "batch_size: 0,", "fit:", ["base_model.fit.batch_size: must be 1 or more, not 0"]),
    ("kind: storyworld, genre: stories", "kind: text, path: ''", "source:", ["task.source.path: is empty"]),
    ('end: ".", truncate', 'text: ".", truncate', "text:", ["task.response.text: unknown key", "task.response.end"]),
    ("truncate_after: 8", "after: 8", "after: 8", ["task.response.after: ", "write task.response.truncate_after"]),
    ("coefficient: 0.2", "start: 0.2", "start: 0.2", ["ppo.kl.start: unknown key", "write ppo.kl.coefficient"]),
    ("seeds: [1, 2, 3, 4]", "seeds: 3", "seeds", ["seeds: a list is needed here, not 3. Change"]),
    ("seeds: [1, 2, 3, 4]", "seeds: {a: 1}", "seeds", ["seeds: a list is needed here, not a mapping. Change"]),
    ("reward_model: {learning_rate", "compute: 3\nreward_model: {learning_rate", "compute: 3",
     ["compute: a mapping of keys to values is needed here, not 3"]),
    ("scorer: vader", "scorer: 'classifier:'", "scorer:", ["labels.labeler.scorer: it names no classifier"]),
    ("scorer: vader", "scorer: {classifier: }", "scorer:", ["a text is needed here, not a mapping. Put a text with a"]),
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
