"""Columns of judgments from a file: outcomes, items, times, and what is left out of them."""

import numpy as np
import pytest

from harness.cli.rows import LeftOutRows
from harness.errors import InputError
from tests.unit.statistics.ratings_files import ratings_of


def test_choices_become_outcomes_of_the_left_side(tmp_path) -> None:
    read = ratings_of(tmp_path, [["1", "x", "a", "b", "left"], ["2", "x", "a", "b", "RIGHT"],
                                 ["3", "x", "b", "a", "a"], ["4", "x", "b", "a", "tie"]])
    assert read.ratings.outcomes.tolist() == [1.0, 0.0, 0.0, 0.5]
    assert read.ratings.chosen.tolist() == ["a", "b", "a", "tie"]
    assert (read.excluded, read.warnings) == ((), ())


def test_an_item_is_an_id_and_a_pair_of_arms_on_any_side(tmp_path) -> None:
    item = ratings_of(tmp_path, [["1", "x", "a", "b", "left"], ["1", "y", "b", "a", "left"],
                                 ["1", "x", "a", "c", "left"], ["2", "x", "a", "b", "left"]]).ratings.item
    assert item[0] == item[1]
    assert len(set(item)) == 3


def test_a_row_without_a_query_is_a_cluster_of_its_own(tmp_path) -> None:
    query = ratings_of(tmp_path, [["1", "x", "a", "b", "left", "q"], ["2", "x", "a", "b", "left", "q"],
                                  ["3", "x", "a", "b", "left", ""], ["4", "x", "a", "b", "left", ""]],
                       "query_id").ratings.query
    assert query[0] == query[1] == "q"
    assert len(set(query)) == 3


def test_the_last_judgment_by_time_counts_and_skips_are_counted(tmp_path) -> None:
    read = ratings_of(tmp_path, [["1", "x", "a", "b", "left", 5], ["1", "x", "a", "b", "right", 9],
                                 ["1", "x", "a", "b", "tie", 1], ["2", "x", "a", "b", "skip", 2]], "decided_at")
    assert (read.ratings.outcomes.tolist(), read.ratings.line.tolist()) == ([0.0], [3])
    assert {each.reason: each.n for each in read.excluded} == {
        "skipped by the rater": 1, "replaced by a later judgment": 2}


def test_times_are_seconds_or_iso_and_what_is_unknown_is_no_number(tmp_path) -> None:
    ratings = ratings_of(tmp_path, [["1", "x", "a", "b", "left", "10", "12.5"],
                                    ["2", "x", "a", "b", "left", "2024-01-01T00:00:00Z", "2024-01-01T00:01:00Z"],
                                    ["3", "x", "a", "b", "left", "", ""]], "shown_at", "decided_at").ratings
    assert ratings.seconds[:2].tolist() == [2.5, 60.0]
    assert np.isnan(ratings.seconds[2])
    assert ratings.decided[2] == -np.inf


def test_numbers_and_gold_answers_are_read_where_the_file_has_them(tmp_path) -> None:
    ratings = ratings_of(tmp_path, [["1", "x", "a", "b", "left", 100, "b"], ["2", "x", "a", "b", "left", "", ""]],
                         "label_budget", "gold_choice").ratings
    assert ratings.numbers.keys() == {"label_budget"}
    assert ratings.numbers["label_budget"][0] == 100
    assert (ratings.gold[0], np.isnan(ratings.gold[1])) == (0.0, True)
    assert ratings.take(np.array([1])).line.tolist() == [3]


def test_a_bad_row_names_file_line_and_key_or_is_left_out(tmp_path) -> None:
    rows = [["1", "x", "a", "b", "left"], ["2", "x", "a", "b", "middle"]]
    with pytest.raises(InputError, match=r"ratings.csv:3: choice: unknown choice 'middle'"):
        ratings_of(tmp_path, rows)
    read = ratings_of(tmp_path, rows, skip_bad=True)
    assert (len(read.ratings), read.excluded) == (1, (LeftOutRows("unknown choice", 1),))
