"""A checkpoint is whole or it is the one before."""

import pytest
import torch

from harness.errors import DamagedFile
from harness.training.checkpoint import FILE, Checkpoint

STATE = {"x": torch.arange(1000.0), "beta": 0.25, "name": "one"}


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


@pytest.fixture
def said():
    return []


@pytest.fixture
def checkpoint(tmp_path, said):
    """One that is written, with a log of ten steps that was there before it."""
    log = tmp_path / "metrics.jsonl"
    log.write_text("".join(f"step {step}\n" for step in range(10)))
    checkpoint = Checkpoint(tmp_path, every_steps=1, log=log, say=said.append)
    checkpoint.save(10, STATE)
    return checkpoint


def test_a_state_comes_back_as_it_was(checkpoint, tmp_path, said):
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write("later, and torn")
    step, state = checkpoint.load()
    assert (step, state["beta"], state["name"], said) == (10, 0.25, "one", [])
    assert torch.equal(state["x"], STATE["x"])


def test_no_bit_of_it_may_be_another(checkpoint, tmp_path):
    path = tmp_path / FILE
    whole = path.read_bytes()
    for place in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1:])
        with pytest.raises(DamagedFile, match=r"checkpoint\.pt: its bytes are not those that were written"):
            checkpoint.read()
    for length in (0, 1, 20, 80, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedFile):
            checkpoint.read()
    path.write_bytes(whole)
    assert checkpoint.read()[0] == 10


def test_one_that_is_damaged_is_said_and_gone(checkpoint, tmp_path, said):
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-3])
    assert checkpoint.load() is None
    assert said == [f"damaged: {path}: its bytes are not those that were written; started over"]
    assert not path.exists() and checkpoint.load() is None and len(said) == 1


@pytest.mark.parametrize("content", ["step 0\n", "step 0\nstep 7\n" * 5, None])
def test_a_state_is_good_only_with_what_was_logged_before_it(checkpoint, tmp_path, said, content):
    log = tmp_path / "metrics.jsonl"
    log.unlink() if content is None else log.write_text(content)
    assert checkpoint.load() is None
    assert said == [f"damaged: {log}: is not what it was when the checkpoint was written; started over"]


def test_one_without_a_digest_is_read_and_a_damaged_one_is_said(tmp_path, said):
    path = tmp_path / FILE
    torch.save({"step": 3, "state": STATE}, path)
    checkpoint = Checkpoint(tmp_path, log=tmp_path / "metrics.jsonl", say=said.append)
    assert checkpoint.load()[0] == 3
    path.write_bytes(path.read_bytes()[:200])
    assert checkpoint.load() is None
    assert said == [f"damaged: {path}: is no checkpoint (RuntimeError); started over"]
