"""Small text sources of every kind, in a folder of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, StoryworldSource, TextFiles, TextSource

ROWS = [{"name": f"row-{n}", "post": f"Post {n} tells of {n * 7} apples.", "short": f"Apples: {n}"}
        for n in range(60)]


def paragraph(number: int) -> str:
    return "\n".join(f"Line {line} of paragraph {number} has a handful of words in it." for line in range(20))


def write_text(folder: Path, *, first: int = 0, count: int = 80) -> str:
    (folder / "b").mkdir(parents=True)
    (folder / "z.txt").write_text("\n\n".join(paragraph(n) for n in range(first, first + count // 2)))
    (folder / "b" / "a.txt").write_text(
        "\n\n".join(paragraph(n) for n in range(first + count // 2, first + count)), encoding="utf-8-sig")
    (folder / "notes.md").write_text("Not a text file, never read.")
    return str(folder)


def write_rows(file: Path, rows: list[dict[str, Any]]) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(file)


def text_split_by_digest(tmp: Path) -> TextSource:
    return TextFiles(path=write_text(tmp / "text"))


def text_with_folders(tmp: Path) -> TextSource:
    return TextFiles(path=write_text(tmp / "train"), valid_path=write_text(tmp / "valid", first=100),
                     test_path=write_text(tmp / "test", first=200))


def text_with_a_valid_folder(tmp: Path) -> TextSource:
    return TextFiles(path=write_text(tmp / "train"), valid_path=write_text(tmp / "valid", first=100))


def jsonl_split_by_digest(tmp: Path) -> TextSource:
    path = write_rows(tmp / "rows.jsonl", [*ROWS, *ROWS[:5]])
    return JsonlPairs(path=path, source_key="post", reference_key="short")


def jsonl_with_files(tmp: Path) -> TextSource:
    train, valid, test = (write_rows(tmp / f"{name}.jsonl", rows) for name, rows in
                          (("train", ROWS[:40]), ("v", ROWS[40:50]), ("t", ROWS[50:])))
    return JsonlPairs(path=train, valid_path=valid, test_path=test, source_key="post", reference_key="short",
                      id_key="name")


def hub(tmp: Path) -> TextSource:
    """A folder of parquet files, read by `datasets` as a data set of the hub is."""
    import datasets

    for split, rows in (("train", ROWS[:40]), ("validation", ROWS[40:50]), ("test", ROWS[50:])):
        datasets.Dataset.from_list(rows).to_parquet(str(tmp / "posts" / f"{split}.parquet"))
    return HubDataset(name=str(tmp / "posts"), source_column="post", reference_column="short",
                      id_column="name")


def hub_with_one_split(tmp: Path) -> TextSource:
    write_rows(tmp / "posts" / "train.jsonl", ROWS)
    return HubDataset(name=str(tmp / "posts"), source_column="post", reference_column="short",
                      valid_split=None, test_split=None)


def hub_of_books(tmp: Path) -> TextSource:
    """Rows that are whole books, of which each split has some."""
    books = [{"text": "\n\n".join(paragraph(number) for number in range(8 * book, 8 * book + 8))} for book in range(30)]
    write_rows(tmp / "books" / "train.jsonl", books)
    return HubDataset(name=str(tmp / "books"), valid_split=None, test_split=None, passages=True)


SOURCES: dict[str, Callable[[Path], TextSource]] = {
    "stories": lambda _: StoryworldSource(),
    "reports": lambda _: StoryworldSource(genre="reports", seed=3),
    "text": text_split_by_digest,
    "text-folders": text_with_folders,
    "text-valid": text_with_a_valid_folder,
    "jsonl": jsonl_split_by_digest,
    "jsonl-files": jsonl_with_files,
    "hub": hub,
    "hub-one-split": hub_with_one_split,
    "hub-books": hub_of_books,
}
WITH_SUMMARIES = {"reports", "jsonl", "jsonl-files", "hub", "hub-one-split"}
