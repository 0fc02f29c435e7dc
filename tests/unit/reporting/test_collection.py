"""The rounds of online collection, their seeds together."""

from harness.records import ArmKey
from harness.reporting.collection import online, upper_bounds
from harness.results.records import RoundRow
from tests.result_records import results_of
from tests.unit.reporting.report_pages import data_of, written


def _round(seed: int, number: int, accuracy: float | None, gain: float) -> RoundRow:
    return RoundRow(arm=ArmKey("rl_online", 1000, seed), round=number, episodes=1024 * (number - 1),
                    labels=250 * number, validation_accuracy=accuracy, validation_loss=1.0, gain=gain, bias=0.0)


def test_a_round_is_a_row_with_the_means_over_its_seeds() -> None:
    rounds = (_round(1, 1, 0.5, 1.0), _round(2, 1, 0.7, 2.0), _round(1, 2, None, 3.0), _round(2, 2, 0.8, 4.0))
    page = written(online, data_of(results=results_of(online_rounds=rounds)))
    rows = [row for row in page.split("<tr>") if "rl-online" in row]
    assert len(rows) == 2
    assert all(cell in rows[0] for cell in (">0<", ">250<", ">60%<", ">1.50<"))
    assert all(cell in rows[1] for cell in (">1,024<", ">500<", ">80%<", ">3.50<"))


def test_without_rounds_there_is_no_section() -> None:
    assert "Online collection" not in written(online, data_of())


def test_an_arm_that_needs_no_labels_is_called_an_upper_bound() -> None:
    page = written(upper_bounds, data_of(results=results_of(upper_bounds=("mock_reward",))))
    assert "mock-reward is an upper bound" in page
    assert "best-of-n" not in page
    assert "best-of-n is not trained" in written(upper_bounds, data_of(overrides=("evaluation.best_of=[4]",)))
