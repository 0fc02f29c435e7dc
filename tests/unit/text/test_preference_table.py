"""Preference by copying and accuracy, counted by hand."""

import numpy as np

from harness.text.preference_table import copying_by_preference


def test_preference_by_copying_and_accuracy() -> None:
    cells = copying_by_preference(np.array([0.0, 0.0, 0.5, 1.0, np.nan]), [True, False, None, True, True],
                                  [1, 0, 0.5, 1, 1], items=range(5))
    assert [(cell.copied, cell.accurate, cell.rate.win_rate) for cell in cells] == [
        ("none", True, 1.0), ("none", False, 0.0), ("some", None, 0.5), ("all", True, 1.0)]
