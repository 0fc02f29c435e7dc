"""What a whole study derives from its keys, and refuses."""

import json

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from harness.study.spec import StudySpec
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def test_a_study_written_out_in_full_is_the_same_study():
    study = load_study(QUICK, ["labels.budgets=[20]", "evaluation.people={items: 5}"])
    document = json.loads(json.dumps(study.document()))
    assert StudySpec.model_validate(document).document() == study.document()


@pytest.mark.parametrize(("override", "expected"), [
    ("seeds=[1, 1]", "seeds: a seed is listed twice"),
    ("evaluation.baselines=[zero_shot, zero_shot]", "a baseline is listed twice"),
    ("evaluation.plan.gatekeeping=[lead]", "plan.gatekeeping names lead, but baselines does not"),
])
def test_what_is_listed_twice_or_names_nothing_is_refused(override, expected):
    with pytest.raises(InputError, match=expected):
        load_study(QUICK, [override])


def test_who_labels_and_what_the_task_is_are_read_off_the_study():
    assert load_study(QUICK).uses_simulated_labels
    assert not load_study(QUICK).is_summarization
    assert load_study(ROOT / "studies" / "smart_copier.yaml").is_summarization
