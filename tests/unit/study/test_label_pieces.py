"""Budgets share the pieces in which labels are made."""

from harness.study.label_pieces import doubling_pieces


def test_label_chunks_cover_a_budget_and_are_shared_by_larger_ones():
    for budget in (2, 999, 1000, 1001, 2500, 60000):
        chunks = doubling_pieces(budget)
        assert [number for start, stop in chunks for number in range(start, stop)] == list(range(budget))
        assert doubling_pieces(10 * budget)[:len(chunks) - 1] == chunks[:-1]
