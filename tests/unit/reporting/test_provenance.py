"""How a study was made: every setting by its name, versions and commit."""

from harness.reporting.provenance import methods, provenance
from tests.result_records import arm_measures, results_of
from tests.unit.reporting.report_pages import data_of, written


def test_every_setting_stands_under_the_name_that_set_takes() -> None:
    page = written(methods, data_of(overrides=("labels.budgets=[250,1000]", "seeds=[1,2,3]"),
                                    results=results_of(arms=[arm_measures("zero_shot")])))
    for name, value in (("labels.budgets", "250, 1000"), ("ppo.kl.coefficient", "0.2"), ("seeds", "1, 2, 3")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "Reward models were fitted to 250, 1,000 best-of-4 labels given by a simulated labeler" in page
    assert "Each budget was trained with 3 training seeds." in page
    assert "On the same 4 test queries" in page


def test_a_commit_with_changes_says_so() -> None:
    results = results_of(commit="abc", dirty=True)
    page = written(provenance, data_of(results=results, versions={"torch": "2.9"}))
    assert "<dd>abc, with uncommitted changes</dd>" in page
    assert "<dt>torch</dt><dd>2.9</dd>" in page
