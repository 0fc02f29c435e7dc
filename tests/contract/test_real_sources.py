"""Text sources on novels, posts and articles: all rows and all letters arrive."""

import json
import shutil
from pathlib import Path

import pytest

from harness.tasks.hub import HubDataset
from harness.tasks.sources import SPLITS, JsonlPairs, TextFiles
from tests.shared_data import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.usefixtures("datasets_alone")]


def test_all_letters_of_the_novels_arrive() -> None:
    # 31 + 5 books of 23 MB, in chunks of whole paragraphs.
    novels = shared_folder("data", "novels")
    source = TextFiles(path=str(novels / "train"), valid_path=str(novels / "valid"))
    source.check()
    train, valid, test = (source.length(split) or 0 for split in SPLITS)
    assert train > 5_000
    assert abs(valid - test) <= 1 < test
    letters = sum(sum(map(str.isalpha, document.text)) for document in source.documents("train"))
    files = (novels / "train").glob("*.txt")
    assert letters == sum(sum(map(str.isalpha, file.read_text("utf-8-sig"))) for file in files)


@pytest.mark.parametrize(("folder", "source_key", "reference_key", "rows"), [
    ("tldr", "post", "tldr", (1145, 150, 150)), ("cnndm", "article", "highlights", (600, 100, 100))])
def test_all_pairs_arrive(folder: str, source_key: str, reference_key: str, rows: tuple[int, ...]) -> None:
    paths = [str(shared_folder("data", folder) / f"{split}.jsonl") for split in SPLITS]
    source = JsonlPairs(path=paths[0], valid_path=paths[1], test_path=paths[2], source_key=source_key,
                        reference_key=reference_key)
    source.check()
    assert tuple(source.length(split) for split in SPLITS) == rows
    for document in source.documents("test"):
        assert document.reference
        assert document.text


def test_the_same_rows_come_through_datasets(tmp_path: Path) -> None:
    (tmp_path / "tldr").mkdir()
    for split in SPLITS:
        shutil.copy(shared_folder("data", "tldr") / f"{split}.jsonl", tmp_path / "tldr" / f"{split}.jsonl")
    through_hub = HubDataset(name=str(tmp_path / "tldr"), source_column="post", reference_column="tldr")
    rows = [json.loads(line) for line in (shared_folder("data", "tldr") / "test.jsonl").open()]
    assert ([(document.text, document.reference) for document in through_hub.documents("test")]
            == [(row["post"], row["tldr"]) for row in rows])
