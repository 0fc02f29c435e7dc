"""Which arms a study has, and which of them are compared with each other."""

from harness.study.arms import baseline_arms, best_of_arms, judged_pairs, policy_arms
from harness.study.loading import load_study
from tests.e2e.runs import ROOT

SMALL = ["labels.budgets=[500, 2000]", "seeds=[1]", "policies.1.online.rounds=8", "evaluation.best_of=[4]",
         "evaluation.baselines=[zero_shot]"]
STUDY = load_study(ROOT / "studies" / "online.yaml", [*SMALL, "evaluation.plan={compare_at: null}"])


def test_a_policy_has_an_arm_for_each_budget_and_the_gold_reward_one_without_labels():
    assert [str(arm) for arm, _ in policy_arms(STUDY)] == [
        "rl/500/1", "rl/2000/1", "rl_online/500/1", "rl_online/2000/1", "mock_reward/0/1"]
    assert [str(arm) for arm in baseline_arms(STUDY)] == ["zero_shot"]
    assert [(str(arm), n, policy.arm) for arm, n, policy in best_of_arms(STUDY)] == [
        ("best_of_4/500/1", 4, "rl"), ("best_of_4/2000/1", 4, "rl")]


def test_summaries_have_the_controls_of_copying_beside_the_baselines():
    study = load_study(ROOT / "studies" / "smart_copier.yaml", ["evaluation.baselines=[zero_shot]"])
    assert [str(arm) for arm in baseline_arms(study)] == ["zero_shot", "reference", "lead", "random_sentences"]


def test_every_question_is_asked_directly_and_each_once():
    assert [str(pair) for pair in judged_pairs(STUDY)] == [
        "rl/500/1 vs zero_shot", "rl/2000/1 vs zero_shot", "rl_online/500/1 vs zero_shot",
        "rl_online/2000/1 vs zero_shot", "mock_reward/0/1 vs zero_shot", "best_of_4/500/1 vs zero_shot",
        "best_of_4/2000/1 vs zero_shot",
        # Do more labels help?
        "rl/2000/1 vs rl/500/1", "rl_online/2000/1 vs rl_online/500/1",
        # Does it help to collect them online?
        "rl_online/500/1 vs rl/500/1", "rl_online/2000/1 vs rl/2000/1",
        # How far is it from what optimizes the labeler itself?
        "rl/500/1 vs mock_reward/0/1", "rl/2000/1 vs mock_reward/0/1", "rl_online/500/1 vs mock_reward/0/1",
        "rl_online/2000/1 vs mock_reward/0/1"]


def test_at_one_kl_the_end_of_training_stands_beside_every_question():
    at_kl = load_study(ROOT / "studies" / "online.yaml", [*SMALL, "evaluation.plan={compare_at: {kl: 4.0}}"])
    pairs = [str(pair) for pair in judged_pairs(at_kl)]
    asked = [str(pair) for pair in judged_pairs(STUDY)]
    assert pairs[:len(asked)] == asked
    of_policies = [pair for pair in asked if not pair.startswith("best_of")]
    at_end = [pair.replace("rl/", "rl_end/").replace("rl_online/", "rl_online_end/").replace(
        "mock_reward/", "mock_reward_end/") for pair in of_policies]
    assert pairs[len(asked):] == at_end
