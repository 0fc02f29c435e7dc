"""The rounds of online collection as rows of results.json."""

from harness.records import ArmKey
from harness.results.online import round_rows
from harness.shipped import STUDIES
from harness.study.loading import load_study

STUDY = load_study(STUDIES / "online.yaml")


def test_a_round_has_the_labels_and_the_episodes_by_which_it_began() -> None:
    arm = ArmKey("rl_online", 1000, 2)
    summary = {"validation_accuracy": 0.5, "validation_loss": 1.2, "gain": 2.0, "bias": -1.0}
    rows = round_rows(STUDY.policies, STUDY.ppo, {(arm, number): summary | {"gain": number} for number in range(6)})
    assert [(row.arm, row.round, row.gain) for row in rows] == [(arm, number + 1, number) for number in range(6)]
    # A quarter of the labels before training; the six rounds begin at evenly spaced episodes.
    assert (rows[0].labels, rows[0].episodes) == (250, 0)
    assert [row.labels for row in rows] == sorted({row.labels for row in rows})
    batches = STUDY.ppo.episodes // STUDY.ppo.batch_size
    for row in rows:
        assert abs(row.episodes / STUDY.ppo.batch_size - batches * (row.round - 1) / 6) < 1
