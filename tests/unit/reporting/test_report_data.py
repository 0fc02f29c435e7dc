"""The names by which the report calls arms and judges."""

import pytest

from harness.records import ArmKey, Contrast
from harness.reporting.report_data import arm_name, by_arm, contrast_name, pair_name
from tests.result_records import win_rate_row
from tests.unit.reporting.report_pages import data_of


@pytest.mark.parametrize(("parts", "name"), [
    (("zero_shot",), "zero-shot"), (("rl", 4000), "rl 4,000"), (("rl", 4000, 2), "rl 4,000, seed 2"),
    (("mock_reward", 0, 2), "mock-reward, seed 2")])
def test_an_arm_is_named_with_its_budget_and_seed(parts, name) -> None:
    assert arm_name(*parts) == name


def test_a_contrast_leaves_the_seeds_out_and_a_pair_names_them() -> None:
    contrast = Contrast(ArmKey("rl", 4000, 1), ArmKey("zero_shot"))
    assert contrast_name(contrast) == "rl 4,000 over zero-shot"
    assert pair_name(contrast) == "rl 4,000, seed 1 over zero-shot"


def test_rows_are_told_apart_by_the_kind_of_policy_in_their_order() -> None:
    rows = [win_rate_row("rl", 250), win_rate_row("rl_online", 250), win_rate_row("rl", 1000)]
    assert by_arm(rows) == [[rows[0], rows[2]], [rows[1]]]


def test_without_people_the_simulated_judge_judged() -> None:
    assert data_of().judge(None) == "the simulated judge"
