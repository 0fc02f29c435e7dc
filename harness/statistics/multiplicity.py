"""Adjusts p values for the number of tests.

A p value that is undefined (None) stays so and does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

PValues = Sequence[float | None]


def holm(p_values: PValues) -> list[float | None]:
    """Holm's step-down adjustment: family-wise error, no assumption about dependence."""
    return _adjusted(p_values, "holm")


def benjamini_hochberg(p_values: PValues) -> list[float | None]:
    """The false discovery rate, for what is exploratory."""
    return _adjusted(p_values, "fdr_bh")


def gatekeeping(in_order: PValues, family: PValues) -> tuple[list[float | None], list[float | None]]:
    """Adjusted p values of tests in a fixed order, each open only after the one before, then of a Holm
    family.

    (in order, family): a hypothesis is rejected at α where its adjusted p is at most α. Behind an
    undefined test nothing is open: None from there on.
    """
    so_far = 0.0
    adjusted: list[float | None] = []
    for index, p_value in enumerate(in_order):
        if p_value is None:
            return adjusted + [None] * (len(in_order) - index), [None] * len(family)
        so_far = max(so_far, p_value)
        adjusted.append(so_far)
    return adjusted, [None if p_value is None else max(so_far, p_value) for p_value in holm(family)]


def _adjusted(p_values: PValues, method: str) -> list[float | None]:
    from statsmodels.stats.multitest import multipletests

    known = [p_value for p_value in p_values if p_value is not None]
    if not known:
        return [None] * len(p_values)
    values = iter(float(value) for value in multipletests(known, method=method)[1])
    return [None if p_value is None else next(values) for p_value in p_values]
