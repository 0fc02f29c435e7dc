"""What `--set` changes, and that a mistake in it is blamed on the command line."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT
from tests.unit.study.alias_bombs import alias_bomb

QUICK = ROOT / "studies" / "quick.yaml"


def test_an_override_that_is_wrong_is_blamed_on_the_command_line():
    with pytest.raises(InputError, match=r"^--set: ppo.episods: unknown key. Did you mean 'episodes'"):
        load_study(QUICK, ["ppo.episods=5"])
    with pytest.raises(InputError, match=r"^--set: ppo.kl.coefficient: must not be negative, not -1.0. Change"):
        load_study(QUICK, ["ppo.kl.coefficient=-1"])
    with pytest.raises(InputError, match=r"^--set: supervised.learning_rates.0: .*greater than 0, not -1"):
        load_study(QUICK, ["supervised.learning_rates=[-1]"])
    with pytest.raises(InputError, match=r"^--set: task.queries.train: labels.budgets asks for 4000 labels, .* is 60"):
        load_study(QUICK, ["task.queries.train=60"])
    with pytest.raises(InputError, match=r"^--set: task.response.text: unknown key. .* write task.response.end"):
        load_study(QUICK, ["task.response.text='.'"])
    with pytest.raises(InputError, match=r"not dotted\.key=value"):
        load_study(QUICK, ["ppo"])


@pytest.mark.parametrize(("override", "found"), [
    ("base_model.tokens=9999999999999999999", "base_model.tokens: a whole number of 19 digits or more"),
    ('base_model="a\\0b"', "base_model: a null character is in no text or path"),
    ('title="\\ud800"', "title: half of a surrogate pair"),
    ("title=${NO_SUCH_VARIABLE}", "title: the environment variable NO_SUCH_VARIABLE is not set"),
    ("task.response.tokens=8", "task.response.truncate_after: must be in 0..7, not 8"),
])
def test_what_the_file_alone_has_not_is_the_fault_of_the_override_that_makes_it(override, found):
    with pytest.raises(InputError) as raised:
        load_study(QUICK, ["seeds=[1]", override, "ppo.episodes=64"])
    assert str(raised.value).startswith(f"--set {override}: {found}")


def test_what_is_wrong_in_the_file_is_not_the_overrides_fault(tmp_path):
    text = QUICK.read_text(encoding="utf-8").replace("truncate_after: 8", "truncate_after: 120")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"^{tmp_path / 'mine.yaml'}:\d+: task.response.truncate_after: must be in"):
        load_study(tmp_path / "mine.yaml", ["seeds=[1]"])


def test_overrides_reach_lists_and_whole_parts():
    study = load_study(QUICK, ["seeds.1=7", "labels.budgets=[100, 200]", "supervised=null",
                               "evaluation.baselines=[zero_shot]", "base_model=gpt2"])
    assert study.seeds == (1, 7, 3, 4)
    assert study.labels.budgets == (100, 200)
    assert study.base_model == "gpt2"


def test_an_alias_within_itself_is_one_line():
    with pytest.raises(InputError, match=r"^--set: seeds: the alias \*a stands within what it repeats. Write out"):
        load_study(QUICK, ["seeds=&a [*a]"])


@pytest.mark.parametrize("form", ["list", "merge"])
def test_a_value_that_aliases_blow_up_is_refused_at_once(form, spare_memory):
    with pytest.raises(InputError, match=r"^--set: seeds: with its aliases written out it has more than 10000 values"):
        load_study(QUICK, [f"seeds={alias_bomb(form)}"])


def test_a_value_may_have_aliases():
    assert load_study(QUICK, ["labels.budgets=[&n 100, 200]", "seeds=[&a 4, 5]"]).seeds == (4, 5)
    assert load_study(QUICK, ["supervised={learning_rates: &rates [0.001]}"]).supervised.learning_rates == (0.001,)
