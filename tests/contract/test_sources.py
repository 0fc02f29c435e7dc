"""Every text source keeps the same promises, and each mistake in the files is one clear line."""

import json
import os
import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import InputError
from harness.tasks.hub import HubDataset
from harness.tasks.sources import (
    SPLITS,
    Document,
    JsonlPairs,
    StoryworldSource,
    TextFiles,
    TextSource,
)

SHARED = Path(os.environ.get("HARNESS_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
needs_shared = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="no shared data here")

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


@pytest.fixture(autouse=True)
def _datasets_work_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the network nor the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


@pytest.fixture(params=SOURCES)
def named(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, TextSource]:
    return request.param, SOURCES[request.param](tmp_path)


def some(source: TextSource, split: Any) -> list[Document]:
    return list(islice(source.documents(split), 300))


class TestContract:
    def test_a_sound_source_passes_its_check(self, named: tuple[str, TextSource]) -> None:
        named[1].check()

    def test_every_split_has_texts_and_the_same_ones_each_time(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            documents = some(named[1], split)
            assert documents
            assert all(document.text.strip() for document in documents)
            assert documents == some(named[1], split)

    def test_no_text_is_in_two_splits(self, named: tuple[str, TextSource]) -> None:
        train, valid, test = ({document.text for document in some(named[1], split)} for split in SPLITS)
        assert not train & valid
        assert not train & test
        assert not valid & test

    def test_ids_are_unique_within_a_split(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            ids = [document.id for document in some(named[1], split)]
            assert len(set(ids)) == len(ids)

    def test_length_counts_the_documents_or_is_endless(self, named: tuple[str, TextSource]) -> None:
        for split in SPLITS:
            length = named[1].length(split)
            assert len(some(named[1], split)) == (300 if length is None else length)

    def test_summaries_come_with_the_pairs_alone(self, named: tuple[str, TextSource]) -> None:
        name, source = named
        for document in some(source, "train"):
            assert (document.reference is not None) == (name in WITH_SUMMARIES)

    def test_a_source_is_a_strict_part_of_a_study(self, named: tuple[str, TextSource]) -> None:
        """Survives the way through a study file, and a typo in its keys does not."""
        kind = type(named[1])

        class Study(BaseModel):
            model_config = ConfigDict(frozen=True, extra="forbid")
            source: kind  # type: ignore[valid-type]

        written = Study(source=named[1]).model_dump()
        assert Study.model_validate(written).source == named[1]
        with pytest.raises(ValidationError, match="pathh"):
            Study.model_validate({"source": {**written["source"], "pathh": "x"}})


def test_a_book_is_cut_into_passages_after_the_split(tmp_path: Path) -> None:
    """No book is in two splits, and none loses a line."""
    source = hub_of_books(tmp_path)
    ids = {split: [document.id for document in source.documents(split)] for split in SPLITS}
    books = {split: {name.split("#")[0] for name in names} for split, names in ids.items()}
    assert sum(map(len, books.values())) == len(set.union(*books.values())) == 30
    assert min(len(ids[split]) / len(books[split]) for split in SPLITS) > 3
    text = "\n".join(document.text for split in SPLITS for document in source.documents(split))
    assert all(text.count(f"Line 7 of paragraph {number} has") == 1 for number in range(240))


def test_nothing_is_lost_or_doubled_by_the_split(tmp_path: Path) -> None:
    source = text_split_by_digest(tmp_path)
    text = "\n".join(document.text for split in SPLITS for document in source.documents(split))
    for number in range(80):
        assert text.count(f"Line 7 of paragraph {number} has") == 1


def test_hard_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    wrapped = ("It was a\nwell-\nknown   road -\nand long.\n\n\nShe said\n\"yes\".\n" + "A long line " * 20
               + "\nand a short one.\n")
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + wrapped.replace("\n", "\r\n").encode())
    source = TextFiles(path=str(file), valid_path="unread", test_path="unread")
    (document,) = source.documents("train")
    assert document.text.split("\n") == [
        "It was a well-known road - and long.", 'She said "yes".', ("A long line " * 20).strip(),
        "and a short one."]
    assert document.id == "a.txt:1"


def test_folders_are_read_recursively_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = [document.id.split(":")[0] for document in text_with_folders(tmp_path).documents("train")]
    assert list(dict.fromkeys(files)) == ["b/a.txt", "z.txt"]


@pytest.mark.parametrize(("content", "source", "says"), [
    ({"a.txt": b"fine\nstill fine\nbad \xff here\n"}, TextFiles(path="."), "a.txt:3: not UTF-8 (byte 0xff)"),
    ({"a.txt": b"\xef\xbb\xbffine\nbad \xe9"}, TextFiles(path="."), "a.txt:2: not UTF-8 (byte 0xe9)"),
    ({"a.txt": b"  \n\n"}, TextFiles(path="a.txt"), "a.txt: path: there is no text in it"),
    ({"a.txt": b"One paragraph."}, TextFiles(path="a.txt"), "a.txt: path: too little text for a valid split"),
    ({"a.md": b"x"}, TextFiles(path="."), "path: the folder has no .txt files"),
    ({"a.txt": b"x"}, TextFiles(path="a.txt", valid_path="b.txt"),
     "b.txt: valid_path: there is no such file or folder"),
    ({"a.txt": b"x"}, TextFiles(path="a.txt", test_path="."), "test_path: it overlaps with path"),
    ({"a.jsonl": b'{"text": "x"}\n{"text": \n'}, JsonlPairs(path="a.jsonl"), "a.jsonl:2: not valid JSON"),
    ({"a.jsonl": b"[" * 100_000}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: not valid JSON (maximum recursion depth"),
    ({"a.jsonl": b'{"text": ' + b"9" * 6000 + b"}"}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: not valid JSON (Exceeds"),
    ({"a.jsonl": b'\n["x"]\n'}, JsonlPairs(path="a.jsonl"), "a.jsonl:2: a JSON list where an object belongs"),
    ({"a.jsonl": b'{"texts": "x"}'}, JsonlPairs(path="a.jsonl"),
     "a.jsonl:1: text: the key is missing. Did you mean 'texts'?"),
    ({"a.jsonl": b'{"text": 3}'}, JsonlPairs(path="a.jsonl"), "a.jsonl:1: text: a text is needed, not 3"),
    ({"a.jsonl": b'{"text": "x", "s": null}'}, JsonlPairs(path="a.jsonl", reference_key="s"),
     "a.jsonl:1: s: a text is needed, not null"),
    ({"a.jsonl": b'{"text": "x"}'}, JsonlPairs(path="a.jsonl", id_key="id"),
     "a.jsonl:1: id: the key is missing"),
    ({"a.jsonl": b""}, JsonlPairs(path="a.jsonl"), "a.jsonl: path: there is no text in it"),
])
def test_a_mistake_in_the_files_says_where_and_how_to_mend_it(
        content: dict[str, bytes], source: TextSource, says: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
    with pytest.raises(InputError) as caught:
        source.check()
    assert says in str(caught.value)
    assert caught.value.cure
    assert "\n" not in str(caught.value)


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


@pytest.mark.parametrize("make", [
    lambda: StoryworldSource(genre="poems"),  # type: ignore[arg-type]
    lambda: TextFiles(path=" "), lambda: TextFiles(path="a", valid_path=""),
    lambda: JsonlPairs(path="a", source_key=""),
    lambda: JsonlPairs(path="a", source_key="x", reference_key="x"),
    lambda: HubDataset(name=""), lambda: HubDataset(name="a", valid_split="train"),
])
def test_an_impossible_value_is_refused_at_once(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"is empty|both|same name|stories or reports"):
        make()


def test_construction_touches_no_file() -> None:
    TextFiles(path="/nowhere/at/all")
    JsonlPairs(path="/nowhere/at/all.jsonl")
    HubDataset(name="nobody/nothing")


@pytest.mark.shared
@needs_shared
class TestRealText:
    def test_novels(self) -> None:
        """31 + 5 books of 23 MB: all text arrives, in chunks of whole paragraphs."""
        novels = SHARED / "data/novels"
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
    def test_pairs(self, folder: str, source_key: str, reference_key: str, rows: tuple[int, ...]) -> None:
        paths = [str(SHARED / "data" / folder / f"{split}.jsonl") for split in SPLITS]
        source = JsonlPairs(path=paths[0], valid_path=paths[1], test_path=paths[2], source_key=source_key,
                            reference_key=reference_key)
        source.check()
        assert tuple(source.length(split) for split in SPLITS) == rows
        for document in source.documents("test"):
            assert document.reference
            assert document.text

    def test_the_same_rows_through_datasets(self, tmp_path: Path) -> None:
        (tmp_path / "tldr").mkdir()
        for split in SPLITS:
            shutil.copy(SHARED / "data/tldr" / f"{split}.jsonl", tmp_path / "tldr" / f"{split}.jsonl")
        through_hub = HubDataset(name=str(tmp_path / "tldr"), source_column="post", reference_column="tldr")
        rows = [json.loads(line) for line in (SHARED / "data/tldr/test.jsonl").open()]
        assert ([(document.text, document.reference) for document in through_hub.documents("test")]
                == [(row["post"], row["tldr"]) for row in rows])
