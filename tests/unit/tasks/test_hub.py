"""Data sets of the hub that cannot be had as they were asked for."""

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.tasks.hub import HubDataset
from tests.contract.text_sources import ROWS, write_rows

pytestmark = pytest.mark.usefixtures("datasets_alone")


def test_a_data_set_that_cannot_be_reached_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError("Couldn't reach the hub\nand a long trace")

    monkeypatch.setattr(datasets, "load_dataset", unreachable)
    with pytest.raises(InputError, match=r"and test\.jsonl with post and short as keys"):
        HubDataset(name="someone/posts", source_column="post", reference_column="short").check()


def test_a_missing_column_names_those_there_are(tmp_path: Path) -> None:
    write_rows(tmp_path / "posts" / "train.jsonl", ROWS)
    with pytest.raises(InputError, match="Its columns are: name, post, short"):
        HubDataset(name=str(tmp_path / "posts"), valid_split=None, test_split=None).check()
