"""Rows as the libraries read them."""

import torch

from harness.kernels.rows import Rows


def test_one_row_alone_has_its_own_mask_or_the_shared_one():
    picks, own = torch.arange(6).view(3, 2), torch.rand(3, 4, 4) > 0.5
    alone = Rows(4, picks, own).at(1)
    assert torch.equal(alone.picks, picks[1:2]) and torch.equal(alone.visible, own[1:2])
    assert Rows(4, picks, own[:1]).at(2).visible.shape == (1, 4, 4)
    assert Rows(4, picks, None).at(0).visible is None


def test_a_shared_mask_has_no_step_from_row_to_row():
    picks = torch.arange(6).view(3, 2)
    assert Rows(4, picks, torch.ones(1, 4, 4, dtype=torch.bool)).native().visible_row == 0
    assert Rows(4, picks, torch.ones(3, 4, 4, dtype=torch.bool)).native().visible_row == 16
    assert Rows(4, picks, None).native().visible is None
