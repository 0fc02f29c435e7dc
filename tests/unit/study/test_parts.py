"""The parts of a study refuse settings that are impossible by themselves."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

ONLINE = ROOT / "studies" / "online.yaml"


@pytest.mark.parametrize(("overrides", "expected"), [
    (["policies.0.online={rounds: 3}"], "collection is offline"),
    (["policies.2.collection=online"], "reward: gold needs no labels"),
    (["evaluation.best_of=[1]"], "evaluation.best_of.0: .*2"),
    (["policies.0.arm=best_of_4"], "baseline's name"),
    (["policies.1.online.round=3"], "policies.1.online.round: unknown key. Did you mean 'rounds'"),
])
def test_an_impossible_policy_is_refused(overrides, expected):
    with pytest.raises(InputError, match=expected):
        load_study(ONLINE, overrides)
