"""A checkpoint is whole or it is the one before."""

import pytest
import torch

from harness.training.checkpoint import Checkpoint


def test_a_torn_write_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path, every_steps=1)
    checkpoint.save(1, {"x": torch.ones(3)})
    monkeypatch.setattr(torch, "save", lambda content, file: file.write(b"half") and (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):  # noqa: PT011
        checkpoint.save(2, {"x": torch.zeros(3)})
    loaded = Checkpoint(tmp_path).load()
    assert loaded is not None
    assert loaded[0] == 1
    assert torch.equal(loaded[1]["x"], torch.ones(3))
